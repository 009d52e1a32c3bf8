"""Which part somebody has in a whistle or in one ask of it, and the getters of both."""

from datetime import datetime
from uuid import UUID

from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import Ask, Whistle, WhistleMatter
from ..rules import whistles as rules


def whistle_parts(whistle: Whistle, by: Actor, ask: Ask | None = None) -> frozenset[rules.Who]:
    """In the whole, or in one ask of it."""
    if by.compound_id != whistle.compound_id:
        return frozenset()
    facts = rules.Facts(
        rules.Level(whistle.level),
        str(whistle.drafted_body_id),
        whistle.drafted_body.kind,
        str(ask.body_id) if ask else None,
        bounced=ask is not None and ask.declines >= rules.BOUNCES_MOST,
    )
    return rules.parts(facts, rules.Side(by.role, str(by.body_id) if by.body_id else None))


def whistle_for(*, compound: Compound, number: int, by: Actor) -> tuple[Whistle, list[Ask]] | None:
    """The whistle with its asks, or None: unknown and forbidden alike.

    A draft is seen by those who drafted it and who approve it; an agency's own people see what was asked of it. About a
    secret matter nobody else sees it.
    """
    rows = Whistle.objects.select_related("drafted_body", "parent")
    whistle = rows.filter(compound_id=compound.pk, number=number).first()
    if whistle is None:
        return None
    asks = list(Ask.objects.select_related("body").filter(compound_id=compound.pk, whistle=whistle).order_by("place"))
    found = whistle_parts(whistle, by)
    unsent = whistle.blown_at is None
    if unsent and not found & {rules.Who.DRAFTER, rules.Who.APPROVER}:
        return None
    found = found.union(*(whistle_parts(whistle, by, ask) for ask in asks))
    if not found or not found & rules.IN_SECRET and _is_secret(whistle):
        return None
    return whistle, asks


def _is_secret(whistle: Whistle) -> bool:
    rows = WhistleMatter.objects.filter(compound_id=whistle.compound_id, whistle=whistle, matter__privacy="secret")
    return rows.exists()


def ask_by_link(*, compound_id: UUID, ask_id: UUID, serial: int, at: datetime) -> Ask | None:
    """What a link still opens: the newest sent, within its time."""
    ask = (
        Ask.objects.select_related("body", "whistle__drafted_body")
        .filter(compound_id=compound_id, pk=ask_id, link_serial=serial, link_until__gt=at)
        .first()
    )
    return ask if ask is not None and ask.whistle.blown_at else None
