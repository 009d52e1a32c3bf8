"""Forming a body, a verb each: announce and recommend, list, go from door to door, count, confirm, establish, file."""

from .candidates import announce_candidates
from .ending import end_term
from .evidence import shown as evidence_shown
from .forms import agree_form, carry, close_ticks, correct, count, draw, read, settle, start_ticks
from .nominees import agree, back, check, consent, drop, leave, let_go, nominate, post_list, stand, stay, strike
from .objections import answer, object_to
from .office import choose, hand_over, meet, take_office
from .recalls import decide_recall, hear, put_recall, speak
from .renewal import renewal_late, tell_renewal
from .reseating import seat_again
from .seats import add_seat, confirm, establish, file, pass_over, post_notice, take_back
from .steps import announce_pmc, cancel
from .vacancies import second, vacate

__all__ = [
    "add_seat",
    "agree",
    "agree_form",
    "announce_candidates",
    "announce_pmc",
    "answer",
    "back",
    "cancel",
    "carry",
    "check",
    "choose",
    "close_ticks",
    "confirm",
    "consent",
    "correct",
    "count",
    "decide_recall",
    "draw",
    "drop",
    "end_term",
    "establish",
    "evidence_shown",
    "file",
    "hand_over",
    "hear",
    "leave",
    "let_go",
    "meet",
    "nominate",
    "object_to",
    "pass_over",
    "post_list",
    "post_notice",
    "put_recall",
    "read",
    "renewal_late",
    "seat_again",
    "second",
    "settle",
    "speak",
    "stand",
    "start_ticks",
    "stay",
    "strike",
    "take_back",
    "take_office",
    "tell_renewal",
    "vacate",
]
