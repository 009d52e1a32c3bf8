"""What a compound may say for itself in numbers, and what holds where it says nothing."""

from collections.abc import Mapping
from typing import Any

USUAL = {"rapid_minutes": 30, "gate_days": 5, "matter_years": 5}


def number(settings: Mapping[str, Any], name: str) -> int:
    return int(settings.get(name) or USUAL[name])
