"""Two-level categories as data; a code is the top's two digits and the sub's two ("0101" 楼道照明)."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any


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


@dataclass(frozen=True)
class Catalogue:
    """A compound's own categories: the usual ones, some renamed, some hidden, some added. What is hidden is no longer
    offered; matters that have it keep it, and its name."""

    tops: dict[str, str]
    subs: dict[str, Category]
    hidden: frozenset[str]

    def get(self, code: str) -> Category | None:
        return self.subs.get(code)

    def label(self, code: str) -> str:
        found = self.subs.get(code)
        return found.zh if found else self.tops.get(code, "")

    def under(self, top: str) -> list[Category]:
        return [c for c in self.subs.values() if c.top == top]

    @cached_property
    def offered(self) -> dict[str, tuple[str, list[Category]]]:
        """As `tree`, without what is hidden."""
        shown = {top: [c for c in self.under(top) if c.code not in self.hidden] for top in self.tops}
        return {top: (self.tops[top], subs) for top, subs in shown.items() if subs and top not in self.hidden}

    def may_take(self, code: str, already: str = "") -> bool:
        found = self.subs.get(code)
        return found is not None and (code == already or not {code, found.top} & self.hidden)


USUAL = Catalogue({code: zh for code, (zh, _subs) in tree().items()}, known(), frozenset())
# Under each of the usual tops a compound's own begin here; a code is never used for something else.
OWN_FROM = 51
NAME_MOST = 20
KEY = "categories"


def of(settings: Mapping[str, Any]) -> Catalogue:
    """`settings` of the compound: {"categories": {"names": {code: name}, "added": {code: name}, "hidden": [code]}}."""
    wishes = settings.get(KEY)
    return _made(json.dumps(wishes, sort_keys=True)) if wishes else USUAL


@lru_cache(256)
def _made(wishes: str) -> Catalogue:
    given = json.loads(wishes)
    names = {**given.get("names", {}), **given.get("added", {})}
    tops = {code: names.get(code, zh) for code, zh in USUAL.tops.items()}
    pattern = {top: next(c for c in known().values() if c.top == top) for top in tops}
    usual = {c.code: replace(c, zh=names.get(c.code, c.zh), top_zh=tops[c.top]) for c in known().values()}
    added = {
        code: replace(pattern[code[:2]], code=code, zh=zh, top_zh=tops[code[:2]])
        for code, zh in given.get("added", {}).items()
    }
    return Catalogue(tops, dict(sorted({**usual, **added}.items())), frozenset(given.get("hidden", ())))


def well_formed(code: str) -> bool:
    """A code that some compound may have."""
    return code[:2] in USUAL.tops and (len(code) == 2 or (len(code) == 4 and code.isdigit()))


def get(code: str) -> Category | None:
    return USUAL.get(code)


def label(code: str) -> str:
    return USUAL.label(code)


def is_complaint(code: str, urgency: str = "") -> bool:
    """A complaint about the property company is not visited by the company itself (domain §4.9)."""
    return urgency == "complaint" or code.startswith("11")
