"""What the clock does by itself: warn at half and at four fifths, tell the superior of a breach and then the three parties,
resume, close.

Any number of workers may call these for the same row at the same time: what one has done the next finds done.
"""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.clock import deadline
from linli.kernel.refusal import Refused
from linli.notices.services import queue
from linli.people.rules import RESIDENTS
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import CLOCK
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment
from linli.plumbing.whole import one_act

from ..models import Clock, Matter
from ..rules import times
from ..rules.states import Act, State
from ..rules.times import BREACHED, LISTED
from .desk import close, quiet_from
from .figures import waits_late
from .steps import SUBJECT, counts_of, look_at_clocks, record_on, shift_counts
from .superiors import body_of, in_charge, superiors, tripartite
from .work import resume_due

ANSWERS = (Act.NOTE, Act.ASK, Act.ANSWER)


@one_act()
def tick(*, clock_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Move the clock to the stage it has reached by `at` and say so; False if another worker did, or it was stopped.

    After a standstill a breach is not preceded by two late warnings; but the superior hears of it before the three parties.
    """
    seen = Clock.objects.filter(compound_id=compound_id, pk=clock_id).values_list("matter_id", flat=True).first()
    if seen is None:
        return False
    # The matter first, as every act does: then nobody stops the clock between our look and our change.
    matter = Matter.objects.select_for_update().get(compound_id=compound_id, pk=seen)
    clock = Clock.objects.get(compound_id=compound_id, pk=clock_id)
    if clock.next_at is None or clock.next_at > at or clock.done_at or clock.paused_at:
        return False
    compound = Compound.objects.get(pk=compound_id)
    plan = times.under_way(clock.kind, clock.urgency, clock.started_at, clock.due_at, calendar(compound))
    stage = times.step_to(clock.stage, plan.reached(at)) if matter.open else clock.stage
    if not _claim(clock, stage, plan.next_at(stage) if matter.open else None, at) or stage == clock.stage:
        return False
    if clock.stage < BREACHED <= stage:
        _breach(matter)
        waits_late(matter, clock, body_of(matter, clock, compound))
    if stage == LISTED:
        _list(matter, at)
    _tell(matter, clock, compound, stage, at)
    return True


def _claim(clock: Clock, stage: int, next_at: datetime | None, at: datetime) -> bool:
    """Compare and swap: of two workers with the same clock in hand one goes on."""
    rows = Clock.objects.filter(
        compound_id=clock.compound_id,
        pk=clock.pk,
        stage=clock.stage,
        next_at=clock.next_at,
        done_at=None,
        paused_at=None,
    )
    if stage < BREACHED:
        return bool(rows.update(stage=stage, next_at=next_at))
    return bool(rows.update(stage=stage, next_at=next_at, breached_at=clock.breached_at or clock.due_at))


def _breach(matter: Matter) -> None:
    before = counts_of(matter)
    look_at_clocks(matter)
    matter.save(update_fields=["overdue", "due_at", "next_due_at", "next_clock"])
    shift_counts(matter, before)


def _list(matter: Matter, at: datetime) -> None:
    """Once: a second clock of it that runs out changes nothing. It leaves the list when no promise is broken any more."""
    if matter.listed_at is None:
        before = counts_of(matter)
        matter.listed_at = at
        matter.save(update_fields=["listed_at"])
        shift_counts(matter, before)


def _tell(matter: Matter, clock: Clock, compound: Compound, stage: int, at: datetime) -> None:
    body = body_of(matter, clock, compound)
    act = {BREACHED: Act.BREACH, LISTED: Act.LIST}.get(stage, Act.WARN)
    entry = record_on(
        matter, by=CLOCK, act=act, at=at, internal=True,
        data={"clock": clock.kind, "urgency": clock.urgency, "stage": stage, "due_at": clock.due_at.isoformat(), "body": str(body.pk) if body else None},
    )  # fmt: skip
    today = timezone.localdate(at)
    if stage == LISTED:
        to = tripartite(compound, today)
    else:
        to = superiors(body, compound, today) if stage == BREACHED else in_charge(matter, body, today)
    queue(
        compound_id=matter.compound_id, to=to, kind=entry.act, title=_title(matter, clock, stage, at),
        subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=str(entry.pk), at=at, rank=0,
    )  # fmt: skip


def _title(matter: Matter, clock: Clock, stage: int, at: datetime) -> str:
    what, when = times.CLOCKS[times.clock_name(clock.kind, clock.urgency)], moment(clock.due_at, at)
    if stage == LISTED:
        return f"第 {matter.label} 号该在 {when} 前{what}，还没有，上了三方联席会的清单"
    if stage == BREACHED:
        return f"第 {matter.label} 号超时了：该在 {when} 前{what}"
    return f"第 {matter.label} 号要在 {when} 前{what}，" + ("时间过半" if stage == 1 else "快到时间了")


@one_act()
def resume_when_due(*, matter_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The review day has come; False if somebody resumed it, or set a later day."""
    matter = Matter.objects.select_for_update().get(compound_id=compound_id, pk=matter_id)
    if matter.state != State.SUSPENDED or matter.review_at is None or matter.review_at > at:
        return False
    resume_due(matter=matter, at=at)
    return True


@one_act()
def close_unanswered(*, matter_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Five working days after its people heard that it was done, where no visit is wanted and the reporter said nothing.

    Closed as "not confirmed", never counted as solved; who rated it content did confirm. Who wrote something since, or is
    not content, is left to the desk.
    """
    matter = Matter.objects.select_for_update().get(compound_id=compound_id, pk=matter_id)
    since = quiet_from(matter)
    if matter.state != State.RESOLVED or matter.visit_wanted or since is None:
        return False
    cal = calendar(Compound.objects.get(pk=compound_id))
    if at < deadline(since, times.QUIET, cal) or matter.rating == "unsatisfied" or _spoke_since(matter):
        return False
    try:
        close(by=CLOCK, matter=matter, outcome=matter.outcome if matter.rating else "not_confirmed", at=at)
    except Refused:
        return False
    return True


def _spoke_since(matter: Matter) -> bool:
    return AuditEntry.objects.filter(
        compound_id=matter.compound_id,
        subject_id=matter.pk,
        at__gte=matter.resolved_at,
        act__in=ANSWERS,
        role__in=RESIDENTS,
    ).exists()
