"""Two-level categories as data; a code is the top's two digits and the sub's two ("0101" 楼道照明)."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Category:
    code: str
    zh: str
    top: str
    top_zh: str
    level: str
    receiver: str


@cache
def tree() -> dict[str, tuple[str, list[Category]]]:
    """top code -> (its Chinese name, its categories)."""
    data = tomllib.loads(Path(__file__).with_name("categories.toml").read_text(encoding="utf-8"))
    return {
        t["code"]: (
            t["zh"],
            [
                Category(f"{t['code']}{i:02d}", zh, t["code"], t["zh"], t["level"], t["receiver"])
                for i, zh in enumerate(t["subs"], 1)
            ],
        )
        for t in data["top"]
    }


@cache
def known() -> dict[str, Category]:
    return {c.code: c for _, subs in tree().values() for c in subs}


def get(code: str) -> Category | None:
    return known().get(code)


def label(code: str) -> str:
    found = known().get(code)
    if found:
        return found.zh
    return tree()[code][0] if code in tree() else ""


def is_complaint(code: str, urgency: str = "") -> bool:
    """A complaint about the property company is not visited by the company itself (domain §4.9)."""
    return urgency == "complaint" or code.startswith("11")
