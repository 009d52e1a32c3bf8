"""Joining two matters that are one, and taking them apart again (traps 1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.clock import Calendar, deadline, delayed
from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.plumbing.acts import Actor
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.whole import one_act

from ..models import Clock, Follower, HotlineOrder, Matter, Merge
from ..queries.visits import owed_among
from ..rules import prompts, times, visits
from ..rules.states import WITH_HANDLER, Act, State
from .desk import start_over
from .figures import Moved, facts_of, keep
from .many import locked
from .steps import (
    SUBJECT,
    Step,
    begin,
    counts_of,
    finish,
    followers,
    look_at_clocks,
    record_on,
    shift_counts,
    stop,
    turn_of,
)
from .superiors import in_charge
from .topics import propose


@one_act()
def merge(
    *, by: Actor, matter: Matter, target: Matter, alike: Sequence[int] = (), at: datetime, once: UUID | None = None
) -> Matter:
    """Join `matter` to `target`: everybody moves and is told, its clock stops, deadlines run from the earliest report,
    and a closed target wakes up. The merged number keeps working. Merging is not closing (traps 1). `alike`: the numbers
    that were shown as likely the same meanwhile."""
    if target.pk == matter.pk:
        raise Refused(Refusal("itself", "不能并到它自己"), field="target")
    # Both at once, by their numbers: who joins them the other way round waits here.
    both = {m.pk: m for m in locked(matter.compound_id, [matter.pk, target.pk])}
    step = begin(matter, by=by, act=Act.MERGE, at=at, given={"target": target.pk}, once=once)
    if step.done_before:
        return step.matter
    m, main = step.matter, both[target.pk]
    if main.state == State.MERGED:
        raise Refused(Refusal("target_merged", "那一件也并走了，请选它并到的那件"), field="target")
    if main.state in {State.DECLINED, State.WITHDRAWN}:
        raise Refused(Refusal("target_ended", "那一件没有在办，请选在办的"), field="target")
    before = m.state
    Merge(compound_id=m.compound_id, source=m, target=main, at=at, by=by.account_id, state_before=before).save(
        force_insert=True
    )
    people, there = [*followers(m), *_hands(m, at)], followers(main)
    moved, twice = _move_followers(m, main, at)
    m.merged_into, m.outcome, m.closed_at = main, "duplicate", at
    step.data |= {"target": str(main.pk), "target_number": main.number}
    if alike:
        step.data["alike"] = list(alike)
    finish(step, tell=f"第 {m.label} 号和第 {main.label} 号是同一件事，并在一起办", to=people)
    _join(main, m, by=by, at=at, moved=moved, twice=twice, step=step, there=there)
    if alike:
        shift(m.compound_id, prompts.counts(alike, at, main.number))
    return m


def _hands(m: Matter, at: datetime) -> list[To]:
    """Whoever is on the way hears that it goes on elsewhere (traps 1)."""
    if State(m.state) not in WITH_HANDLER or m.handler_body is None:
        return []
    return in_charge(m, m.handler_body, timezone.localdate(at))


def _move_followers(source: Matter, main: Matter, at: datetime) -> tuple[int, int]:
    """How many moved, and how many of those who raised it had raised the other one too."""
    rows = list(Follower.objects.filter(compound_id=source.compound_id, matter=source, left_at=None))
    there = {_who(f) for f in Follower.objects.filter(compound_id=main.compound_id, matter=main, left_at=None)}
    moved = twice = 0
    for row in rows:
        row.left_at = at
        row.save(update_fields=["left_at"])
        if any(_who(row)) and _who(row) in there:
            twice += row.kind != "follower"
            continue
        Follower(
            compound_id=main.compound_id, matter=main, account_id=row.account_id, person_id=row.person_id, name=row.name, phone=row.phone,
            kind=row.kind, origin=row.origin or source, since=at, reported_at=row.reported_at or source.reported_at,
        ).save(force_insert=True)  # fmt: skip
        moved += 1
    return moved, twice


def _who(row: Follower) -> tuple:
    """An account is told in its inbox, whatever number was written down beside it."""
    return (row.account_id, row.person_id, "" if row.account_id else row.phone)


def _join(
    main: Matter, source: Matter, *, by: Actor, at: datetime, moved: int, twice: int, step: Step, there: list[To]
) -> None:
    before, facts = counts_of(main), facts_of(main)
    was = _as_it_was(main)
    joined = max(0, source.voices - twice)
    main.voices += joined
    _move_orders(main, source)
    if not main.photo_before:
        main.photo_before = source.photo_before
    woke = main.state == State.CLOSED
    if woke:
        _wake(main, at, step.calendar)
    elif source.reported_at < main.reported_at and main.leg == 1 and not main.reopens:
        main.reported_at = source.reported_at
        _from_earliest(main, step)
    if not main.visit_wanted and owed_among([main, source]):
        main.visit_wanted = True
        if main.state == State.RESOLVED:
            main.visit_due_at, main.visit_stage = visits.due(at, main.urgency, step.calendar), 0
    look_at_clocks(main)
    main.save(force_update=True)
    shift_counts(main, before)
    keep([Moved(main, facts, Act.MERGE)], by=by, at=at)
    data = {
        "joined": str(source.pk),
        "joined_number": source.number,
        "moved": moved,
        "voices": joined,
        "woke": woke,
        "was": was,
    }
    entry = record_on(main, by=by, act=Act.MERGE, at=at, data=data)
    if source.hotline:
        propose(main, at)
    if woke:
        queue(
            compound_id=main.compound_id, to=there, kind=Act.MERGE, title=f"第 {main.label} 号又有人说起，重新办",
            subject_kind=SUBJECT, subject_id=main.pk, number=main.number, key=str(entry.pk), at=at, rank=0,
        )  # fmt: skip


def _move_orders(main: Matter, source: Matter) -> None:
    """The hotline's orders go with their matter; a caller who asked for secrecy is as secret there."""
    if not source.hotline:
        return
    HotlineOrder.objects.filter(compound_id=main.compound_id, matter=source).update(matter=main, likely=None)
    main.hotline += source.hotline
    main.caller_secret = main.caller_secret or source.caller_secret


