"""The rules of the numbers: what a life counts for, and where; exact percentages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.matters.rules.figures import Life, counted, half, percent

from .makers import NOW, at


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_a_percentage_is_exact_to_half_a_hundredth_and_rounds_up_at_it(part, whole):
    hundredths = int(percent(part, whole).replace(".", ""))

    assert 2 * abs(hundredths * whole - 10000 * part) <= whole
    if 2 * (10000 * part - hundredths * whole) == whole:
        pytest.fail("half went down")


@pytest.mark.parametrize(
    ("part", "whole", "says"),
    [(9, 12, "75.00"), (2, 3, "66.67"), (1, 3, "33.33"), (0, 7, "0.00"), (7, 7, "100.00"), (1, 20000, "0.01")],
)
def test_percentages_have_two_decimals(part, whole, says):
    assert percent(part, whole) == says


def names(life: Life, dim: str = "all") -> set[str]:
    return {measure for _month, d, measure in counted(life) if d == dim}


def test_closed_is_not_fixed():
    done = {"resolved_at": NOW, "closed_at": at(26)}
    assert names(Life(**done, outcome="fixed", level="building", took_days=2)) == {
        "resolved", "closed", "out:fixed", "level:building", "took:2",
    }  # fmt: skip
    assert names(Life(**done, outcome="explained")) == {"resolved", "closed", "out:explained"}
    assert names(Life(**done, outcome="not_confirmed", no_answer=2)) == {
        "resolved", "closed", "out:not_confirmed", "no_answer",
    }  # fmt: skip


def test_closed_and_opened_again_was_not_fixed():
    life = Life(resolved_at=NOW, closed_at=at(25), outcome="fixed", level="building", took_days=1, reopened_at=at(28))
    assert names(life) == {"resolved", "reopened", "closed", "out:reopened"}


def test_nobody_answering_is_neither_visited_nor_content():
    assert names(Life(no_answer=2)) == set()
    assert names(Life(visited_at=NOW, solved="partly", satisfied="basically")) == {"visited", "content"}
    assert names(Life(visited_at=NOW, solved="solved", satisfied="unsatisfied")) == {"visited", "solved"}


def test_joined_or_taken_back_is_not_closed():
    assert names(Life(closed_at=NOW, outcome="duplicate")) == names(Life(closed_at=NOW, outcome="withdrawn")) == set()


def test_each_belongs_to_its_own_month_as_the_compound_counts_days():
    life = Life(
        accepted_at=at(31, 23, 30),
        promised_at=at(31, 23, 30),
        ack_in_time=False,
        resolved_at=at(1, 0, 10, month=4),
        category="0101",
    )
    assert set(counted(life)) == {
        (month, dim, measure)
        for month, measure in (("2026-03", "accepted"), ("2026-03", "promised"), ("2026-04", "resolved"))
        for dim in ("all", "b:--", "c:01")
    }


def test_half_is_told_of_five_or_more():
    assert half({"took:1": 2, "took:4": 2}) is None
    assert half({"took:1": 2, "took:4": 3}) == 4
    assert half({"took:9999": 9}) is None
