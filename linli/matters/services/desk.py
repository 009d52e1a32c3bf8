"""The desk: take in, sort, give out, join, close."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.clock import Calendar, deadline
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation, Post
from linli.people.rules import Body
from linli.plumbing import search
from linli.plumbing.acts import Actor
from linli.plumbing.counters import shift
from linli.plumbing.moments import day_and_hour, moment
from linli.plumbing.whole import one_act

from ..access import body_for, parts_in
from ..models import Clock, Matter
from ..queries.alerts import alert_of
from ..queries.panel import usual_receiver
from ..queries.visits import visits_since
from ..queries.whistles import answered_above
from ..rules import categories, prompts, times, turns
from ..rules.advice import NEW, Advice, counts
from ..rules.beside import has
from ..rules.plans import KIND as PLAN
from ..rules.states import DECLINE_REASONS, RESOLVE_OUTCOMES, Act, State, Who
from .figures import accepted_by
from .intake import has_property, responsible, searchable
from .publicity import say_in_public
from .steps import (
    Step,
    begin,
    finish,
    hand_clocks,
    look_at_clocks,
    party_of,
    promise_anew,
    set_clocks,
    start_clock,
    stop,
)
from .superiors import call_the_hands

ABOVE = frozenset({Body.AGENCY, Body.SUBDISTRICT})


@one_act()
def accept(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    step = begin(matter, by=by, act=Act.ACCEPT, at=at, once=once)
    if step.done_before:
        return step.matter
    _take_in(step)
    finish(step, tell=f"第 {step.matter.label} 号已受理")
    return step.matter


def _take_in(step: Step) -> None:
    step.matter.accepted_at = step.at
    if step.matter.first_receiver_id is None:
        step.matter.first_receiver = responsible(step.compound, step.matter.desk) or responsible(
            step.compound, "community"
        )


@one_act()
def decline(
    *, by: Actor, matter: Matter, reason: str, words: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """Only for a listed reason; the reporter hears where to go instead."""
    step = begin(matter, by=by, act=Act.DECLINE, at=at, given={"reason": reason}, words=words.strip(), once=once)
    if step.done_before:
        return step.matter
    if reason not in DECLINE_REASONS:
        raise Refused(Refusal("unknown_reason", "请从列出的原因里选一个"), field="reason")
    step.matter.outcome = "not_ours"
    step.matter.closed_at = at
    step.data["reason"] = reason
    finish(step, tell=f"第 {step.matter.label} 号没有受理：{DECLINE_REASONS[reason]}")
    return step.matter


@one_act()
def triage(
    *, by: Actor, matter: Matter, category: str, level: str, urgency: str, privacy: str | None = None, hazard: bool | None = None, at: datetime,
    once: UUID | None = None, advised: Advice | None = None, took: bool = False, alike: Sequence[int] = (),
    first_receiver: Organisation | None = None, public_title: str | None = None,
) -> Matter:  # fmt: skip
    """Category, level, urgency, and the first receiver, by the category unless chosen; `advised` is what was suggested meanwhile, `took` whether by its button, `alike` the numbers shown as likely the same. Who may see it and the danger stay as they are unless told. A submitted matter is accepted by the same person first; limits run from the report."""
    if matter.state == State.SUBMITTED:
        accept(by=by, matter=matter, at=at)
    step = begin(
        matter,
        by=by,
        act=Act.TRIAGE,
        at=at,
        given={"category": category, "level": level, "urgency": urgency},
        once=once,
    )
    if step.done_before:
        return step.matter
    m = step.matter
    _known(step, category, level, urgency, first_receiver)
    step.data |= {"category": category, "level": level, "urgency": urgency}
    if m.urgency and m.urgency != urgency:
        step.data["was_urgency"] = m.urgency
    if alike:
        step.data["alike"] = list(alike)
    m.category, m.level, m.urgency = category, level, urgency
    m.level_entry = m.level_entry or level
    taken_up = m.first_receiver if has(m, PLAN) else None
    m.first_receiver = first_receiver or taken_up or usual_receiver(step.compound, category) or m.first_receiver
    if m.first_receiver:
        step.data |= {"first_receiver": str(m.first_receiver.pk), "first_receiver_name": m.first_receiver.name}
    m.triaged_at = at
    if public_title is not None and (public_title.strip() or m.titled_at):
        say_in_public(step, public_title)
    for name, value in (("privacy", privacy), ("hazard", hazard)):
        if value is not None and value != getattr(m, name):
            step.data[name] = value
            setattr(m, name, value)
    m.desk = turns.desk_party(level, category, has_property(step.compound))
    base = m.reported_at if m.leg == 1 and not m.reopens else _leg_start(m)
    set_clocks(m, base=base, at=at, cal=step.calendar)
    _there_already(m, base)
    _judge_acceptance(step)
    finish(step)
    month = f"{timezone.localdate(at):%Y-%m}"
    judged = counts(advised, Advice(category, level, urgency), took=took, month=month) if advised else {}
    shift(m.compound_id, {NEW: 1, **judged, **prompts.counts(alike, at)})
    search.put(
        compound_id=m.compound_id,
        ordinal=step.compound.ordinal,
        kind="matter",
        number=m.number,
        text=searchable(m, step.compound),
    )
    return m


def _there_already(m: Matter, base: datetime) -> None:
    """Who was in the home before the alert was sorted kept the promises that begin with the sorting."""
    if (alert := alert_of(m)) is None:
        return
    there = alert.entered_at or alert.safe_at
    for kinds, when in (({times.ClockKind.START}, there), ({times.ClockKind.MAKE_SAFE}, alert.safe_at)):
        if when and when >= base:
            stop(m, kinds, when)


def _judge_acceptance(step: Step) -> None:
    """Sorted as more urgent than it was taken in, it should have been accepted sooner: a second round of that clock says
    whether it was, from the report on; the first stays as it ran. Put lower, what was promised stays promised (domain §4.5)."""
    m, kind = step.matter, times.ClockKind.ACKNOWLEDGE
    if m.accepted_at is None or m.leg > 1 or m.reopens:
        return
    kept = Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, kind=kind).order_by("-round").first()
    plan = times.plan(kind, m.urgency, m.reported_at, step.calendar)
    if kept is None or plan is None or kept.done_at != m.accepted_at or plan.due_at >= kept.due_at:
        return
    late = plan.due_at < m.accepted_at
    Clock(
        compound_id=m.compound_id, matter=m, leg=m.leg, round=kept.round + 1, kind=kind, urgency=m.urgency, started_at=m.reported_at,
        due_at=plan.due_at, done_at=m.accepted_at, breached_at=plan.due_at if late else None, body_id=kept.body_id,
    ).save(force_insert=True)  # fmt: skip
    step.data["accept_due"] = plan.due_at.isoformat()
    if kept.stage < times.BREACHED:
        accepted_by(m, plan.due_at)


def _leg_start(matter: Matter) -> datetime:
    """Where the clocks of the present leg begin: the reopening that opened it."""
    last = (
        Clock.objects.filter(compound_id=matter.compound_id, matter=matter, leg=matter.leg)
        .order_by("-started_at")
        .first()
    )
    return last.started_at if last else matter.turn_since


def _known(step: Step, category: str, level: str, urgency: str, first_receiver: Organisation | None) -> None:
    if not categories.of(step.compound.settings).may_take(category, already=step.matter.category):
        raise Refused(Refusal("unknown_category", "没有这个类别，请重新选"), field="category")
    if level not in turns.LEVEL_ORDER:
        raise Refused(Refusal("unknown_level", "请选哪一层办"), field="level")
    if first_receiver and body_for(compound=step.compound, body_id=first_receiver.pk) is None:
        raise Refused(Refusal("not_here", "这个单位不管这个小区"), field="first_receiver")
    if first_receiver:
        _refuse_mediators(first_receiver, "first_receiver")
    if urgency not in times.URGENCIES:
        raise Refused(Refusal("unknown_urgency", "请选紧急程度"), field="urgency")


@one_act()
def dispatch(
    *,
    by: Actor,
    matter: Matter,
    body: Organisation | None,
    post: Post | None = None,
    due_at: datetime | None = None,
    at: datetime,
    once: UUID | None = None,
) -> Matter:
    """One body becomes responsible, and where named one person; the reporter is told whom and by when.

    §4.4 asks for body, person and due time; the forms ask for the person. Agencies are whistled for (§4.6): here they have
    nobody who could take it. What has no standard limit needs a date; an emergency is re-planned once it is safe.
    """
    step = begin(matter, by=by, act=Act.DISPATCH, at=at, given={"body": body.pk if body else None}, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    if body is None or body_for(compound=step.compound, body_id=body.pk) is None:
        raise Refused(Refusal("not_here", "这个单位不管这个小区"), field="body")
    if body.kind in ABOVE:
        raise Refused(Refusal("by_whistle", "请部门和街道办，要吹哨；这里派给社区或小区里的单位"), field="body")
    _refuse_mediators(body, "body")
    if post and (post.organisation_id != body.pk or (post.to_day and post.to_day < timezone.localdate(at))):
        raise Refused(Refusal("not_in_body", "这个人不在这个单位，或任期已满"), field="post")
    if m.returns >= 2 and Who.COMMUNITY not in parts_in(m, by):
        raise Refused(Refusal("community_decides", "退回过两次了，由社区决定派给谁", "首接负责"))
    m.handler_body, m.handler_post, m.proposed_body = body, post, None
    m.first_receiver = m.first_receiver or body
    m.dispatched_at = at
    step.data |= {"body": str(body.pk), "body_name": body.name, "post": str(post.pk) if post else None}
    if due_at:
        _promise_by(step, due_at)
    elif m.urgency == times.Urgency.PROJECT and m.due_at is None:
        raise Refused(Refusal("no_due", "项目没有规定的期限，请定一个办完的日子"), field="due_at")
    hand_clocks(m)
    entry_tell = f"第 {m.label} 号派给了{body.name}"
    look_at_clocks(m)
    entry = finish(step, tell=entry_tell + (f"，答应 {day_and_hour(m.due_at)} 前办完" if m.due_at else ""))
    call_the_hands(m, body, by=by, key=f"{entry.pk}:hands", at=at)
    return m


def _refuse_mediators(body: Organisation, field: str) -> None:
    """Mediation begins with both sides, who may refuse it, and is confidential (domain §5.7): the matter stays with its handler."""
    if body.kind == Body.MEDIATION:
        sentence = "调解要双方自愿，不派单：请社区问过双方，愿意的再申请调解"
        raise Refused(Refusal("by_consent", sentence, "人民调解法第十七条"), field=field)


def _promise_by(step: Step, due_at: datetime) -> None:
    """A promise other than the standard limit may be later only where the standard has no finish time (projects)."""
    m = step.matter
    clock = Clock.objects.filter(
        compound_id=m.compound_id, matter=m, leg=m.leg, kind=times.ClockKind.FINISH, done_at=None
    ).first()
    if due_at <= step.at:
        raise Refused(Refusal("past", "期限要在现在以后"), field="due_at")
    if clock is None:
        m.due_at = due_at
        promise_anew(step, due_at)
        return
    if due_at > clock.due_at:
        raise Refused(
            Refusal("too_late", "按规定最晚 %(when)s", values={"when": moment(clock.due_at, step.at)}), field="due_at"
        )
    clock.due_at = due_at
    clock.next_at = min(clock.next_at, due_at) if clock.next_at else due_at
    clock.save(update_fields=["due_at", "next_at"])


@one_act()
def close(
    *, by: Actor, matter: Matter, outcome: str = "", words: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """After a visit: solved, explained, or the legal bar explained. Without one, nobody answering for five working days:
    not confirmed, never counted as satisfied (domain §4.4). Raises Refused."""
    step = begin(matter, by=by, act=Act.CLOSE, at=at, words=words, once=once)
    if step.done_before:
        return step.matter
    settle(
        step.matter, at, _visited_outcome(step, outcome) if step.matter.state == State.VISITED else _quiet_outcome(step)
    )
    step.matter.visit_due_at = None
    step.data["outcome"] = step.matter.outcome
    finish(step, tell=f"第 {step.matter.label} 号办结归档")
    return step.matter


def _visited_outcome(step: Step, outcome: str) -> str:
    m = step.matter
    outcome = outcome or m.outcome
    if outcome not in RESOLVE_OUTCOMES:
        raise Refused(Refusal("unknown_outcome", "请选结果"), field="outcome")
    if outcome == "fixed" and any(v.solved != "solved" for v in visits_since(m) if v.contacted):
        raise Refused(
            Refusal("not_solved", "回访说没有全部解决，不能记成办好了；重新办，或者选解释清楚了"), field="outcome"
        )
    return outcome


def _quiet_outcome(step: Step) -> str:
    """Who rated it content did confirm; anybody else said nothing."""
    m = step.matter
    if m.visit_wanted:
        raise Refused(Refusal("visit_first", "这件要先回访，再归档"))
    since = quiet_from(m)
    if since is None:
        raise Refused(Refusal("order_first", "在订单里：业委会验收、告诉报告人以后才能归档"))
    if step.at < deadline(since, times.QUIET, step.calendar):
        raise Refused(Refusal("too_soon", "办好后 5 个工作日没有回音才能归档；也可以先回访"))
    return m.outcome if m.rating in {"satisfied", "basically"} else "not_confirmed"


def quiet_from(m: Matter) -> datetime | None:
    """Since when its people could answer: it was said to be done and, in an order, they were told so; None until then."""
    order = m.order if m.order_id else None
    if order is None or m.resolved_at is None:
        return m.resolved_at
    return max(m.resolved_at, order.told_at) if order.told_at else None


def settle(matter: Matter, at: datetime, outcome: str) -> None:
    matter.closed_at, matter.outcome = at, outcome
    party = "agency" if outcome == "fixed" and answered_above(matter) else party_of(matter.handler_body)
    matter.level_settled = turns.settled_level(matter.level or "compound", party) if outcome == "fixed" else ""


@one_act()
def reopen_visited(*, by: Actor, matter: Matter, reason: str, at: datetime, once: UUID | None = None) -> Matter:
    """The visitor was told it is not solved, or a superior finds the dissatisfaction justified."""
    step = begin(matter, by=by, act=Act.REOPEN, at=at, given={"reason": reason}, words=reason, once=once)
    if step.done_before:
        return step.matter
    back_to_desk(step)
    finish(step, tell=f"第 {step.matter.label} 号没办好，重新办")
    return step.matter


def ask_not_late(m: Matter, at: datetime) -> None:
    if times.too_late_to_reopen(m.closed_at, at):
        values = {"days": times.REOPEN_DAYS}
        raise Refused(
            Refusal("window", "办结超过 %(days)s 天了：同样的毛病又犯，请说明；别的事请新说一件", values=values),
            field="same_fault",
        )


def back_to_desk(step: Step) -> None:
    """A reopening keeps the handler, counts, and starts a new round of clocks without erasing the first breach."""
    if step.matter.state == State.CLOSED:
        step.matter.leg += 1
    start_over(step.matter, step.at, step.calendar)


def undecline(step: Step) -> None:
    """It stands at the desk as on its first day, with a new promise of when it is taken."""
    m = step.matter
    m.closed_at, m.outcome = None, ""
    rounds = Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, kind=times.ClockKind.ACKNOWLEDGE)
    start_clock(m, times.ClockKind.ACKNOWLEDGE, start=step.at, round_=rounds.count() + 1, cal=step.calendar)


def start_over(m: Matter, at: datetime, cal: Calendar) -> None:
    m.reopens += 1
    m.closed_at, m.outcome, m.level_settled, m.resolved_at, m.visit_due_at = None, "", "", None, None
    for kind in times.AFTER_TRIAGE:
        plan = times.plan(kind, m.urgency, at, cal)
        if plan is None:
            continue
        last = (
            Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, kind=kind).order_by("-round").first()
        )
        Clock(
            compound_id=m.compound_id, matter=m, leg=m.leg, round=last.round + 1 if last else 1, kind=kind, urgency=m.urgency,
            started_at=at, due_at=plan.due_at, next_at=plan.half_at, body=m.first_receiver,
        ).save(force_insert=True)  # fmt: skip
