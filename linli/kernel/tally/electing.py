"""Electing a committee (domain §3.10): who passes, who is seated, who waits, and whether the committee stands."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, NamedTuple

from .adding import Silence, Stand, Sums, add_up, gather
from .case import Case, Election
from .thresholds import Result, Weight, judge

MATTER = 3
Items = dict[str, list[tuple[int, Stand]]]


@dataclass(frozen=True, slots=True)
class Candidate:
    name: str
    sums: Sums

    @property
    def passes(self) -> bool:
        return self.sums.result == Result.PASSED

    @property
    def rank(self) -> tuple[Fraction, int, int]:
        """Share of area plus share of persons; then area; then persons."""
        got, of = self.sums.approve, self.sums.participating
        score = (
            Fraction(got.area, of.area) + Fraction(got.persons, of.persons) if of.area and of.persons else Fraction()
        )
        return score, got.area, got.persons


class Seats(NamedTuple):
    """`ties` need lots drawn in public before seats or the order of alternates are known."""

    elected: tuple[str, ...]
    alternates: tuple[str, ...]
    ties: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Elected:
    """`least` members make a committee. `plain`: who would be seated in mode A, where another was used."""

    candidates: tuple[Candidate, ...]
    seats: int
    least: int
    participating: Weight
    result: Result
    mode_a: Result
    elected: tuple[str, ...]
    alternates: tuple[str, ...]
    ties: tuple[tuple[str, ...], ...]
    plain: Seats | None = None

    @property
    def at_risk(self) -> bool:
        return self.plain is not None and (self.elected, self.alternates) != self.plain[:2]

    @property
    def outcome(self) -> str:
        if self.result == Result.QUORUM_NOT_MET:
            return "quorum_not_met"
        if self.ties and len(self.elected) < self.seats and self.result == Result.PASSED:
            return "lots_needed"
        return "formed" if self.result == Result.PASSED else "not_formed"

    def as_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "outcome": self.outcome, "elected": list(self.elected), "alternates": list(self.alternates),
            "empty_seats": self.seats - len(self.elected), "least": self.least, "lots_needed": [list(tie) for tie in self.ties],
            "candidates": [
                {
                    "name": c.name, "passes": c.passes, "participating": c.sums.participating.as_dict(),
                    "approve": c.sums.approve.as_dict(), "against": c.sums.against.as_dict(), "abstain": c.sums.abstain.as_dict(),
                }
                for c in self.candidates
            ],
        }  # fmt: skip
        if self.plain:
            found["also"] = {"elected": list(self.plain.elected), "alternates": list(self.plain.alternates)}
        return found


def elect(case: Case, total: Weight, items: Items) -> Elected:
    assert case.election
    election, silence = case.election, case.rules.silence
    found = [Candidate(name, add_up(gather(stands), total, MATTER, silence)) for name, stands in items.items()]
    plain = [
        Candidate(name, add_up(gather(stands), total, MATTER, Silence.NOT_COUNTED)) for name, stands in items.items()
    ]
    part = max((c.sums.participating for c in found), key=lambda w: (w.persons, w.area))
    least = least_members(case)
    return Elected(
        tuple(found),
        election.seats,
        least,
        part,
        _result(found, total, election.seats, least),
        _result(plain, total, election.seats, least),
        *seat(found, election),
        plain=None if silence == Silence.NOT_COUNTED else seat(plain, election),
    )


def _result(found: list[Candidate], total: Weight, seats: int, least: int) -> Result:
    """A committee stands with the legal minimum and more than half of the agreed number."""
    part = max((c.sums.participating for c in found), key=lambda w: (w.persons, w.area))
    if not judge(MATTER, total, part, part).quorum_met:
        return Result.QUORUM_NOT_MET
    seated = min(seats, sum(c.passes for c in found))
    return Result.PASSED if seated >= least and 2 * seated > seats else Result.REJECTED


def least_members(case: Case) -> int:
    """By the file, else by the local profile; never more than the seats there are."""
    assert case.election
    if case.election.least is not None:
        return case.election.least
    values = case.profile.values
    homes = [h for h in case.homes if h.kind != "parking_space"]
    small = len(homes) <= values["small_compound_households"] or (
        sum(h.area for h in homes) <= values["small_compound_area"]
    )
    return min(case.election.seats, values["small_compound_size"] if small else values["committee_size_min"])


def seat(found: list[Candidate], election: Election) -> Seats:
    """Alternates are at most as many as members."""
    passing = sorted((c for c in found if c.passes), key=lambda c: c.rank, reverse=True)
    order: list[str] = []
    ties: list[tuple[str, ...]] = []
    open_from: int | None = None
    for _, group in groupby(passing, key=lambda c: c.rank):
        names = [c.name for c in group]
        starts, ends = len(order), len(order) + len(names)
        matters = len(names) > 1 and starts < 2 * election.seats and not ends <= election.seats
        if matters and all(name in election.lots for name in names):
            names.sort(key=election.lots.index)
        elif matters:
            ties.append(tuple(sorted(names)))
            open_from = starts if open_from is None else open_from
        else:
            names.sort()
        order += names
    known = order if open_from is None else order[:open_from]
    return Seats(tuple(known[: election.seats]), tuple(known[election.seats : 2 * election.seats]), tuple(ties))
