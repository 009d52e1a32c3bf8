import tomllib
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.clock import (
    SHANGHAI,
    Calendar,
    Hours,
    Kind,
    Span,
    deadline,
    delayed,
    elapsed_share,
    extend,
    known_until,
    moment,
    months_later,
    period_end,
    working_minutes_between,
)

CASES = tomllib.loads((Path(__file__).parent / "cases" / "clock.toml").read_text("utf-8"))
CHINA = Calendar()
MINUTE = timedelta(minutes=1)


def at(month: int, day: int, hour: int = 0, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def named(table: str):
    return pytest.mark.parametrize("case", CASES[table], ids=lambda case: case["name"])


moments = st.datetimes(datetime(2025, 11, 1), datetime(2027, 3, 1), timezones=st.just(SHANGHAI))
spans = st.one_of(
    st.integers(0, 60_000).map(Span.minutes),
    st.integers(0, 6_000).map(Span.working_minutes),
    st.integers(1, 60).map(Span.working_days),
)
calendars = st.builds(
    Calendar,
    st.sampled_from([Hours(), Hours(((time(9), time(21)),)), Hours(((time(8, 30), time(8, 31)),))]),
    st.dictionaries(st.dates(date(2025, 11, 1), date(2027, 3, 1)), st.booleans(), max_size=8),
)


# The calendar


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),
        (date(2026, 1, 4), True),
        (date(2026, 2, 14), True),
        (date(2026, 2, 15), False),
        (date(2026, 2, 23), False),
        (date(2026, 2, 24), True),
        (date(2026, 2, 28), True),
        (date(2026, 9, 20), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
    ],
)
def test_working_day_follows_state_council(day, works):
    assert CHINA.is_working_day(day) is works


