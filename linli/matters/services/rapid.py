"""Rapid repairs (M6): taken in and given out in one act, with the minutes promised to both sides."""

from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel.clock import month_of
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Clock, Matter, RapidRepair
from ..queries.rapid import repair_of
from ..rules import rapid
from ..rules.beside import has, put
from ..rules.states import State
from ..rules.times import ClockKind
from .desk import dispatch, triage
from .steps import SUBJECT, locked, look_at_clocks, start_clock
from .superiors import call_the_hands
from .taken import took


@one_act()
def send_rapid(
    *, by: Actor, matter: Matter, body: Organisation | None, category: str = "", at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """Accept, sort and give out at once; the clock for being there runs from now. Raises Refused."""
    fresh = locked(matter)
    if has(fresh, rapid.KIND) or done_before(fresh.compound_id, once):
        return fresh
    if no := rapid.refuse(State(fresh.state), parts_in(fresh, by), body.kind if body else "", fresh.urgency):
        raise Refused(no, field="body" if no.key == "not_rapid" else "")
    sorted_out = triage(
        by=by, matter=fresh, category=category or fresh.category, level=rapid.LEVEL, urgency=rapid.URGENCY, at=at
    )  # fmt: skip
    given = dispatch(by=by, matter=sorted_out, body=body, at=at)
    compound = Compound.objects.get(pk=given.compound_id)
    promised = rapid.minutes(compound.settings)
    row = RapidRepair(
        compound_id=given.compound_id, matter=given, sent_at=at, promised=promised, due_at=at + timedelta(minutes=promised)
    )  # fmt: skip
    row.save(force_insert=True)
    _run_from(given, row, compound)
    put(given, rapid.KIND)
    given.save(update_fields=["beside", "due_at", "next_due_at", "next_clock", "overdue", "listed_at"])
    shift(given.compound_id, rapid.counted_sent(month_of(at)))
    entry = record(
        by=by, act=rapid.SEND, subject_kind=SUBJECT, subject_id=given.pk, at=at, compound_id=given.compound_id, once=once,
        data={"body_name": body.name if body else "", "minutes": promised},
    )  # fmt: skip
    if body:
        call_the_hands(given, body, by=by, key=f"{entry.pk}:hands", at=at)
    return given


def _run_from(matter: Matter, row: RapidRepair, compound: Compound) -> None:
    """The promise of being there is the compound's minutes from now, not the standard limit from the report."""
    clocks = Clock.objects.filter(compound_id=matter.compound_id, matter=matter, leg=matter.leg, kind=ClockKind.START)
    clock = clocks.filter(done_at=None).first() or start_clock(
        matter, ClockKind.START, start=row.sent_at, round_=clocks.count() + 1, cal=calendar(compound)
    )
    if clock:
        clock.started_at, clock.due_at, clock.stage = row.sent_at, row.due_at, 0
        clock.next_at = row.sent_at + (row.due_at - row.sent_at) / 2
        clock.save(update_fields=["started_at", "due_at", "stage", "next_at"])
    look_at_clocks(matter)


def on_site(matter: Matter, *, at: datetime) -> None:
    """Called by whatever first shows that somebody is there."""
    row = repair_of(matter)
    if row is None or row.arrived_at:
        return
    row.arrived_at = at
    row.save(update_fields=["arrived_at"])
    took = max(0, -(-int((at - row.sent_at).total_seconds()) // 60))
    shift(matter.compound_id, rapid.counted_there(month_of(row.sent_at), took, row.promised))


@one_act()
def note_parts(*, by: Actor, matter: Matter, words: str, at: datetime, once: UUID | None = None) -> Matter:
    """What was used, in words; said again it replaces, and both stay in the story. Raises Refused."""
    fresh = locked(matter)
    row = repair_of(fresh)
    if row is None:
        raise Refused(Refusal("not_rapid", "这件不是快修"))
    if done_before(fresh.compound_id, once):
        return fresh
    if no := rapid.refuse_parts(State(fresh.state), parts_in(fresh, by)):
        raise Refused(no)
    if not words.strip():
        raise Refused(Refusal("missing_words", "请写几个字"), field="words")
    row.parts = words.strip()[:200]
    row.save(update_fields=["parts"])
    record(
        by=by, act=rapid.PARTS, subject_kind=SUBJECT, subject_id=fresh.pk, at=at, compound_id=fresh.compound_id, words=row.parts, once=once
    )  # fmt: skip
    took(fresh.compound_id, [fresh.pk], by=by, act=rapid.PARTS, at=at)
    return fresh
