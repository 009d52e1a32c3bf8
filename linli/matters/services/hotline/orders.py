"""What the desk does with one order: joins it to what is the same, explains to the caller, takes it back from the hotline."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor, done_before
from linli.plumbing.whole import one_act

from ...access import main_of
from ...models import HotlineOrder, Matter
from ...rules import hotline as rules
from ...rules.states import Act, State
from ..desk import back_to_desk, undecline
from ..merging import merge
from ..steps import Step, begin, finish, record_on
from .callers import opened
from .ticking import unlist

NOT_SAME = "not_the_same"


def fresh_order(by: Actor, order: HotlineOrder) -> HotlineOrder:
    if by.compound_id != order.compound_id or not may(by.role, Right.MIND_HOTLINE):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    # The matter first, as every act and the clock do: or two wait for each other.
    seen = HotlineOrder.objects.values_list("matter_id", flat=True).get(compound_id=order.compound_id, pk=order.pk)
    Matter.objects.select_for_update().get(compound_id=order.compound_id, pk=seen)
    return HotlineOrder.objects.select_for_update().get(compound_id=order.compound_id, pk=order.pk)


def _matter(order: HotlineOrder) -> Matter:
    return Matter.objects.get(compound_id=order.compound_id, pk=order.matter_id)


@one_act()
def join(*, by: Actor, order: HotlineOrder, at: datetime, once: UUID | None = None) -> HotlineOrder:
    """Yes, the same: its matter joins the one proposed, order and all; an undo of the merge gives it back. Raises Refused."""
    order = fresh_order(by, order)
    if order.likely_id is None:
        if done_before(order.compound_id, once):
            return order
        raise Refused(Refusal("nothing_proposed", "这件已经有人看过了"))
    target = main_of(Matter.objects.get(compound_id=order.compound_id, pk=order.likely_id))
    merge(by=by, matter=_matter(order), target=target, at=at, once=once)
    HotlineOrder.objects.filter(compound_id=order.compound_id, pk=order.pk).update(likely=None)
    return HotlineOrder.objects.get(compound_id=order.compound_id, pk=order.pk)


@one_act()
def not_the_same(*, by: Actor, order: HotlineOrder, at: datetime) -> HotlineOrder:
    order = fresh_order(by, order)
    if order.likely_id is None:
        return order
    record_on(_matter(order), by=by, act=NOT_SAME, at=at, internal=True, data={"matter": str(order.likely_id)})
    order.likely = None
    order.save(update_fields=["likely"])
    return order


def _later(order: HotlineOrder, due_at: datetime | None, step: Step) -> None:
    """The hotline's clock alone; ours stays as it is."""
    if due_at is None:
        return
    if due_at <= max(order.due_at, step.at):
        raise Refused(Refusal("not_later", "新的期限要比原来的晚"), field="due_at")
    _restart(order, due_at, step)
    order.extended += 1


def _restart(order: HotlineOrder, due_at: datetime, step: Step) -> None:
    unlist(order.compound_id, [order.pk])
    step.data |= {"was": order.due_at.isoformat(), "due_at": due_at.isoformat()}
    order.due_at, order.stage = due_at, 0
    plan = rules.plan(order.started_at, due_at, step.calendar)
    order.next_at = next((m for m in (plan.half_at, plan.late_at, plan.due_at) if m > step.at), due_at)
    order.stage = (plan.half_at, plan.late_at, plan.due_at).index(order.next_at)


@one_act()
def explain(
    *,
    by: Actor,
    order: HotlineOrder,
    words: str,
    due_at: datetime | None = None,
    at: datetime,
    once: UUID | None = None,
) -> HotlineOrder:
    """The caller was told how it stands, with or without a longer limit that the hotline gave. Inside only. Raises Refused."""
    order = fresh_order(by, order)
    step = begin(_matter(order), by=by, act=Act.EXPLAIN, at=at, words=words.strip(), once=once, internal=True)
    if step.done_before:
        return order
    step.data["order"] = order.number
    step.words = _without_caller(order, step.words)
    _later(order, due_at, step)
    order.contacted_at = at
    order.save(update_fields=["due_at", "stage", "next_at", "extended", "contacted_at"])
    finish(step)
    return HotlineOrder.objects.get(compound_id=order.compound_id, pk=order.pk)


@one_act()
def sent_back(
    *,
    by: Actor,
    order: HotlineOrder,
    words: str,
    due_at: datetime | None = None,
    at: datetime,
    once: UUID | None = None,
) -> HotlineOrder:
    """The hotline asked the caller, who is not content: done again, with its words and a new limit; what was declined is
    looked at anew. Raises Refused."""
    order = fresh_order(by, order)
    given = {"reason": words.strip()}
    step = begin(_matter(order), by=by, act=Act.SENT_BACK, at=at, given=given, words=words.strip(), once=once)
    if step.done_before:
        return order
    if due_at is not None and due_at <= at:
        raise Refused(Refusal("past", "期限要在现在以后"), field="due_at")
    step.data["order"] = order.number
    step.words = _without_caller(order, step.words)
    unlist(order.compound_id, [order.pk])
    undecline(step) if step.to == State.SUBMITTED else back_to_desk(step)
    new = due_at or rules.due(at, step.calendar)
    step.data |= {"was": order.due_at.isoformat(), "due_at": new.isoformat()}
    order.started_at, order.due_at, order.stage, order.next_at = at, new, 0, rules.plan(at, new, step.calendar).half_at
    order.sent_back += 1
    order.waits = True
    order.save(update_fields=["started_at", "due_at", "stage", "next_at", "sent_back", "waits"])
    said = "12345 说要办，重新看" if step.to == State.SUBMITTED else "12345 说没办好，重新办"
    finish(step, tell=f"第 {step.matter.label} 号，{said}")
    return HotlineOrder.objects.get(compound_id=order.compound_id, pk=order.pk)


def _without_caller(order: HotlineOrder, words: str) -> str:
    who = opened(order)
    return rules.without_caller(words, caller=who.name, phone=who.phone, home=who.home, secret=order.secret)