def _orders_back(m: Matter, chain: list[Matter]) -> None:
    """Its own, and those of what had been joined to it before."""
    if not m.hotline:
        return
    origins, more = {m.pk}, {m.pk}
    while more:
        links = Merge.objects.filter(compound_id=m.compound_id, target_id__in=more, undone_at=None)
        more = set(links.values_list("source_id", flat=True)) - origins
        origins |= more
    there = HotlineOrder.objects.filter(compound_id=m.compound_id, matter_id__in=[c.pk for c in chain])
    there.filter(origin_id__in=origins).update(matter=m)
    for main in chain:
        left = list(there.filter(matter=main).values_list("secret", flat=True))
        main.hotline, main.caller_secret = len(left), any(left)


def _as_it_was(main: Matter) -> dict[str, Any]:
    """What an undo of the merge gives back."""
    clocks = Clock.objects.filter(compound_id=main.compound_id, matter=main, done_at=None)
    return {
        "reported_at": main.reported_at.isoformat(),
        "closed_at": main.closed_at.isoformat() if main.closed_at else None,
        "resolved_at": main.resolved_at.isoformat() if main.resolved_at else None,
        "outcome": main.outcome,
        "level_settled": main.level_settled,
        "photo_before": main.photo_before,
        "clocks": {str(c.pk): [c.started_at.isoformat(), c.due_at.isoformat()] for c in clocks},
    }


def _wake(main: Matter, at: datetime, cal: Calendar) -> None:
    """A closed matter that somebody reports again opens as a new leg, back at the desk, its clocks anew."""
    main.state, main.open = State.REOPENED, True
    main.leg += 1
    start_over(main, at, cal)
    main.turn, main.turn_since = turn_of(main), at


def _from_earliest(main: Matter, step: Step) -> None:
    """Running clocks count from the earliest report; what a pause added stays added."""
    for clock in Clock.objects.filter(compound_id=main.compound_id, matter=main, leg=1, done_at=None):
        span, cal = times.span(clock.kind, clock.urgency), step.calendar
        if span is None or main.reported_at >= clock.started_at:
            continue
        first, earlier = deadline(clock.started_at, span, cal), deadline(main.reported_at, span, cal)
        due = delayed(earlier, first, clock.due_at, span, cal) if clock.due_at > first else min(earlier, clock.due_at)
        clock.started_at, clock.due_at = main.reported_at, due
        if clock.paused_at is None:
            plan = times.around(clock.started_at, due, span, cal)
            clock.next_at = max(plan.next_at(clock.stage) or due, step.at)
        clock.save(update_fields=["started_at", "due_at", "next_at"])


@one_act()
def unmerge(*, by: Actor, matter: Matter, reason: str, at: datetime, once: UUID | None = None) -> Matter:
    """Give the matter back its people and its state; its clock goes on, later by the time it was merged.

    The main matter loses what the merge gave it: the voices, the earlier start, the new leg if it was woken and nobody
    has begun on it since.
    """
    step = begin(matter, by=by, act=Act.UNMERGE, at=at, given={"reason": reason}, once=once)
    if step.done_before:
        return step.matter
    m = step.matter
    link = (
        Merge.objects.filter(compound_id=m.compound_id, source=m, undone_at=None).select_related("target").latest("at")
    )
    link.undone_at, link.undone_reason = at, reason[:200]
    link.save(update_fields=["undone_at", "undone_reason"])
    step.to = State(link.state_before)
    step.words = reason
    m.merged_into, m.outcome, m.closed_at = None, "", None
    chain = _chain(m.compound_id, link.target_id)
    joined = _joined(link).get("voices", m.voices)
    _give_back(m, link.at, chain, at)
    _orders_back(m, chain)
    for main in chain:
        before, facts = counts_of(main), facts_of(main)
        main.voices = max(1, main.voices - joined)
        if main.pk == link.target_id:
            _undo_join(main, m, link, step)
        main.save(force_update=True)
        shift_counts(main, before)
        keep([Moved(main, facts, Act.UNMERGE)], by=by, at=at)
        parted = {"parted": str(m.pk), "parted_number": m.number, "slept": main.reopens < facts[0]}
        record_on(main, by=by, act=Act.UNMERGE, at=at, data=parted, words=reason)
    _restart(step, link.at)
    finish(step, tell=f"第 {m.label} 号又单独办了")
    _not_alike(m)
    return m


