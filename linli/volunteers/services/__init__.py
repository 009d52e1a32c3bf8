"""Every write of this context, a verb each."""

from .answering import claim, finish, join, keep_late, leave, note, release, see_contact
from .asking import call_again, call_me, confirm, not_done, shout, withdraw
from .clocks import tick
from .forgetting import forget
from .representatives import ask_representative, end_cover, follow_up, name_representative, praise, record_act
from .steps import Contact
from .willing import say_willing

__all__ = [
    "Contact",
    "ask_representative",
    "call_again",
    "call_me",
    "claim",
    "confirm",
    "end_cover",
    "finish",
    "follow_up",
    "forget",
    "join",
    "keep_late",
    "leave",
    "name_representative",
    "not_done",
    "note",
    "praise",
    "record_act",
    "release",
    "say_willing",
    "see_contact",
    "shout",
    "tick",
    "withdraw",
]
