"""Orders of the hotline: taken in, their own clock, the caller kept apart, and the answer."""

from ..topics import drop_topic
from .answers import correct_answer, export_answers
from .callers import Caller, caller_of, forget_callers
from .orders import explain, join, not_the_same, sent_back
from .taking import drop, lapse, refused_rows, take_in, upload
from .ticking import tick

__all__ = [
    "Caller", "caller_of", "correct_answer", "drop", "drop_topic", "explain", "export_answers", "forget_callers", "join", "lapse", "not_the_same", "refused_rows", "sent_back", "take_in",
    "tick", "upload",
]  # fmt: skip