def _not_alike(m: Matter) -> None:
    """What was joined because it was shown as the same was not."""
    entries = AuditEntry.objects.filter(compound_id=m.compound_id, subject_id=m.pk, act=Act.MERGE).order_by("-id")
    entry = next((e for e in entries if "target_number" in e.data), None)
    if entry:
        shift(m.compound_id, prompts.parted(entry.data.get("alike", []), entry.at, entry.data["target_number"]))


def _chain(compound_id: UUID, pk: UUID | None) -> list[Matter]:
    """The matter it was joined to, and those that one was joined to since."""
    found: list[Matter] = []
    while pk and pk not in {m.pk for m in found}:
        found.append(Matter.objects.select_for_update().get(compound_id=compound_id, pk=pk))
        pk = found[-1].merged_into_id
    return found


def _give_back(m: Matter, merged_at: datetime, chain: list[Matter], at: datetime) -> None:
    moved = Follower.objects.filter(compound_id=m.compound_id, matter=m, left_at=merged_at)
    origins = {row.origin_id or m.pk for row in moved}
    there = Follower.objects.filter(
        compound_id=m.compound_id, matter_id__in=[c.pk for c in chain], origin_id__in=origins, left_at=None
    )
    there.update(left_at=at)
    moved.update(left_at=None)


def _joined(link: Merge) -> dict[str, Any]:
    """What the main matter's entry says of the join."""
    entries = AuditEntry.objects.filter(compound_id=link.compound_id, subject_id=link.target_id, act=Act.MERGE)
    return next((e.data for e in entries.order_by("-id") if e.data.get("joined") == str(link.source_id)), {})


def _undo_join(main: Matter, source: Matter, link: Merge, step: Step) -> None:
    data = _joined(link)
    was = data.get("was")
    if not was:
        return
    if main.photo_before and main.photo_before == source.photo_before:
        main.photo_before = was["photo_before"]
    if data["woke"]:
        _sleep_again(main, was, step.at)
    elif main.reported_at == source.reported_at:
        main.reported_at = datetime.fromisoformat(was["reported_at"])
        _from_later(main, was["clocks"], step)
    look_at_clocks(main)


def _sleep_again(main: Matter, was: dict[str, Any], at: datetime) -> None:
    """Woken for nothing: closed as before, unless somebody has begun on it."""
    if main.state != State.REOPENED:
        return
    stop(main, times.AFTER_TRIAGE, at)
    main.state, main.open = State.CLOSED, False
    main.leg, main.reopens = main.leg - 1, main.reopens - 1
    main.closed_at, main.resolved_at = _moment(was["closed_at"]), _moment(was["resolved_at"])
    main.outcome, main.level_settled = was["outcome"], was["level_settled"]
    main.turn, main.turn_since = turn_of(main), at


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _from_later(main: Matter, were: dict[str, list[str]], step: Step) -> None:
    for clock in Clock.objects.filter(compound_id=main.compound_id, matter=main, done_at=None):
        span, cal = times.span(clock.kind, clock.urgency), step.calendar
        if span is None or str(clock.pk) not in were:
            continue
        started, due = map(datetime.fromisoformat, were[str(clock.pk)])
        moved = deadline(clock.started_at, span, cal)
        clock.started_at = started
        # A pause since the merge stays added.
        clock.due_at = delayed(due, moved, clock.due_at, span, cal) if clock.due_at > moved else due
        if clock.paused_at is None and clock.stage < 3:
            plan = times.around(clock.started_at, clock.due_at, span, cal)
            clock.next_at = max(plan.next_at(clock.stage) or clock.due_at, step.at)
        clock.save(update_fields=["started_at", "due_at", "next_at"])


def _restart(step: Step, stopped_at: datetime) -> None:
    m = step.matter
    for clock in Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, done_at=stopped_at):
        clock.due_at = times.resumed(clock.due_at, clock.kind, clock.urgency, stopped_at, step.at, step.calendar)
        clock.done_at = None
        plan = times.under_way(clock.kind, clock.urgency, clock.started_at, clock.due_at, step.calendar)
        clock.next_at = max(plan.next_at(clock.stage) or clock.due_at, step.at)
        clock.save(update_fields=["due_at", "done_at", "next_at"])
