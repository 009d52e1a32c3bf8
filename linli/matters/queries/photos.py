"""The photos and voice notes of a matter."""

from linli.plumbing.prepared import Prepared

from ..models import Attachment, Matter

_all = Prepared(
    lambda compound_id, matter_id: Attachment.objects.filter(compound_id=compound_id, matter_id=matter_id).order_by(
        "id"
    )
)


def of_matter(matter: Matter, *, internal: bool = True, hidden: bool = False) -> list[Attachment]:
    """`internal`, `hidden`: those too."""
    rows = _all.all(compound_id=matter.compound_id, matter_id=matter.pk)
    return [one for one in rows if (hidden or one.hidden_at is None) and (internal or not one.internal)]


def has_some(matter: Matter) -> bool:
    return Attachment.objects.filter(compound_id=matter.compound_id, matter=matter).exists()
