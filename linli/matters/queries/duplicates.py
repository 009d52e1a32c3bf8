"""Open matters that may be the same thing."""

from uuid import UUID

from django.db.models import QuerySet

from linli.places.models import Compound
from linli.plumbing.prepared import Prepared

from ..models import Matter
from ..rules.likeness import likeliest

LOOKED_AT = 80


def _open(compound_id: UUID, building_id: UUID | None) -> QuerySet[Matter]:
    # `IN (1)`: a bare `open` is an index condition on PostgreSQL alone.
    return Matter.objects.filter(compound_id=compound_id, open__in=(True,), building_id=building_id).order_by(
        "-next_due_at"
    )


def _words(rows: QuerySet[Matter]) -> QuerySet[Matter, tuple[int, str]]:
    return rows.values_list("number", "words")[:LOOKED_AT]


_all_near = Prepared(lambda **where: _words(_open(**where)))
_near = Prepared(
    lambda **where: _words(
        _open(**where)
        .filter(privacy="normal", caller_secret=False)
        .exclude(category__startswith="14")
        .exclude(category__startswith="08")
    )
)


def likely(
    *, compound: Compound, words: str, building_id: UUID | None, without: int | None = None, shown: int = 1, for_residents: bool = True
) -> list[Matter]:  # fmt: skip
    """Open matters of the same building (or of no building) that sound alike, likeliest first; one query, and one more if there are any.

    For residents only what neighbours may know of: nothing secret, no care, no quarrels.
    """
    asked = _near if for_residents else _all_near
    recent = asked.all(compound_id=compound.pk, building_id=building_id)
    found = [number for number, _ in likeliest(words, recent, topics=building_id is not None) if number != without][
        :shown
    ]
    if not found:
        return []
    by_number = {m.number: m for m in Matter.objects.filter(compound_id=compound.pk, number__in=found)}
    return [by_number[number] for number in found]
