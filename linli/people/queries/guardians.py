"""Who acts for whom, on a day."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from uuid import UUID

from linli.kernel import masks
from linli.people.models import Guardian
from linli.people.rules.tenure import GUARDIANS
from linli.plumbing.labels import label

from . import in_term


def guardians_of(compound_id: UUID, people: Collection[UUID], day: date) -> dict[UUID, list[Guardian]]:
    found: dict[UUID, list[Guardian]] = defaultdict(list)
    rows = Guardian.objects.filter(in_term(day), compound_id=compound_id, person_id__in=list(people)).order_by("id")
    for row in rows:
        found[row.person_id].append(row)
    return found


def masked(row: Guardian) -> str:
    return f"{label(GUARDIANS[row.kind])} {masks.name(row.name)}"
