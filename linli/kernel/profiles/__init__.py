"""Local rules as data: one file a place, each value with its source in domain.md; what a file leaves out is the national default.

An installation keeps files of its own beside its data (`linli profile keep`)."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
DEFAULT = "national_default"
UNWRITTEN = "法律法规没有写，以当地规定和议事规则为准"


@dataclass(frozen=True, slots=True)
class Profile:
    """`to_check`: nobody has compared it with the local rule yet; screens say so."""

    key: str
    name: str
    source: str
    date: date
    to_check: bool
    values: Mapping[str, Any]
    own: frozenset[str] = frozenset()
    sources: Mapping[str, str] = field(default_factory=dict)

    def cite(self, key: str) -> str:
        """Where the value comes from: the local rule, or the national one that it leaves alone; what neither says is said so."""
        return self.source if key in self.own else profile(DEFAULT).sources.get(key, UNWRITTEN)


def own_folder() -> Path:
    return Path(os.environ.get("LINLI_DATA", "var")) / "profiles"


def paths() -> dict[str, Path]:
    return {found.stem: found for folder in (own_folder(), FOLDER) for found in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=64)
def profile(key: str) -> Profile:
    """Raises KeyError for a place we have no file of."""
    data = tomllib.loads(paths()[key].read_text(encoding="utf-8"))
    own = data.get("values", {})
    values = own if key == DEFAULT else {**profile(DEFAULT).values, **own}
    to_check = data.get("to_check", False)
    own_keys = frozenset() if key == DEFAULT else frozenset(own)
    return Profile(key, data["name"], data["source"], data["date"], to_check, values, own_keys, data.get("sources", {}))


@lru_cache(maxsize=1)
def profiles() -> tuple[Profile, ...]:
    """The national default first."""
    found = (profile(key) for key in paths())
    return tuple(sorted(found, key=lambda p: (p.key != DEFAULT, p.to_check, p.key)))
