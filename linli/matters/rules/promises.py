"""By when who is asked by a whistle has promised each step (domain §4.6), and how long the link to it is open."""

from datetime import datetime, timedelta
from enum import StrEnum

from linli.kernel.clock import Calendar, Span, deadline

from .times import Plan, around
from .whistles import Step


class Clock(StrEnum):
    TELL = "tell"
    RECEIVE = "receive"
    REPORT = "report"
    PLAN = "plan"
    FINISH = "finish"


CLOCKS = {
    Clock.TELL: "当面告诉",
    Clock.RECEIVE: "接收",
    Clock.REPORT: "报到",
    Clock.PLAN: "定任务",
    Clock.FINISH: "办完",
}
# Who blew keeps these: going to a body that no message reaches, and giving each its task.
BLOWERS = frozenset({Clock.TELL, Clock.PLAN})
_wd = Span.working_days
LIMITS: dict[str, dict[Clock, Span]] = {
    "normal": {
        Clock.TELL: Span.working_minutes(240),
        Clock.RECEIVE: Span.working_minutes(240),
        Clock.REPORT: _wd(1),
        Clock.PLAN: _wd(3),
        Clock.FINISH: _wd(10),
    },
    "urgent": {
        Clock.TELL: Span.minutes(30),
        Clock.RECEIVE: Span.minutes(30),
        Clock.REPORT: Span.minutes(120),
        Clock.PLAN: _wd(3),
        Clock.FINISH: _wd(10),
    },
}
# Which promise runs while an ask is at a step; at the others none does.
RUNS = {
    Step.UNTOLD: Clock.TELL,
    Step.BLOWN: Clock.RECEIVE,
    Step.RECEIVED: Clock.REPORT,
    Step.REPORTED_IN: Clock.PLAN,
    Step.CONSULTED: Clock.PLAN,
    Step.TASKS_ASSIGNED: Clock.FINISH,
    Step.WORKING: Clock.FINISH,
}


def span(clock: str, urgency: str) -> Span:
    return LIMITS[urgency][Clock(clock)]


def plan(clock: str, urgency: str, start: datetime, calendar: Calendar, due: datetime | None = None) -> Plan:
    """When it is due and when it warns; `due` where a task was given its own day."""
    how_long = span(clock, urgency)
    return around(start, max(due, start) if due else deadline(start, how_long, calendar), how_long, calendar)


LINK_LASTS, LINK_AFTER = timedelta(days=30), timedelta(days=15)


def link_until(at: datetime, promised: datetime | None) -> datetime:
    """A liaison's link outlives what is promised: to answer late, to be asked again, to score."""
    return max(at + LINK_LASTS, promised + LINK_AFTER if promised else at)
