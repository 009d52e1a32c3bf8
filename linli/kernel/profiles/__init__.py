"""Local rules as data: one file a place, each value with its source in domain.md; what a file leaves out is the national default."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DEFAULT = "national_default"


@dataclass(frozen=True, slots=True)
class Profile:
    """`to_check`: nobody has compared it with the local rule yet; screens say so."""

    key: str
    name: str
    source: str
    date: date
    to_check: bool
    values: Mapping[str, Any]


@lru_cache(maxsize=64)
def profile(key: str) -> Profile:
    """Raises KeyError for a place we have no file of."""
    path = FOLDER / f"{key}.toml"
    if not key.isidentifier() or not path.exists():
        raise KeyError(key)
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    values = data.get("values", {})
    if key != DEFAULT:
        values = {**profile(DEFAULT).values, **values}
    return Profile(key, data["name"], data["source"], data["date"], data.get("to_check", False), values)


@lru_cache(maxsize=1)
def profiles() -> tuple[Profile, ...]:
    """The national default first."""
    found = (profile(path.stem) for path in sorted(FOLDER.glob("*.toml")))
    return tuple(sorted(found, key=lambda p: (p.key != DEFAULT, p.to_check, p.key)))
