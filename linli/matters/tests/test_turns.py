from datetime import date, timedelta

import pytest

from linli.matters.rules.turns import half_took, took

TODAY = date(2026, 3, 24)


@pytest.mark.parametrize(
    ("hours", "days"), [(0, 1), (24, 1), (24.5, 2), (14 * 24, 14), (14 * 24 + 1, 21), (366 * 24, 9999)]
)
def test_took_is_rounded_up_to_a_kept_bound(hours, days):
    assert took(timedelta(hours=hours)) == days


@pytest.mark.parametrize(
    ("counts", "days"),
    [
        ({}, None),
        ({"took:2026-03:2": 4}, None),
        ({"took:2026-03:2": 5}, 2),
        ({"took:2026-03:1": 2, "took:2026-02:5": 1, "took:2026-01:30": 3}, 5),
        ({"took:2026-03:1": 2, "took:2026-03:5": 1, "took:2025-12:1": 90}, None),
        ({"took:2026-03:9999": 9}, None),
        ({"took:2026-03:1": -3, "took:2026-03:7": 6}, 7),
    ],
)
def test_half_took(counts, days):
    assert half_took(counts, TODAY) == days
