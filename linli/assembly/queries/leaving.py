"""Who left the candidates after the notice: said beside whatever was counted of them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone

from ..models import Candidate, Nominee, Session


@dataclass(frozen=True, slots=True)
class Gone:
    """`counted`: he left when the vote had closed, so that his votes count and the next in rank takes his seat."""

    name: str
    on: date
    counted: bool


def gone_of(session: Session) -> dict[UUID, list[Gone]]:
    """By item, in the order of the ballot."""
    rows = Candidate.objects.filter(compound_id=session.compound_id, item__session=session).order_by("place")
    left = Nominee.objects.filter(
        compound_id=session.compound_id, formation__item__session=session, dropped_at__gt=session.noticed_at
    ) if session.noticed_at else Nominee.objects.none()  # fmt: skip
    later = {(item, person): at for item, person, at in left.values_list("formation__item", "person", "dropped_at")}
    found: dict[UUID, list[Gone]] = defaultdict(list)
    for one in rows:
        if at := one.withdrawn_at or (later.get((one.item_id, one.person_id)) if one.person_id else None):
            found[one.item_id].append(Gone(one.name, timezone.localdate(at), counted=one.withdrawn_at is None))
    return found
