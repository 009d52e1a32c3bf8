"""The party in turn lets its time pass: said once, by the clock."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.plumbing.acts import CLOCK, record
from linli.plumbing.moments import moment

from ...models import Order
from ...rules.states import Act as MatterAct
from .base import SUBJECT, heads, label, tell_staff


@transaction.atomic
def tick(*, order_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """False if another worker said it, or the order went on meanwhile."""
    rows = Order.objects.filter(compound_id=compound_id, pk=order_id, next_at__lte=at)
    if not rows.update(next_at=None, overdue=True):
        return False
    order = Order.objects.select_related("by_body", "to_body").get(compound_id=compound_id, pk=order_id)
    entry = record(
        by=CLOCK, act=MatterAct.BREACH, subject_kind=SUBJECT, subject_id=order.pk, at=at, compound_id=compound_id,
        data={"state": order.state, "due_at": order.due_at.isoformat() if order.due_at else ""}, internal=True,
    )  # fmt: skip
    when = moment(order.due_at, at) if order.due_at else ""
    to = {t.tag: t for body in (order.by_body, order.to_body) for t in heads(body, at)}
    tell_staff(
        order,
        to.values(),
        title=f"{label(order)}超时了：该在 {when} 前有结果",
        kind=MatterAct.BREACH,
        key=str(entry.pk),
        at=at,
    )
    return True
