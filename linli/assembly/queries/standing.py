"""What waits for a decision of the owners, and which decisions nobody was told of."""

from typing import Any
from uuid import UUID

from django.db.models import F, Q

from linli.notices.signals import awaiting, opening
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import unscoped

from ..models import Item, Session
from ..rules.sessions import ANNOUNCED

Waiting = tuple[UUID, str, frozenset[int]]


def waiting(compound_id: UUID) -> list[Waiting]:
    """(id, what it is called, the kinds of article 278 it may be decided as)."""
    answers: list[tuple[Any, Any]] = awaiting.send(Item, compound_id=compound_id)
    return [one for _receiver, rows in answers for one in rows]


def behind(session: Session, items: list[Item], by: Actor) -> dict[UUID, tuple[str, str]]:
    """Of the items by which something waiting is decided: what, and its page, as far as this reader may open it."""
    ids = {item.matter_id: item.pk for item in items if item.matter_id}
    if not ids:
        return {}
    answers: list[tuple[Any, Any]] = opening.send(Item, compound=session.compound, by=by, ids=list(ids))
    pages = {pk: page for _receiver, found in answers for pk, page in found.items()}
    return {item.pk: pages[item.matter_id] for item in items if item.matter_id in pages}


def undecided(limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(item, compound) announced, for which something waits that was not told since, over all compounds."""
    untold = Q(told_at=None) | Q(told_at__lt=F("session__announced_at"))
    with unscoped("decisions that something waits for"):
        rows = Item.objects.filter(untold, matter_id__isnull=False, session__state__in=ANNOUNCED)
        return list(rows.order_by("session__announced_at").values_list("id", "compound_id")[:limit])