@pytest.mark.parametrize("year", [1999, known_until().year + 1])
def test_working_day_of_unknown_year_is_monday_to_friday(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [CHINA.is_working_day(day) for day in days] == [day.weekday() < 5 for day in days]


def test_working_day_override_wins_both_ways():
    own = Calendar(overrides={date(2026, 3, 4): False, date(2026, 3, 7): True, date(2027, 1, 1): False})
    days = date(2026, 3, 3), date(2026, 3, 4), date(2026, 3, 7), date(2027, 1, 1)
    assert [own.is_working_day(day) for day in days] == [True, False, True, False]
    assert [CHINA.is_working_day(day) for day in days] == [True, True, False, True]


def test_overrides_changed_outside_change_nothing():
    overrides = {date(2026, 3, 4): False}
    own = Calendar(overrides=overrides)
    overrides[date(2026, 3, 4)] = True
    assert not own.is_working_day(date(2026, 3, 4))


def test_known_until_is_the_end_of_a_year_with_holidays():
    assert known_until() >= date(2026, 12, 31)
    assert (known_until().month, known_until().day) == (12, 31)
    assert not CHINA.is_working_day(date(known_until().year, 10, 1))


@given(calendars, st.dates(date(2025, 12, 1), date(2027, 2, 1)), st.integers(1, 30))
def test_after_and_count_agree_with_a_walk(calendar, day, n):
    found, left = day, n
    while left:
        found += timedelta(days=1)
        left -= calendar.is_working_day(found)
    assert calendar.after(day, n) == found
    assert calendar.count(day + timedelta(days=1), found + timedelta(days=1)) == n


@pytest.mark.parametrize(
    "wrong",
    [
        (),
        ((time(12), time(8)),),
        ((time(22), time(6)),),
        ((time(14), time(17)), (time(8), time(12))),
        ((time(8), time(12)), (time(11), time(17))),
    ],
)
def test_hours_that_make_no_day_are_refused(wrong):
    with pytest.raises(ValueError, match="hours"):
        Hours(wrong)


def test_hours_may_touch():
    assert Hours(((time(8), time(12)), (time(12), time(16)))).length == timedelta(hours=8)


# Deadlines


@named("deadline")
def test_deadline(case):
    (kind,) = (kind for kind in Kind if kind in case)
    assert deadline(case["start"], Span(kind, case[kind]), CHINA) == case["due"]


@named("period")
def test_period_end(case):
    assert period_end(case["start"], case["days"], CHINA) == case["end"]


@named("months")
def test_months_later(case):
    assert months_later(case["day"], case["months"]) == case["end"]


def test_period_backwards_is_refused():
    with pytest.raises(ValueError, match="forward"):
        period_end(date(2026, 3, 31), -15, CHINA)


def test_deadline_is_given_in_shanghai():
    due = deadline(datetime(2026, 3, 3, 1, tzinfo=UTC), Span.minutes(30), CHINA)
    assert due.tzinfo is SHANGHAI
    assert due == at(3, 3, 9, 30)


def test_deadline_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        deadline(datetime(2026, 3, 3, 9), Span.minutes(5), CHINA)


def test_deadline_follows_the_compounds_hours():
    late = Calendar(Hours(((time(12), time(20)),)))
    assert deadline(at(3, 3, 9), Span.working_days(1), late) == at(3, 4, 20)
    assert deadline(at(3, 3, 9), Span.working_minutes(60), late) == at(3, 3, 13)


@pytest.mark.parametrize(
    "wrong", [lambda: Span.minutes(-1), lambda: Span.working_minutes(-1), lambda: Span.working_days(0)]
)
def test_span_without_end_is_refused(wrong):
    with pytest.raises(ValueError, match="no end"):
        wrong()


@given(moments, moments, spans, calendars)
def test_later_start_is_never_due_earlier(a, b, span, calendar):
    first, second = sorted((a, b))
    assert first <= deadline(first, span, calendar) <= deadline(second, span, calendar)


@given(moments, st.integers(1, 2_000), calendars)
def test_working_minutes_end_when_they_have_run_and_not_before(start, n, calendar):
    due = deadline(start, Span.working_minutes(n), calendar)
    assert working_minutes_between(start, due, calendar) == n
    assert working_minutes_between(start, due - timedelta(microseconds=1), calendar) == n - 1


@given(moments, st.integers(0, 4_000), calendars)
def test_working_minutes_between_agrees_with_a_walk(start, n, calendar):
    start = start.replace(second=0, microsecond=0)

    def runs(minute: datetime) -> bool:
        return calendar.is_working_day(minute.date()) and any(
            opens <= minute.time() < closes for opens, closes in calendar.hours.spans
        )

    walked = sum(runs(start + k * MINUTE) for k in range(n))
    assert working_minutes_between(start, start + n * MINUTE, calendar) == walked


def test_working_minutes_between_backwards_is_none():
    assert working_minutes_between(at(3, 4, 12), at(3, 3, 12), CHINA) == 0


@given(moments, spans, st.sets(st.dates(date(2025, 11, 1), date(2027, 12, 31)), max_size=8))
def test_more_holidays_never_shorten(start, span, days_off):
    rested = Calendar(overrides=dict.fromkeys(days_off, False))
    assert deadline(start, span, rested) >= deadline(start, span, CHINA)


# Pauses


def test_pause_round_the_clock_adds_wall_time():
    due = deadline(at(2, 14, 17), Span.minutes(24 * 60), CHINA)
    assert extend(due, at(2, 14, 18), at(2, 16, 18), Span.minutes(24 * 60), CHINA) == at(2, 17, 17)


def test_pause_of_working_clock_adds_working_time_only():
    span = Span.working_days(3)
    due = deadline(at(2, 12, 9), span, CHINA)
    assert due == at(2, 24, 17, 30)
    # From Friday noon over the holidays to Tuesday 24 at 10: 3.5 + 7 + 1.5 hours of work.
    assert extend(due, at(2, 13, 12), at(2, 24, 10), span, CHINA) == at(2, 26, 15, 30)


def test_pause_over_a_holiday_only_adds_nothing_to_a_working_clock():
    span = Span.working_minutes(120)
    due = deadline(at(2, 14, 17), span, CHINA)
    assert extend(due, at(2, 15), at(2, 23, 23), span, CHINA) == due


def test_pause_after_the_deadline_does_not_undo_the_breach():
    span = Span.minutes(30)
    due = deadline(at(3, 3, 9), span, CHINA)
    assert extend(due, at(3, 3, 9, 30), at(3, 5), span, CHINA) == due


def test_pause_survives_a_change_of_rule():
    pause = at(3, 3, 10), at(3, 3, 11)
    old, new = Span.working_minutes(120), Span.working_minutes(240)
    assert extend(deadline(at(3, 3, 9), old, CHINA), *pause, old, CHINA) == at(3, 3, 12)
    assert extend(deadline(at(3, 3, 9), new, CHINA), *pause, new, CHINA) == at(3, 3, 16)


def test_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="pause"):
        extend(at(3, 9), at(3, 4), at(3, 3), Span.minutes(5), CHINA)


@given(moments, spans, calendars, moments, moments)
def test_pause_never_shortens(start, span, calendar, a, b):
    paused_from, paused_to = sorted((a, b))
    due = deadline(start, span, calendar)
    later = extend(due, paused_from, paused_to, span, calendar)
    assert later >= due
    if paused_from < due and span.round_the_clock:
        assert later - due == paused_to - paused_from
    elif paused_from < due:
        assert working_minutes_between(due, later, calendar) == working_minutes_between(
            paused_from, paused_to, calendar
        )
        assert later >= paused_to or not span.amount  # what takes no time is due at once, also at night


