"""The property company takes the order or says why not, and splits it into parts."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.people.models import Organisation, Post
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import one_act

from ...models import Gathered, Matter, Order, OrderPart
from ...rules.orders import Act
from ...rules.states import Act as MatterAct
from ...rules.states import State as MatterState
from ...rules.states import Who
from ..many import begin_many, finish_many, hand_clocks_many, note_many, save_many, tell_many
from ..work import wait_for_decision
from .base import begin, finish, heads, label, leave, live, matters_of, tell_staff


@one_act()
def accept(*, by: Actor, order: Order, words: str, at: datetime, once: UUID | None = None) -> Order:
    """All its matters are taken with one answer, which every reporter reads."""
    step = begin(order, by=by, act=Act.ACCEPT, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    o.accepted_at, o.reply = at, words.strip()[:400]
    taken = [m for m in matters_of(o) if m.state == MatterState.DISPATCHED and m.handler_body_id == o.to_body_id]
    steps = begin_many(taken, by=by, act=MatterAct.TAKE, at=at, words=words.strip(), also=frozenset({Who.HANDLER}))
    for one in steps:
        one.matter.started_at = one.matter.started_at or at
        one.data["order"] = o.number
    finish_many(steps)
    entry = finish(step)
    firm = o.to_body.name if o.to_body else ""
    tell_many(
        taken, by=by, kind=MatterAct.TAKE, at=at, key=str(entry.pk), title=lambda m: f"第 {m.label} 号，{firm}接单了"
    )
    for m in taken:
        if m.gate:
            wait_for_decision(matter=m, at=at)
    tell_staff(
        o,
        heads(o.by_body, at),
        title=f"{label(o)}，{firm}接单了",
        body=o.reply,
        kind=Act.ACCEPT,
        key=str(entry.pk),
        at=at,
    )
    return o


@one_act()
def refuse(
    *, by: Actor, order: Order, reason: str, proposed_body: Organisation | None, at: datetime, once: UUID | None = None
) -> Order:  # fmt: skip
    """ "Not ours", within one working day, naming who should: what it had not begun goes back to the desk. Raises Refused."""
    given = {"reason": reason.strip(), "proposed_body": proposed_body.pk if proposed_body else None}
    step = begin(order, by=by, act=Act.REFUSE, at=at, given=given, words=reason.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    last = calendar(step.compound).after(timezone.localdate(o.placed_at), 1)
    if timezone.localdate(at) > last:
        raise Refused(Refusal("too_late", "下单超过 1 个工作日，不能不接了，请和业委会、社区商量", "首接负责"))
    o.reply, o.proposed_body, o.closed_at = reason.strip()[:400], proposed_body, at
    matters = matters_of(o)
    back = [m for m in matters if m.state == MatterState.DISPATCHED and m.handler_body_id == o.to_body_id]
    firm = o.to_body.name if o.to_body else ""
    steps = begin_many(back, by=by, act=MatterAct.RETURN, at=at, words=reason.strip(), also=frozenset({Who.HANDLER}))
    for one in steps:
        m = one.matter
        m.returns += 1
        m.proposed_body = proposed_body
        one.data |= {
            "body": str(o.to_body_id),
            "proposed": str(proposed_body.pk) if proposed_body else None,
            "refused_by": firm,
        }
        m.handler_body, m.handler_post = None, None
        if m.returns >= 2:
            m.desk = "community"
    finish_many(steps)
    if o.to_body and back:
        hand_clocks_many(back, back[0].first_receiver or o.to_body)
    leave(o, matters, why="refused", at=at)
    save_many(matters)
    entry = finish(step)
    tell_many(
        back, by=by, kind=MatterAct.RETURN, at=at, key=str(entry.pk), title=lambda m: f"第 {m.label} 号在重新安排由谁办"
    )
    tell_staff(
        o, heads(o.by_body, at), title=f"{label(o)}，{firm}说不归它办", body=o.reply, kind=Act.REFUSE, key=str(entry.pk), at=at
    )  # fmt: skip
    return o


@one_act()
def split(
    *, by: Actor, order: Order, words: str, post: Post | None = None, due_at: datetime | None, matters: Sequence[Matter] = (),
    at: datetime, once: UUID | None = None,
) -> Order:  # fmt: skip
    """One part more: what, by whom, until when, for which of its matters. Raises Refused."""
    step = begin(order, by=by, act=Act.SPLIT, at=at, given={"due_at": due_at}, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    if due_at is None or due_at <= at:
        raise Refused(Refusal("past", "期限要在现在以后"), field="due_at")
    if o.wanted_by and at < o.wanted_by and timezone.localdate(due_at) > timezone.localdate(o.wanted_by):
        values = {"day": f"{timezone.localdate(o.wanted_by):%Y-%m-%d}"}
        raise Refused(
            Refusal("after_order", "整张订单要在 %(day)s 办好，这一份不能更晚", values=values), field="due_at"
        )
    if post and (post.organisation_id != o.to_body_id or (post.to_day and post.to_day < timezone.localdate(at))):
        raise Refused(Refusal("not_in_body", "这个人不在这个单位，或任期已满"), field="post")
    rows = [g for g in live(o) if g.part_id is None and g.matter_id in {m.pk for m in matters}]
    position = OrderPart.objects.filter(compound_id=o.compound_id, order=o).count() + 1
    part = OrderPart(
        id=uuid7(),
        compound_id=o.compound_id,
        order=o,
        position=position,
        words=words.strip()[:200],
        post=post,
        due_at=due_at,
    )
    part.save(force_insert=True)
    found = matters_of(o, rows)
    Gathered.objects.filter(compound_id=o.compound_id, pk__in=[g.pk for g in rows]).update(part=part)
    for m in found:
        m.handler_post = post
    save_many(found)
    note_many(
        found,
        by=by,
        act=MatterAct.ALLOT,
        at=at,
        words=part.words,
        data={"order": o.number, "due_at": due_at.isoformat()},
    )
    step.data |= {"position": position, "numbers": [m.number for m in found], "due_at": due_at.isoformat()}
    entry = finish(step)
    if post and post.account_id and post.account_id != by.account_id:
        tell_staff(
            o, [To(post.account_id)], title=f"{label(o)} 第 {position} 份由您办：{part.words}",
            kind=Act.SPLIT, key=str(entry.pk), at=at,
        )  # fmt: skip
    return o
