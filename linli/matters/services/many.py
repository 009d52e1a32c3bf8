"""`steps` for many matters that undergo one act together: the same rules, clocks, counts and entries, a constant number of queries."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from linli.kernel.clock import Calendar
from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import Letter, To, queue_many
from linli.people.models import Organisation
from linli.plumbing.acts import Actor, Said, record_many
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry

from ..access import parts_by_post
from ..models import Clock, Follower, Matter
from ..rules import times, turns
from ..rules.states import Act, State, Who, refuse, rule_for
from .figures import Moved, facts_of, keep
from .steps import SUBJECT, Step, counts_of, held_up, look_at_clocks, move, touch_answers
from .taken import took

# What one of these acts may change.
CHANGED = (
    "state", "open", "turn", "turn_since", "due_at", "next_due_at", "next_clock", "overdue", "listed_at", "handler_body", "handler_post",
    "proposed_body", "first_receiver", "desk", "returns", "reopens", "dispatched_at", "started_at", "resolved_at", "outcome",
    "done_words", "paid_by", "visit_wanted", "visit_ticket", "visit_due_at", "visit_stage", "photo_before", "photo_after", "order",
)  # fmt: skip


def locked(compound_id: UUID, ids: Iterable[UUID]) -> list[Matter]:
    rows = Matter.objects.select_for_update().filter(compound_id=compound_id, pk__in=list(ids)).order_by("number")
    found = list(rows)
    bodies = Organisation.objects.in_bulk({m.handler_body_id for m in found if m.handler_body_id})
    for m in found:
        m.handler_body = bodies.get(m.handler_body_id) if m.handler_body_id else None
    return found


def begin_many(
    matters: Iterable[Matter], *, by: Actor, act: Act, at: datetime, words: str = "", also: frozenset[Who] = frozenset(),
    outcome: str = "fixed",
) -> list[Step]:  # fmt: skip
    """A step for each of the locked matters. `also`: parts the actor has by the order they are in. Raises Refused."""
    steps = []
    for m in matters:
        found = parts_by_post(m, by) | also
        no = refuse(act, State(m.state), found) or held_up(m, act, by, outcome)
        if no:
            values = {"label": m.label, "why": str(no)}
            raise Refused(Refusal(no.key, "第 %(label)s 号：%(why)s", values=values))
        rule = rule_for(act, State(m.state), found)
        assert rule is not None
        steps.append(Step(m, by, act, at, rule.to, words, before=counts_of(m), facts=facts_of(m)))
    return steps


def finish_many(steps: Sequence[Step]) -> list[AuditEntry]:
    """As `steps.finish`, telling nobody."""
    if not steps:
        return []
    first = steps[0]
    matters = [step.matter for step in steps]
    compound_id = first.matter.compound_id
    running = _running(compound_id, matters)
    changes: Counter[str] = Counter()
    stopped: list[Clock] = []
    for step in steps:
        m = step.matter
        move(step)
        kinds = times.stops(step.act, m.urgency)
        clocks = running.get(m.pk, [])
        ended = [c for c in clocks if c.kind in kinds]
        stopped += ended
        for clock in ended:
            if clock.breached_at is None and clock.due_at < step.at:
                clock.breached_at = clock.due_at
            clock.done_at, clock.next_at = step.at, None
        look_at_clocks(m, [c for c in clocks if c.kind not in kinds])
        changes.update(turns.change(step.before, counts_of(m)))
    if stopped:
        Clock.objects.filter(compound_id=compound_id).bulk_update(stopped, ["done_at", "next_at", "breached_at"])
    save_many(matters)
    touch_answers(steps)
    shift(compound_id, changes)
    keep((Moved(step.matter, step.facts, step.act, step.data) for step in steps), by=first.by, at=first.at)
    took(compound_id, [m.pk for m in matters], by=first.by, act=first.act, at=first.at)
    said = [Said(step.matter.pk, step.words, step.data) for step in steps]
    return record_many(
        by=first.by, act=first.act, subject_kind=SUBJECT, at=first.at, compound_id=compound_id, rows=said
    )


def save_many(matters: Sequence[Matter]) -> None:
    if matters:
        rows = Matter.objects.filter(compound_id=matters[0].compound_id)
        rows.bulk_update(matters, CHANGED)


def note_many(
    matters: Sequence[Matter], *, by: Actor, act: Act, at: datetime, words: str = "", data: dict | None = None
) -> list[AuditEntry]:
    """An entry on each that changes no state."""
    if not matters:
        return []
    compound_id = matters[0].compound_id
    took(compound_id, [m.pk for m in matters], by=by, act=act, at=at)
    rows = [Said(m.pk, words, data or {}) for m in matters]
    return record_many(by=by, act=act, subject_kind=SUBJECT, at=at, compound_id=compound_id, rows=rows)


def _running(compound_id: UUID, matters: Sequence[Matter]) -> dict[UUID, list[Clock]]:
    rows = Clock.objects.filter(compound_id=compound_id, matter_id__in=[m.pk for m in matters], done_at=None)
    found: dict[UUID, list[Clock]] = {}
    for clock in rows.order_by("due_at"):
        found.setdefault(clock.matter_id, []).append(clock)
    return found


def hand_clocks_many(matters: Sequence[Matter], body: Organisation) -> None:
    """The running clocks are this body's now, and nobody else's."""
    if matters:
        rows = Clock.objects.filter(
            compound_id=matters[0].compound_id, matter_id__in=[m.pk for m in matters], done_at=None
        )
        rows.update(body_id=body.pk, post_id=None)


def tell_many(
    matters: Sequence[Matter], *, by: Actor, kind: str, title: Callable[[Matter], str], body: str = "", key: str, at: datetime
) -> int:  # fmt: skip
    """Everybody who raised or follows one of them hears of it once, by the first that is theirs."""
    if not matters:
        return 0
    by_id = {m.pk: m for m in matters}
    rows = Follower.objects.filter(compound_id=matters[0].compound_id, matter_id__in=list(by_id), left_at=None)
    people = rows.order_by("matter__number", "id").values_list(
        "matter_id", "account_id", "person_id", "phone", "person__phone"
    )
    letters = [
        (To(account, person, phone or register or ""), Letter(title(by_id[pk]), pk, by_id[pk].number))
        for pk, account, person, phone, register in people
        if account is None or account != by.account_id
    ]
    return queue_many(
        compound_id=matters[0].compound_id, letters=letters, kind=kind, body=body, subject_kind=SUBJECT, key=key, at=at
    )


def revive_clocks(
    matters: Sequence[Matter], *, at: datetime, calendar: Calendar, waited: bool = False
) -> None:  # fmt: skip
    """What was said to be done is not: the clock that saying so stopped runs on; with `waited` without the time it took to look."""
    if not matters:
        return
    by_id = {m.pk: m for m in matters}
    rows = Clock.objects.filter(
        compound_id=matters[0].compound_id,
        matter_id__in=list(by_id),
        kind=times.ClockKind.FINISH,
        done_at__isnull=False,
    )
    again = [c for c in rows if c.done_at == by_id[c.matter_id].resolved_at and c.leg == by_id[c.matter_id].leg]
    for clock in again:
        if waited and clock.done_at and clock.due_at > clock.done_at:
            clock.due_at = times.resumed(clock.due_at, clock.kind, clock.urgency, clock.done_at, at, calendar)
        plan = times.under_way(clock.kind, clock.urgency, clock.started_at, clock.due_at, calendar)
        moment = plan.next_at(clock.stage)
        clock.done_at, clock.next_at = None, max(moment, at + timedelta(seconds=1)) if moment else None
    Clock.objects.filter(compound_id=matters[0].compound_id).bulk_update(again, ["done_at", "due_at", "next_at"])
