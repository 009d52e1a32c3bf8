from enum import StrEnum
from itertools import product

import pytest

from linli.kernel.refusal import Refusal
from linli.kernel.tables import Rule, allowed, refuse


class State(StrEnum):
    DRAFT = "draft"
    OUT = "out"


class Who(StrEnum):
    HEAD = "head"
    CLERK = "clerk"


class Act(StrEnum):
    EDIT = "edit"
    SEND = "send"


TABLE = {
    Act.EDIT: Rule(frozenset({State.DRAFT}), frozenset({Who.HEAD, Who.CLERK})),
    Act.SEND: Rule(frozenset({State.DRAFT}), frozenset({Who.HEAD}), State.OUT),
}
CHANGED = Refusal("changed", "这一步已经过了")


@pytest.mark.parametrize(
    ("state", "parts", "acts"),
    [
        (State.DRAFT, {Who.HEAD}, {Act.EDIT, Act.SEND}),
        (State.DRAFT, {Who.CLERK}, {Act.EDIT}),
        (State.DRAFT, [Who.CLERK, Who.HEAD], {Act.EDIT, Act.SEND}),
        (State.DRAFT, set(), set()),
        (State.OUT, {Who.HEAD}, set()),
    ],
)
def test_allowed_asks_state_and_part(state, parts, acts):
    assert allowed(TABLE, state, parts) == acts


@pytest.mark.parametrize(("act", "state", "who"), list(product(Act, State, Who)))
def test_what_is_not_refused_is_allowed(act, state, who):
    no = refuse(TABLE[act], state, {who}, changed=CHANGED)
    assert (no is None) == (act in allowed(TABLE, state, {who}))


def test_whose_it_is_not_hears_that_and_not_how_far_it_is():
    no = refuse(TABLE[Act.SEND], State.OUT, {Who.CLERK}, changed=CHANGED)
    assert no and no.key == "not_yours"
    assert refuse(TABLE[Act.SEND], State.OUT, {Who.HEAD}, changed=CHANGED) == CHANGED


def test_an_act_that_the_table_does_not_hold_is_nobodys():
    no = refuse(None, State.DRAFT, {Who.HEAD}, changed=CHANGED)
    assert no and no.key == "not_yours"
