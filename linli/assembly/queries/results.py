"""What was found, as people read it: figures, comparisons with their article, what is said of single ballots."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.kernel.clock import SHANGHAI
from linli.kernel.profiles import profile
from linli.kernel.tally.sheet import area, compare, percent
from linli.kernel.tally.thresholds import Comparison, Weight, approval, quorum
from linli.places.queries import calendar

from ..models import CountSignature, Item, Lots, OfficialResult, Outcome, Session
from ..rules.counting import also_seated, at_risk
from ..rules.dates import objections_until
from ..rules.sessions import ANNOUNCED, Office
from .bulletins import last as last_bulletin
from .counting import items_of as items_of
from .counting import last_outcomes
from .leaving import Gone, gone_of
from .officers import officers
from .reading import candidates

FIGURES = ("total", "participating", "approve", "against", "abstain", "invalid")


@dataclass(frozen=True, slots=True)
class Figure:
    """Shares: of all for those taking part, of these for each choice; text, for the eye only."""

    key: str
    persons: int
    area: str
    persons_share: str
    area_share: str


@dataclass(frozen=True, slots=True)
class Compared:
    """`part`, `whole`, `share`: in words and figures, for the eye; `formula` holds what was compared."""

    of: str
    measure: str
    part: str
    whole: str
    share: str
    formula: str
    needs: tuple[int, int]
    holds: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate as the result page lists him. `place`: elected, alternate, or nothing."""

    name: str
    place: str
    passes: bool
    figures: list[Figure]
    compared: list[Compared]


@dataclass(frozen=True, slots=True)
class ItemResult:
    """`result` is None until the count is signed and announced; `until`: objections to that day."""

    item: Item
    outcome: Outcome
    result: str | None
    until: date | None
    figures: list[Figure]
    compared: list[Compared]
    also: str | None
    at_risk: bool
    also_seated: tuple[list[str], list[str]] | None
    listed: list[dict[str, str]]
    people: list[Person]
    ties: list[list[str]]
    election: str
    lots: list[Lots]
    gone: list[Gone]
    official: OfficialResult | None


def _weight(found: Mapping[str, int] | None) -> Weight:
    return Weight(found["area"], found["persons"]) if found else Weight()


def _figure(key: str, of: Weight, whole: Weight | None) -> Figure:
    shares = (percent(of.persons, whole.persons), percent(of.area, whole.area)) if whole else ("", "")
    return Figure(key, of.persons, area(of.area), *shares)


def _figures(found: Mapping[str, Any]) -> list[Figure]:
    weights = {key: _weight(found[key]) for key in FIGURES if found.get(key) is not None}
    whole = {"total": None, "participating": weights["total"], "invalid": weights["total"]}
    return [_figure(key, w, whole.get(key, weights["participating"])) for key, w in weights.items()]


def _compared(rows: Sequence[Comparison]) -> list[Compared]:
    return [
        Compared(
            c.of, c.measure, _said(c, c.part), _said(c, c.whole), percent(c.part, c.whole), compare(c), (c.numerator, c.denominator),
            c.holds,
        )
        for c in rows
    ]  # fmt: skip


def _said(c: Comparison, n: int) -> str:
    return area(n) if c.measure == "area" else f"{n:,}"


def _all_four(matter_no: int, total: Weight, part: Weight, yes: Weight) -> list[Compared]:
    return _compared([*quorum(total, part), *approval(matter_no, part, yes)])


def _people(
    item: Item, found: Mapping[str, Any], names: Mapping[str, str], held: OfficialResult | None
) -> list[Person]:
    """Elected and alternates by rank, then the others as on the ballot; seated by the official result where it decides."""
    counted = found.get("election")
    if not counted:
        return []
    election = (held and held.election) or counted
    rank = {code: n for n, code in enumerate([*election["elected"], *election["alternates"]])}
    rows = sorted(counted["candidates"], key=lambda one: rank.get(one["name"], len(rank)))
    return [_person(item, one, _place(one["name"], election), names, _weight(found["total"])) for one in rows]


def _place(code: str, election: Mapping[str, Any]) -> str:
    return "elected" if code in election["elected"] else "alternate" if code in election["alternates"] else ""