@given(moments, spans, calendars, moments, moments, moments)
def test_two_pauses_in_a_row_equal_one(start, span, calendar, a, b, c):
    first, middle, last = sorted((a, b, c))
    due = deadline(start, span, calendar)
    once = delayed(due, first, last, span, calendar)
    twice = delayed(delayed(due, first, middle, span, calendar), middle, last, span, calendar)
    assert once == twice


def test_delayed_start_draws_the_clock_as_if_there_had_been_no_pause():
    span = Span.working_minutes(240)
    pause = at(3, 3, 10), at(3, 3, 11)
    start, due = at(3, 3, 9), deadline(at(3, 3, 9), span, CHINA)
    start, due = delayed(start, *pause, span, CHINA), extend(due, *pause, span, CHINA)
    assert elapsed_share(start, due, at(3, 3, 11), span, CHINA) == (60 * 60, 240 * 60)
    assert moment(start, due, 1, 2, span, CHINA) == at(3, 3, 12)


# Shares


def test_moment_half_and_four_fifths_round_the_clock():
    start, span = at(3, 3, 22), Span.minutes(24 * 60)
    due = deadline(start, span, CHINA)
    assert moment(start, due, 1, 2, span, CHINA) == at(3, 4, 10)
    assert moment(start, due, 4, 5, span, CHINA) == at(3, 4, 17, 12)


def test_moment_falls_in_working_hours_across_a_holiday():
    start, span = at(2, 14, 16, 30), Span.working_minutes(240)
    due = deadline(start, span, CHINA)
    assert due == at(2, 24, 11, 30)
    assert moment(start, due, 1, 4, span, CHINA) == at(2, 14, 17, 30)
    assert moment(start, due, 1, 2, span, CHINA) == at(2, 24, 9, 30)


@pytest.mark.parametrize("share", [(-1, 2), (3, 2), (0, 0)])
def test_moment_outside_the_clock_is_refused(share):
    with pytest.raises(ValueError, match="share"):
        moment(at(3, 3), at(3, 4), *share, Span.minutes(5), CHINA)


def test_elapsed_share_is_clamped():
    start, span = at(3, 3, 9), Span.working_minutes(120)
    due = deadline(start, span, CHINA)
    seconds = [elapsed_share(start, due, now, span, CHINA) for now in (at(3, 1), at(3, 3, 10), at(3, 9))]
    assert seconds == [(0, 7200), (3600, 7200), (7200, 7200)]


def test_elapsed_share_stands_still_at_night():
    start, span = at(3, 3, 9), Span.working_days(1)
    due = deadline(start, span, CHINA)
    evening, night = (elapsed_share(start, due, now, span, CHINA) for now in (at(3, 3, 18), at(3, 4, 6)))
    assert evening == night == (13 * 1800, 27 * 1800)


def test_elapsed_share_of_a_clock_without_length():
    due = at(3, 3, 9)
    assert elapsed_share(due, due, at(3, 3, 8), Span.minutes(0), CHINA) == (0, 1)
    assert elapsed_share(due, due, due, Span.minutes(0), CHINA) == (1, 1)


@given(moments, spans, calendars, st.integers(1, 10), st.data())
def test_moment_lies_between_start_and_due_and_its_share_has_run(start, span, calendar, denominator, data):
    numerator = data.draw(st.integers(0, denominator))
    due = deadline(start, span, calendar)
    warned = moment(start, due, numerator, denominator, span, calendar)
    assert start <= warned <= due
    run, total = elapsed_share(start, due, warned, span, calendar)
    assert run * denominator >= numerator * total


@given(moments, spans, calendars, moments, moments)
def test_elapsed_share_only_grows(start, span, calendar, a, b):
    due = deadline(start, span, calendar)
    (earlier, total), (later, same) = (elapsed_share(start, due, now, span, calendar) for now in sorted((a, b)))
    assert total == same
    assert 0 <= earlier <= later <= total


def test_deadlines_of_one_matter_take_under_a_tenth_of_a_millisecond():
    start = at(2, 13, 9)
    clocks = Span.working_minutes(120), Span.working_days(1), Span.working_days(3)

    def once() -> float:
        began = perf_counter()
        calendar = Calendar(overrides={date(2026, 2, 13): True})
        for span in clocks:
            deadline(start, span, calendar)
        return perf_counter() - began

    # The best of many, so that a busy machine does not fail it.
    assert min(once() for _ in range(300)) < 0.0001
