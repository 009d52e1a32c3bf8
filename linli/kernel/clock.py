"""Deadlines in wall time and in working time, by the calendar of mainland China.

All moments must know their time zone; results are in Asia/Shanghai, which has kept one offset
since 1991, so wall time and elapsed time agree there. No floats: shares are whole seconds.

A clock that was paused: `extend` moves its end. To draw it or to plan its warnings as if the
pause had not been, move its start by `delayed` with the same pause.
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from chinese_calendar import constants

SHANGHAI = ZoneInfo("Asia/Shanghai")

NOTHING = timedelta()
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)

_FIRST_KNOWN = date(min(constants.holidays).year, 1, 1)
_LAST_KNOWN = date(max(constants.holidays).year, 12, 31)


def known_until() -> date:
    """Last day whose holidays and swapped workdays are known; later days count Monday to Friday.

    The State Council orders the next year's holidays in November, so a calendar that ends
    within the year is normal until then and stale after.
    """
    return _LAST_KNOWN


@dataclass(frozen=True)
class Hours:
    """Working hours of one day, earliest first, within one day of Shanghai."""

    spans: tuple[tuple[time, time], ...] = (
        (time(8, 30), time(12, 0)),
        (time(14, 0), time(17, 30)),
    )

    def __post_init__(self) -> None:
        if not self.spans:
            raise ValueError("working hours need at least one span")
        if any(opens >= closes for opens, closes in self.spans):
            raise ValueError("a span of working hours must end after it begins, on the same day")
        if any(earlier[1] > later[0] for earlier, later in pairwise(self.spans)):
            raise ValueError("spans of working hours must be in order and not overlap")

    @cached_property
    def offsets(self) -> tuple[tuple[timedelta, timedelta], ...]:
        """The spans as distances from midnight."""
        return tuple((_since_midnight(a), _since_midnight(b)) for a, b in self.spans)

    @cached_property
    def length(self) -> timedelta:
        return sum((closes - opens for opens, closes in self.offsets), NOTHING)

    @property
    def close(self) -> timedelta:
        return self.offsets[-1][1]

    def run_by(self, offset: timedelta) -> timedelta:
        """Working time that has passed `offset` after midnight."""
        run = NOTHING
        for opens, closes in self.offsets:
            if offset <= opens:
                break
            if offset < closes:
                return run + (offset - opens)
            run += closes - opens
        return run

    def at(self, run: timedelta) -> timedelta:
        """First distance from midnight at which `run` of the day's working time has passed."""
        for opens, closes in self.offsets:
            if run <= closes - opens:
                return opens + run
            run -= closes - opens
        raise ValueError("more than a day's working time")


@dataclass(frozen=True)
class Calendar:
    """Which days are worked, and when; `overrides` are the operator's own corrections.

    Cheap to build: the days of a year are worked out once per set of overrides and kept.
    """

    hours: Hours = Hours()
    overrides: Mapping[date, bool] = field(default_factory=dict)

    known_until = staticmethod(known_until)

    def __post_init__(self) -> None:
        # A copy, because what has been looked up is kept and must not change behind our back.
        object.__setattr__(self, "overrides", dict(self.overrides))

    def is_working_day(self, day: date) -> bool:
        ordinal = day.toordinal()
        days = self._year(day.year)
        at = bisect_left(days, ordinal)
        return at < len(days) and days[at] == ordinal

    def on_or_after(self, day: date) -> date:
        """`day` if it is worked, else the next day that is (民法典 203)."""
        return self.after(day - timedelta(days=1), 1)

    def after(self, day: date, n: int) -> date:
        """The n-th working day after `day`, which itself is not counted; n is at least 1."""
        year = day.year
        days = self._year(year)
        at = bisect_right(days, day.toordinal()) + n - 1
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self._year(year)
        return date.fromordinal(days[at])

    def count(self, first: date, end: date) -> int:
        """Working days from `first` on and before `end`; `end` is not earlier than `first`."""
        counted = bisect_left(self._year(end.year), end.toordinal())
        for year in range(first.year, end.year):
            counted += len(self._year(year))
        return counted - bisect_left(self._year(first.year), first.toordinal())

    def _year(self, year: int) -> tuple[int, ...]:
        days = self._years.get(year)
        if days is None:
            changes = ((day.toordinal(), works) for day, works in self.overrides.items() if day.year == year)
            days = self._years[year] = _working_days(year, frozenset(changes))
        return days

    @cached_property
    def _years(self) -> dict[int, tuple[int, ...]]:
        return {}


