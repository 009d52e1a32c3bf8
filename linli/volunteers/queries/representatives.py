"""Who looks after which homes, what they did, and the counts kept of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from linli.people.models import Organisation, Post
from linli.people.queries import in_term
from linli.people.rules import Body, Role
from linli.places.models import Compound, Home
from linli.plumbing.counters import kept

from ..models import Cover, HouseAct, Representative
from ..rules.representatives import COUNTS, within

PAGE = 20


def posts(compound: Compound, today: date) -> QuerySet[Post]:
    """Who holds the post of a representative in the compound's community today."""
    bodies = Organisation.objects.filter(
        kind=Body.COMMUNITY, community=compound.community_id, compound=None, ended_on=None
    ).values("pk")
    rows = Post.objects.filter(
        in_term(today), organisation_id__in=bodies, kind=Role.RESIDENT_REPRESENTATIVE, account__is_active=True,
    )  # fmt: skip
    return rows.order_by("holder_name", "id")


def _covers(compound_id: UUID) -> QuerySet[Cover]:
    rows = Cover.objects.select_related("representative", "building", "entrance").filter(compound_id=compound_id)
    return rows.order_by("building__position", "entrance__position", "id")


def covering(compound: Compound, home: Home, today: date) -> list[Representative]:
    """Who looks after the home today, and still holds the post."""
    serves = posts(compound, today).filter(account_id=OuterRef("representative__account_id"))
    rows = _covers(compound.pk).filter(in_term(today), Exists(serves), building_id=home.building_id)
    found = {c.representative_id: c.representative for c in rows if holds(c, home)}
    return list(found.values())


def holds(cover: Cover, home: Home) -> bool:
    here = cover.building_id == home.building_id and cover.entrance_id in (None, home.entrance_id)
    return here and within(home.room_no, cover.first, cover.last)


def covers_of(compound_id: UUID, representative_id: UUID, today: date) -> list[Cover]:
    """In force or to come."""
    rows = _covers(compound_id).filter(representative_id=representative_id)
    return list(rows.exclude(to_day__lt=today))


def covers_since(compound_id: UUID, representative_id: UUID, first: date, last: date) -> list[Cover]:
    """In force on any of these days."""
    rows = _covers(compound_id).filter(representative_id=representative_id, from_day__lte=last)
    return list(rows.exclude(to_day__lt=first))


def covers_on(compound_id: UUID, representative_id: UUID, day: date) -> list[Cover]:
    return list(_covers(compound_id).filter(in_term(day), representative_id=representative_id))


def homes(compound_id: UUID, covers: Iterable[Cover]) -> list[Home]:
    """The homes named, in the order of the doors."""
    held = list(covers)
    rows = Home.objects.filter(compound_id=compound_id, building_id__in={c.building_id for c in held})
    near = rows.order_by("building__position", "entrance__position", "floor", "room_no", "id") if held else []
    return [home for home in near if any(holds(cover, home) for cover in held)]


@dataclass(frozen=True)
class Row:
    representative: Representative
    covers: list[Cover]
    counts: dict[str, int]


def representatives(compound_id: UUID, month: str, today: date, after: UUID | None = None) -> list[Row]:
    """By key, one more than a page; each with the homes of today and the counts kept of the month."""
    rows = Representative.objects.filter(compound_id=compound_id).order_by("id")
    found = list((rows.filter(id__gt=after) if after else rows)[: PAGE + 1])
    covers: dict[UUID, list[Cover]] = {}
    for cover in _covers(compound_id).filter(in_term(today), representative_id__in=[r.pk for r in found]):
        covers.setdefault(cover.representative_id, []).append(cover)
    counts = month_counts(compound_id, month)
    return [Row(r, covers.get(r.pk, []), counts.get(r.pk.hex, {})) for r in found]


def month_counts(compound_id: UUID, month: str) -> dict[str, dict[str, int]]:
    """Of `all`, `force` and each representative."""
    found: dict[str, dict[str, int]] = {}
    for name, value in kept(compound_id, f"{COUNTS}{month}:").items():
        whose, kind = name.rsplit(":", 2)[1:]
        found.setdefault(whose, {})[kind] = value
    return found


def acts(compound_id: UUID, *, representative_id: UUID | None = None, before: int | None = None) -> list[HouseAct]:
    """Newest first, one more than a page."""
    rows = HouseAct.objects.select_related("representative", "home").filter(compound_id=compound_id)
    if representative_id:
        rows = rows.filter(representative_id=representative_id)
    return list((rows.filter(number__lt=before) if before else rows).order_by("-number")[: PAGE + 1])
