"""The photos and voice notes of a matter."""

from django.db.models import QuerySet

from ..models import Attachment, Matter


def of_matter(matter: Matter, *, internal: bool = True, hidden: bool = False) -> list[Attachment]:
    """`internal`, `hidden`: those too."""
    rows = _rows(matter) if hidden else _rows(matter).filter(hidden_at=None)
    return list((rows if internal else rows.filter(internal=False)).order_by("id"))


def has_some(matter: Matter) -> bool:
    return _rows(matter).exists()


def _rows(matter: Matter) -> QuerySet[Attachment]:
    return Attachment.objects.filter(compound_id=matter.compound_id, matter=matter)
