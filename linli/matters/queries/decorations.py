"""Which homes are being done up, and by whom."""

from datetime import date
from uuid import UUID

from linli.places.models import Compound, Home

from ..models import Decoration

PAGE = 30


def decorations(compound: Compound, *, after: UUID | None = None) -> list[Decoration]:
    """Newest first; one more than a page tells of a next page."""
    rows = Decoration.objects.select_related("home").filter(compound_id=compound.pk).order_by("-id")
    return list((rows.filter(id__lt=after) if after else rows)[: PAGE + 1])


def under_way(home: Home, today: date) -> list[Decoration]:
    rows = Decoration.objects.filter(compound_id=home.compound_id, home=home, ended_at=None, from_on__lte=today)
    return list(rows.filter(to_on__gte=today).order_by("-id")[:3])
