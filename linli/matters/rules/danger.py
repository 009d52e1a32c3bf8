"""What the words of a report say of danger before anybody has sorted it (domain §4.5): fixed lists, never a learned model.

A false alarm costs the desk a look; a missed one costs a trapped person hours. Whoever sorts it may put it lower.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

from .times import Urgency

# Where somebody tells what is the matter now; minutes of a meeting and checklists speak of it at leisure.
LIVE = frozenset({"resident_online", "resident_phone", "front_desk", "chat_group", "home_visit", "patrol", "hotline", "care_check"})  # fmt: skip
# Their clocks run day and night.
AT_ONCE = (Urgency.EMERGENCY, Urgency.URGENT)

# Who is in danger says so first; a long letter speaks of dangers that are to be mended.
LOOKED_AT = 120


@cache
def _lists() -> tuple[re.Pattern[str], dict[Urgency, re.Pattern[str]]]:
    lists = tomllib.loads(Path(__file__).with_name("keywords.toml").read_text(encoding="utf-8"))["urgency"]
    return _any(lists["harmless"]), {urgency: _any(lists[urgency]) for urgency in AT_ONCE}


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns))


def told(text: str) -> Urgency | None:
    """Emergency, urgent, or nothing that these words alone say."""
    harmless, lists = _lists()
    left = harmless.sub("，", text[:LOOKED_AT])
    return next((urgency for urgency, words in lists.items() if words.search(left)), None)


def at_least(urgency: str, text: str) -> str:
    """The urgency that somebody or something proposes, never lower than the words say."""
    said = told(text)
    if said is None or urgency == Urgency.EMERGENCY:
        return urgency
    return said
