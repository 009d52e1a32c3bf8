"""The one path by which a matter changes: lock, ask the rules, change, write the entry, keep the counts, tell the people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from linli.kernel.clock import Calendar
from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.people.models import Organisation
from linli.people.rules import PARTY_OF_BODY, Body
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day_and_hour
from linli.plumbing.prepared import Prepared

from ..access import parts_in
from ..models import Clock, Follower, HotlineOrder, Matter
from ..queries.counting import counts_of
from ..rules import gates, hotline, times, turns
from ..rules.states import FINAL, JUDGED, OPEN, Act, State, missing, refuse, rule_for
from .figures import Moved, facts_of, keep
from .taken import took

SUBJECT = "matter"
# Beside a change of state these change what the hotline was answered.
TOUCHING = frozenset({Act.RATE, Act.EXPLAIN})
_held = Prepared(lambda compound, matter: Matter.objects.select_for_update().filter(compound_id=compound, pk=matter))
_compound = Prepared(lambda compound: Compound.objects.filter(pk=compound))
_body = Prepared(lambda body: Organisation.objects.filter(pk=body))
_running = Prepared(
    lambda compound, matter: Clock.objects.filter(compound_id=compound, matter_id=matter, done_at=None).order_by(
        "due_at"
    )
)
_followers = Prepared(
    lambda compound, matter: Follower.objects.filter(compound_id=compound, matter_id=matter, left_at=None).values_list(
        "account_id", "person_id", "phone", "person__phone", "kind", "origin_id"
    )
)


@dataclass
class Step:
    """A change under way. Fill `data`, change `matter`, then `finish`."""

    matter: Matter
    by: Actor
    act: str
    at: datetime
    to: State | None
    words: str = ""
    once: UUID | None = None
    internal: bool = False
    data: dict[str, Any] = field(default_factory=dict)
    done_before: bool = False
    before: dict[str, int] = field(default_factory=dict)
    facts: tuple = ()
    _compound: Compound | None = None

    @property
    def compound(self) -> Compound:
        if self._compound is None:
            self._compound = _compound.first(compound=self.matter.compound_id)
            assert self._compound is not None
        return self._compound

    @property
    def calendar(self) -> Calendar:
        return calendar(self.compound)


def begin(
    matter: Matter, *, by: Actor, act: Act, at: datetime, given: Mapping[str, Any] | None = None, words: str = "", once: UUID | None = None,
    internal: bool = False,
) -> Step:  # fmt: skip
    """Lock the matter and ask whether `by` may do `act` now; must run inside the caller's transaction.

    Raises Refused. A repeat of the same submit (`once`) gives a step with `done_before`, which the caller returns from.
    """
    fresh = locked(matter)
    if done_before(fresh.compound_id, once):
        return Step(fresh, by, act, at, None, done_before=True)
    found = parts_in(fresh, by)
    no = refuse(act, State(fresh.state), found) or held_up(fresh, act, by, (given or {}).get("outcome", ""))
    if no:
        raise Refused(no)
    rule = rule_for(act, State(fresh.state), found)
    assert rule is not None
    for name, sentence in missing(rule, {**(given or {}), "words": words}):
        raise Refused(Refusal(f"missing_{name}", sentence), field=name)
    step = Step(fresh, by, act, at, rule.to, words, once, internal)
    step.before, step.facts = counts_of(fresh), facts_of(fresh)
    return step


def aside(matter: Matter, *, by: Actor, act: str, at: datetime, words: str = "", once: UUID | None = None) -> Step:
    """What lies beside the matter has its own table of who may; the state stays. Lock the matter."""
    fresh = locked(matter)
    return Step(fresh, by, act, at, None, words, once, before=counts_of(fresh), facts=facts_of(fresh))


def held_up(matter: Matter, act: Act, by: Actor, outcome: str = "fixed") -> Refusal | None:
    """By a decision that comes first (domain §4.8)."""
    return gates.blocks(act, matter.gate, urgency=matter.urgency, outcome=outcome, clock=by.role == "clock")


def handler_party(matter: Matter) -> str | None:
    if matter.handler_body_id is None:
        return None
    if not Matter.handler_body.is_cached(matter):
        matter.handler_body = _body.first(body=matter.handler_body_id)
    body = matter.handler_body
    return PARTY_OF_BODY.get(Body(body.kind)) if body else None


def turn_of(matter: Matter) -> str:
    """While the work waits for a vote or its papers it is the turn of those who must decide, and bring them."""
    waits = matter.state == State.SUSPENDED and matter.gate and matter.pause_reason == gates.pause_reason(matter.gate)
    waits_for = gates.party(matter.gate) if waits else ""
    return turns.turn(matter.state, matter.desk, waits_for or handler_party(matter))


def locked(matter: Matter) -> Matter:
    """As it is now, and nobody else's until the act is over."""
    fresh = _held.first(compound=matter.compound_id, matter=matter.pk)
    if fresh is None:
        raise Matter.DoesNotExist
    return fresh


