"""The hotline's own clock: it warns for itself, and neither stops nor moves with ours (traps 4)."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone

from linli.notices.services import To, queue
from linli.people.rules import Body, Role
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import CLOCK
from linli.plumbing.counters import shift
from linli.plumbing.moments import moment
from linli.plumbing.whole import one_act

from ...models import HotlineOrder, Matter
from ...rules import hotline as rules
from ...rules.states import Act
from ...rules.times import BREACHED, LISTED, step_to
from ..bodies import DESK_POSTS, holders, office
from ..intake import responsible
from ..steps import SUBJECT, record_on
from ..superiors import community_heads, tripartite

ON_LIST = "listed:hotline"


@one_act()
def tick(*, order_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Move to the stage reached by `at` and say so; False if another worker did, or the answer is out."""
    seen = HotlineOrder.objects.filter(compound_id=compound_id, pk=order_id).values_list("matter_id", flat=True).first()
    if seen is None:
        return False
    matter = Matter.objects.select_for_update().get(compound_id=compound_id, pk=seen)
    order = HotlineOrder.objects.get(compound_id=compound_id, pk=order_id)
    if order.next_at is None or order.next_at > at:
        return False
    compound = Compound.objects.get(pk=compound_id)
    plan = rules.plan(order.started_at, order.due_at, calendar(compound))
    stage = step_to(order.stage, plan.reached(at))
    rows = HotlineOrder.objects.filter(compound_id=compound_id, pk=order_id, stage=order.stage, next_at=order.next_at)
    changed: dict[str, datetime] = {"breached_at": order.breached_at or order.due_at} if stage >= BREACHED else {}
    if stage == LISTED:
        changed["listed_at"] = at
    if not rows.update(stage=stage, next_at=plan.next_at(stage), **changed) or stage == order.stage:
        return False
    if stage == LISTED:
        shift(compound_id, {ON_LIST: 1})
    _tell(matter, order, compound, stage, at)
    return True


def unlist(compound_id: UUID, orders: Iterable[UUID]) -> None:
    """What is answered, or has a new limit, leaves the list of the three parties."""
    rows = HotlineOrder.objects.filter(compound_id=compound_id, pk__in=list(orders), listed_at__isnull=False)
    if gone := rows.update(listed_at=None, stage=BREACHED):
        shift(compound_id, {ON_LIST: -gone})


def _tell(matter: Matter, order: HotlineOrder, compound: Compound, stage: int, at: datetime) -> None:
    entry = record_on(
        matter, by=CLOCK, act={BREACHED: Act.BREACH, LISTED: Act.LIST}.get(stage, Act.WARN), at=at, internal=True,
        data={"clock": "hotline", "order": order.number, "stage": stage, "due_at": order.due_at.isoformat()},
    )  # fmt: skip
    queue(
        compound_id=matter.compound_id, to=_whom(compound, stage, timezone.localdate(at)), kind=entry.act,
        title=_title(matter, order, stage, at), subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number,
        key=str(entry.pk), at=at,
    )  # fmt: skip


def _whom(compound: Compound, stage: int, today: date) -> list[To]:
    """The community answers to the hotline; once it is late, the subdistrict above it hears too; then the three parties."""
    if stage == LISTED:
        return tripartite(compound, today)
    community = responsible(compound, "community")
    if stage < BREACHED:
        return holders(community, today, DESK_POSTS) if community else []
    above = office(compound, Body.SUBDISTRICT)
    officers = holders(above, today, [Role.SUBDISTRICT_OFFICER]) if above else []
    return [*community_heads(compound, today), *officers]


def _title(matter: Matter, order: HotlineOrder, stage: int, at: datetime) -> str:
    when = moment(order.due_at, at)
    if stage == LISTED:
        return f"第 {matter.label} 号的 12345 工单该在 {when} 前答复，还没有，上了三方联席会的清单"
    if stage == BREACHED:
        return f"第 {matter.label} 号的 12345 工单超时了：该在 {when} 前答复"
    return f"第 {matter.label} 号的 12345 工单要在 {when} 前答复，" + ("时间过半" if stage == 1 else "快到时间了")
