"""What the owners of a compound decided in earlier sessions here."""

from uuid import UUID

from linli.kernel.tally.thresholds import Result

from ..models import Item
from ..rules.sessions import ANNOUNCED
from .counting import decided

RULES_OF_PROCEDURE = 1  # of article 278


def held_before(compound_id: UUID) -> bool:
    """Whether a session came to a result."""
    return Item.objects.filter(compound_id=compound_id, session__state__in=ANNOUNCED).exists()


def adopted_by(compound_id: UUID) -> str:
    """The last session that passed the rules of procedure; empty where none did."""
    items = Item.objects.filter(
        compound_id=compound_id, matter_no=RULES_OF_PROCEDURE, session__state__in=ANNOUNCED
    ).select_related("session")
    for item in items.order_by("-session__announced_at", "-place"):
        made = decided(item)
        if made and made.result == Result.PASSED:
            return item.session.title
    return ""
