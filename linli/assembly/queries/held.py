"""What the owners of a compound decided before: sessions held here, and committees that came of them."""

from datetime import date
from uuid import UUID

from linli.kernel.tally.thresholds import Result
from linli.people.models import Post

from ..models import Formation, Item
from ..rules.sessions import ANNOUNCED
from .counting import decided

RULES = (1, 2)  # of article 278: the rules of procedure, the covenant


def has_rules(compound_id: UUID) -> bool:
    """Whether the owners adopted any here, or met by call of a committee, which could not be without."""
    held = Item.objects.filter(compound_id=compound_id, session__state__in=ANNOUNCED).select_related("session")
    if held.filter(session__first=False).exists():
        return True
    return any((made := decided(item)) and made.result == Result.PASSED for item in held.filter(matter_no__in=RULES))


def term_no(compound_id: UUID, body_id: UUID, on: date) -> int | None:
    """Which term of a committee runs on a day; None where it served before its elections were held here."""
    terms = Formation.objects.filter(
        compound_id=compound_id, kind="committee", fills="term", after=None, made_id=body_id, term_from__lte=on
    )
    days = sorted(terms.values_list("term_from", flat=True))
    if not days or Post.objects.filter(organisation_id=body_id, from_day__lt=days[0]).exists():
        return None
    return len(days)