def move(step: Step) -> None:
    """To the state the act leads to, and to whose turn it is then; not yet saved."""
    matter = step.matter
    if step.to is not None:
        step.data = {"from": matter.state, "to": str(step.to), **step.data}
        matter.state = step.to
    matter.open = State(matter.state) not in FINAL
    if matter.state not in JUDGED:
        matter.visit_due_at = None
    new_turn = turn_of(matter)
    if new_turn != matter.turn or step.to is not None:
        matter.turn, matter.turn_since = new_turn, step.at


def finish(step: Step, *, tell: str = "", to: Iterable[To] | None = None, silent: bool = False) -> AuditEntry:
    """Save the matter, stop the act's clocks, keep the counts, write the entry; `tell` is the sentence followers get."""
    matter = step.matter
    move(step)
    look_at_clocks(matter, stop(matter, times.stops(step.act, matter.urgency, step.data.get("contact", "")), step.at))
    matter.save(force_update=True)
    touch_answers([step])
    shift(matter.compound_id, turns.change(step.before, counts_of(matter)))
    keep([Moved(matter, step.facts, step.act, step.data)], by=step.by, at=step.at)
    took(matter.compound_id, [matter.pk], by=step.by, act=step.act, at=step.at)
    entry = record(
        by=step.by, act=step.act, subject_kind=SUBJECT, subject_id=matter.pk, at=step.at, compound_id=matter.compound_id,
        words=step.words, data=step.data, internal=step.internal, once=step.once,
    )  # fmt: skip
    if tell and not silent:
        people = followers(matter) if to is None else to
        skip = step.by.account_id if step.by.assistance_id is None else None
        queue(
            compound_id=matter.compound_id, to=[t for t in people if skip is None or t.account_id != skip], kind=str(step.act), title=tell,
            body=step.words if step.act in {Act.RESOLVE, Act.DECLINE, Act.ASK, Act.ANSWER, Act.NOTE} else "",
            subject_kind=SUBJECT, subject_id=matter.pk, number=matter.number, key=f"{entry.pk}", at=step.at, rank=0,
        )  # fmt: skip
    return entry


def touch_answers(steps: Sequence[Step]) -> None:
    """What the hotline was told is no longer how it stands; where it is to be done again, its clock runs on from its stage."""
    changing = (s for s in steps if (s.to is not None or s.act in TOUCHING) and not _one_answer(s))
    touched = {s.matter.pk: s for s in changing if s.matter.hotline}
    if not touched:
        return
    first = steps[0]
    sent = HotlineOrder.objects.filter(
        compound_id=first.matter.compound_id, matter_id__in=list(touched), exported_at__isnull=False
    )
    sent.update(touched_at=first.at, waits=True)
    undone = [pk for pk, s in touched.items() if State(s.matter.state) in OPEN - {State.RESOLVED, State.VISITED}]
    stopped = list(sent.filter(matter_id__in=undone, next_at=None, stage__lt=times.LISTED)) if undone else []
    for order in stopped:
        plan = hotline.plan(order.started_at, order.due_at, first.calendar)
        order.next_at = plan.next_at(order.stage)
        order.save(update_fields=["next_at"])


