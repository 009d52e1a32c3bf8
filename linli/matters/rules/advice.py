"""What the desk might choose for a new matter, and why; a person chooses."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import danger, times
from .categories import Catalogue

# Fewer decisions of one's own teach less than the usual words do; below SURE nothing is said.
ENOUGH = 50
SURE = 0.3
# Kept counts: decisions that nothing was learned from yet; then by month what was shown, right and taken.
NEW = "advice:new"
WORDS_SHOWN = 3


@dataclass(frozen=True)
class Advice:
    """`why`: words of the report that spoke for it."""

    category: str
    level: str
    urgency: str
    why: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.category}.{self.level}.{self.urgency}"


@cache
def _keywords() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("keywords.toml").read_text(encoding="utf-8"))


def by_keywords(text: str, own: Catalogue) -> Advice | None:
    """By the longest words met; two categories that are as likely give none."""
    met = {code: _longest(text, words) for code, words in _keywords()["category"].items() if own.may_take(code)}
    ranked = sorted(((sum(map(len, words)), code) for code, words in met.items() if words), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    code = ranked[0][1]
    found = own.get(code)
    return Advice(code, found.level if found else "", urgency_by_keywords(text), tuple(met[code][:WORDS_SHOWN]))


def urgency_by_keywords(text: str) -> str:
    return danger.told(text) or times.Urgency.NORMAL


def _longest(text: str, words: Sequence[str]) -> list[str]:
    """Without words that a longer one met already holds."""
    met: list[str] = []
    for word in sorted((w for w in words if w in text), key=len, reverse=True):
        if not any(word in longer for longer in met):
            met.append(word)
    return met


def counts(advised: Advice, chosen: Advice, *, took: bool, month: str) -> dict[str, int]:
    """What one decision adds to the kept counts of its month."""
    return {
        f"advice:{month}:shown": 1,
        f"advice:{month}:category": int(advised.category == chosen.category),
        f"advice:{month}:level": int(advised.level == chosen.level),
        f"advice:{month}:urgency": int(advised.urgency == chosen.urgency),
        f"advice:{month}:taken": int(took),
    }
