"""Forming a body, a verb each: announce and recommend, list, go from door to door, count, confirm, establish, file."""

from .forms import carry, close_ticks, count, draw, read, settle, start_ticks
from .nominees import back, check, consent, drop, nominate, post_list, stand
from .objections import answer, object_to
from .seats import add_seat, confirm, establish, file, pass_over, post_notice, take_back
from .steps import announce_pmc, cancel

__all__ = [
    "add_seat",
    "announce_pmc",
    "answer",
    "back",
    "cancel",
    "carry",
    "check",
    "close_ticks",
    "confirm",
    "consent",
    "count",
    "draw",
    "drop",
    "establish",
    "file",
    "nominate",
    "object_to",
    "pass_over",
    "post_list",
    "post_notice",
    "read",
    "settle",
    "stand",
    "start_ticks",
    "take_back",
]
