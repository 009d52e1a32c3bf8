"""An installation's own file of a place (`linli profile keep`): what is wrong with it, and where it is kept."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from typing import Any

from . import DEFAULT, Profile, own_folder, paths, profile, profiles


def wrong_with(key: str, text: str) -> str:
    """Why a file cannot be a profile here, or nothing. A place that is known keeps its file: sessions rest on it."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,29}", key):
        return "name the file by lower case letters, digits and _, as in lincheng_2027.toml"
    if key in paths():
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
    return _out_of_bounds(data["values"]) or _unlike(data["values"])


WORDS = {
    "committee_present": {"more_than_half", "two_thirds"},
    "convening_basis": {"persons_and_area", "persons", "persons_or_area"},
    "alternates_cap": {"members"},
    "pmc_chair_from": {"", "residents_committee", "subdistrict"},
}


MAY_BE_NONE = {
    "small_compound_households", "small_compound_area", "small_compound_size", "committee_size_max", "pmc_size_max",
    "pmc_owner_share_percent",
}  # fmt: skip
ASCENDING = (
    ("committee_size_min", "committee_size_max"), ("pmc_size_min", "pmc_size_max"),
    ("voting_days_min", "voting_days_default"), ("voting_days_default", "voting_days_max"),
)  # fmt: skip


def _out_of_bounds(values: Mapping[str, Any]) -> str:
    for name, value in values.items():
        if value == 0 and type(value) is int and name not in MAY_BE_NONE:
            return f"values.{name} must be at least 1"
        if name.endswith("_percent") and value > 100:
            return f"values.{name} must be at most 100"
    whole = {**profile(DEFAULT).values, **values}
    for least, most in ASCENDING:
        if whole[most] and whole[least] > whole[most]:
            return f"values.{least} ({whole[least]}) must not be above {most} ({whole[most]})"
    return ""


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
    folder = own_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{key}.toml").open("x", encoding="utf-8") as file:
        file.write(text)
    profiles.cache_clear()
    return profile(key)
