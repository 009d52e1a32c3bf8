"""Numbers and keys as people and machines type them into an address."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from linli.plumbing.numbers import number_in, page_in, page_key, uuid_in


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("0042", 42), ("999999999", 999_999_999)])
def test_plain_digits_are_a_number(text, number):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "²", "1²", "٣", "-1", " 1", "1\n", "1_0", "1.0", "9" * 10, "9" * 5000])
def test_nothing_else_is(text):
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("6f1c6d0c-6a3a-4d53-8d0a-3d3f6f6f6f6f", UUID("6f1c6d0c-6a3a-4d53-8d0a-3d3f6f6f6f6f")),
        ("", None),
        (None, None),
        ("7", None),
    ],
)
def test_a_key_is_a_key_or_none(text, key):
    assert uuid_in(text) == key


def test_where_a_page_begins_is_read_as_it_was_written():
    at, key = datetime(2026, 3, 25, 10, 0, 0, 1, tzinfo=UTC), UUID(int=7)

    assert page_in(page_key(at, key)) == (at, key)


@pytest.mark.parametrize("text", ["", "7", "x_y", f"{10**30}_{UUID(int=7)}"])
def test_no_such_place_is_none(text):
    assert page_in(text) is None
