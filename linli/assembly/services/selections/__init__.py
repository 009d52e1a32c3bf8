"""Choosing a property company, a verb each: notice and plan, bids, scores, the vote, the contract, coming and going."""

from .bids import add_paper, call, enter, extend, open_bids, receive, rule_out
from .entry import admit, correct, file, give, hand_on_work, leave, record_contract, sign, take, tell_late
from .planning import (
    answer,
    cancel,
    give_notice,
    name_scorer,
    object_to,
    put_up,
    release_scorer,
    set_plan,
    start,
)
from .scoring import decide, enter_score, publish, put, score

__all__ = [
    "add_paper",
    "admit",
    "answer",
    "call",
    "cancel",
    "correct",
    "decide",
    "enter",
    "enter_score",
    "extend",
    "file",
    "give",
    "give_notice",
    "hand_on_work",
    "leave",
    "name_scorer",
    "object_to",
    "open_bids",
    "publish",
    "put",
    "put_up",
    "receive",
    "record_contract",
    "release_scorer",
    "rule_out",
    "score",
    "set_plan",
    "sign",
    "start",
    "take",
    "tell_late",
]
