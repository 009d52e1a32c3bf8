"""The group message that a matter came from."""

from ..models import ChatMessage, Matter
from ..rules.beside import has
from ..rules.chat import KIND


def message_of(matter: Matter) -> ChatMessage | None:
    """Asks the database only where the matter says that there is one."""
    if not has(matter, KIND):
        return None
    return ChatMessage.objects.filter(compound_id=matter.compound_id, matter=matter).first()
