"""The handler's part, and the check by somebody else."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import queue
from linli.people.models import Organisation, Post
from linli.people.rules import COMMUNITY, Body
from linli.plumbing import vault
from linli.plumbing.acts import CLOCK, Actor
from linli.plumbing.counters import next_value
from linli.plumbing.whole import one_act

from ..models import Gate, HotlineOrder, Matter, ReturnVisit
from ..queries.gates import results_of
from ..queries.visits import owed_among, to_ask, visits_since
from ..rules import gates, times, turns, visits
from ..rules.help import payer
from ..rules.states import CONTACTS, NEEDS, PAUSE_REASONS, RATINGS, RESOLVE_OUTCOMES, SOLVED, Act, State
from .bodies import holders, office
from .deciding import prove_after
from .desk import back_to_desk, settle
from .help import settle_cost
from .rapid import on_site
from .steps import (
    SUBJECT,
    Step,
    begin,
    finish,
    hand_clocks,
    handler_party,
    pause_clocks,
    plan_the_rest,
    resume_clocks,
)


def _who(step: Step) -> str:
    return turns.PARTIES.get(handler_party(step.matter) or step.matter.desk, "")


@one_act()
def take(
    *, by: Actor, matter: Matter, words: str, contact: str = "", at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """The handler takes it: the first contact with the reporter, in words they will read. Raises Refused."""
    step = begin(matter, by=by, act=Act.TAKE, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    if contact and contact not in CONTACTS:
        raise Refused(Refusal("unknown_contact", NEEDS["contact"]), field="contact")
    step.data |= {"contact": contact} if contact else {}
    _name(step)
    step.matter.started_at = step.matter.started_at or at
    finish(step, tell=f"第 {step.matter.label} 号，{_who(step)}接手了")
    return wait_for_decision(matter=step.matter, at=at)


def _name(step: Step) -> None:
    """What was given to a body alone is from now on this person's: the named handler only (domain §4.9)."""
    m, by = step.matter, step.by
    if m.handler_post_id is None and m.handler_body_id is not None and by.body_id == m.handler_body_id:
        m.handler_post = Post.objects.get(pk=str(by.role_id))
        step.data["post"] = str(by.role_id)
        hand_clocks(m)


def wait_for_decision(*, matter: Matter, at: datetime) -> Matter:
    """Where somebody must decide before work begins, the clock stops for that by itself (domain §4.8)."""
    if matter.state != State.IN_PROGRESS or not gates.pauses(matter.gate, matter.urgency):
        return matter
    open_ones = Q(result="") | Q(planned=gates.held_by(matter.gate))
    until = Gate.objects.filter(open_ones, compound_id=matter.compound_id, matter=matter, lifted_at=None)
    review_at = until.filter(review_at__gt=at).order_by("review_at").values_list("review_at", flat=True).first()
    if review_at is None:
        return matter
    return suspend(by=CLOCK, matter=matter, pause_reason=gates.pause_reason(matter.gate), review_at=review_at, at=at)


