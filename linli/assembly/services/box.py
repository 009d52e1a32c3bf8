"""What happens whenever something comes in from a party: its items are ticked off, the turnout moves, the log has a leaf more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from linli.kernel.receipts import Leaf as Kind
from linli.plumbing.acts import Actor
from linli.plumbing.counters import shift
from linli.plumbing.tenancy import uuid7

from ..models import Item, Leaf, Party, PartyItem, RegisterHome, Session
from ..rules.turnout import counter
from . import log


def kept_before(session: Session, by: Actor, once: UUID, kind: Kind) -> Leaf | None:
    """Of the same account alone: a receipt is nobody else's."""
    rows = Leaf.objects.filter(compound_id=session.compound_id, session=session, once=once, account_id=by.account_id)
    return rows.filter(kind=kind.value).first()


def take_in(
    session: Session, *, by: Actor, kind: Kind, party: Party, row: RegisterHome, items: Iterable[Item], ballot: str,
    opening: Mapping[str, Any], channel: str, at: datetime, person_id: UUID | None = None, once: UUID | None = None,
) -> Leaf:  # fmt: skip
    """Inside the caller's transaction, which holds the session's row. `opening` is salted and sealed by the log."""
    first = not Leaf.objects.filter(compound_id=session.compound_id, party=party).exists()
    _tick_off(party, items, at)
    box = log.locked(session)
    leaf = log.append(
        box, session, kind=kind, ballot=ballot, opening=opening, channel=channel, at=at, party=party, row=row, person_id=person_id,
        account_id=by.account_id, once=once,
    )  # fmt: skip
    if first:
        box.parties, box.area = F("parties") + 1, F("area") + party.area
        box.save(update_fields=["parties", "area"])
        shift(session.compound_id, {
            counter(session.pk, party.building_id, "parties"): 1, counter(session.pk, party.building_id, "area"): party.area,
        })  # fmt: skip
    return leaf


def _tick_off(party: Party, items: Iterable[Item], at: datetime) -> None:
    """One row a party and item, kept by the database: how often, never what."""
    asked = list(items)
    held = PartyItem.objects.filter(compound_id=party.compound_id, party=party, item__in=asked)
    known = set(held.values_list("item_id", flat=True))
    if known:
        held.update(times=F("times") + 1)
    PartyItem.objects.bulk_create(
        PartyItem(id=uuid7(), compound_id=party.compound_id, item=item, party=party, first_at=at)
        for item in asked
        if item.pk not in known
    )
