"""The states of an order against domain M46, transcribed a second time by hand, and walked completely."""

from itertools import product

import pytest

from linli.matters.rules import orders as rules
from linli.matters.rules.orders import TABLE, Act, State, Who, allowed, may_gather, parts, refuse, turn

COMMITTEE, FIRM = {"committee"}, {"firm"}
# act: (from, who, to); "-" stays
EXPECTED = {
    "gather": ({"gathering"}, COMMITTEE, "-"),
    "drop": ({"gathering"}, COMMITTEE, "-"),
    "cancel": ({"gathering"}, COMMITTEE, "cancelled"),
    "place": ({"gathering"}, COMMITTEE, "placed"),
    "accept": ({"placed"}, FIRM, "accepted"),
    "refuse": ({"placed"}, FIRM, "refused"),
    "split": ({"accepted", "in_progress"}, FIRM, "in_progress"),
    "progress": ({"accepted", "in_progress"}, {"firm", "hand"}, "in_progress"),
    "report": ({"accepted", "in_progress"}, {"firm", "hand"}, "-"),
    "check": ({"done"}, COMMITTEE, "checked"),
    "back": ({"done"}, COMMITTEE, "in_progress"),
    "tell": ({"checked"}, COMMITTEE, "told"),
    "review": ({"told"}, COMMITTEE, "reviewed"),
}
TURNS = {
    "gathering": "committee", "placed": "property", "accepted": "property", "in_progress": "property", "done": "committee",
    "checked": "committee", "told": "committee", "refused": "nobody", "reviewed": "nobody", "cancelled": "nobody",
}  # fmt: skip


def test_every_act_in_every_state_by_every_part():
    assert set(EXPECTED) == {str(act) for act in Act}
    for act, state, who in product(Act, State, Who):
        states, may, to = EXPECTED[str(act)]
        yes = str(state) in states and str(who) in may
        assert (refuse(act, state, frozenset({who})) is None) is yes, (act, state, who)
        assert (act in allowed(state, frozenset({who}))) is yes
        assert str(TABLE[act].to or "-") == to


def test_whose_turn_it_is_in_every_state():
    assert {str(state): turn(state, "committee") for state in State} == TURNS


def test_a_wrong_state_and_a_wrong_person_hear_different_sentences():
    no_state = refuse(Act.PLACE, State.DONE, frozenset({Who.COMMITTEE}))
    not_yours = refuse(Act.PLACE, State.GATHERING, frozenset({Who.FIRM}))
    assert (no_state.key, not_yours.key) == ("wrong_state", "not_yours")


@pytest.mark.parametrize(
    ("role", "body", "expected"),
    [
        ("committee_chair", "c", COMMITTEE), ("pmc_member", "c", COMMITTEE), ("committee_secretary", "c", COMMITTEE),
        ("committee_chair", "other", set()), ("alternate_member", "c", set()), ("property_manager", "f", {"firm", "hand"}),
        ("front_desk", "f", {"firm", "hand"}), ("engineer", "f", {"hand"}), ("engineer", "other", set()),
        ("community_secretary", "x", set()), ("owner", "None", set()), ("clock", "None", {"clock"}),
    ],
)  # fmt: skip
def test_parts(role, body, expected):
    assert {str(w) for w in parts(role=role, body=body, by_body="c", to_body="f")} == expected


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({}, None), ({"state": "submitted"}, None), ({"state": "resolved"}, "wrong_state"), ({"state": "closed"}, "wrong_state"),
        ({"state": "suspended"}, "wrong_state"), ({"secret": True}, "secret"), ({"in_order": 3}, "in_order"),
        ({"elsewhere": "住建局"}, "elsewhere"), ({"state": "returned", "twice_returned": True}, "community_decides"),
    ],
)  # fmt: skip
def test_what_may_be_gathered(changed, key):
    given = {"state": "triaged", "secret": False, "in_order": None, "elsewhere": "", "twice_returned": False, **changed}
    no = may_gather(**given)
    assert (no and no.key) == key


def test_what_each_act_must_bring():
    assert {str(act): set(rule.needs) for act, rule in TABLE.items() if rule.needs} == {
        "place": {"title", "words", "wanted_by"}, "accept": {"words"}, "refuse": {"reason", "proposed_body"},
        "split": {"words", "due_at"}, "progress": {"words"}, "report": {"words", "outcome"}, "back": {"parts", "words"}, "review": {"words"},
    }  # fmt: skip
    assert [name for name, _ in rules.missing(Act.BACK, {"parts": [], "words": "差"})] == ["parts"]
