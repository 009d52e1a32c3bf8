"""What time does with a call: ask the other buildings, remind the claimer, hand it to the property company.

Any number of workers may call this for the same row at the same time: what one has done the next finds done.
"""

from datetime import datetime
from uuid import UUID

from linli.matters.models import Matter
from linli.matters.services import Spot, open_matter
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK, Actor, record
from linli.plumbing.counters import shift
from linli.plumbing.whole import one_act

from ..models import Call
from ..rules import Act, State
from .steps import SUBJECT, ask_neighbours, locked, moved, on_it, tell, title_of

REF = "call:"


@one_act()
def tick(*, call_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """False if another worker did it, or there is nothing to do any more."""
    call = locked(call_id, compound_id)
    if call.next_at is None or call.next_at > at:
        return False
    if call.state == State.CLAIMED:
        _remind(call, at)
    elif call.state != State.OPEN:
        call.next_at = None
        call.save(update_fields=["next_at"])
        return False
    elif at >= call.due_at:
        _fall(call, at)
    else:
        _spread(call, at)
    return True


def _spread(call: Call, at: datetime) -> None:
    """Half the time is gone and the building is silent: now everybody who wants to hear of it."""
    call.stage, call.next_at = 1, call.due_at
    call.save(update_fields=["stage", "next_at"])
    asked = ask_neighbours(call, near_only=False, at=at)
    _entry(call, Act.SPREAD, at, {"asked": asked})


def _remind(call: Call, at: datetime) -> None:
    call.next_at = None
    call.save(update_fields=["next_at"])
    entry = _entry(call, Act.REMIND, at, {})
    title = f"说好的时间到了：{title_of(call)}"
    tell(call, on_it(call, claimer_only=True), act=Act.REMIND, title=title, key=str(entry.pk), at=at)


def hand_on(call: Call, *, why: str, at: datetime, hazard: bool = False) -> Matter:
    """To the property company, as whoever called: the matter tells them its number and its promise."""
    compound = Compound.objects.get(pk=call.compound_id)
    resident = call.caller_account_id == call.raised_by
    by = Actor(
        account_id=call.raised_by, role=call.raised_role, person_id=call.caller_person_id, home_id=call.home_id,
        channel="clock", compound_id=call.compound_id,
    )  # fmt: skip
    spot = Spot(home=call.home) if call.home else Spot(building=call.building)
    return open_matter(
        by=by, compound=compound, words=f"{call.words}\n（{why}）", at=at, spot=spot, hazard=hazard,
        source="resident_online", source_ref=f"{REF}{call.number}", person=None if resident else call.caller_person,
    )  # fmt: skip


def _fall(call: Call, at: datetime) -> None:
    """One message, not two."""
    call.matter = hand_on(call, why="先请过邻居帮忙，到时间没有人接", at=at)
    before = State(call.state)
    call.state, call.since, call.ended_at, call.next_at = State.FALLEN, at, at, None
    call.save()
    shift(call.compound_id, moved(call, before, at, fallen=1))
    _entry(call, Act.FALL, at, {"matter": call.matter.number})


def _entry(call: Call, act: Act, at: datetime, data: dict):
    return record(
        by=CLOCK, act=act, subject_kind=SUBJECT, subject_id=call.pk, at=at, compound_id=call.compound_id, data=data
    )
