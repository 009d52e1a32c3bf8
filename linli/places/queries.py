from collections import defaultdict
from datetime import date, time
from functools import lru_cache
from uuid import UUID

from django.db.models import Count, Prefetch

from linli.kernel.clock import Calendar, Hours, known_until

from .models import Building, Community, Compound, Division, Entrance, Grid, Home, OrderedDay, Subdistrict

NEXT_YEAR_FROM = 11  # when the State Council orders the next year's holidays


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
    days = {**compound.settings.get("ordered", {}), **compound.settings.get("days", {})}
    return _calendar(hours, tuple(sorted(days.items())))


def kept_days() -> dict[str, bool]:
    """What the operator keeps beside the calendar that comes with the programme."""
    return {day.isoformat(): works for day, works in OrderedDay.objects.order_by("day").values_list("day", "works")}


def year_missing(today: date) -> int | None:
    """The year whose holidays are not known, from November on the next one: its deadlines would count Monday to Friday."""
    year = today.year + (today.month >= NEXT_YEAR_FROM)
    known = year <= known_until().year or OrderedDay.objects.filter(day__year=year).exists()
    return None if known else year


def subdistricts() -> list[dict]:
    """With their communities and how many compounds each has; places only, no person."""
    communities = Community.objects.annotate(compounds=Count("compound")).order_by("name")
    rows = Subdistrict.objects.prefetch_related(Prefetch("community_set", communities)).order_by("region", "name")
    return [{"place": s, "communities": list(s.community_set.all())} for s in rows]


def compounds_of(community: Community) -> list[Compound]:
    return list(Compound.objects.filter(community=community).order_by("ordinal"))


def grids_of(community: Community) -> list[Grid]:
    return list(Grid.objects.filter(community=community).order_by("name"))


def divisions_loaded() -> bool:
    return Division.objects.exists()


def divisions_below(code: str) -> list[Division]:
    """Of the country (empty code), a province, a city, a county, a street."""
    return list(Division.objects.filter(parent_code=code).order_by("code"))


def divisions_above(code: str) -> list[Division]:
    """From the province down to the one asked for."""
    codes = [code[:n] for n in (2, 4, 6, 9, 12) if n <= len(code)]
    return list(Division.objects.filter(code__in=codes).order_by("code"))


def buildings(compound_id: UUID) -> list[Building]:
    return list(Building.objects.filter(compound_id=compound_id).order_by("position", "key"))


def entrances(compound_id: UUID, building_id: UUID) -> list[Entrance]:
    rows = Entrance.objects.filter(compound_id=compound_id, building_id=building_id)
    return list(rows.order_by("position", "key"))


def entrances_by_building(compound_id: UUID) -> dict[UUID, list[Entrance]]:
    found = defaultdict(list)
    for row in Entrance.objects.filter(compound_id=compound_id).order_by("position", "key"):
        found[row.building_id].append(row)
    return found


def homes_of(compound_id: UUID, entrance_id: UUID) -> list[Home]:
    return list(Home.objects.filter(compound_id=compound_id, entrance_id=entrance_id).order_by("floor", "room_no"))
