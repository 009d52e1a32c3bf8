"""Meetings of a committee or a PMC, from the draft of the agenda to the posted result."""

from .drafting import add_item, call, cancel, drop_item, propose, start, support
from .holding import close, enter, hold, miss, sign
from .publishing import correct, publish, remind_meeting, remind_result, write_minutes
from .putting import put_to_owners

__all__ = [
    "add_item",
    "call",
    "cancel",
    "close",
    "correct",
    "drop_item",
    "enter",
    "hold",
    "miss",
    "propose",
    "publish",
    "put_to_owners",
    "remind_meeting",
    "remind_result",
    "sign",
    "start",
    "support",
    "write_minutes",
]
