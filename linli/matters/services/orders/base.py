"""The one path by which an order changes: lock, ask the rules, change, write the entry, tell the people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.clock import deadline
from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.people.models import Organisation
from linli.people.rules import PARTY_OF_BODY, Body
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry

from ...models import Gathered, Matter, Order
from ...rules import orders as rules
from ..bodies import DESK_POSTS, HEADS, holders
from ..many import locked

SUBJECT = "order"
LISTED = "listed:order"


@dataclass
class OrderStep:
    """A change under way. Fill `data`, change `order`, then `finish`."""

    order: Order
    by: Actor
    act: rules.Act
    at: datetime
    to: rules.State | None
    words: str = ""
    once: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    done_before: bool = False

    @property
    def compound(self) -> Compound:
        return Compound.objects.get(pk=self.order.compound_id)


def parts_in(order: Order, by: Actor) -> frozenset[rules.Who]:
    return rules.parts(
        role=by.role, body=str(by.body_id), by_body=str(order.by_body_id), to_body=str(order.to_body_id) if order.to_body_id else None
    )  # fmt: skip


def begin(
    order: Order, *, by: Actor, act: rules.Act, at: datetime, given: Mapping[str, Any] | None = None, words: str = "",
    once: UUID | None = None,
) -> OrderStep:  # fmt: skip
    """Raises Refused. A repeat of the same submit gives a step with `done_before`, which the caller returns from."""
    fresh = (
        Order.objects.select_for_update(of=("self",))
        .select_related("by_body", "to_body")
        .get(compound_id=order.compound_id, pk=order.pk)
    )
    if done_before(fresh.compound_id, once):
        return OrderStep(fresh, by, act, at, None, done_before=True)
    no = rules.refuse(act, rules.State(fresh.state), parts_in(fresh, by))
    if no:
        raise Refused(no)
    for name, sentence in rules.missing(act, {**(given or {}), "words": words}):
        raise Refused(Refusal(f"missing_{name}", sentence), field=name)
    return OrderStep(fresh, by, act, at, rules.TABLE[act].to, words, once)


def finish(step: OrderStep) -> AuditEntry:
    order = step.order
    if step.to is not None and step.to != order.state:
        step.data = {"from": order.state, "to": str(step.to), **step.data}
        order.state = step.to
        order.open = step.to not in rules.FINAL
        order.turn, order.turn_since = rules.turn(step.to, PARTY_OF_BODY[Body(order.by_body.kind)]), step.at
        _promise(order, step)
    order.save(force_update=True)
    return record(
        by=step.by, act=step.act, subject_kind=SUBJECT, subject_id=order.pk, at=step.at, compound_id=order.compound_id,
        words=step.words, data=step.data, once=step.once,
    )  # fmt: skip


def _promise(order: Order, step: OrderStep) -> None:
    """Until when whose turn it is must act."""
    state = rules.State(order.state)
    span = rules.LIMITS.get(state)
    if span:
        order.due_at = deadline(step.at, span, calendar(step.compound))
    else:
        order.due_at = order.wanted_by if state == rules.State.IN_PROGRESS else None
    half = rules.plan(state, step.at, order.due_at, calendar(step.compound)).half_at if order.due_at else None
    order.next_at, order.stage, order.overdue = half, 0, False
    if order.listed_at:
        order.listed_at = None
        shift(order.compound_id, {LISTED: -1})


def live(order: Order) -> list[Gathered]:
    return list(Gathered.objects.filter(compound_id=order.compound_id, order=order, left_at=None).order_by("id"))


def matters_of(order: Order, rows: Iterable[Gathered] | None = None) -> list[Matter]:
    """Those still in it, locked, in the order of their numbers."""
    return locked(order.compound_id, [g.matter_id for g in (live(order) if rows is None else rows)])


def leave(order: Order, matters: Sequence[Matter], *, why: str, at: datetime) -> None:
    """They are in no order any more; the caller saves them."""
    rows = Gathered.objects.filter(compound_id=order.compound_id, order=order, left_at=None)
    gone = rows.filter(matter_id__in=[m.pk for m in matters]).update(left_at=at, left_why=why)
    for m in matters:
        m.order = None
    order.size -= min(order.size, gone)


def label(order: Order) -> str:
    return f"订单第 {order.number} 号"


def staff(body: Organisation | None, at: datetime) -> list[To]:
    if body is None:
        return []
    today = timezone.localdate(at)
    return holders(body, today, DESK_POSTS) or holders(body, today)


def heads(body: Organisation | None, at: datetime) -> list[To]:
    if body is None:
        return []
    today = timezone.localdate(at)
    return holders(body, today, HEADS) or holders(body, today)


def tell_staff(
    order: Order, to: Iterable[To], *, title: str, body: str = "", kind: str, key: str, at: datetime
) -> None:
    queue(
        compound_id=order.compound_id, to=to, kind=kind, title=title, body=body, subject_kind=SUBJECT, subject_id=order.pk,
        number=order.number, key=f"{key}:staff", at=at,
    )  # fmt: skip
