from datetime import date, time
from functools import lru_cache

from linli.kernel.clock import Calendar, Hours

from .models import Compound


def public_compounds(limit: int = 50) -> list[Compound]:
    return list(
        Compound.objects.select_related("community__subdistrict").filter(public_page=True).order_by("ordinal")[:limit]
    )


@lru_cache(maxsize=512)
def _calendar(spans: tuple[tuple[str, str], ...], days: tuple[tuple[str, bool], ...]) -> Calendar:
    hours = Hours(tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)) if spans else Hours()
    return Calendar(hours, {date.fromisoformat(d): works for d, works in days})


def calendar(compound: Compound) -> Calendar:
    """The compound's working hours and its own exceptions, over the country's holidays and swapped workdays."""
    hours = tuple((a, b) for a, b in compound.settings.get("hours", ()))
    return _calendar(hours, tuple(sorted(compound.settings.get("days", {}).items())))
