"""The party in turn is reminded, its superiors hear that it let its time pass, then the three parties; each once."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.notices.services import To
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.counters import shift
from linli.plumbing.moments import moment
from linli.plumbing.whole import one_act

from ...models import Order
from ...rules import orders as rules
from ...rules import times
from ...rules.states import Act
from ..superiors import community_heads, superiors, tripartite
from .base import LISTED, SUBJECT, label, staff, tell_staff


@one_act()
def tick(*, order_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Move the order to the stage reached by `at` and say so; False if another worker did, or it went on meanwhile."""
    rows = Order.objects.select_for_update(of=("self",)).select_related("by_body", "to_body")
    order = rows.filter(compound_id=compound_id, pk=order_id, next_at__lte=at).first()
    if order is None or order.due_at is None:
        return False
    compound = Compound.objects.get(pk=compound_id)
    plan = rules.plan(order.state, order.turn_since, order.due_at, calendar(compound))
    stage = times.step_to(order.stage, plan.reached(at))
    before, listed_at = order.stage, order.listed_at
    if stage == times.LISTED:
        listed_at = listed_at or at
    # Compare and swap: of two workers with the same order in hand one goes on.
    mine = Order.objects.filter(compound_id=compound_id, pk=order_id, stage=before, next_at=order.next_at)
    changed = {"overdue": stage >= times.BREACHED, "listed_at": listed_at}
    if not mine.update(stage=stage, next_at=plan.next_at(stage), **changed) or stage == before:
        return False
    if listed_at and not order.listed_at:
        shift(compound_id, {LISTED: 1})
    _tell(order, compound, order.due_at, stage, at)
    return True


def _tell(order: Order, compound: Compound, due_at: datetime, stage: int, at: datetime) -> None:
    act = {times.BREACHED: Act.BREACH, times.LISTED: Act.LIST}.get(stage, Act.WARN)
    entry = record(
        by=CLOCK, act=act, subject_kind=SUBJECT, subject_id=order.pk, at=at, compound_id=order.compound_id, internal=True,
        data={"state": order.state, "stage": stage, "due_at": due_at.isoformat()},
    )  # fmt: skip
    to = {t.tag: t for t in _whom(order, compound, stage, at)}
    tell_staff(order, to.values(), title=_title(order, stage, moment(due_at, at)), kind=act, key=str(entry.pk), at=at)


def _whom(order: Order, compound: Compound, stage: int, at: datetime) -> list[To]:
    today = timezone.localdate(at)
    if stage == times.LISTED:
        return tripartite(compound, today)
    if stage == times.BREACHED:  # heads have it in hand themselves: they answer to the community
        bodies = (order.by_body, order.to_body)
        return [*(to for body in bodies for to in superiors(body, compound, today)), *community_heads(compound, today)]
    return staff(order.to_body if order.turn == "property" else order.by_body, at)


def _title(order: Order, stage: int, when: str) -> str:
    if stage == times.LISTED:
        return f"{label(order)}该在 {when} 前有结果，还没有，上了三方联席会的清单"
    if stage == times.BREACHED:
        return f"{label(order)}超时了：该在 {when} 前有结果"
    return f"{label(order)}要在 {when} 前有结果，" + ("时间过半" if stage == 1 else "快到时间了")
