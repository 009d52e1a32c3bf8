"""What the clock does with asks: warn at half and at four fifths, tell the superior of a breach, then the three parties.
Never twice."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.notices.services import To, queue
from linli.people.rules import Body, Role
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.counters import shift
from linli.plumbing.moments import moment
from linli.plumbing.whole import one_act

from ...models import Ask, Whistle
from ...rules import promises
from ...rules.times import BREACHED, LISTED, around, step_to
from ...rules.whistles import Do, Level, State
from ..bodies import office
from ..superiors import tripartite
from .base import LISTED as ON_LIST
from .base import Move, blowers, counts_of, in_post, receivers, settle, tell, tell_asked


@one_act()
def tick(*, ask_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Move the ask's promise to the stage it has reached and say so; False if another worker did, or it ended.

    After a standstill straight to the breach; the three parties hear after the superior.
    """
    seen = Ask.objects.filter(compound_id=compound_id, pk=ask_id).values_list("whistle_id", flat=True).first()
    if seen is None:
        return False
    # The whistle first, as every act does.
    whistle = Whistle.objects.select_for_update().get(compound_id=compound_id, pk=seen)
    ask = Ask.objects.select_related("body").get(compound_id=compound_id, pk=ask_id)
    if ask.next_at is None or ask.next_at > at or not ask.clock or not ask.due_at or not ask.clock_from:
        return False
    how_long = promises.span(ask.clock, whistle.urgency)
    cal = calendar(Compound.objects.get(pk=compound_id))
    plan = around(ask.clock_from, ask.due_at, how_long, cal)
    alive = whistle.state == State.BLOWN
    stage = step_to(ask.stage, plan.reached(at)) if alive else ask.stage
    if not _claim(ask, stage, plan.next_at(stage) if alive else None, at) or stage == ask.stage:
        return False
    act = {BREACHED: Do.BREACH, LISTED: Do.LIST}.get(stage, Do.WARN)
    _tell(Move(whistle, CLOCK, act, at, _before=counts_of(whistle)), ask, stage)
    return True


def _claim(ask: Ask, stage: int, next_at: datetime | None, at: datetime) -> bool:
    """Compare and swap: of two workers with the same ask in hand one goes on."""
    rows = Ask.objects.filter(compound_id=ask.compound_id, pk=ask.pk, stage=ask.stage, next_at=ask.next_at)
    breaches, listed_at = ask.breaches, ask.listed_at
    if ask.stage < BREACHED <= stage and ask.due_at:
        breaches = [*breaches, {"clock": ask.clock, "due_at": ask.due_at.isoformat()}]
    if stage == LISTED:
        listed_at = listed_at or at
    if not rows.update(stage=stage, next_at=next_at, breaches=breaches, listed_at=listed_at):
        return False
    if listed_at and not ask.listed_at:
        shift(ask.compound_id, {ON_LIST: 1})
    return True


def _tell(move: Move, ask: Ask, stage: int) -> None:
    whistle, at = move.whistle, move.at
    assert ask.due_at
    data = {
        "ask": str(ask.pk),
        "body": ask.body.name,
        "clock": ask.clock,
        "stage": stage,
        "due_at": ask.due_at.isoformat(),
    }
    entry = record(
        by=CLOCK, act=move.act, subject_kind="whistle", subject_id=whistle.pk, at=at, compound_id=whistle.compound_id, data=data,
        internal=True,
    )  # fmt: skip
    own, when = ask.clock in promises.BLOWERS, moment(ask.due_at, at)
    what = promises.CLOCKS[promises.Clock(ask.clock)] + (f"（{ask.body.name}）" if own else "")
    number = f"哨单第 {whistle.number} 号，{whistle.drafted_body.name if own else ask.body.name}"
    if stage < BREACHED:
        title = f"{number}要在 {when} 前{what}，{'时间过半' if stage == 1 else '快到时间了'}"
        if own:
            tell(move, blowers(whistle, at), title, entry=entry, kind="whistle_warn")
        else:
            tell_asked(move, ask, title, entry=entry, kind="whistle_warn")
        return
    if stage == LISTED:
        title = f"{number}该在 {when} 前{what}，还没有，上了三方联席会的清单"
        compound = Compound.objects.get(pk=whistle.compound_id)
        # Not all of the three may open a whistle: nothing to tap.
        queue(
            compound_id=whistle.compound_id, to=tripartite(compound, timezone.localdate(at)), kind="whistle_list", title=title,
            subject_kind="whistle", subject_id=whistle.pk, key=str(entry.pk), at=at,
        )  # fmt: skip
        return
    settle(move)
    title = f"{number}超时了：该在 {when} 前{what}"
    asked = [] if own else receivers(whistle, ask, at)
    if not own:
        tell_asked(move, ask, title, to=asked, entry=entry, kind="whistle_breach")
    others = {to.tag: to for to in [*blowers(whistle, at), *_above(whistle, at)]}
    tell(
        move,
        [to for tag, to in others.items() if tag not in {t.tag for t in asked}],
        title,
        entry=entry,
        kind="whistle_breach",
    )


def _above(whistle: Whistle, at: datetime) -> list[To]:
    """To whom the blower and the asked both answer: the subdistrict; the community's secretary below it."""
    compound = Compound.objects.select_related("community").get(pk=whistle.compound_id)
    if whistle.level == Level.COMMUNITY:
        body = office(compound, Body.COMMUNITY)
        return in_post(body, [Role.COMMUNITY_SECRETARY], at) if body else []
    body = office(compound, Body.SUBDISTRICT)
    return in_post(body, [Role.SUBDISTRICT_OFFICER], at) if body else []
