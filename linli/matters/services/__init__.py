"""Every write on a matter, a verb each."""

from .desk import (
    accept,
    close,
    decline,
    dispatch,
    merge,
    reopen_visited,
    triage,
    unmerge,
)
from .intake import Spot, open_matter
from .voices import (
    answer,
    ask,
    confirm,
    correct_category,
    follow,
    internal_note,
    me_too,
    note,
    rate,
    reopen,
    unfollow,
    urge,
    withdraw,
)
from .work import arrive, escalate, make_safe, resolve, resume, return_visit, send_back, suspend, take

__all__ = [
    "Spot", "accept", "answer", "arrive", "ask", "close", "confirm", "correct_category", "decline", "dispatch", "escalate",
    "follow", "internal_note", "make_safe", "me_too", "merge", "note", "open_matter", "rate", "reopen", "reopen_visited",
    "resolve", "resume", "return_visit", "send_back", "suspend", "take", "triage", "unfollow", "unmerge", "urge", "withdraw",
]  # fmt: skip
