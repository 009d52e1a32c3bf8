"""What was said where the vote is in the official system: one's own, and after closing how many said what."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept

from ..models import Item, Opinion, Party, Session
from ..rules.casting import CHOICES
from ..rules.dates import local
from ..rules.opinions import RUNNING, Said, asks, counted_as
from ..rules.sessions import State
from .casting import Voice, able, voices

PAGE = 30


def speakers(session: Session, by: Actor, at: datetime) -> list[Voice]:
    """One voice of each party that this account may vote for; none where the vote itself is taken here."""
    if not asks(session.rules) or session.register_frozen_at is None or by.assistance_id:
        return []
    return list({voice.party.pk: voice for voice in reversed(able(voices(session, by), by, local(at)))}.values())[::-1]


def own(session: Session, party: Party, by: Actor) -> Mapping[str, Said]:
    """The last that this account said, by the place of the item: what a co-owner said is his."""
    rows = Opinion.objects.filter(
        compound_id=session.compound_id, session=session, party=party, account_id=by.account_id
    )
    return {str(row.item.place): Said(row.choice, row.words) for row in rows.select_related("item").order_by("id")}


def spoke(session: Session, by: Actor) -> set[UUID]:
    """Parties for which this account said something."""
    rows = Opinion.objects.filter(compound_id=session.compound_id, session=session, account_id=by.account_id)
    return set(rows.values_list("party_id", flat=True))


def figures(session: Session) -> list[dict[str, Any]]:
    """By item, how many parties; only when nothing can be said any more."""
    if not asks(session.rules) or State(session.state) in RUNNING:
        return []
    held = kept(session.compound_id, counted_as(session.pk))
    items = Item.objects.filter(compound_id=session.compound_id, session=session, form="approve").order_by("place")
    return [
        {"place": item.place, "title": item.title, **{word: _of(held, session, item, word) for word in CHOICES}}
        for item in items
    ]


def last_words(session: Session, before: UUID | None) -> list[Opinion]:
    """What was written and holds, the newest first; one more than a page. Of whom is not read."""
    rows = Opinion.objects.filter(compound_id=session.compound_id, session=session)
    later = rows.filter(party=OuterRef("party"), item=OuterRef("item"), id__gt=OuterRef("id"))
    found = rows.exclude(words="").filter(~Exists(later)).select_related("item")
    if before:
        found = found.filter(id__lt=before)
    return list(found.only("id", "words", "item__place", "item__title").order_by("-id")[: PAGE + 1])


def _of(held: Mapping[str, int], session: Session, item: Item, word: str) -> int:
    return held.get(f"{counted_as(session.pk)}{item.place}:{word}", 0)
