"""The promises of time (domain §4.5) and the clocks that keep them. Practice, not law, unless tagged."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linli.kernel.clock import Calendar, Span, deadline, delayed, extend, moment
from linli.kernel.refusal import Refusal


class Urgency(StrEnum):
    EMERGENCY = "emergency"
    URGENT = "urgent"
    NORMAL = "normal"
    COMPLAINT = "complaint"
    COORDINATION = "coordination"
    PROJECT = "project"
    CONSULTATION = "consultation"
    PETITION = "petition"


class ClockKind(StrEnum):
    ACKNOWLEDGE = "acknowledge"
    START = "start"
    MAKE_SAFE = "make_safe"
    FINISH = "finish"


URGENCIES = {
    Urgency.EMERGENCY: "特急",
    Urgency.URGENT: "急",
    Urgency.NORMAL: "一般",
    Urgency.COMPLAINT: "投诉",
    Urgency.COORDINATION: "协调",
    Urgency.PROJECT: "项目",
    Urgency.CONSULTATION: "咨询",
    Urgency.PETITION: "信访",
}
CLOCKS: dict[str, str] = {
    ClockKind.ACKNOWLEDGE: "受理",
    ClockKind.START: "到场",
    ClockKind.MAKE_SAFE: "先控制住",
    ClockKind.FINISH: "办完",
    "start:coordination": "碰头商量",
    "start:project": "拿出方案",
}

_m, _wm, _wd, _d = Span.minutes, Span.working_minutes, Span.working_days, Span.days
A, T, M, F = ClockKind.ACKNOWLEDGE, ClockKind.START, ClockKind.MAKE_SAFE, ClockKind.FINISH
LIMITS: dict[Urgency, dict[ClockKind, Span]] = {
    Urgency.EMERGENCY: {A: _m(5), T: _m(30), M: _m(120)},
    Urgency.URGENT: {A: _m(15), T: _m(30), M: _m(120), F: _m(24 * 60)},
    Urgency.NORMAL: {A: _wm(120), T: _wd(1), F: _wd(3)},
    Urgency.COMPLAINT: {A: _wd(1), F: _wd(5)},
    Urgency.COORDINATION: {A: _wd(1), T: _wd(3), F: _wd(10)},
    Urgency.PROJECT: {A: _wd(3), T: _wd(15)},
    Urgency.CONSULTATION: {A: _wd(1), F: _wd(1)},
    Urgency.PETITION: {A: _d(15), F: _d(60)},  # law: 信访条例 22, 34
}
# Working days lengthen over holidays; an answer to a complaint does not wait for them: "7 days written answer at most".
CEILINGS: dict[Urgency, dict[ClockKind, Span]] = {Urgency.COMPLAINT: {F: _d(7)}}
# Before triage nobody knows the urgency: a matter is acknowledged as a normal one.
UNTRIAGED = Urgency.NORMAL
# How far a clock has come: warned twice, breached, on the tripartite meeting's list.
BREACHED, LISTED = 3, 4
# Nobody answering this long after it was said to be done, the desk may close it as not confirmed (domain §4.4).
QUIET_DAYS = 5
QUIET = Span.working_days(QUIET_DAYS)
# One person urges one matter no oftener than this.
URGE_REST = timedelta(hours=12)
# From triage on the limits run from the earliest report, in a new leg from the reopening, with no new acknowledgement; the
# clocks that begin then:
AFTER_TRIAGE = (T, M, F)


UNREACHED = "unreached"
# What nobody mends by going there is begun when the parties first met, or when the plan is there (domain §4.5).
BEGINS = {Urgency.COORDINATION: "meet", Urgency.PROJECT: "propose"}


def clock_name(kind: str, urgency: str) -> str:
    """What must be done by then: a key of CLOCKS."""
    own = f"{kind}:{urgency}"
    return own if own in CLOCKS else kind


def stops(act: str, urgency: str, contact: str = "") -> tuple[ClockKind, ...]:
    """The clocks that an act ends. First contact starts a normal matter, a call that nobody took is none; urgent ones start
    when somebody is there."""
    on_site = urgency in {Urgency.EMERGENCY, Urgency.URGENT}
    begins = BEGINS.get(Urgency(urgency or UNTRIAGED), "")
    if act == "accept":
        return (A,)
    if act == "take":
        return () if on_site or begins or contact == UNREACHED else (T,)
    if act == "arrive":
        return () if begins else (T,)
    if act in {begins, "alert_enter", "alert_force"} or act == "plan_choose" and begins == "propose":
        return (T,)
    if act in {"make_safe", "alert_safe"}:
        return (T, M)
    if act == "resolve":
        return (T, M, F)
    if act in {"decline", "merge", "withdraw", "close"}:
        return (A, T, M, F)
    return ()


@dataclass(frozen=True)
class Plan:
    """When a clock is due, when it warns (at half of its time and at four fifths), and when, still running after its
    time, it goes on the list of the tripartite meeting (domain §4.5)."""

    due_at: datetime
    half_at: datetime
    late_at: datetime
    listed_at: datetime

    @property
    def stages(self) -> tuple[datetime, ...]:
        return (self.half_at, self.late_at, self.due_at, self.listed_at)

    def next_at(self, stage: int) -> datetime | None:
        return self.stages[stage] if stage < LISTED else None

    def reached(self, at: datetime) -> int:
        return sum(at >= moment for moment in self.stages)


def step_to(now: int, reached: int) -> int:
    """The superior hears of a breach before the three parties, however long nobody looked."""
    return max(now, reached if now >= BREACHED else min(reached, BREACHED))


def span(kind: str, urgency: str) -> Span | None:
    return LIMITS[Urgency(urgency or UNTRIAGED)].get(ClockKind(kind))


def plan(kind: str, urgency: str, start: datetime, calendar: Calendar) -> Plan | None:
    how_long = span(kind, urgency)
    if how_long is None:
        return None
    due, how_long = _nearer(kind, urgency, start, how_long, calendar)
    return around(start, due, how_long, calendar)


def _nearer(kind: str, urgency: str, start: datetime, how_long: Span, calendar: Calendar) -> tuple[datetime, Span]:
    """The standard limit, or its ceiling where that comes first, each with what it is counted in."""
    due, ceiling = (
        deadline(start, how_long, calendar),
        CEILINGS.get(Urgency(urgency or UNTRIAGED), {}).get(ClockKind(kind)),
    )
    if ceiling is None:
        return due, how_long
    return min((due, how_long), (deadline(start, ceiling, calendar), ceiling), key=lambda one: one[0])


def around(start: datetime, due: datetime, how_long: Span, calendar: Calendar) -> Plan:
    half, late = (moment(start, due, of, all, how_long, calendar) for of, all in ((1, 2), (4, 5)))
    return Plan(due, half, late, _listed(due, how_long.round_the_clock, calendar))


def _listed(due: datetime, round_the_clock: bool, calendar: Calendar) -> datetime:
    """The superior has a day, or a working day; then the three parties hear of it [D]."""
    return deadline(due, _m(24 * 60) if round_the_clock else _wd(1), calendar)


def resumed(due: datetime, kind: str, urgency: str, paused_at: datetime, at: datetime, calendar: Calendar) -> datetime:
    """The due time after a pause: later by the time of the clock's own kind that passed meanwhile; plain time where it has
    no standard limit, only a promise."""
    how_long = span(kind, urgency)
    return due + (at - paused_at) if how_long is None else extend(due, paused_at, at, how_long, calendar)


def under_way(kind: str, urgency: str, started_at: datetime, due: datetime, calendar: Calendar) -> Plan:
    """The warnings of a running clock. Pauses moved its end; its start is moved as far, or a long pause would warn at once."""
    how_long = span(kind, urgency)
    if how_long is None:  # promised for a project, which has no standard limit: plain time
        length = due - started_at
        return Plan(due, started_at + length / 2, started_at + length * 4 / 5, _listed(due, False, calendar))
    standard, how_long = _nearer(kind, urgency, started_at, how_long, calendar)
    start = delayed(started_at, standard, due, how_long, calendar) if due > standard else started_at
    return around(start, due, how_long, calendar)


def the_rest(safe_at: datetime, calendar: Calendar) -> datetime:
    """An emergency has no standard limit to finish; once it is safe it is planned anew, where nobody names a day as a normal
    matter from then on [D] (domain §4.5)."""
    return deadline(safe_at, LIMITS[Urgency.NORMAL][F], calendar)


REOPEN_DAYS = 15


# Who was given it may say that it is another's: a working day; of a petition five (信访条例 23).
OBJECTION_DAYS = {Urgency.PETITION: 5}
# Once, and no further than this beyond what was promised (domain §4.5; 信访条例 34).
EXTENSIONS = {Urgency.COORDINATION: _wd(10), Urgency.PETITION: _d(30)}


def objection_days(urgency: str) -> int:
    return OBJECTION_DAYS.get(Urgency(urgency or UNTRIAGED), 1)


def latest_extension(urgency: str, due: datetime, calendar: Calendar) -> datetime | None:
    """None where the promise is not to be moved."""
    how_long = EXTENSIONS.get(Urgency(urgency or UNTRIAGED))
    return deadline(due, how_long, calendar) if how_long else None


def refuse_extension(
    urgency: str, due: datetime | None, until: datetime | None, at: datetime, calendar: Calendar, *, before: bool
) -> Refusal | None:
    latest = latest_extension(urgency, due, calendar) if due else None
    if due is None or latest is None:
        return Refusal("no_extension", "只有协调和信访的事可以延期")
    law = "信访条例第34条" if urgency == Urgency.PETITION else ""
    if before:
        return Refusal("extended", "已经延过一次，不能再延", law)
    if at >= due:
        return Refusal("too_late", "已经超时了，不能再延", law)
    if until is None or not due < until <= latest:
        return Refusal("until", "要延到原来的期限以后，最多再延这么久：协调 10 个工作日，信访 30 天", law)
    return None


def too_late_to_reopen(closed_at: datetime | None, at: datetime) -> bool:
    """After that the same trouble is a new matter."""
    return closed_at is not None and at > closed_at + timedelta(days=REOPEN_DAYS)
