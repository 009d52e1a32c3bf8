"""Places and who lives in them, as a clerk asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.people.models import Ownership, Residency
from linli.places.models import Building, Compound, Home
from linli.plumbing.numbers import uuid_in


def buildings(compound: Compound) -> list[tuple[str, str]]:
    rows = Building.objects.filter(compound_id=compound.pk).order_by("position", "key").values_list("id", "label")
    return [(str(pk), label) for pk, label in rows]


def building(compound: Compound, key: str) -> Building | None:
    return Building.objects.filter(compound_id=compound.pk, pk=uuid_in(key)).first()


@dataclass(frozen=True)
class Lives:
    """Somebody of the register in one home."""

    person_id: UUID
    name: str
    phone: str
    home: Home
    relation: str


def homes_at(compound: Compound, text: str, most: int = 12) -> list[Home]:
    """Homes whose label holds the text (7-2-301 and 7栋2单元301 alike)."""
    rows = Home.objects.select_related("building", "entrance").filter(compound_id=compound.pk)
    for part in _parts(text):
        rows = rows.filter(label__contains=part)
    return list(rows.order_by("label")[:most]) if _parts(text) else []


def people_at(compound: Compound, text: str, most: int = 12) -> list[Lives]:
    """Who owns or lives in the homes whose label holds the text (7-2-301 and 7栋2单元301 alike)."""
    rows = Home.objects.filter(compound_id=compound.pk)
    for part in _parts(text):
        rows = rows.filter(label__contains=part)
    return (
        people_in(list(rows.select_related("building", "entrance").order_by("label")[:8]), most) if _parts(text) else []
    )


def people_in(given: Sequence[Home], most: int = 12) -> list[Lives]:
    """Who owns or lives in these homes of one compound."""
    if not given:
        return []
    homes, compound_id = {h.pk: h for h in given}, given[0].compound_id
    found: dict[tuple[UUID, UUID], Lives] = {}
    owners = Ownership.objects.filter(compound_id=compound_id, home_id__in=homes, to_day=None).select_related("person")
    lodgers = Residency.objects.filter(compound_id=compound_id, home_id__in=homes, to_day=None).select_related("person")
    for link, relation in [*((o, "owner") for o in owners), *((r, r.kind) for r in lodgers)]:
        if link.person.deceased_on is None:
            found.setdefault(
                (link.home_id, link.person_id),
                Lives(link.person_id, link.person.name, link.person.phone, homes[link.home_id], relation),
            )
    return list(found.values())[:most]


def home_at(compound: Compound, text: str) -> Home | None:
    """The one home that the text names in full: 7-2-301, 7栋2单元301; 3-101 where its building has one entrance."""
    parts = _parts(text)
    if not 2 <= len(parts) <= 3:
        return None
    rows = Home.objects.filter(compound_id=compound.pk, building__key=parts[0], room_no=parts[-1])
    if len(parts) == 3:
        rows = rows.filter(entrance__key=parts[1])
    found = list(rows.select_related("building", "entrance")[:2])
    return found[0] if len(found) == 1 else None


def _parts(text: str) -> list[str]:
    cleaned = "".join(c if c.isalnum() else " " for c in text)
    for word in ("号楼", "栋", "单元", "室", "号", "楼"):
        cleaned = cleaned.replace(word, " ")
    return cleaned.split()[:4]
