"""A matter that its desk takes back out of an order that was placed."""

from datetime import datetime

from linli.plumbing.acts import Actor

from ...models import Gathered, Matter, Order, OrderPart
from ...rules.orders import Act, State, after_report
from ...rules.states import GIVEN_OUT
from .base import OrderStep, finish, heads, label, leave, staff, tell_staff


def order_of(matter: Matter) -> Order | None:
    """The open order, placed already, that it is in; locked, and so before the matter is."""
    seen = Matter.objects.filter(compound_id=matter.compound_id, pk=matter.pk).values("order_id")
    rows = Order.objects.select_for_update(of=("self",)).select_related("by_body", "to_body")
    return rows.filter(compound_id=matter.compound_id, pk__in=seen, open=True).exclude(state=State.GATHERING).first()


def take_out(*, by: Actor, order: Order, matter: Matter, at: datetime) -> None:
    """The order goes on without it; with nothing left it is over, with nothing left to report it is done."""
    leave(order, [matter], why="recalled", at=at)
    step = OrderStep(order, by, Act.DROP, at, _to(order), data={"numbers": [matter.number]})
    if step.to == State.CANCELLED:
        order.closed_at = at
    if step.to == State.DONE:
        order.done_at = at
    entry = finish(step)
    title = f"{label(order)}：第 {matter.label} 号由前台收回，另外安排"
    tell_staff(
        order, [*staff(order.to_body, at), *heads(order.by_body, at)], title=title, kind=Act.DROP, key=str(entry.pk), at=at
    )  # fmt: skip


def _to(order: Order) -> State | None:
    if not order.size:
        return State.CANCELLED
    parts = OrderPart.objects.filter(compound_id=order.compound_id, order=order)
    if order.state != State.IN_PROGRESS or not parts.exists():
        return None
    loose = Gathered.objects.filter(
        compound_id=order.compound_id, order=order, left_at=None, part=None, matter__state__in=GIVEN_OUT
    )
    to = after_report(unreported=parts.filter(reported_at=None).count(), unassigned=loose.count())
    return to if to == State.DONE else None
