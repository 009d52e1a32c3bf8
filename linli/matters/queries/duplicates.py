"""Open matters that may be the same thing."""

from uuid import UUID

from linli.places.models import Compound

from ..models import Matter
from ..rules.likeness import likeliest

LOOKED_AT = 80


def likely(
    *, compound: Compound, words: str, building_id: UUID | None, without: int | None = None, shown: int = 1, for_residents: bool = True
) -> list[Matter]:  # fmt: skip
    """Open matters of the same building (or of no building) that sound alike, likeliest first; one query, and one more if there are any.

    For residents only what neighbours may know of: nothing secret, no care, no quarrels.
    """
    rows = Matter.objects.filter(compound_id=compound.pk, open=True, building_id=building_id)
    if for_residents:
        rows = rows.filter(privacy="normal").exclude(category__startswith="14").exclude(category__startswith="08")
    recent = rows.order_by("-next_due_at").values_list("number", "words")[:LOOKED_AT]
    found = [number for number, _ in likeliest(words, recent, topics=building_id is not None) if number != without][:shown]
    if not found:
        return []
    by_number = {m.number: m for m in Matter.objects.filter(compound_id=compound.pk, number__in=found)}
    return [by_number[number] for number in found]
