from datetime import date, timedelta

import pytest

from linli.councils.rules.talks import (
    Act,
    State,
    Who,
    allowed,
    may_announce,
    may_hold,
    may_promise,
    may_publish,
    names_speaker,
)
from linli.matters.tests.makers import NOW

# who may do what in which state, written a second time by hand
CALLER = {"announced": "cancel", "held": "publish"}
RECORDER = {
    "announced": "hold take_up",
    "held": "take_up add reword answer hand_on follow_up",
    "published": "correct",
    "followed_up": "correct",
}


@pytest.mark.parametrize("state", State)
def test_each_part_may_do_in_each_state_what_the_table_says(state):
    for who, table in ((Who.CALLER, CALLER), (Who.RECORDER, RECORDER)):
        assert allowed(state, frozenset({who})) == {Act(a) for a in table.get(state.value, "").split()}
    assert allowed(state, frozenset()) == frozenset()


@pytest.mark.parametrize(("days", "key"), [(-1, "starts_at"), (0, "starts_at"), (1, ""), (90, ""), (91, "starts_at")])
def test_talk_is_announced_ahead_and_not_for_next_year(days, key):
    no = may_announce(starts_at=NOW + timedelta(days=days), at=NOW)
    assert (no.key if no else "") == key


@pytest.mark.parametrize(
    ("early", "came", "key"),
    [(True, 5, "too_early"), (False, 0, "attendance"), (False, 10000, "attendance"), (False, 1, "")],
)
def test_talk_is_held_when_its_time_came_and_somebody_came(early, came, key):
    at = NOW - timedelta(minutes=1) if early else NOW
    no = may_hold(starts_at=NOW, at=at, attendance=came)
    assert (no.key if no else "") == key


def test_speaker_is_not_named_in_what_will_be_published():
    assert names_speaker("陈建军", "陈建军说太吵").key == "names_speaker"
    assert names_speaker("", "太吵") is None and names_speaker("王", "国王路太吵") is None


def test_promise_is_for_today_or_later():
    today = date(2026, 3, 24)
    assert may_promise(due_on=today - timedelta(days=1), today=today).key == "due_on"
    assert may_promise(due_on=today, today=today) is None and may_promise(due_on=None, today=today) is None


@pytest.mark.parametrize(
    ("points", "unsettled", "unspoken", "key"),
    [(0, 0, 0, "no_points"), (2, 1, 0, "unsettled"), (2, 0, 1, "unspoken"), (2, 0, 0, "")],
)
def test_every_point_has_its_fate_before_it_is_published(points, unsettled, unspoken, key):
    no = may_publish(points=points, unsettled=unsettled, unspoken=unspoken)
    assert (no.key if no else "") == key
