"""A promised end is moved once, where domain §4.5 allows it: with a reason, told to the reporter."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.plumbing.acts import Actor
from linli.plumbing.whole import one_act

from ..models import Clock, Matter
from ..rules import times
from ..rules.states import Act
from .steps import begin, finish


@one_act()
def extend(
    *, by: Actor, matter: Matter, until: datetime | None, reason: str, at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """Coordination by ten working days at most, a petition by thirty days; a second time is refused. Raises Refused."""
    given = {"until": until, "reason": reason.strip()}
    step = begin(matter, by=by, act=Act.EXTEND, at=at, given=given, words=reason.strip(), once=once)
    if step.done_before:
        return step.matter
    m, cal = step.matter, step.calendar
    rows = Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, kind=times.ClockKind.FINISH)
    clock = rows.filter(done_at=None).order_by("-round").first()
    before = rows.filter(extended_at__isnull=False).exists()
    if no := times.refuse_extension(m.urgency, clock.due_at if clock else None, until, at, cal, before=before):
        raise Refused(no, field="until" if no.key == "until" else "")
    assert clock is not None and until is not None
    step.data |= {"from_due": clock.due_at.isoformat(), "until": until.isoformat()}
    clock.due_at, clock.extended_at = until, at
    plan = times.under_way(clock.kind, clock.urgency, clock.started_at, until, cal)
    clock.stage = plan.reached(at)
    clock.next_at = plan.next_at(clock.stage)
    clock.save(update_fields=["due_at", "extended_at", "stage", "next_at"])
    local = timezone.localtime(until)
    finish(step, tell=f"第 {m.label} 号延到{local.month}月{local.day}日：{reason.strip()}")
    return m
