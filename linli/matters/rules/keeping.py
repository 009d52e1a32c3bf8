"""How long a matter keeps the names of its people (domain §6.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from linli.places.rules import number

# In the story: from then on nobody's name, number, home or voice belongs to it.
FORGET = "forget"


def years(settings: Mapping[str, Any]) -> int:
    return number(settings, "matter_years")


def before(at: datetime, settings: Mapping[str, Any]) -> datetime:
    """What was closed before then is forgotten; counted in years as the calendar does."""
    year = at.year - years(settings)
    try:
        return at.replace(year=year)
    except ValueError:
        return at.replace(year=year, day=28)
