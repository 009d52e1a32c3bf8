"""Who may say in the group what became of its message, and when."""

from linli.kernel.refusal import Refusal
from linli.plumbing.acts import Actor

from ..models import Matter
from ..queries.chat import message_of
from ..rules import chat
from ..rules.publicity import is_public
from ..rules.states import State
from . import parts_in


def refusal(matter: Matter, by: Actor, act: str) -> Refusal | None:
    row = message_of(matter)
    if row is None:
        return Refusal("not_chat", "这件不是群里来的")
    if not is_public(matter):
        return Refusal("not_public", "这件事不公开，不在群里说")
    said = {"acknowledged": row.acknowledged_at, "answered": row.answered_at}
    return chat.refuse(act, State(matter.state), parts_in(matter, by), **said)
