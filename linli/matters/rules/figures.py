"""What one life of a matter adds to the numbers of a month (domain §4.7, M39), and how to tell it from the entries alone.

A life runs from acceptance, or from a reopening, to the next reopening or the end: so that work said to be done twice
counts as done twice and as reopened once. A closed life that was reopened was closed, not fixed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from linli.kernel.clock import month_of

from .states import RATINGS, SOLVED, Act, State
from .times import ClockKind
from .turns import DAY_BOUNDS, TOOK_LEAST
from .visits import least

ALL = "all"
REOPENED = "reopened"
# Ended without anything being settled: neither closed nor fixed.
NOT_CLOSED = frozenset({"duplicate", "withdrawn"})
# Fewer visited, resolved or fixed than this are told as they are, without a percentage.
JUDGED_FROM = TOOK_LEAST

Key = tuple[str, str, str]


class Living(Protocol):
    """What is counted of a life, whoever keeps it."""

    category: str
    received_by_id: UUID | None
    body_id: UUID | None
    accepted_at: datetime | None
    ack_in_time: bool | None
    promised_at: datetime | None
    resolved_at: datetime | None
    on_time: bool | None
    took_days: int | None
    visited_at: datetime | None
    solved: str
    satisfied: str
    no_answer: int
    closed_at: datetime | None
    outcome: str
    level: str
    reopened_at: datetime | None


@dataclass
class Life:
    category: str = ""
    received_by_id: UUID | None = None
    body_id: UUID | None = None
    accepted_at: datetime | None = None
    ack_in_time: bool | None = None
    promised_at: datetime | None = None
    resolved_at: datetime | None = None
    on_time: bool | None = None
    took_days: int | None = None
    visited_at: datetime | None = None
    solved: str = ""
    satisfied: str = ""
    no_answer: int = 0
    closed_at: datetime | None = None
    outcome: str = ""
    level: str = ""
    reopened_at: datetime | None = None


FIELDS = tuple(Life.__dataclass_fields__)


def category_dim(code: str) -> str:
    return f"c:{code[:2] or '--'}"


def body_dim(body: UUID | None) -> str:
    return f"b:{body.hex if body else '--'}"


def counted(life: Living) -> dict[Key, int]:
    """(month, dimension, measure) → 1. Each measure belongs to the month of what it is a share of."""
    found: dict[Key, int] = {}

    def add(at: datetime, body: UUID | None, *measures: str) -> None:
        for dim in (ALL, body_dim(body), category_dim(life.category)):
            found.update(((month_of(at), dim, measure), 1) for measure in measures)

    if life.accepted_at:
        add(life.accepted_at, life.received_by_id, "accepted")
    if life.promised_at:
        kept = ["acknowledged"] if life.ack_in_time else []
        add(life.promised_at, life.received_by_id, "promised", *kept)
    if life.resolved_at:
        add(life.resolved_at, life.body_id, *_resolved(life))
    if life.visited_at:
        add(life.visited_at, life.body_id, *_visited(life))
    if life.closed_at and life.outcome not in NOT_CLOSED:
        add(life.closed_at, life.body_id, *_closed(life))
    return found


def _resolved(life: Living) -> list[str]:
    names = ["resolved"]
    if life.on_time is not None:
        names += ["due", *(["on_time"] if life.on_time else [])]
    return [*names, "reopened"] if life.reopened_at else names


def _visited(life: Living) -> list[str]:
    names = ["visited"]
    if life.solved == "solved":
        names.append("solved")
    if life.satisfied in {"satisfied", "basically"}:
        names.append("content")
    return names


def _closed(life: Living) -> list[str]:
    if life.reopened_at:
        return ["closed", f"out:{REOPENED}"]
    names = ["closed", f"out:{life.outcome}"]
    if life.outcome == "fixed":
        names.append(f"level:{life.level or 'compound'}")
        if life.took_days is not None:
            names.append(f"took:{bound(life.took_days)}")
    elif life.outcome == "not_confirmed" and life.no_answer and not life.visited_at:
        names.append("no_answer")
    return names


def bound(days: int) -> int:
    return next((b for b in DAY_BOUNDS if days <= b), DAY_BOUNDS[-1])


def days_taken(reported_at: datetime, done_at: datetime) -> int:
    """Days begun, at least one; the same for kept counts and records."""
    return max(1, -(-(done_at - reported_at) // timedelta(days=1)))


def half(counts: Mapping[str, int]) -> int | None:
    """Within how many days half of what was fixed was solved; None: too few, or longer than anybody counts."""
    by_bound = [(b, counts.get(f"took:{b}", 0)) for b in DAY_BOUNDS]
    total, sofar = sum(n for _b, n in by_bound), 0
    for b, n in by_bound[:-1]:
        sofar += n
        if total >= JUDGED_FROM and 2 * sofar >= total:
            return b
    return None


def percent(part: int, whole: int) -> str:
    """Two decimals, half up, by integers (domain §0.2)."""
    hundredths = (2 * 10000 * part + whole) // (2 * whole)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


# ── the same, told from the entries alone ───────────────────────────────────────────────────────────────────────────


class Told(NamedTuple):
    """One entry: what, when, by which body, with what."""

    act: str
    at: datetime
    body: UUID | None
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Now:
    """What a matter is now, and when its stopped promises were due: {(kind, stopped at): due}."""

    category: str
    level_settled: str
    reported_at: datetime
    stopped: Mapping[tuple[str, datetime], datetime] = field(default_factory=dict)


def begins_anew(entry: Told) -> bool:
    """What was said to be done is not, and work begins again; "not mine" takes the saying itself back."""
    if entry.act == Act.NOT_MINE:
        return entry.data.get("from") == State.CLOSED
    return entry.data.get("to") == State.REOPENED or entry.act == Act.BACK or bool(entry.data.get("woke"))


def promised_at(due: datetime | None, at: datetime) -> datetime | None:
    """When it was kept, or when it was broken."""
    return min(due, at) if due else None


def broken(entry: Told) -> datetime | None:
    """When its acceptance was due, where the clock says that nobody accepted it by then."""
    if entry.act != Act.BREACH or entry.data.get("clock") != ClockKind.ACKNOWLEDGE:
        return None
    return datetime.fromisoformat(entry.data["due_at"])


def replay(now: Now, entries: Iterable[Told]) -> list[Life]:
    """The lives of a matter, first to last; before it is accepted none, or what waits longer than was promised."""
    lives: list[Life] = []
    category, said, handler = "", "", None
    for entry in entries:
        handler = _handler(entry, handler)
        if entry.act == Act.ACCEPT:
            lives = [_begun(entry, now, category, lives[0].promised_at if lives else None)]
        elif not lives or lives[0].accepted_at is None:
            category = entry.data.get("category", category) if entry.act == Act.CORRECT_CATEGORY else category
            lives = [replace(life, category=category) for life in lives] or _waiting(entry, category)
        else:
            said = entry.data.get("outcome", "") if entry.act == Act.RESOLVE else said
            _apply(lives, entry, now, said, handler)
    for life in lives:
        life.category = life.category or now.category
    if lives:
        _settled(lives[-1], now)
    return lives


def _waiting(entry: Told, category: str) -> list[Life]:
    due = broken(entry)
    if due is None:
        return []
    body = entry.data.get("body")
    return [Life(category, UUID(body) if body else None, ack_in_time=False, promised_at=due)]


def _begun(entry: Told, now: Now, category: str, broken_at: datetime | None) -> Life:
    due = broken_at or now.stopped.get(("acknowledge", entry.at))
    return Life(
        category=category, received_by_id=entry.body, accepted_at=entry.at, ack_in_time=None if due is None else due >= entry.at,
        promised_at=promised_at(due, entry.at),
    )  # fmt: skip


def _handler(entry: Told, before: UUID | None) -> UUID | None:
    if entry.act in {Act.DISPATCH, Act.HAND_ON}:
        return UUID(entry.data["body"]) if entry.data.get("body") else None
    return None if _out_of_hand(entry) else before


def _out_of_hand(entry: Told) -> bool:
    """Sent back, taken back, or put to the desk of another level (which once left it where it was)."""
    return entry.act in {Act.RETURN, Act.RECALL} or (entry.act == Act.ESCALATE and "to" in entry.data)


def _apply(lives: list[Life], entry: Told, now: Now, said: str, handler: UUID | None) -> None:
    life, act, data = lives[-1], entry.act, entry.data
    if act in {Act.TRIAGE, Act.CORRECT_CATEGORY}:
        life.category = data.get("category", life.category)
    elif act == Act.DISPATCH or _out_of_hand(entry) or (act == Act.HAND_ON and life.resolved_at is None):
        life.body_id = handler
    elif act == Act.RESOLVE:
        life.resolved_at, life.on_time, life.body_id = entry.at, in_time(entry, now), handler
    elif act == Act.NOT_MINE and not begins_anew(entry):
        life.resolved_at, life.on_time, life.body_id = None, None, handler
    elif act == Act.VISIT:
        visited(life, entry.at, data)
    elif act == Act.UNMERGE:
        life.closed_at, life.outcome = (None, "") if "to" in data else (life.closed_at, life.outcome)
        if data.get("slept"):
            lives.pop()
            lives[-1].reopened_at = None
    outcome = _ended(entry, said)
    if outcome:
        life.closed_at, life.outcome = entry.at, outcome
    if begins_anew(entry):
        life.reopened_at, life.level, life.took_days = entry.at, "", None
        lives.append(Life(category=life.category, body_id=handler))


def in_time(entry: Told, now: Now) -> bool | None:
    """By the promise as it stood when it was said to be done; None without one."""
    told = entry.data.get("finish_due")
    due = datetime.fromisoformat(told) if told else now.stopped.get(("finish", entry.at))
    return None if due is None else due >= entry.at


def visited(life: Living, at: datetime, data: Mapping[str, Any]) -> None:
    if data.get("contacted"):
        life.visited_at = at
        life.solved = least((life.solved, data.get("solved", "")), SOLVED)
        life.satisfied = least((life.satisfied, data.get("satisfied", "")), RATINGS)
    else:
        life.no_answer += 1


def _ended(entry: Told, said: str) -> str:
    to = entry.data.get("to")
    if to == State.MERGED and entry.act == Act.MERGE:
        return "duplicate"
    if to == State.WITHDRAWN:
        return "withdrawn"
    if to != State.CLOSED or entry.act == Act.UNMERGE:
        return ""
    return {Act.CONFIRM: said or "fixed", Act.VISIT: "not_confirmed"}.get(Act(entry.act), entry.data.get("outcome", ""))


def _settled(life: Life, now: Now) -> None:
    fixed = life.closed_at is not None and life.outcome == "fixed"
    life.level = now.level_settled if fixed else ""
    done = life.resolved_at or life.closed_at
    life.took_days = days_taken(now.reported_at, done) if fixed and done else None


def same(a: Living, b: Living) -> list[str]:
    """The names of the fields in which they differ."""
    return [name for name in FIELDS if getattr(a, name) != getattr(b, name)]
