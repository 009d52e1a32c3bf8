"""Who acts for whom, on a day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from linli.kernel import masks
from linli.people.models import Guardian, RegisterChange
from linli.people.rules.tenure import GUARDIANS
from linli.plumbing.labels import label

from . import in_term


def guardians_of(compound_id: UUID, people: Collection[UUID], day: date) -> dict[UUID, list[Guardian]]:
    found: dict[UUID, list[Guardian]] = defaultdict(list)
    rows = Guardian.objects.filter(in_term(day), compound_id=compound_id, person_id__in=list(people)).order_by("id")
    for row in rows:
        found[row.person_id].append(row)
    return found


def by_number(compound_id: UUID, phone: str) -> QuerySet[Guardian]:
    return Guardian.objects.filter(compound_id=compound_id, phone=phone)


def proposed_by_number(compound_id: UUID, phone: str) -> QuerySet[RegisterChange]:
    return RegisterChange.objects.filter(compound_id=compound_id, kind="guardian", given__phone=phone)


def guards(compound_id: UUID, phone: str) -> bool:
    """Whether the number stands in the register as that of who acts for an owner."""
    return by_number(compound_id, phone).exists() or proposed_by_number(compound_id, phone).exists()


def concerning(compound_id: UUID, people: Collection[UUID], phone: str) -> list[Guardian]:
    """Who acts or acted for these people, and for whom the one with this number does."""
    rows = Guardian.objects.filter(Q(person_id__in=list(people)) | Q(phone=phone), compound_id=compound_id)
    return list(rows.select_related("person").order_by("id"))


def masked(row: Guardian) -> str:
    return f"{label(GUARDIANS[row.kind])} {masks.name(row.name)}"
