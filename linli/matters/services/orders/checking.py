"""The committee checks, everybody who asked is told, and any of them may say "not mine"."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.places.queries import calendar
from linli.plumbing.acts import Actor, record
from linli.plumbing.whole import one_act

from ...models import Attachment, Matter, Order, OrderPart
from ...rules import orders as rules
from ...rules.orders import Act
from ...rules.states import JUDGED, Who
from ...rules.states import Act as MatterAct
from ...rules.states import State as MatterState
from ..desk import ask_not_late, back_to_desk
from ..intake import responsible
from ..many import begin_many, finish_many, note_many, revive_clocks, tell_many
from ..steps import begin as begin_matter
from ..steps import finish as finish_matter
from .base import SUBJECT, begin, finish, label, leave, live, matters_of, staff, tell_staff


@one_act()
def check(*, by: Actor, order: Order, words: str = "", at: datetime, once: UUID | None = None) -> Order:
    """Accepted: with the check everybody who asked is told, once."""
    step = begin(order, by=by, act=Act.CHECK, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    # Somebody may have been called back, or have confirmed it, before the check.
    done = [m for m in matters_of(step.order) if m.state in JUDGED]
    note_many(done, by=by, act=MatterAct.PASS, at=at, words=words.strip(), data={"order": step.order.number})
    finish(step)
    tell = begin(step.order, by=by, act=Act.TELL, at=at)
    tell.order.told_at = at
    entry = finish(tell)
    committee = tell.order.by_body.name
    tell_many(
        done, by=by, kind=MatterAct.RESOLVE, at=at, key=str(entry.pk), body=words.strip(),
        title=lambda m: f"第 {m.label} 号办好了，{committee}验收过，请您看一看",
    )  # fmt: skip
    tell_staff(
        tell.order,
        staff(tell.order.to_body, at),
        title=f"{label(tell.order)}验收通过",
        kind=Act.CHECK,
        key=str(entry.pk),
        at=at,
    )
    return tell.order


@one_act()
def back(
    *, by: Actor, order: Order, parts: Sequence[int], words: str, at: datetime, once: UUID | None = None
) -> Order:  # fmt: skip
    """What is missing, by part: those go back to the same hands, their clocks run on, and each counts as reopened. Raises Refused."""
    step = begin(order, by=by, act=Act.BACK, at=at, given={"parts": list(parts)}, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    o = step.order
    rows = list(OrderPart.objects.filter(compound_id=o.compound_id, order=o, position__in=list(parts)))
    if not rows:
        raise Refused(Refusal("missing_parts", rules.NEEDS["parts"]), field="parts")
    for part in rows:
        part.reported_at, part.missing = None, words.strip()[:400]
    OrderPart.objects.filter(compound_id=o.compound_id).bulk_update(rows, ["reported_at", "missing"])
    ids = {part.pk for part in rows}
    found = [m for m in matters_of(o, [g for g in live(o) if g.part_id in ids]) if m.state == MatterState.RESOLVED]
    steps = begin_many(found, by=by, act=MatterAct.BACK, at=at, words=words.strip(), also=frozenset({Who.ORDERER}))
    revive_clocks(found, at=at, calendar=calendar(step.compound), waited=True)
    for one in steps:
        m = one.matter
        m.reopens += 1
        m.resolved_at, m.outcome, m.done_words = None, "", ""
        one.data["order"] = o.number
    finish_many(steps)
    o.backs += 1
    o.done_at = None
    step.data["parts"] = [part.position for part in rows]
    entry = finish(step)
    tell_staff(
        o,
        staff(o.to_body, at),
        title=f"{label(o)}验收没通过，还差一些",
        body=words.strip(),
        kind=Act.BACK,
        key=str(entry.pk),
        at=at,
    )
    return o


@one_act()
def review(*, by: Actor, order: Order, words: str, at: datetime, once: UUID | None = None) -> Order:
    """Looked back upon: the order is closed; each of its matters closes by its own rules."""
    step = begin(order, by=by, act=Act.REVIEW, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.order
    step.order.review, step.order.closed_at = words.strip()[:400], at
    finish(step)
    return step.order


@one_act()
def not_mine(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    """What was done is not what this person asked for: the matter leaves the order and goes back to the desk, its own clock
    running on as if nobody had said it was done; closed, it is reopened like any other. The order stays. Raises Refused."""
    seen = (
        Matter.objects.filter(compound_id=matter.compound_id, pk=matter.pk).values_list("order_id", flat=True).first()
    )
    order = Order.objects.select_for_update().filter(compound_id=matter.compound_id, pk=seen).first() if seen else None
    step = begin_matter(matter, by=by, act=MatterAct.NOT_MINE, at=at, words=words.strip(), once=once)
    if step.done_before or order is None:
        return step.matter
    m = step.matter
    _take_back_photos(m, at)
    if m.state == MatterState.CLOSED:
        ask_not_late(m, at)
        back_to_desk(step)
    else:
        revive_clocks([m], at=at, calendar=step.calendar)
    m.resolved_at, m.outcome, m.done_words, m.paid_by, m.visit_due_at = None, "", "", "", None
    m.handler_post = None
    leave(order, [m], why="not_mine", at=at)
    order.save(force_update=True)
    step.data["order"] = order.number
    community = responsible(step.compound, m.desk)
    finish_matter(step, tell=f"第 {m.label} 号，报告人说{label(order)}办的不是那件", to=staff(community, at))
    entry = record(
        by=by, act=MatterAct.NOT_MINE, subject_kind=SUBJECT, subject_id=order.pk, at=at, compound_id=order.compound_id,
        data={"numbers": [m.number]},
    )  # fmt: skip
    tell_staff(
        order, staff(order.by_body, at), title=f"{label(order)}：第 {m.label} 号的报告人说不是那件", kind=MatterAct.NOT_MINE,
        key=str(entry.pk), at=at,
    )  # fmt: skip
    return m


def _take_back_photos(m: Matter, at: datetime) -> None:
    """The order's pictures show something else."""
    rows = Attachment.objects.filter(compound_id=m.compound_id, matter=m, added_at=m.resolved_at, hidden_at=None)
    thumbs = set(rows.values_list("thumb", flat=True))
    rows.update(hidden_at=at)
    m.photo_after = "" if m.photo_after in thumbs else m.photo_after
    m.photo_before = "" if m.photo_before in thumbs else m.photo_before
