"""The one path by which a whistle changes: lock, ask the rules, change, keep turn and counts, write the entry."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To, queue
from linli.people.models import Organisation
from linli.people.rules import PARTY_OF_BODY, POSTS, Body
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry

from ...access.whistles import whistle_parts
from ...models import Ask, Matter, Whistle, WhistleMatter
from ...queries.whistles import phone_of
from ...rules import promises, turns
from ...rules import whistles as rules
from ...rules.states import FINAL as ENDED
from ...rules.states import Act
from ...rules.times import BREACHED
from ...rules.whistles import PART, Do, State, Step
from ..bodies import holders, office
from ..steps import followers, record_on
from ..taken import party_of, took
from .tokens import lengthen, link_of

SUBJECT = "whistle"
LISTED = "listed:ask"
BODY_MOST = 400


@dataclass
class Move:
    """A change under way. Change `whistle` and `ask`, fill `data`, then `finish`."""

    whistle: Whistle
    by: Actor
    act: Do
    at: datetime
    ask: Ask | None = None
    words: str = ""
    once: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    done_before: bool = False
    _before: dict[str, int] = field(default_factory=dict)

    @property
    def compound(self) -> Compound:
        return Compound.objects.select_related("community").get(pk=self.whistle.compound_id)

    @property
    def its(self) -> Ask:
        assert self.ask is not None
        return self.ask


def begin(
    whistle: Whistle, *, by: Actor, act: Do, at: datetime, ask: Ask | None = None, given: Mapping[str, Any] | None = None,
    words: str = "", once: UUID | None = None,
) -> Move:  # fmt: skip
    """Lock the whistle and ask whether `by` may do `act` now; inside the caller's transaction. Raises Refused.

    A repeat of the same submit (`once`) gives a move with `done_before`, which the caller returns from.
    """
    held = Whistle.objects.select_for_update().get(compound_id=whistle.compound_id, pk=whistle.pk)
    part = Ask.objects.select_related("body").get(compound_id=held.compound_id, pk=ask.pk) if ask else None
    move = Move(held, by, act, at, part, words, once)
    if done_before(held.compound_id, once):
        move.done_before = True
        return move
    no = rules.refuse(act, State(held.state), Step(part.step) if part else None, whistle_parts(held, by, part))
    if no:
        raise Refused(no)
    for name in rules.table(act).needs:
        if {**(given or {}), "words": words}.get(name) in (None, "", [], ()):
            raise Refused(Refusal(f"missing_{name}", rules.NEEDS[name]), field=name)
    move._before = counts_of(held)
    return move


def counts_of(whistle: Whistle) -> dict[str, int]:
    return rules.buckets(open=whistle.open, turn=whistle.turn, late=whistle.late)


def asks_of(whistle: Whistle) -> list[Ask]:
    rows = Ask.objects.select_related("body").filter(compound_id=whistle.compound_id, whistle=whistle)
    return list(rows.order_by("place"))


def finish(move: Move) -> AuditEntry:
    """Save, start the promise that the new step runs under, keep whose turn it is and the counts, write the entry."""
    whistle, ask, to = move.whistle, move.ask, rules.table(move.act).to
    if move.act in PART and ask is not None:
        if to is not None:
            move.data = {"from": ask.step, "to": str(to), **move.data}
            ask.step = to
            run_clock(move, ask)
        ask.save()
    elif to is not None:
        move.data = {"from": whistle.state, "to": str(to), **move.data}
        whistle.state = to
    settle(move)
    if ask is not None:
        move.data = {"ask": str(ask.pk), "body": ask.body.name, **move.data}
    if whistle.blown_at:
        took(whistle.compound_id, _ids(whistle), by=move.by, act=Act.WHISTLE, at=move.at)
    return record(
        by=move.by, act=move.act, subject_kind=SUBJECT, subject_id=whistle.pk, at=move.at, compound_id=whistle.compound_id,
        words=move.words, data=move.data, internal=True, once=move.once,
    )  # fmt: skip


def settle(move: Move) -> None:
    """Whose turn it is, when the next thing is due, and the kept counts."""
    whistle, asks = move.whistle, asks_of(move.whistle)
    whistle.open = State(whistle.state) not in rules.FINAL
    turn = rules.turn(whistle.state, [a.step for a in asks], sent_back=bool(whistle.sent_back))
    if turn != whistle.turn:
        whistle.turn, whistle.turn_since = turn, move.at
    look_at_clocks(whistle, asks)
    whistle.save(force_update=True)
    after = counts_of(whistle)
    shift(whistle.compound_id, turns.change(move._before, after))
    move._before = after


def look_at_clocks(whistle: Whistle, asks: list[Ask]) -> None:
    running = [a for a in asks if a.clock and a.due_at] if whistle.open else []
    whistle.due_at = min((a.due_at for a in running if a.due_at), default=None)
    whistle.late = any(a.stage >= BREACHED for a in running)
    _unlist([a for a in asks if a.listed_at and (a not in running or a.stage < BREACHED)])


def _unlist(asks: list[Ask]) -> None:
    """What runs late no more leaves the list of the three parties."""
    if asks:
        rows = Ask.objects.filter(compound_id=asks[0].compound_id, pk__in=[a.pk for a in asks])
        shift(asks[0].compound_id, {LISTED: -rows.update(listed_at=None)})


def run_clock(move: Move, ask: Ask) -> None:
    """Stop the promise that ran; start the one of the new step, unless it is the same that runs already."""
    wanted = promises.RUNS.get(Step(ask.step), "")
    if wanted == ask.clock and move.act not in {Do.ASSIGN, Do.REDO}:
        return
    stop_clock(ask, move.at)
    if not wanted:
        return
    cal = calendar(move.compound)
    due = ask.promised_at if wanted == promises.Clock.FINISH else None
    # Reporting in and finishing are promised from the blowing on: receiving late lengthens nothing.
    since = ask.blown_at if wanted in {promises.Clock.REPORT, promises.Clock.FINISH} and not due else None
    start = since if since and move.act != Do.REDO else move.at
    plan = promises.plan(wanted, move.whistle.urgency, start, cal, due)
    ask.clock, ask.clock_from, ask.due_at, ask.stage, ask.next_at = wanted, start, plan.due_at, 0, plan.half_at
    lengthen(ask, move.at)


def stop_clock(ask: Ask, at: datetime) -> None:
    """A promise kept after its time is a breach, told or not."""
    if ask.clock and ask.due_at and ask.due_at < at and ask.stage < BREACHED:
        ask.breaches = [*ask.breaches, {"clock": ask.clock, "due_at": ask.due_at.isoformat()}]
    ask.clock, ask.clock_from, ask.due_at, ask.stage, ask.next_at = "", None, None, 0, None


# ── whom to tell ────────────────────────────────────────────────────────────────────────────────────────────────────


def _ids(whistle: Whistle) -> list[UUID]:
    rows = WhistleMatter.objects.filter(compound_id=whistle.compound_id, whistle=whistle)
    return list(rows.order_by("matter_id").values_list("matter_id", flat=True))


def matters_of(whistle: Whistle) -> list[Matter]:
    rows = Matter.objects.filter(compound_id=whistle.compound_id, pk__in=_ids(whistle))
    return list(rows.order_by("number"))


def drafters_part(move: Move) -> None:
    """Who whistled took a part in it, whoever approved and sent it (domain M41)."""
    whistle, party = move.whistle, PARTY_OF_BODY[Body(move.whistle.drafted_body.kind)]
    if party != party_of(move.by):
        took(whistle.compound_id, _ids(whistle), by=move.by, act=Act.WHISTLE, at=move.at, party=party)


def tell(
    move: Move, to: Iterable[To], title: str, *, body: str = "", entry: AuditEntry, kind: str = "", key: str = ""
) -> None:
    people = [t for t in to if t.account_id is None or t.account_id != move.by.account_id]
    queue(
        compound_id=move.whistle.compound_id, to=people, kind=kind or f"whistle_{move.act}", title=title, body=body,
        subject_kind=SUBJECT, subject_id=move.whistle.pk, number=move.whistle.number, key=f"{entry.pk}{key}", at=move.at,
    )  # fmt: skip


def tell_asked(
    move: Move, ask: Ask, title: str, *, to: list[To] | None = None, body: str = "", entry: AuditEntry, kind: str = "", key: str = ""
) -> None:  # fmt: skip
    """The body that is asked; who has no account there finds the way in in every text."""
    people = receivers(move.whistle, ask, move.at) if to is None else to
    link = link_of(ask, move.at) if not any(t.account_id for t in people) else ""
    if link:
        where = f"请打开 {link}"
        body = f"{body[: BODY_MOST - len(where) - 1]}，{where}" if body else where
    tell(move, people, title, body=body, entry=entry, kind=kind, key=key)


def tell_first(move: Move, ask: Ask, entry: AuditEntry) -> None:
    """What is asked, to who is asked; where no message gets there the blowers hear that somebody must go."""
    title = f"哨单第 {move.whistle.number} 号：{move.whistle.title}"
    tell_asked(move, ask, title, body=f"请你们：{ask.words[:200]}", entry=entry, key=f":{ask.place}")
    if not receivers(move.whistle, ask, move.at):
        title = f"哨单第 {move.whistle.number} 号，消息到不了{ask.body.name}，请打电话或者当面送去"
        queue(
            compound_id=move.whistle.compound_id, to=blowers(move.whistle, move.at), kind="whistle_unreached", title=title,
            body="告诉以后在哨单上记一笔，它的时限从那时起", subject_kind=SUBJECT,
            subject_id=move.whistle.pk, number=move.whistle.number, key=f"{entry.pk}:{ask.place}:go", at=move.at,
        )  # fmt: skip


def tell_on_matters(move: Move, entry: AuditEntry, sentence: str, data: Mapping[str, Any]) -> None:
    """On each matter's own page and to everybody who follows it, in plain words."""
    for matter in matters_of(move.whistle):
        record_on(matter, by=move.by, act=Act.WHISTLE, at=move.at, data={"number": move.whistle.number, **data})
        if matter.state in ENDED:
            continue
        queue(
            compound_id=matter.compound_id, to=followers(matter), kind=Act.WHISTLE, title=f"第 {matter.label} 号，{sentence}",
            subject_kind="matter", subject_id=matter.pk, number=matter.number, key=f"{entry.pk}:{matter.number}", at=move.at, rank=0,
        )  # fmt: skip


