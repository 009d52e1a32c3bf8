"""Every write on a matter, a verb each."""

from .bodies import open_with, refuse_with_open_matters
from .categories import change_categories
from .desk import (
    accept,
    close,
    decline,
    dispatch,
    reopen_visited,
    triage,
)
from .extending import extend
from .handing import give_back, hand_on
from .help import agree, ask_help, count_as_help, disagree, mark_free, quote, set_price, start_paid
from .inheriting import inherit
from .intake import Spot, open_matter, raise_with_photos
from .late import keep_late
from .merging import merge, unmerge
from .photos import attach
from .rapid import note_parts, send_rapid
from .recalling import escalate, recall
from .superiors import supervise
from .voices import (
    adopt,
    answer,
    ask,
    confirm,
    correct_category,
    follow,
    internal_note,
    join,
    me_too,
    note,
    note_with_photos,
    rate,
    reopen,
    unfollow,
    urge,
    withdraw,
)
from .work import arrive, make_safe, resolve, resume, return_visit, send_back, suspend, take

__all__ = [
    "Spot", "accept", "adopt", "agree", "answer", "arrive", "ask", "ask_help", "attach", "change_categories", "close", "confirm", "correct_category", "count_as_help", "decline", "disagree", "dispatch", "escalate", "extend",
    "follow", "give_back", "hand_on", "inherit", "internal_note", "join", "keep_late", "make_safe", "mark_free", "me_too", "merge", "note", "note_parts", "note_with_photos", "open_matter", "open_with", "quote", "raise_with_photos", "rate", "recall", "reopen", "refuse_with_open_matters", "reopen_visited",
    "resolve", "resume", "return_visit", "send_back", "send_rapid", "set_price", "start_paid", "supervise", "suspend", "take", "triage", "unfollow", "unmerge", "urge", "withdraw",
]  # fmt: skip