def _person(item: Item, one: Mapping[str, Any], place: str, names: Mapping[str, str], total: Weight) -> Person:
    part, yes = _weight(one["participating"]), _weight(one["approve"])
    figures = [
        _figure(key, _weight(one[key]), total if key == "participating" else part)
        for key in ("participating", "approve", "against", "abstain")
    ]
    name = names.get(one["name"], one["name"])
    return Person(name, place, one["passes"], figures, _all_four(item.matter_no, total, part, yes))


def ties_of(outcome: Outcome) -> list[list[str]]:
    """Ties that only lots part, as codes."""
    found: list[list[str]] = (outcome.found.get("election") or {}).get("lots_needed", [])
    return found


def shown(session: Session, now: datetime) -> tuple[str | None, date | None]:
    """(whether a result may be named at all, the last day of objections while it runs)."""
    if session.state not in ANNOUNCED or session.announced_at is None:
        return None, None
    until = last_day(session)
    return "announced", until if now.astimezone(SHANGHAI).date() <= until else None


def last_day(session: Session) -> date:
    """On which the result that was announced may be objected to."""
    assert session.announced_at
    return objections_until(profile(session.profile), calendar(session.compound), session.announced_at)


def published_turn(session: Session) -> int | None:
    """Of the count that was announced last: it is read until a recount is announced."""
    found = last_bulletin(session, "public")
    return found.turn if found else None


def results(session: Session, now: datetime, *, published: bool = False) -> list[ItemResult]:
    """As they were counted last; `published`: as they were announced last."""
    by = session.announced_at if published else None
    outcomes = last_outcomes(session, published_turn(session) if published else None)
    people, held, drawn = candidates(session), official(session, by), lots(session, by)
    left = gone_of(session)
    announced, until = shown(session, now)
    announced = announced or ("announced" if published else None)
    made = []
    for item in items_of(session):
        if outcome := outcomes.get(item.pk):
            names, found = dict(people.get(item.pk, ())), outcome.found
            decided = held[item.pk].result if item.pk in held else outcome.result
            total, part, yes = (_weight(found.get(key)) for key in ("total", "participating", "approve"))
            made.append(
                ItemResult(
                    item=item, outcome=outcome, result=decided if announced else None, until=until, figures=_figures(found),
                    compared=[] if found.get("election") else _all_four(item.matter_no, total, part, yes), also=found["also"],
                    at_risk=at_risk(found),
                    also_seated=also_seated(found, names), listed=outcome.listed, people=_people(item, found, names, held.get(item.pk)),
                    ties=[[names.get(code, code) for code in tie] for tie in ties_of(outcome)],
                    election=(found.get("election") or {}).get("outcome", ""), lots=drawn.get(item.pk, []),
                    gone=left.get(item.pk, []), official=held.get(item.pk),
                )
            )  # fmt: skip
    return made


def official(session: Session, by: datetime | None = None) -> dict[UUID, OfficialResult]:
    """The last of each item; `by`: of those that were here then."""
    rows = OfficialResult.objects.filter(compound_id=session.compound_id, item__session=session).order_by("at", "id")
    if by:
        rows = rows.filter(at__lte=by)
    return {row.item_id: row for row in rows}


def lots(session: Session, by: datetime | None = None) -> dict[UUID, list[Lots]]:
    found: dict[UUID, list[Lots]] = {}
    rows = Lots.objects.filter(compound_id=session.compound_id, item__session=session).order_by("at", "id")
    for row in rows.filter(at__lte=by) if by else rows:
        found.setdefault(row.item_id, []).append(row)
    return found


def signatures(session: Session, turn: int) -> list[CountSignature]:
    rows = CountSignature.objects.filter(compound_id=session.compound_id, session=session, turn=turn)
    return list(rows.order_by("at", "id"))


def signed(session: Session, turn: int) -> tuple[int, int]:
    """(tellers, scrutineers) who signed this turn and hold the office still."""
    held = {(one.office, one.account_id) for one in officers(session)}
    offices = [row.office for row in signatures(session, turn) if (row.office, row.account_id) in held]
    return offices.count(Office.TELLER), offices.count(Office.SCRUTINEER)