def put(move: Move, ask: Ask) -> None:
    """Before the body, or before somebody who must go there: its first promise begins when it is told."""
    reached = bool(receivers(move.whistle, ask, move.at))
    ask.step, ask.blown_at = (Step.BLOWN, move.at) if reached else (Step.UNTOLD, None)
    run_clock(move, ask)


def in_post(body: Organisation, roles: Collection[str], at: datetime) -> list[To]:
    return holders(body, _today(at), roles)


def receivers(whistle: Whistle, ask: Ask, at: datetime) -> list[To]:
    """Those who may answer for the body; an agency's liaison by the number that the list has."""
    found = in_post(ask.body, rules.RECEIVERS[rules.Level(whistle.level)], at)
    return found or [To(phone=phone) for phone in (phone_of(ask),) if phone]


def blowers(whistle: Whistle, at: datetime) -> list[To]:
    """Who drafted it, and the heads of that body."""
    drafted = [To(whistle.drafted_by)] if whistle.drafted_by else []
    return drafted + in_post(whistle.drafted_body, rules.DRAFTERS[rules.Level(whistle.level)], at)


def approvers(whistle: Whistle, compound: Compound, at: datetime) -> list[To]:
    level = rules.Level(whistle.level)
    role = rules.approver(level, whistle.drafted_body.kind)
    kind = next(iter(POSTS[role]))
    body = whistle.drafted_body if whistle.drafted_body.kind == kind else office(compound, kind)
    return in_post(body, [role], at) if body else []


def _today(at: datetime) -> date:
    return timezone.localdate(at)