@one_act()
def arrive(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.ARRIVE, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    _name(step)
    step.matter.arrived_at = at
    on_site(step.matter, at=at)
    finish(step, tell=f"第 {step.matter.label} 号，{_who(step)}到场了")
    return step.matter


@one_act()
def make_safe(
    *, by: Actor, matter: Matter, words: str = "", due_at: datetime | None = None, at: datetime, once: UUID | None = None
) -> Matter:  # fmt: skip
    """The danger is over; what is left of an emergency is promised for a day (domain §4.5). Raises Refused."""
    step = begin(matter, by=by, act=Act.MAKE_SAFE, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    _name(step)
    step.matter.arrived_at = step.matter.arrived_at or at
    on_site(step.matter, at=at)
    rest = plan_the_rest(step, due_at)
    finish(step, tell=f"第 {step.matter.label} 号，危险先控制住了{rest}")
    return step.matter


@one_act()
def send_back(
    *,
    by: Actor,
    matter: Matter,
    reason: str,
    proposed_body: Organisation | None,
    at: datetime,
    once: UUID | None = None,
) -> Matter:
    """ "Not ours", within one working day, naming who should. Until somebody else takes it the first receiver answers for it."""
    given = {"reason": reason.strip(), "proposed_body": proposed_body.pk if proposed_body else None}
    step = begin(matter, by=by, act=Act.RETURN, at=at, given=given, words=reason.strip(), once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    days = times.objection_days(m.urgency)
    if m.dispatched_at and timezone.localdate(at) > step.calendar.after(timezone.localdate(m.dispatched_at), days):
        law = "首接负责" if days == 1 else "信访条例第23条"
        raise Refused(
            Refusal("too_late", "派来超过 %(days)s 个工作日，不能退回了，请和社区商量", law, values={"days": days})
        )
    m.returns += 1
    m.proposed_body = proposed_body
    step.data |= {
        "body": str(m.handler_body_id),
        "proposed": str(proposed_body.pk) if proposed_body else None,
        "refused_by": m.handler_body.name if m.handler_body else "",
    }
    m.handler_body, m.handler_post = None, None
    # The old handler's clock is theirs no more: it runs on for the first receiver.
    hand_clocks(m)
    if m.returns >= 2:
        m.desk = "community"
    finish(step, tell=f"第 {m.label} 号在重新安排由谁办")
    if m.returns >= 2:
        _propose_whistle(step)
    return m


def _propose_whistle(step: Step) -> None:
    """Sent back twice: nobody here can settle it alone."""
    body, m = office(step.compound, Body.COMMUNITY), step.matter
    if body:
        queue(
            compound_id=m.compound_id, to=holders(body, timezone.localdate(step.at), COMMUNITY), kind="propose_whistle",
            title=f"第 {m.label} 号被退回了 {m.returns} 次，建议吹哨", body=m.title, subject_kind=SUBJECT, subject_id=m.pk, number=m.number,
            key=f"propose:{m.pk}:{m.returns}", at=step.at, rank=0,
        )  # fmt: skip


@one_act()
def suspend(
    *,
    by: Actor,
    matter: Matter,
    pause_reason: str,
    review_at: datetime | None,
    words: str = "",
    at: datetime,
    once: UUID | None = None,
) -> Matter:
    """The clock stops only for a listed reason, until a date that the reporter is told."""
    step = begin(
        matter,
        by=by,
        act=Act.SUSPEND,
        at=at,
        given={"pause_reason": pause_reason, "review_at": review_at},
        words=words.strip(),
        once=once,
    )
    if step.done_before:
        return step.matter
    if pause_reason not in PAUSE_REASONS:
        raise Refused(Refusal("unknown_reason", NEEDS["pause_reason"]), field="pause_reason")
    if review_at is None or review_at <= at:
        raise Refused(Refusal("past", "再看的日子要在今天以后"), field="review_at")
    m = step.matter
    pause_clocks(m, at)
    m.paused_at, m.pause_reason, m.review_at = at, pause_reason, review_at
    local = timezone.localtime(review_at)
    step.data |= {"reason": pause_reason, "review_at": review_at.isoformat()}
    finish(step, tell=f"第 {m.label} 号{PAUSE_REASONS[pause_reason]}，时钟停了，{local.month}月{local.day}日再看")
    return m


@one_act()
def resume(*, by: Actor, matter: Matter, words: str = "", at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.RESUME, at=at, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    resume_clocks(m, at, step.calendar)
    m.paused_at, m.pause_reason, m.review_at = None, "", None
    finish(step, tell=f"第 {m.label} 号接着办了")
    return m


def resume_due(*, matter: Matter, at: datetime) -> Matter:
    """The review date has come: the clock goes on by itself."""
    return resume(by=CLOCK, matter=matter, at=at)


@one_act()
def resolve(
    *, by: Actor, matter: Matter, words: str, outcome: str = "fixed", cost_fen: int | None = None, paid_by: str = "", at: datetime,
    once: UUID | None = None, evidence: bool = False,
) -> Matter:  # fmt: skip
    """Done, says the handler: what, with what result, at what cost. The reporter looks, somebody else checks."""
    step = begin(matter, by=by, act=Act.RESOLVE, at=at, given={"outcome": outcome}, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    if outcome not in RESOLVE_OUTCOMES:
        raise Refused(Refusal("unknown_outcome", "请选结果"), field="outcome")
    if outcome == "fixed" and not evidence and not step.matter.photo_after:
        raise Refused(Refusal("no_evidence", "请拍一张办好后的照片"), field="photos")
    m = step.matter
    _name(step)
    paid_by = payer(paid_by)
    if no := gates.refuse_payer(paid_by, cost_fen or 0, results_of([m])):
        raise Refused(no, field="paid_by")
    settle_cost(matter=m, outcome=outcome, cost_fen=cost_fen, paid_by=paid_by, at=at)
    on_site(m, at=at)
    m.resolved_at, m.outcome, m.done_words, m.cost_fen, m.paid_by = (
        at,
        outcome,
        words.strip()[:400],
        cost_fen,
        paid_by[:40],
    )
    want_visit(step)
    prove_after([m], paid_by=paid_by, cost_fen=cost_fen, at=at)
    step.data |= {"outcome": outcome, "cost_fen": cost_fen, "paid_by": paid_by}
    finish(step, tell=f"第 {m.label} 号，{_who(step)}说办好了，请您看一看")
    return m


def want_visit(step: Step) -> None:
    want_visits([step])


def want_visits(steps: Sequence[Step]) -> None:
    """Said on the row when it is resolved: owed by its kind, or drawn. A ticket is drawn once; whoever was to be asked stays so."""
    chance, owed = [], owed_among([step.matter for step in steps])
    for step in steps:
        m = step.matter
        if m.pk in owed:
            m.visit_wanted = True
        elif m.visit_ticket is None and not m.visit_wanted:
            chance.append(m)
    last = next_value(chance[0].compound_id, "visit", len(chance)) if chance else 0
    for ticket, m in enumerate(chance, last - len(chance) + 1):
        m.visit_ticket = ticket
        block, _place = visits.block_of(ticket)
        m.visit_wanted = visits.drawn(vault.keyed_hash(f"visit:{m.compound_id}:{block}"), ticket)
    calendar = steps[0].calendar if steps else None
    for step in steps:
        m = step.matter
        m.visit_due_at = visits.due(step.at, m.urgency, calendar) if calendar and m.visit_wanted else None
        m.visit_stage = 0


@one_act()
def return_visit(
    *, by: Actor, matter: Matter, contacted: bool, called: str = "", solved: str = "", satisfied: str = "", comment: str = "", way: str = "phone",
    order: HotlineOrder | None = None, at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """Never by the handler. Nobody reached twice closes as "not confirmed"; "not solved" reopens by itself. Callers of the
    hotline are asked one by one, each by their `order`; it is visited when all were."""
    step = begin(
        matter,
        by=by,
        act=Act.VISIT,
        at=at,
        given={"contacted": "yes" if contacted else "no"},
        words=comment.strip(),
        once=once,
    )
    if step.done_before:
        return step.matter
    m = step.matter
    if contacted and solved not in SOLVED:
        raise Refused(Refusal("solved", "请选解决了没有"), field="solved")
    if contacted and satisfied not in RATINGS:
        raise Refused(Refusal("satisfied", "请选满意不满意"), field="satisfied")
    whom = _whom(m, order)
    tries = [v.at for v in visits_since(m) if not v.contacted and v.order_id == (whom.pk if whom else None)]
    if not contacted and tries and visits.same_half_day(tries[-1], at):
        raise Refused(Refusal("too_soon", "两次回访要在不同的半天，换个时间再打"), field="contacted")
    ReturnVisit(
        compound_id=m.compound_id, matter=m, order=whom, leg=m.leg, at=at, visitor=by.account_id, visitor_post=by.role_id, way=way, contacted=contacted,
        called=called if contacted else "", solved=solved if contacted else "", satisfied=satisfied if contacted else "", comment=comment[:400],
    ).save(force_insert=True)  # fmt: skip
    step.data |= {
        "contacted": contacted,
        "called": called if contacted else "",
        "solved": solved if contacted else "",
        "satisfied": satisfied if contacted else "",
    }
    if whom:
        step.data["order"] = whom.number
        rows = HotlineOrder.objects.filter(compound_id=m.compound_id, pk=whom.pk, exported_at__isnull=False)
        rows.update(touched_at=at, waits=True)
    if contacted and solved == "not":
        step.to = State.REOPENED
        back_to_desk(step)
        finish(step, tell=f"第 {m.label} 号还没解决，重新办")
        return m
    _ask_on(step)
    return m


def _whom(m: Matter, order: HotlineOrder | None) -> HotlineOrder | None:
    """The caller meant, or the only one left; None is the reporter."""
    left = to_ask(m)
    if order is None and None not in left and len(left) < 2:
        return left[0] if left else None
    if order not in left:
        raise Refused(Refusal("order", NEEDS["order"]), field="order")
    return order


def _ask_on(step: Step) -> None:
    """With somebody left to ask it goes on waiting. It is rated as the least content one rates it."""
    m = step.matter
    reached = [v.satisfied for v in visits_since(m) if v.contacted]
    m.rating = visits.least(reached, RATINGS) or m.rating
    if to_ask(m):
        step.to = None
    elif m.state == State.CLOSED or not reached:
        m.visit_due_at = None
    if step.to == State.VISITED and not reached:
        step.to = State.CLOSED
        settle(m, step.at, "not_confirmed")
        finish(step, tell=f"第 {m.label} 号两次没联系上您，先归档；没办好可以再打开")
        return
    if step.to == State.VISITED:
        m.visit_due_at, m.visit_stage = visits.filed_by(step.at, step.calendar), 0
    finish(step)
