"""Who may tell somebody in person, and of what: of no matter that they may not know of themselves."""

from collections.abc import Collection
from uuid import UUID

from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.plumbing.acts import Actor

from .models import Message
from .queries import to_tell
from .signals import withheld


def withheld_from(by: Actor, rows: Collection[Message]) -> set[UUID]:
    """Those of them that this reader may not know of."""
    about = {m.pk: m.subject_number for m in rows if m.subject_kind == "matter" and m.subject_number is not None}
    asked = {"compound_id": by.compound_id, "by": by, "numbers": set(about.values())}
    hidden = {number for _receiver, numbers in withheld.send(Message, **asked) for number in numbers or ()}
    return {pk for pk, number in about.items() if number in hidden}


def may_tell(by: Actor, message: Message) -> bool:
    here = by.compound_id == message.compound_id and may(by.role, Right.TELL_IN_PERSON)
    return here and not withheld_from(by, [message])


def to_tell_for(*, compound_id: UUID, pk: UUID, by: Actor) -> Message | None:
    row = to_tell(compound_id=compound_id, pk=pk)
    return row if row and may_tell(by, row) else None
