from datetime import datetime, timedelta

import pytest

from linli.matters.tests.makers import SHANGHAI, at
from linli.people.rules import Role
from linli.volunteers.rules import RISKS, TABLE, Act, State, Who, allowed, dangers, due, half, may_answer, parts, refuse

# The whole table a second time: in which state whom it lets do what.
EXPECTED = {
    ("open", "neighbour"): {"claim", "unsafe"},
    ("open", "caller"): {"withdraw"},
    ("open", "clock"): {"fall"},
    ("claimed", "neighbour"): {"join"},
    ("claimed", "helper"): {"leave", "note"},
    ("claimed", "claimer"): {"see_contact", "note", "finish", "release"},
    ("claimed", "caller"): {"confirm", "call_me", "call_again", "withdraw"},
    ("done", "claimer"): {"note"},
    ("done", "helper"): {"note"},
    ("done", "caller"): {"confirm", "not_done"},
}


@pytest.mark.parametrize("who", Who)
@pytest.mark.parametrize("state", State)
def test_each_part_may_in_each_state_what_the_table_says(state, who):
    expected = EXPECTED.get((state.value, who.value), set())
    assert {act.value for act in allowed(state, frozenset({who}))} == expected
    done = {act.value for act in TABLE if refuse(act, state, frozenset({who}), reason="有事") is None}
    assert done == expected


def test_every_state_but_the_first_is_reached_by_an_act():
    assert {rule.to for rule in TABLE.values() if rule.to} == set(State)


def test_claim_that_comes_second_is_told_to_join():
    no = refuse(Act.CLAIM, State.CLAIMED, frozenset({Who.NEIGHBOUR}))
    assert no is not None and no.key == "taken"


@pytest.mark.parametrize("act", [Act.RELEASE, Act.CALL_AGAIN, Act.NOT_DONE])
def test_going_back_needs_a_reason(act):
    rule = TABLE[act]
    state, who = next(iter(rule.states)), rule.who
    no = refuse(act, state, who, reason="  ")
    assert no is not None and no.key == "missing_reason"


@pytest.mark.parametrize(
    ("calls", "claim", "answers", "expected"),
    [
        (True, "", True, {Who.CALLER}),
        (True, "claimer", True, {Who.CALLER}),
        (False, "claimer", True, {Who.CLAIMER}),
        (False, "helper", True, {Who.HELPER}),
        (False, "", True, {Who.NEIGHBOUR}),
        (False, "", False, set()),
    ],
)
def test_nobody_claims_an_own_call_and_nobody_twice(calls, claim, answers, expected):
    assert parts(calls=calls, claim=claim, answers=answers, watches=False) == expected


@pytest.mark.parametrize(
    ("role", "willing", "yes"),
    [
        (Role.VOLUNTEER, False, True),
        (Role.TEAM_LEADER, False, True),
        (Role.RESIDENT_REPRESENTATIVE, False, True),
        (Role.BUILDING_CAPTAIN, False, True),
        (Role.OWNER, True, True),
        (Role.OWNER, False, False),
        (Role.OCCUPANT, True, True),
        (Role.COMMUNITY_WORKER, True, False),
        (Role.PROPERTY_MANAGER, True, False),
    ],
)
def test_posts_that_stand_for_it_and_willing_residents_answer(role, willing, yes):
    assert may_answer(role, willing=willing) is yes


@pytest.mark.parametrize(
    ("window", "called", "expected"),
    [
        ("hour", at(24, 10), at(24, 11)),
        ("today", at(24, 10), at(24, 20)),
        ("today", at(24, 19, 30), at(24, 21, 30)),
        ("today", at(24, 23), at(25, 1)),
        ("tomorrow", at(24, 23), at(25, 20)),
        ("days", at(31, 10), datetime(2026, 4, 3, 20, tzinfo=SHANGHAI)),
    ],
)
def test_deadline_is_the_evening_and_never_in_a_moment(window, called, expected):
    assert due(window, called) == expected


def test_half_is_half():
    assert half(at(24, 10), at(24, 20)) == at(24, 10) + timedelta(hours=5)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("帮我把一袋米搬上五楼", []),
        ("柜门的合页松了，帮我拧一下", []),
        ("借一把梯子", []),
        ("客厅插座冒火花", ["mains"]),
        ("煤气灶打不着火", ["gas"]),
        ("灯泡太高，要爬高换", ["height"]),
        ("外墙的电线耷拉下来了", ["height", "mains"]),
    ],
)
def test_words_that_sound_dangerous(words, expected):
    assert dangers(words) == expected
    assert set(expected) <= set(RISKS)
