"""What waits for a decision of the owners, and which decisions nobody was told of."""

from typing import Any
from uuid import UUID

from django.db.models import F, Q

from linli.notices.signals import awaiting
from linli.plumbing.tenancy import unscoped

from ..models import Item
from ..rules.sessions import ANNOUNCED

Waiting = tuple[UUID, str, frozenset[int]]


def waiting(compound_id: UUID) -> list[Waiting]:
    """(id, what it is called, the kinds of article 278 it may be decided as)."""
    answers: list[tuple[Any, Any]] = awaiting.send(Item, compound_id=compound_id)
    return [one for _receiver, rows in answers for one in rows]


def undecided(limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(item, compound) announced, for which something waits that was not told since, over all compounds."""
    untold = Q(told_at=None) | Q(told_at__lt=F("session__announced_at"))
    with unscoped("decisions that something waits for"):
        rows = Item.objects.filter(untold, matter_id__isnull=False, session__state__in=ANNOUNCED)
        return list(rows.order_by("session__announced_at").values_list("id", "compound_id")[:limit])
