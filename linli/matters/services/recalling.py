"""Out of the hands that a matter was in, to the desk that gives it out: taken back, or put to another level (首接负责)."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day_and_hour
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Matter, Order
from ..rules import turns
from ..rules.states import Act, Who
from .bodies import at_desk
from .intake import responsible
from .orders.leaving import order_of, take_out
from .steps import SUBJECT, Step, begin, finish, hand_clocks, promise_anew, resume_clocks
from .superiors import in_charge


@one_act()
def recall(*, by: Actor, matter: Matter, reason: str, at: datetime, once: UUID | None = None) -> Matter:
    """The desk takes it back, with the reason: wrongly given out, or nobody there goes on. Its promise runs on. Raises Refused."""
    order = order_of(matter)
    step = begin(
        matter, by=by, act=Act.RECALL, at=at, given={"reason": reason.strip()}, words=reason.strip(), once=once
    )
    if step.done_before:
        return step.matter
    m = step.matter
    if m.returns >= 2 and Who.COMMUNITY not in parts_in(m, by):
        raise Refused(Refusal("community_decides", "退回过两次了，由社区决定派给谁", "首接负责"))
    if m.paused_at:
        resume_clocks(m, at, step.calendar)
        m.paused_at, m.pause_reason, m.review_at = None, "", None
    had = _let_go(step, order)
    entry = finish(step, tell=f"第 {m.label} 号在重新安排由谁办")
    _tell(step, entry, "had", had, f"第 {m.label} 号收回了，不用再办")
    desk = responsible(step.compound, m.desk)
    if desk and desk.pk != by.body_id:
        _tell(step, entry, "desk", at_desk(desk, timezone.localdate(at)), f"第 {m.label} 号收回了，请安排由谁办")
    return m


@one_act()
def escalate(
    *, by: Actor, matter: Matter, level: str, reason: str, due_at: datetime | None, at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """One level up, with the reason and a new due time: the desk of that level gives it out (domain §4.3, §4.4). Raises Refused."""
    order = order_of(matter)
    given = {"level": level, "reason": reason.strip(), "due_at": due_at}
    step = begin(matter, by=by, act=Act.ESCALATE, at=at, given=given, words=reason.strip(), once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    if level not in turns.LEVEL_ORDER or turns.LEVEL_ORDER.index(level) <= turns.LEVEL_ORDER.index(
        m.level or "building"
    ):
        raise Refused(Refusal("not_higher", "只能往上一层"), field="level")
    assert due_at is not None
    if due_at <= at:
        raise Refused(Refusal("past", "期限要在现在以后"), field="due_at")
    step.data |= {"from_level": m.level, "level": level, "due_at": due_at.isoformat()}
    m.level = level
    m.desk = turns.desk_party(level, m.category, not step.compound.is_unmanaged)
    had = _let_go(step, order)
    promise_anew(step, due_at)
    up = f"第 {m.label} 号升到{turns.LEVELS[level]}办"
    entry = finish(step, tell=f"{up}，答应 {day_and_hour(due_at)} 前办完")
    _tell(step, entry, "had", had, f"{up}，不用再办")
    if desk := responsible(step.compound, m.desk):
        _tell(step, entry, "desk", at_desk(desk, timezone.localdate(at)), f"{up}，请安排由谁办")
    return m


def _let_go(step: Step, order: Order | None) -> list[To]:
    """Whose it was. Until somebody else takes it the first receiver answers for it, and for its clocks."""
    m = step.matter
    had = in_charge(m, m.handler_body, timezone.localdate(step.at))
    step.data |= {"body": str(m.handler_body_id), "body_name": m.handler_body.name if m.handler_body else ""}
    m.handler_body, m.handler_post = None, None
    hand_clocks(m)
    if order and order.pk == m.order_id:
        take_out(by=step.by, order=order, matter=m, at=step.at)
    return had


def _tell(step: Step, entry: AuditEntry, which: str, to: list[To], title: str) -> None:
    m = step.matter
    queue(
        compound_id=m.compound_id, to=[t for t in to if t.account_id != step.by.account_id], kind=step.act, title=title, body=step.words,
        subject_kind=SUBJECT, subject_id=m.pk, number=m.number, key=f"{entry.pk}:{which}", at=step.at,
    )  # fmt: skip
