"""The desk: take in, sort, give out, join, close."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation, Post
from linli.plumbing import search
from linli.plumbing.acts import Actor

from ..access import body_for, parts_in
from ..models import Clock, Follower, Matter, Merge
from ..rules import categories, times, turns
from ..rules.states import DECLINE_REASONS, Act, State, Who
from .intake import has_property, responsible, searchable
from .steps import (
    Step,
    begin,
    counts_of,
    finish,
    followers,
    hand_clocks,
    handler_party,
    look_at_clocks,
    party_of,
    record_on,
    set_clocks,
    shift_counts,
)


def _day(at: datetime | None) -> str:
    if at is None:
        return ""
    local = timezone.localtime(at)
    return f"{local.month}月{local.day}日 {local:%H:%M}"


@transaction.atomic
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


@transaction.atomic
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


@transaction.atomic
def triage(
    *, by: Actor, matter: Matter, category: str, level: str, urgency: str, privacy: str = "normal", hazard: bool | None = None, at: datetime,
    once: UUID | None = None,
) -> Matter:  # fmt: skip
    """Category, level, urgency. A submitted matter is accepted by the same person first; limits run from the report."""
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
    _known(category, level, urgency)
    m = step.matter
    step.data |= {"category": category, "level": level, "urgency": urgency}
    m.category, m.level, m.urgency, m.privacy = category, level, urgency, privacy
    m.level_entry = m.level_entry or level
    m.triaged_at = at
    if hazard is not None:
        m.hazard = hazard
    m.desk = turns.desk_party(level, category, has_property(step.compound))
    set_clocks(m, base=m.reported_at if m.leg == 1 and not m.reopens else _leg_start(m), at=at, cal=step.calendar)
    finish(step)
    search.put(
        compound_id=m.compound_id, ordinal=step.compound.ordinal, kind="matter", number=m.number, text=searchable(m)
    )
    return m


def _leg_start(matter: Matter) -> datetime:
    """Where the clocks of the present leg begin: the reopening that opened it."""
    last = (
        Clock.objects.filter(compound_id=matter.compound_id, matter=matter, leg=matter.leg)
        .order_by("-started_at")
        .first()
    )
    return last.started_at if last else matter.turn_since


def _known(category: str, level: str, urgency: str) -> None:
    if categories.get(category) is None:
        raise Refused(Refusal("unknown_category", "没有这个类别，请重新选"), field="category")
    if level not in turns.LEVEL_ORDER:
        raise Refused(Refusal("unknown_level", "请选哪一层办"), field="level")
    if urgency not in times.URGENCIES:
        raise Refused(Refusal("unknown_urgency", "请选紧急程度"), field="urgency")


@transaction.atomic
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
    """One body becomes responsible, and where named one person; the reporter is told whom and by when."""
    step = begin(matter, by=by, act=Act.DISPATCH, at=at, given={"body": body.pk if body else None}, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    if body is None or body_for(compound=step.compound, body_id=body.pk) is None:
        raise Refused(Refusal("not_here", "这个单位不管这个小区"), field="body")
    if post and (post.organisation_id != body.pk or (post.to_day and post.to_day < timezone.localdate(at))):
        raise Refused(Refusal("not_in_body", "这个人不在这个单位，或任期已满"), field="post")
    if m.state == State.RETURNED and m.returns >= 2 and Who.COMMUNITY not in parts_in(m, by):
        raise Refused(Refusal("community_decides", "退回过两次了，由社区决定派给谁", "首接负责"))
    m.handler_body, m.handler_post, m.proposed_body = body, post, None
    m.first_receiver = m.first_receiver or body
    m.dispatched_at = at
    step.data |= {"body": str(body.pk), "body_name": body.name, "post": str(post.pk) if post else None}
    if due_at:
        _promise_by(step, due_at)
    hand_clocks(m)
    if body.kind == "agency":
        m.level = "agency"
    entry_tell = f"第 {m.label} 号派给了{body.name}"
    look_at_clocks(m)
    finish(step, tell=entry_tell + (f"，答应 {_day(m.due_at)} 前办完" if m.due_at else ""))
    return m


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
        Clock(
            compound_id=m.compound_id, matter=m, leg=m.leg, kind=times.ClockKind.FINISH, urgency=m.urgency, started_at=step.at,
            due_at=due_at, next_at=step.at + (due_at - step.at) / 2, body=m.handler_body, post=m.handler_post,
        ).save(force_insert=True)  # fmt: skip
        return
    if due_at > clock.due_at:
        raise Refused(Refusal("too_late", f"按规定最晚 {_day(clock.due_at)}"), field="due_at")
    clock.due_at = due_at
    clock.next_at = min(clock.next_at, due_at) if clock.next_at else due_at
    clock.save(update_fields=["due_at", "next_at"])


@transaction.atomic
def merge(*, by: Actor, matter: Matter, target: Matter, at: datetime, once: UUID | None = None) -> Matter:
    """Join `matter` to `target`: everybody moves and is told, its clock stops, deadlines run from the earliest report,
    and a closed target wakes up. The merged number keeps working. Merging is not closing (traps 1)."""
    if target.pk == matter.pk:
        raise Refused(Refusal("itself", "不能并到它自己"), field="target")
    step = begin(matter, by=by, act=Act.MERGE, at=at, given={"target": target.pk}, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    main = Matter.objects.select_for_update().get(compound_id=m.compound_id, pk=target.pk)
    if main.state == State.MERGED:
        raise Refused(Refusal("target_merged", "那一件也并走了，请选它并到的那件"), field="target")
    if main.state in {State.DECLINED, State.WITHDRAWN}:
        raise Refused(Refusal("target_ended", "那一件没有在办，请选在办的"), field="target")
    before = m.state
    Merge(compound_id=m.compound_id, source=m, target=main, at=at, by=by.account_id, state_before=before).save(
        force_insert=True
    )
    people = followers(m)
    moved = _move_followers(m, main, at)
    m.merged_into, m.outcome, m.closed_at = main, "duplicate", at
    step.data |= {"target": str(main.pk), "target_number": main.number}
    finish(step, tell=f"第 {m.label} 号和第 {main.label} 号是同一件事，并在一起办", to=people)
    _join(main, m, by=by, at=at, moved=moved, step=step)
    return m


def _move_followers(source: Matter, main: Matter, at: datetime) -> int:
    rows = list(Follower.objects.filter(compound_id=source.compound_id, matter=source, left_at=None))
    there = {
        (f.account_id, f.person_id, f.phone)
        for f in Follower.objects.filter(compound_id=main.compound_id, matter=main, left_at=None)
    }
    moved = 0
    for row in rows:
        row.left_at = at
        row.save(update_fields=["left_at"])
        if (row.account_id, row.person_id, row.phone) in there and (row.account_id or row.person_id or row.phone):
            continue
        Follower(
            compound_id=main.compound_id, matter=main, account_id=row.account_id, person_id=row.person_id, name=row.name, phone=row.phone,
            kind=row.kind, origin=row.origin or source, since=at, reported_at=row.reported_at or source.reported_at,
        ).save(force_insert=True)  # fmt: skip
        moved += 1
    return moved


def _join(main: Matter, source: Matter, *, by: Actor, at: datetime, moved: int, step: Step) -> None:
    before = counts_of(main)
    main.voices += source.voices
    if not main.photo_before:
        main.photo_before = source.photo_before
    woke = main.state == State.CLOSED
    if woke:
        _wake(main, at)
    elif source.reported_at < main.reported_at and main.leg == 1 and not main.reopens:
        main.reported_at = source.reported_at
        _from_earliest(main, step)
    look_at_clocks(main)
    main.save(force_update=True)
    shift_counts(main, before)
    record_on(
        main,
        by=by,
        act=Act.MERGE,
        at=at,
        data={"joined": str(source.pk), "joined_number": source.number, "moved": moved, "woke": woke},
    )


def _wake(main: Matter, at: datetime) -> None:
    """A closed matter that somebody reports again opens as a new leg, back at the desk."""
    main.leg += 1
    main.reopens += 1
    main.state, main.open, main.closed_at, main.outcome = State.REOPENED, True, None, ""
    main.turn, main.turn_since = turns.turn(main.state, main.desk, handler_party(main)), at


def _from_earliest(main: Matter, step: Step) -> None:
    for clock in Clock.objects.filter(compound_id=main.compound_id, matter=main, leg=1, done_at=None, paused_at=None):
        plan = times.plan(clock.kind, clock.urgency, main.reported_at, step.calendar)
        if plan and plan.due_at < clock.due_at:
            clock.started_at, clock.due_at = main.reported_at, plan.due_at
            clock.next_at = max(plan.next_at(clock.stage) or plan.due_at, step.at)
            clock.save(update_fields=["started_at", "due_at", "next_at"])


@transaction.atomic
def unmerge(*, by: Actor, matter: Matter, reason: str, at: datetime, once: UUID | None = None) -> Matter:
    """Give the matter back its people and its state; its clock goes on, later by the time it was merged."""
    step = begin(matter, by=by, act=Act.UNMERGE, at=at, given={"reason": reason}, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    link = (
        Merge.objects.filter(compound_id=m.compound_id, source=m, undone_at=None).select_related("target").latest("at")
    )
    link.undone_at, link.undone_reason = at, reason[:200]
    link.save(update_fields=["undone_at", "undone_reason"])
    main = Matter.objects.select_for_update().get(compound_id=m.compound_id, pk=link.target_id)
    step.to = State(link.state_before)
    step.words = reason
    m.merged_into, m.outcome, m.closed_at = None, "", None
    for row in Follower.objects.filter(compound_id=m.compound_id, matter=main, origin=m, left_at=None):
        row.left_at = at
        row.save(update_fields=["left_at"])
    for row in Follower.objects.filter(compound_id=m.compound_id, matter=m, left_at=link.at):
        row.left_at = None
        row.save(update_fields=["left_at"])
    main.voices = max(1, main.voices - m.voices)
    main.save(update_fields=["voices"])
    m.state = link.state_before
    m.open = True
    _restart(step, link.at)
    finish(step, tell=f"第 {m.label} 号又单独办了")
    return m


def _restart(step: Step, stopped_at: datetime) -> None:
    m = step.matter
    for clock in Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, done_at=stopped_at):
        how_long = times.span(clock.kind, clock.urgency)
        assert how_long is not None
        clock.due_at = times.resumed(clock.due_at, clock.kind, clock.urgency, stopped_at, step.at, step.calendar)
        clock.done_at = None
        clock.next_at = max(
            times.around(clock.started_at, clock.due_at, how_long, step.calendar).next_at(clock.stage) or clock.due_at,
            step.at,
        )
        clock.save(update_fields=["due_at", "done_at", "next_at"])


@transaction.atomic
def close(
    *, by: Actor, matter: Matter, outcome: str = "", words: str = "", at: datetime, once: UUID | None = None
) -> Matter:
    """After a visit: solved, explained, or the legal bar explained. Without one, and nobody answering: not confirmed."""
    step = begin(matter, by=by, act=Act.CLOSE, at=at, words=words, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    settle(m, at, m.outcome if m.state == State.VISITED and not outcome else outcome or "not_confirmed")
    step.data["outcome"] = m.outcome
    finish(step, tell=f"第 {m.label} 号办结归档")
    return m


def settle(matter: Matter, at: datetime, outcome: str) -> None:
    matter.closed_at, matter.outcome = at, outcome
    matter.level_settled = (
        turns.settled_level(matter.level or "compound", party_of(matter.handler_body)) if outcome == "fixed" else ""
    )


@transaction.atomic
def reopen_visited(*, by: Actor, matter: Matter, reason: str, at: datetime, once: UUID | None = None) -> Matter:
    """The visitor was told it is not solved, or a superior finds the dissatisfaction justified."""
    step = begin(matter, by=by, act=Act.REOPEN, at=at, given={"reason": reason}, words=reason, once=once)
    if step.done_before:
        return step.matter
    back_to_desk(step)
    finish(step, tell=f"第 {step.matter.label} 号没办好，重新办")
    return step.matter


def back_to_desk(step: Step) -> None:
    """A reopening keeps the handler, counts, and starts a new round of clocks without erasing the first breach."""
    m = step.matter
    if m.state == State.CLOSED:
        m.leg += 1
    m.reopens += 1
    m.closed_at, m.outcome, m.level_settled, m.resolved_at = None, "", "", None
    for kind in times.AFTER_TRIAGE:
        plan = times.plan(kind, m.urgency, step.at, step.calendar)
        if plan is None:
            continue
        last = (
            Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, kind=kind).order_by("-round").first()
        )
        Clock(
            compound_id=m.compound_id, matter=m, leg=m.leg, round=last.round + 1 if last else 1, kind=kind, urgency=m.urgency,
            started_at=step.at, due_at=plan.due_at, next_at=plan.half_at, body=m.first_receiver,
        ).save(force_insert=True)  # fmt: skip
