"""Every write of this context, a verb each."""

from .points import add, answer, correct, follow_up, hand_on, reword, take_up
from .talks import announce, cancel, hold, publish

__all__ = [
    "add",
    "announce",
    "answer",
    "cancel",
    "correct",
    "follow_up",
    "hand_on",
    "hold",
    "publish",
    "reword",
    "take_up",
]
