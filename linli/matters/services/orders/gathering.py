"""The committee gathers what neighbours asked for and places it as one order."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before
from linli.plumbing.counters import next_value
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Gathered, Matter, Order
from ...rules import orders as rules
from ...rules.orders import Act, State
from ...rules.states import Act as MatterAct
from ...rules.states import Who
from ..intake import responsible
from ..many import begin_many, finish_many, hand_clocks_many, locked, note_many, save_many, tell_many
from .base import begin, finish, label, leave, live, matters_of, staff, tell_staff

TITLE_MOST, WORDS_MOST = 60, 800


def gather(
    *, by: Actor, compound: Compound, matters: Sequence[Matter], order: Order | None = None, title: str = "", at: datetime,
    once: UUID | None = None,
) -> tuple[Order, list[str]]:  # fmt: skip
    """Into this order, or a new one. One that cannot be gathered stops no other: why not comes back. Raises Refused when none can."""
    if again := _again(compound, once):
        return again, []
    try:
        with one_act():
            return _gather(by, compound, matters, order or _new(by, compound, title, at), at, once)
    except IntegrityError:
        if again := _again(compound, once):
            return again, []
        raise


def _gather(
    by: Actor, compound: Compound, matters: Sequence[Matter], order: Order, at: datetime, once: UUID | None
) -> tuple[Order, list[str]]:  # fmt: skip
    step = begin(order, by=by, act=Act.GATHER, at=at, once=once)
    if step.done_before:
        raise IntegrityError  # the same submit was first: nothing of this one stays
    step.order.compound = compound
    taken, refused = _sift(locked(compound.pk, [m.pk for m in matters]), step.order)
    if not taken:
        sentence = "；".join(refused[:5]) or "先选要放进订单的事"
        raise Refused(Refusal("none", sentence))
    _take_out_of_ended(compound, taken, at)
    Gathered.objects.bulk_create(Gathered(compound_id=compound.pk, order=step.order, matter=m, since=at) for m in taken)
    for m in taken:
        m.order = step.order
    save_many(taken)
    note_many(taken, by=by, act=MatterAct.GATHER, at=at, data={"order": step.order.number})
    step.order.size += len(taken)
    step.data["numbers"] = [m.number for m in taken]
    finish(step)
    return step.order, refused


def _again(compound: Compound, once: UUID | None) -> Order | None:
    entry = done_before(compound.pk, once)
    return Order.objects.filter(compound_id=compound.pk, pk=entry.subject_id).first() if entry else None


def _new(by: Actor, compound: Compound, title: str, at: datetime) -> Order:
    if by.compound_id != compound.pk or not may(by.role, Right.PLACE_ORDER) or by.body_id is None:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not title.strip():
        raise Refused(Refusal("missing_title", rules.NEEDS["title"]), field="title")
    firm = responsible(compound, "property")
    if firm is None:
        raise Refused(Refusal("no_firm", "这个小区没有物业，订单没有人接"))
    order = Order(
        id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, "order"), title=title.strip()[:TITLE_MOST],
        by_body_id=by.body_id, to_body=firm, state=State.GATHERING, turn=rules.turn(State.GATHERING, "committee"), turn_since=at, made_at=at,
    )  # fmt: skip
    order.save(force_insert=True)
    return order


def _sift(matters: list[Matter], order: Order) -> tuple[list[Matter], list[str]]:
    held = Order.objects.filter(
        compound_id=order.compound_id, pk__in={m.order_id for m in matters if m.order_id}, open__in=(True,)
    )
    open_ones = dict(held.values_list("id", "number"))
    taken, refused = [], []
    for m in matters:
        no = rules.may_gather(
            state=m.state, secret=m.privacy == "secret", in_order=open_ones.get(m.order_id) if m.order_id else None,
            elsewhere=_elsewhere(m, order), twice_returned=m.returns >= 2,
        )  # fmt: skip
        if no:
            refused.append(f"{m.label} {no}")
        else:
            taken.append(m)
    return taken, refused


def _elsewhere(m: Matter, order: Order) -> str:
    other = m.state in rules.WITH_FIRM and m.handler_body_id != order.to_body_id
    return m.handler_body.name if other and m.handler_body else ""


def _take_out_of_ended(compound: Compound, matters: Sequence[Matter], at: datetime) -> None:
    rows = Gathered.objects.filter(compound_id=compound.pk, matter_id__in=[m.pk for m in matters], left_at=None)
    rows.update(left_at=at, left_why="over")


@one_act()
def drop(*, by: Actor, order: Order, matters: Sequence[Matter], at: datetime, once: UUID | None = None) -> Order:
    """Out of the order again, while it is being gathered."""
    step = begin(order, by=by, act=Act.DROP, at=at, once=once)
    if step.done_before:
        return step.order
    wanted = {m.pk for m in matters}
    found = [m for m in matters_of(step.order) if m.pk in wanted]
    if not found:
        raise Refused(Refusal("none", "先选要拿出来的事"))
    _let_go(step, found, "dropped")
    step.data["numbers"] = [m.number for m in found]
    finish(step)
    return step.order


def _let_go(step, found: Sequence[Matter], why: str) -> None:
    leave(step.order, found, why=why, at=step.at)
    save_many(found)
    note_many(found, by=step.by, act=MatterAct.UNGATHER, at=step.at, data={"order": step.order.number})


@one_act()
def cancel(*, by: Actor, order: Order, at: datetime, once: UUID | None = None) -> Order:
    step = begin(order, by=by, act=Act.CANCEL, at=at, once=once)
    if step.done_before:
        return step.order
    _let_go(step, matters_of(step.order), "cancelled")
    step.order.closed_at = at
    finish(step)
    return step.order


@one_act()
def place(
    *, by: Actor, order: Order, title: str, words: str, wanted_by: datetime | None, at: datetime, once: UUID | None = None
) -> Order:  # fmt: skip
    """One act for all of them: what is sorted is dispatched to the property company, each with its own clock. What ended or
    became secret meanwhile is left out. Raises Refused."""
    given = {"title": title.strip(), "wanted_by": wanted_by}
    step = begin(order, by=by, act=Act.PLACE, at=at, given=given, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    if wanted_by is None or wanted_by <= at:
        raise Refused(Refusal("past", "要在今天以后"), field="wanted_by")
    o.title, o.words, o.wanted_by, o.placed_at = title.strip()[:TITLE_MOST], words.strip()[:WORDS_MOST], wanted_by, at
    matters = matters_of(o, live(o))
    secret = [m for m in matters if m.privacy == "secret"]
    ended = [m for m in matters if m.state not in rules.GATHERABLE and m not in secret]
    _let_go(step, secret, "secret")
    _let_go(step, ended, "over")
    matters = [m for m in matters if m not in ended and m not in secret]
    if secret:
        step.data["secret"] = len(secret)
    _ready(o, matters)
    _dispatch(step, matters)
    entry = finish(step)
    firm = o.to_body.name if o.to_body else ""
    tell_many(
        matters, by=by, kind=Act.PLACE, at=at, key=str(entry.pk),
        title=lambda m: f"第 {m.label} 号和邻居说的一起，由{o.by_body.name}下单交给了{firm}",
    )  # fmt: skip
    tell_staff(
        o, staff(o.to_body, at), title=f"{label(o)}：{o.title}，{o.size} 件，请接单", body=o.words, kind=Act.PLACE, key=str(entry.pk), at=at
    )  # fmt: skip
    return o


def _ready(order: Order, matters: Sequence[Matter]) -> None:
    if not matters:
        raise Refused(Refusal("empty", "订单里还没有能交出去的事"))
    unsorted = [m.label for m in matters if m.state in rules.UNSORTED]
    if unsorted:
        values = {"labels": "、".join(unsorted[:8]), "n": len(unsorted)}
        raise Refused(Refusal("unsorted", "还有 %(n)s 件没分类，请前台或社区先分好：%(labels)s", values=values))
    elsewhere = [f"{m.label} {name}" for m in matters if (name := _elsewhere(m, order))]
    if elsewhere:
        values = {"labels": "、".join(elsewhere[:8])}
        raise Refused(Refusal("elsewhere", "这些已经派给别的单位，先拿出来：%(labels)s", values=values))


def _dispatch(step, matters: Sequence[Matter]) -> None:
    order, at = step.order, step.at
    firm = order.to_body
    fresh = [m for m in matters if m.state in rules.TO_DISPATCH]
    steps = begin_many(fresh, by=step.by, act=MatterAct.DISPATCH, at=at, also=frozenset({Who.ORDERER}))
    for one in steps:
        m = one.matter
        m.handler_body, m.handler_post, m.proposed_body = firm, None, None
        if m.first_receiver_id is None:
            m.first_receiver = firm
        m.dispatched_at = at
        one.data |= {"body": str(firm.pk), "body_name": firm.name, "post": None, "order": order.number}
    finish_many(steps)
    # What it had in hand already is its desk's to take as one, whoever was named before.
    waiting = [m for m in matters if m not in fresh and m.state == "dispatched"]
    for m in waiting:
        m.handler_post = None
    save_many(waiting)
    hand_clocks_many([*fresh, *waiting], firm)