def _one_answer(step: Step) -> bool:
    """A caller was asked, and it stays done: the visit itself marks that caller's order."""
    return step.act == Act.VISIT and step.to in {None, State.VISITED}


def shift_counts(matter: Matter, before: dict[str, int]) -> None:
    shift(matter.compound_id, turns.change(before, counts_of(matter)))


def record_on(
    matter: Matter,
    *,
    by: Actor,
    act: str,
    at: datetime,
    data: dict[str, Any] | None = None,
    words: str = "",
    internal: bool = False,
) -> AuditEntry:
    """An entry on a matter that another one's act touched."""
    return record(
        by=by,
        act=act,
        subject_kind=SUBJECT,
        subject_id=matter.pk,
        at=at,
        compound_id=matter.compound_id,
        words=words,
        data=data,
        internal=internal,
    )


def followers(matter: Matter, *, reporter: bool = False) -> list[To]:
    """Who hears of it; of these the one who reported it, and nobody who joined."""
    rows = _followers.all(compound=matter.compound_id, matter=matter.pk)
    return [
        To(account, person, phone or register_phone or "")
        for account, person, phone, register_phone, kind, origin in rows
        if not reporter or (kind, origin) == ("reporter", matter.pk)
    ]


# ── clocks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def start_clock(matter: Matter, kind: str, *, start: datetime, round_: int = 1, cal: Calendar) -> Clock | None:
    plan = times.plan(kind, matter.urgency, start, cal)
    if plan is None:
        return None
    clock = Clock(
        compound_id=matter.compound_id, matter=matter, leg=matter.leg, round=round_, kind=kind,
        urgency=matter.urgency or times.UNTRIAGED, started_at=start, due_at=plan.due_at, next_at=plan.half_at,
        body_id=matter.handler_body_id or matter.first_receiver_id, post_id=matter.handler_post_id,
    )  # fmt: skip
    clock.save(force_insert=True)
    return clock


def running(matter: Matter) -> list[Clock]:
    return _running.all(compound=matter.compound_id, matter=matter.pk)


def stop(matter: Matter, kinds: Iterable[str], at: datetime) -> list[Clock]:
    """Which still run. A clock stopped after its due time is a breach, told or not."""
    kinds, still = set(kinds), []
    for clock in running(matter):
        if clock.kind not in kinds:
            still.append(clock)
            continue
        if clock.breached_at is None and clock.due_at < (clock.paused_at or at):
            clock.breached_at = clock.due_at
        clock.done_at, clock.next_at = at, None
        clock.save(update_fields=["done_at", "next_at", "breached_at"])
    return still


def look_at_clocks(matter: Matter, clocks: list[Clock] | None = None) -> None:
    """The nearest running clock becomes the matter's next due time; overdue while a running clock is breached, and no longer
    on the tripartite meeting's list."""
    clocks = (running(matter) if clocks is None else clocks) if matter.open else []
    finish_clock = next((c for c in clocks if c.kind == times.ClockKind.FINISH), None)
    nearest = clocks[0] if clocks else None
    matter.due_at = finish_clock.due_at if finish_clock else matter.due_at
    matter.next_due_at = nearest.due_at if nearest else None
    matter.next_clock = nearest.kind if nearest else ""
    matter.overdue = any(c.breached_at for c in clocks)
    unvisited = matter.visit_due_at is not None and matter.visit_stage >= times.LISTED
    if not matter.overdue and not unvisited:
        matter.listed_at = None