class Kind(StrEnum):
    MINUTES = "minutes"
    WORKING_MINUTES = "working_minutes"
    WORKING_DAYS = "working_days"
    DAYS = "days"


@dataclass(frozen=True, slots=True)
class Span:
    """How long: so many of one kind of time."""

    kind: Kind
    amount: int

    def __post_init__(self) -> None:
        least = 1 if self.kind in {Kind.WORKING_DAYS, Kind.DAYS} else 0
        if self.amount < least:
            raise ValueError(f"a span of {self.amount} {self.kind} has no end")

    @classmethod
    def minutes(cls, n: int) -> "Span":
        """Round the clock, holidays or not."""
        return cls(Kind.MINUTES, n)

    @classmethod
    def working_minutes(cls, n: int) -> "Span":
        return cls(Kind.WORKING_MINUTES, n)

    @classmethod
    def working_days(cls, n: int) -> "Span":
        """Whole days after the first; at least one."""
        return cls(Kind.WORKING_DAYS, n)

    @classmethod
    def days(cls, n: int) -> "Span":
        """Calendar days as the law counts them; at least one."""
        return cls(Kind.DAYS, n)

    @property
    def round_the_clock(self) -> bool:
        return self.kind in {Kind.MINUTES, Kind.DAYS}


def deadline(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """When `span` from `start` has run out.

    Working days and days: the day of `start` is not counted (民法典 201), the last ends when business
    hours close; a last day that is a holiday gives way to the next working day (民法典 203).
    """
    start = _local(start)
    if span.kind is Kind.MINUTES:
        return start + span.amount * MINUTE
    if span.kind is Kind.WORKING_MINUTES:
        return _advance(start, span.amount * MINUTE, calendar)
    if span.kind is Kind.DAYS:
        return _at(period_end(start.date(), span.amount, calendar), calendar.hours.close)
    return _at(calendar.after(start.date(), span.amount), calendar.hours.close)


def extend(due: datetime, paused_from: datetime, paused_to: datetime, span: Span, calendar: Calendar) -> datetime:
    """The deadline after a pause, later by what ran of the same kind of time meanwhile.

    A pause that began when the deadline had passed does not undo the breach. Several pauses are
    applied one by one, earliest first.
    """
    if paused_from >= due:
        return _local(due)
    return delayed(due, paused_from, paused_to, span, calendar)


def delayed(at: datetime, paused_from: datetime, paused_to: datetime, span: Span, calendar: Calendar) -> datetime:
    """`at`, later by what ran of the span's kind of time during the pause."""
    if paused_to < paused_from:
        raise ValueError("a pause must not end before it begins")
    return _later(_local(at), _run(paused_from, paused_to, span, calendar), span, calendar)


def moment(
    start: datetime,
    due: datetime,
    numerator: int,
    denominator: int,
    span: Span,
    calendar: Calendar,
) -> datetime:
    """The first second at which that share of the time from `start` to `due` has run."""
    if not 0 <= numerator <= denominator or denominator == 0:
        raise ValueError("a share lies between 0 and 1")
    if numerator == denominator:
        return _local(due)
    total = _run(start, due, span, calendar) // SECOND
    share = -(-total * numerator // denominator)
    return _later(_local(start), share * SECOND, span, calendar)


def elapsed_share(start: datetime, due: datetime, now: datetime, span: Span, calendar: Calendar) -> tuple[int, int]:
    """Seconds run and seconds in all, in the span's kind of time, never outside 0 and 1.

    Hand in the moment the pause began as `now` while a clock stands still. A clock without any
    length is (0, 1) before it is due and (1, 1) from then on.
    """
    total = _run(start, due, span, calendar) // SECOND
    if total == 0:
        return int(now >= due), 1
    if now >= due:
        return total, total
    return min(_run(start, now, span, calendar) // SECOND, total), total


def working_minutes_between(a: datetime, b: datetime, calendar: Calendar) -> int:
    """Whole working minutes from `a` to `b`; 0 if `b` is not later."""
    return _worked(_local(a), _local(b), calendar) // MINUTE


def period_end(start: date, days: int, calendar: Calendar) -> date:
    """Last day of a period counted in calendar days, forward only.

    The first day is not counted (民法典 201); a last day that is a holiday gives way to the next
    working day (民法典 203). It ends at midnight, or at the close of business hours.
    """
    if days < 0:
        raise ValueError("a period runs forward; days before an event are counted without these rules")
    return calendar.on_or_after(start + timedelta(days=days))


def month_of(at: datetime) -> str:
    """`2026-03`: the month it was here."""
    return f"{at.astimezone(SHANGHAI):%Y-%m}"


def months_later(day: date, n: int) -> date:
    """The matching day, or the last of the month if there is none (民法典 202).

    Not moved off holidays: `Calendar.on_or_after` does that where the period is a legal one.
    """
    year, month0 = divmod(day.year * 12 + day.month - 1 + n, 12)
    last = monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


@lru_cache(maxsize=4096)
def _working_days(year: int, overrides: frozenset[tuple[int, bool]]) -> tuple[int, ...]:
    """Ordinals of the year's working days, ascending."""
    if overrides:
        days = set(_working_days(year, frozenset()))
        for ordinal, works in overrides:
            (days.add if works else days.discard)(ordinal)
        return tuple(sorted(days))
    first, end = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal() + 1
    every = (date.fromordinal(ordinal) for ordinal in range(first, end))
    return tuple(day.toordinal() for day in every if _is_worked_by_law(day))


def _is_worked_by_law(day: date) -> bool:
    weekday = day.weekday() < 5
    if not _FIRST_KNOWN <= day <= _LAST_KNOWN:
        return weekday
    return day in constants.workdays or (weekday and day not in constants.holidays)


def _local(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a moment must know its time zone")
    return at.astimezone(SHANGHAI)


def _since_midnight(at: time | datetime) -> timedelta:
    return timedelta(0, at.hour * 3600 + at.minute * 60 + at.second, at.microsecond)


def _at(day: date, offset: timedelta) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + offset


def _run(a: datetime, b: datetime, span: Span, calendar: Calendar) -> timedelta:
    a, b = _local(a), _local(b)
    if span.round_the_clock:
        return max(b - a, NOTHING)
    return _worked(a, b, calendar)


def _later(at: datetime, amount: timedelta, span: Span, calendar: Calendar) -> datetime:
    return at + amount if span.round_the_clock else _advance(at, amount, calendar)


def _run_today(at: datetime, calendar: Calendar) -> timedelta:
    if not calendar.is_working_day(at):
        return NOTHING
    return calendar.hours.run_by(_since_midnight(at))


def _worked(a: datetime, b: datetime, calendar: Calendar) -> timedelta:
    if b <= a:
        return NOTHING
    whole = calendar.count(a, b) * calendar.hours.length
    return whole - _run_today(a, calendar) + _run_today(b, calendar)


def _advance(at: datetime, amount: timedelta, calendar: Calendar) -> datetime:
    """First instant at which `amount` of working time has run since `at`."""
    if amount == NOTHING:
        return at
    days, rest = divmod(_run_today(at, calendar) + amount, calendar.hours.length)
    if rest == NOTHING:
        # A full day ends when it closes, not when the next one opens.
        days, rest = days - 1, calendar.hours.length
    day = calendar.after(at.date() - timedelta(days=1), days + 1)
    return _at(day, calendar.hours.at(rest))
