"""Local rules as data: one file a place, each value with its source in domain.md; what a file leaves out is the national default.

An installation keeps files of its own beside its data (`linli profile keep`)."""

import os
import re
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


def _paths() -> dict[str, Path]:
    own = Path(os.environ.get("LINLI_DATA", "var")) / "profiles"
    return {found.stem: found for folder in (own, FOLDER) for found in sorted(folder.glob("*.toml"))}


@lru_cache(maxsize=64)
def profile(key: str) -> Profile:
    """Raises KeyError for a place we have no file of."""
    data = tomllib.loads(_paths()[key].read_text(encoding="utf-8"))
    own = data.get("values", {})
    values = own if key == DEFAULT else {**profile(DEFAULT).values, **own}
    to_check = data.get("to_check", False)
    own_keys = frozenset() if key == DEFAULT else frozenset(own)
    return Profile(key, data["name"], data["source"], data["date"], to_check, values, own_keys, data.get("sources", {}))


@lru_cache(maxsize=1)
def profiles() -> tuple[Profile, ...]:
    """The national default first."""
    found = (profile(key) for key in _paths())
    return tuple(sorted(found, key=lambda p: (p.key != DEFAULT, p.to_check, p.key)))


def wrong_with(key: str, text: str) -> str:
    """Why a file cannot be a profile here, or nothing. A place that is known keeps its file: sessions rest on it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,29}", key):
        return "name the file by lower case letters, digits and _, as in lincheng_2027.toml"
    if key in _paths():
        return f"{key} is there already; name the file anew, as in {key}_2"
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        return str(wrong)
    for name, kind in (("name", str), ("source", str), ("date", date), ("values", dict)):
        if not isinstance(data.get(name), kind) or not data[name]:
            return f"{name} is missing"
    known = {name: value for one in profiles() for name, value in one.values.items()}
    for name, value in data["values"].items():
        if name not in known:
            return f"values.{name} is not known"
        if type(value) is not type(known[name]) or (isinstance(value, int) and value < 0):
            return f"values.{name} must be written like {known[name]!r}"
    return _unlike(data["values"])


WORDS = {
    "committee_present": {"more_than_half", "two_thirds"},
    "convening_basis": {"persons_and_area", "persons", "persons_or_area"},
    "alternates_cap": {"members"},
    "pmc_chair_from": {"", "residents_committee", "subdistrict"},
}


def _unlike(values: Mapping[str, Any]) -> str:
    for name, words in WORDS.items():
        if name in values and values[name] not in words:
            return f"values.{name} must be one of {', '.join(sorted(words))}"
    checks = profile(DEFAULT).values["candidate_checks"]
    extra = set(values.get("candidate_checks", [])) - {*checks, "no_arrears"}
    return f"values.candidate_checks: {', '.join(sorted(map(str, extra)))} is not known" if extra else ""


def keep(key: str, text: str) -> Profile:
    """Raises ValueError. Running servers know it once they start again."""
    if no := wrong_with(key, text):
        raise ValueError(no)
    folder = Path(os.environ.get("LINLI_DATA", "var")) / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{key}.toml").open("x", encoding="utf-8") as file:
        file.write(text)
    profiles.cache_clear()
    return profile(key)
