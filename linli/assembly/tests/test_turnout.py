"""Small buildings are shown together: a table with three ballots reveals them (traps 10)."""

from uuid import uuid4

import pytest

from linli.assembly.rules.turnout import Cell, counter, merged
from linli.plumbing.models import Tally


def cell(label, voted, parties=20, area=100):
    return Cell((label,), parties, parties * area, voted, voted * area)


@pytest.mark.parametrize(
    ("voted", "labels"),
    [
        ((5, 6, 7), [("a",), ("b",), ("c",)]),
        ((2, 6, 7), [("a", "b"), ("c",)]),
        ((5, 0, 2), [("a", "b", "c")]),
        ((5, 1, 2), [("a",), ("b", "c")]),
        ((5, 6, 2), [("a",), ("b", "c")]),
        ((1, 1, 0), []),
        ((), []),
    ],
)
def test_building_with_few_ballots_goes_with_the_next(voted, labels):
    assert [c.labels for c in merged(cell(label, n) for label, n in zip("abc", voted, strict=False))] == labels


def test_building_of_few_parties_goes_with_the_next():
    assert [c.labels for c in merged([cell("a", 5, parties=9), cell("b", 4)])] == [("a", "b")]


def test_nothing_is_lost_where_anything_is_shown():
    cells = [cell("a", 5), cell("b", 1), cell("c", 9), cell("d", 2)]
    found = merged(cells)
    assert sum(c.voted for c in found) == sum(c.voted for c in cells)
    assert sum(c.area for c in found) == sum(c.area for c in cells)
    assert not [c for c in found if c.small]


def test_name_of_a_kept_count_fits_its_column():
    assert len(counter(uuid4(), uuid4(), "parties")) <= Tally._meta.get_field("name").max_length