def set_clocks(matter: Matter, *, base: datetime, at: datetime, cal: Calendar) -> None:
    """Clocks of the present urgency, running from `base`. What another urgency does not know is dropped; done ones stay, and so does a
    promise of its own."""
    rows = Clock.objects.filter(compound_id=matter.compound_id, matter=matter, leg=matter.leg).order_by("round")
    existing = {c.kind: c for c in rows}
    for kind in times.AFTER_TRIAGE:
        plan = times.plan(kind, matter.urgency, base, cal)
        clock = existing.get(kind)
        if clock is None:
            if plan:
                start_clock(matter, kind, start=base, cal=cal)
        elif clock.done_at is None and plan is None and clock.urgency != matter.urgency:
            clock.done_at, clock.next_at = at, None
            clock.save(update_fields=["done_at", "next_at"])
        elif clock.done_at is None and plan and clock.urgency != matter.urgency:
            clock.urgency, clock.started_at, clock.stage = matter.urgency, base, 0
            clock.due_at, clock.next_at = plan.due_at, plan.half_at
            clock.save()


def promise_anew(step: Step, due_at: datetime) -> None:
    """Another round of the promise to finish; the one before stops where it is, broken or not."""
    m, kind = step.matter, times.ClockKind.FINISH
    stop(m, {kind}, step.at)
    rounds = Clock.objects.filter(compound_id=m.compound_id, matter=m, leg=m.leg, kind=kind).count()
    plan = times.under_way(kind, m.urgency, step.at, due_at, step.calendar)
    Clock(
        compound_id=m.compound_id, matter=m, leg=m.leg, round=rounds + 1, kind=kind, urgency=m.urgency, started_at=step.at,
        due_at=due_at, next_at=plan.half_at, body_id=m.handler_body_id, post_id=m.handler_post_id,
    ).save(force_insert=True)  # fmt: skip


def plan_the_rest(step: Step, due_at: datetime | None) -> str:
    """Until when what is left of an emergency is promised, now that it is safe; "" where a promise runs already."""
    m = step.matter
    works = State(m.state) in OPEN - {State.SUSPENDED, State.RESOLVED, State.VISITED}
    if m.urgency != times.Urgency.EMERGENCY or not works:
        return ""
    if any(clock.kind == times.ClockKind.FINISH for clock in running(m)):
        return ""
    if due_at and due_at <= step.at:
        raise Refused(Refusal("past", "期限要在现在以后"), field="due_at")
    due_at = due_at or times.the_rest(step.at, step.calendar)
    promise_anew(step, due_at)
    step.data["due_at"] = due_at.isoformat()
    return f"，余下的答应 {day_and_hour(due_at)} 前办完"


def hand_clocks(matter: Matter) -> None:
    """The running clocks are now the handler's, and nobody else's."""
    Clock.objects.filter(compound_id=matter.compound_id, matter=matter, done_at=None).update(
        body_id=matter.handler_body_id or matter.first_receiver_id, post_id=matter.handler_post_id
    )


def pause_clocks(matter: Matter, at: datetime) -> None:
    Clock.objects.filter(compound_id=matter.compound_id, matter=matter, done_at=None).update(paused_at=at, next_at=None)


def resume_clocks(matter: Matter, at: datetime, cal: Calendar) -> None:
    for clock in running(matter):
        if clock.paused_at is None:
            continue
        clock.due_at = times.resumed(clock.due_at, clock.kind, clock.urgency, clock.paused_at, at, cal)
        plan = times.under_way(clock.kind, clock.urgency, clock.started_at, clock.due_at, cal)
        moment = plan.next_at(clock.stage)
        clock.next_at = max(moment, at + timedelta(seconds=1)) if moment else None
        clock.paused_at = None
        clock.save(update_fields=["due_at", "next_at", "paused_at"])


def party_of(body: Organisation | None) -> str:
    return PARTY_OF_BODY.get(Body(body.kind), "community") if body else ""
