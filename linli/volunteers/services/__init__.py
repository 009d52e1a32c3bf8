"""Every write of this context, a verb each."""

from .answering import claim, finish, join, keep_late, leave, note, release, see_contact
from .asking import call_again, call_me, confirm, not_done, shout, withdraw
from .clocks import tick
from .steps import Contact
from .willing import say_willing

__all__ = [
    "Contact",
    "call_again",
    "call_me",
    "claim",
    "confirm",
    "finish",
    "join",
    "keep_late",
    "leave",
    "not_done",
    "note",
    "release",
    "say_willing",
    "see_contact",
    "shout",
    "tick",
    "withdraw",
]
