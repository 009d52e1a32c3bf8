"""What the owners of a compound decided before: sessions held here, and committees that came of them."""

from datetime import date
from uuid import UUID

from linli.kernel.tally.thresholds import Result
from linli.people.models import Post

from ..models import Formation, Item
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


def term_no(compound_id: UUID, body_id: UUID, on: date) -> int | None:
    """Which term of a committee runs on a day; None where it served before its elections were held here."""
    terms = Formation.objects.filter(
        compound_id=compound_id, kind="committee", fills="term", after=None, made_id=body_id, term_from__lte=on
    )
    days = sorted(terms.values_list("term_from", flat=True))
    if not days or Post.objects.filter(organisation_id=body_id, from_day__lt=days[0]).exists():
        return None
    return len(days)
