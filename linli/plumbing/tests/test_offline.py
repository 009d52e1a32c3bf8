"""A phone's word on the moment, and whose the kept things are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from linli.plumbing.acts import Actor
from linli.plumbing.offline import done_at, holder

NOW = datetime(2026, 3, 24, 2, 0, tzinfo=UTC)
HOUR = 3_600_000


def said(done: int, sent: int = 1_000_000_000_000) -> dict[str, str]:
    return {"done": str(sent + done), "sent": str(sent)}


@pytest.mark.parametrize(
    ("phone", "ago"),
    [
        (said(-HOUR), timedelta(hours=1)),
        (said(0), timedelta(0)),
        (said(-72 * HOUR), timedelta(hours=72)),
        (said(-72 * HOUR - 1), timedelta(0)),
        (said(HOUR), timedelta(0)),
        ({}, timedelta(0)),
        ({"done": "yesterday", "sent": "1"}, timedelta(0)),
        ({"done": "-9" * 40, "sent": "9" * 40}, timedelta(0)),
    ],
)
def test_moment_is_taken_from_the_span_within_limits(phone, ago):
    assert done_at(phone, NOW, since=NOW - timedelta(days=9)) == NOW - ago


def test_nothing_was_done_before_what_it_was_done_about():
    since = NOW - timedelta(minutes=10)
    assert done_at(said(-HOUR), NOW, since=since) == since
    assert done_at(said(-HOUR), NOW, since=NOW + timedelta(minutes=5)) == NOW


def test_what_a_phone_keeps_belongs_to_one_account_in_one_standing():
    by = Actor(account_id=uuid4(), role_id=uuid4(), compound_id=uuid4())
    other = holder(replace(by, role_id=uuid4()))
    assert holder(by) == holder(by) != other
    assert holder(by).split(".")[0] == other.split(".")[0] != holder(replace(by, account_id=uuid4())).split(".")[0]
    assert str(by.account_id)[:8] not in holder(by)


def test_nothing_is_kept_for_nobody_or_while_helping_somebody():
    assert holder(None) == holder(Actor()) == holder(Actor(account_id=uuid4(), assistance_id=uuid4())) == ""
