"""The group message that a matter came from."""

from linli.plumbing.models import AuditEntry

from ..models import ChatMessage, Matter
from ..rules.beside import has
from ..rules.chat import KIND
from ..rules.states import Act


def message_of(matter: Matter) -> ChatMessage | None:
    """Asks the database only where the matter says that there is one."""
    if not has(matter, KIND):
        return None
    return ChatMessage.objects.filter(compound_id=matter.compound_id, matter=matter).first()


def declined_for(matter: Matter) -> str:
    """The listed reason why nobody took it in."""
    rows = AuditEntry.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk, act=Act.DECLINE)
    last = rows.order_by("-id").first()
    return last.data.get("reason", "") if last else ""
