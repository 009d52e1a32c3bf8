"""The count of one item or one election, from a case to a result (domain §3.5 to 3.10)."""

from dataclasses import dataclass
from typing import Any

from . import electing
from .adding import Silence, Stand, Sums, add_up, gather
from .case import Case, Channel, Choice, Form
from .electing import Elected
from .settling import Mark, Marking, Note, Party, receive, settle
from .thresholds import Result, Weight

STANDS = {
    Choice.APPROVE: Stand.APPROVE, Choice.AGAINST: Stand.AGAINST, Choice.ABSTAIN: Stand.ABSTAIN,
    Choice.FOLLOW_MAJORITY: Stand.FOLLOW_MAJORITY,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Count:
    """`sums` of the item, or none in an election; `elected` the other way round. `lost`: ballots of parties of which none counts."""

    case: Case
    total: Weight
    invalid: Weight
    disputed: tuple[tuple[str, ...], ...]
    notes: tuple[Note, ...]
    sums: Sums | None = None
    elected: Elected | None = None
    lost: tuple[str, ...] = ()

    @property
    def participating(self) -> Weight:
        return self.sums.participating if self.sums else self.elected.participating if self.elected else Weight()

    @property
    def result(self) -> Result:
        return self.sums.result if self.sums else self.elected.result if self.elected else Result.QUORUM_NOT_MET

    @property
    def quorum_met(self) -> bool:
        return self.result != Result.QUORUM_NOT_MET

    @property
    def also(self) -> Result | None:
        """By plain article 278, where silence was made to speak."""
        if self.case.rules.silence == Silence.NOT_COUNTED:
            return None
        return self.sums.mode_a.result if self.sums else self.elected.mode_a if self.elected else None

    @property
    def at_risk(self) -> bool:
        """Silence made another result, or seated others."""
        return self.also is not None and (
            self.also != self.result or (self.elected is not None and self.elected.at_risk)
        )

    def as_dict(self) -> dict[str, Any]:
        """As `result.schema.json` describes."""
        found: dict[str, Any] = {
            "result": self.result.value, "total": self.total.as_dict(), "participating": self.participating.as_dict(),
            "approve": None, "against": None, "abstain": None, "invalid": self.invalid.as_dict(), "quorum_met": self.quorum_met,
            "also": self.also.value if self.also else None, "disputed": [list(ids) for ids in self.disputed],
            "notes": [n.as_dict() for n in self.notes],
        }  # fmt: skip
        if self.sums:
            for name in ("approve", "against", "abstain"):
                found[name] = getattr(self.sums, name).as_dict()
        if self.elected:
            found["election"] = self.elected.as_dict()
        return found


def count(case: Case) -> Count:
    parties, notes = receive(case)
    total = Weight(sum(p.area for p in parties), len(parties))
    election = case.election
    if election is None:
        stands, invalid, disputed = _stand(parties, case, _plain("", case), notes)
        sums = add_up(gather(stands), total, case.matter_no, case.rules.silence)
        return _counted(case, total, invalid, disputed, notes, sums=sums)
    if election.form == Form.UP_TO_N:
        items, invalid, disputed = _ticked(parties, case, notes)
    else:
        items, invalid, disputed = _each(parties, case, notes)
    return _counted(case, total, invalid, disputed, notes, elected=electing.elect(case, total, items))


def _counted(
    case: Case, total: Weight, invalid: list[Party], disputed: list[Party], notes: list[Note], **more: Any
) -> Count:
    weight = Weight(sum(p.area for p in invalid), len(invalid))
    more["lost"] = tuple(b.id for p in invalid for b in (*p.ballots, *(part for part, _ in p.part_signed)))
    if case.profile.values["official_evote_required"] and any(b.channel == Channel.ONLINE for b in case.ballots):
        notes.append(Note("official_evote_required", "当地要求用官方电子投票系统，本系统的线上票只作征求意见"))
    made = Count(case, total, weight, tuple(sorted({p.ids for p in disputed})), tuple(dict.fromkeys(notes)), **more)
    if not made.at_risk:
        return made
    risk = Note("legal_risk", "法律风险：按“未投票不计入参与”计算，结果不同")
    return Count(case, total, weight, made.disputed, (*made.notes, risk), **more)


def _plain(item: str, case: Case) -> Marking:
    """Of one item: blank is abstain, and so is following the majority where the rules do not offer it."""
    as_abstain = {Choice.BLANK} if case.rules.follow_majority else {Choice.BLANK, Choice.FOLLOW_MAJORITY}

    def marking(choices: Any) -> Mark:
        choice = choices.get(item, Choice.BLANK)
        return Choice.ABSTAIN if choice in as_abstain else choice

    return marking


Stood = tuple[list[tuple[int, Stand]], list[Party], list[Party]]


def _stand(parties: list[Party], case: Case, marking: Marking, notes: list[Note]) -> Stood:
    """(area and stand of each party, those whose ballots do not count, those disputed)."""
    stands: list[tuple[int, Stand]] = []
    invalid, disputed = [], []
    for party in parties:
        if not party.received:
            stands.append((party.area, Stand.SILENT if party.delivered else Stand.UNREACHED))
            if party.sent:
                invalid.append(party)
            continue
        settled = settle(party, case, marking, notes) if party.speaks else None
        if settled is None or settled.mark is None:
            stands.append((party.area, Stand.INVALID))
            invalid.append(party)
            if settled and settled.disputed:
                disputed.append(party)
        else:
            assert isinstance(settled.mark, Choice)
            stands.append((settled.area, STANDS[settled.mark]))
    return stands, invalid, disputed


def _each(parties: list[Party], case: Case, notes: list[Note]) -> tuple[electing.Items, list[Party], list[Party]]:
    """Each candidate is an item of its own."""
    assert case.election
    items: electing.Items = {}
    never: dict[int, Party] | None = None
    disputed: list[Party] = []
    for name in case.election.candidates:
        items[name], invalid, at_odds = _stand(parties, case, _plain(name, case), notes)
        theirs = {id(p): p for p in invalid}
        never = theirs if never is None else {key: p for key, p in never.items() if key in theirs}
        disputed += at_odds
    return items, list((never or {}).values()), disputed


def _ticked(parties: list[Party], case: Case, notes: list[Note]) -> tuple[electing.Items, list[Party], list[Party]]:
    """One mark a ballot: the names ticked. More than there are seats, and it is no vote."""
    assert case.election
    seats, names = case.election.seats, case.election.candidates

    def marking(choices: Any) -> Mark:
        ticks = frozenset(name for name, choice in choices.items() if choice == Choice.APPROVE)
        return Choice.DOUBLE if len(ticks) > seats else ticks

    items: electing.Items = {name: [] for name in names}
    invalid, disputed = [], []
    for party in parties:
        settled = settle(party, case, marking, notes, "over_ticked") if party.speaks else None
        if not party.received:
            everywhere: Stand | None = Stand.SILENT if party.delivered else Stand.UNREACHED
        else:
            everywhere = Stand.INVALID if settled is None or settled.mark is None else None
        if everywhere is not None:
            if everywhere == Stand.INVALID or party.sent:
                invalid.append(party)
            if settled and settled.disputed:
                disputed.append(party)
            for name in names:
                items[name].append((party.area, everywhere))
            continue
        assert settled and isinstance(settled.mark, frozenset)
        for name in names:
            items[name].append((settled.area, Stand.APPROVE if name in settled.mark else Stand.ABSTAIN))
    return items, invalid, disputed
