"""What screens and files say of a count."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from linli.kernel.receipts import Leaf as Kind
from linli.kernel.tally.count import Count

from ..models import Item, Leaf, OfficialResult, Opened, Outcome, Session
from ..rules.counting import LEAF_FAULTS, LISTED, WHOLE
from ..rules.dates import local
from .cases import Box


def items_of(session: Session) -> list[Item]:
    return list(Item.objects.filter(compound_id=session.compound_id, session=session).order_by("place"))


def last_outcomes(session: Session, most: int | None = None) -> dict[UUID, Outcome]:
    """By item: the last turn holds; `most`: of those to that one."""
    rows = Outcome.objects.filter(compound_id=session.compound_id, item__session=session).order_by("turn")
    if most is not None:
        rows = rows.filter(turn__lte=most)
    return {row.item_id: row for row in rows}


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of an item; `election`: who was chosen, in codes."""

    result: str
    election: Mapping[str, Any] | None


def decided(item: Item) -> Decision | None:
    """By the official system where its use is ordered, else by the last count. Whether it is announced the session says."""
    if item.session.rules.get("official_evote_required"):
        held = OfficialResult.objects.filter(compound_id=item.compound_id, item=item).order_by("-at", "-id").first()
        return Decision(held.result, held.election) if held else None
    outcome = Outcome.objects.filter(compound_id=item.compound_id, item=item).order_by("-turn").first()
    return Decision(outcome.result, outcome.found.get("election")) if outcome else None


def changed_since(session: Session, outcomes: Collection[Outcome]) -> bool:
    """Whether a paper was read or a ballot voided after these were counted: keys are in the order of time."""
    rows = Leaf.objects.filter(compound_id=session.compound_id, session=session, kind__in=(Kind.ENTERED, Kind.VOIDED))
    return rows.filter(pk__gt=min(one.pk for one in outcomes)).exists()


def listed(found: Count, box: Box) -> list[dict[str, str]]:
    """What is said of single ballots, by their numbers alone: a home's label would name the voter."""
    why = {said.number: said.fault for said in box.ballots if said.fault}
    beside = {one.number: one.fault for one in box.statements if one.fault} | box.void_objections
    rows = {(number, fault): LISTED[fault] for number, fault in beside.items()}
    for note in found.notes:
        for number in [note.ballot] if note.ballot else _numbers(note.homes, box):
            code = why.get(number, note.code) if note.code in WHOLE else note.code
            if code in LISTED:
                rows.setdefault((number, code), LISTED[code])
    return [{"ballot": number, "code": code, "words": words} for (number, code), words in sorted(rows.items())]


def _numbers(homes: Any, box: Box) -> list[str]:
    held = set(homes)
    return [said.number for said in box.ballots if said.home in held]


def faults(session: Session) -> list[tuple[str, str]]:
    """Numbers of what was tampered with, and how: evidence."""
    rows = Opened.objects.filter(compound_id=session.compound_id, session=session).exclude(fault="")
    return [(ballot, LEAF_FAULTS[fault]) for ballot, fault in rows.order_by("id").values_list("leaf__ballot", "fault")]


def cast_after_death(session: Session) -> list[tuple[str, date]]:
    """Numbers of what was cast on the web by who, as the register says by now, had died on a day before."""
    rows = Leaf.objects.filter(
        compound_id=session.compound_id, session=session, kind=Kind.CAST, person__deceased_on__isnull=False
    )
    found = rows.order_by("index").values_list("ballot", "person__deceased_on", "at")
    return [(number, day) for number, day, at in found if day < local(at)]
