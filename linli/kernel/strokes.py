"""Names in the order of strokes of the surname (姓氏笔画), as a ballot lists them (domain §7.3)."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("strokes.txt")
Key = tuple[tuple[int, int], ...]
UNKNOWN = 100


@lru_cache(maxsize=1)
def _table() -> dict[str, tuple[int, int]]:
    """Character to its strokes and its place among those that have as many."""
    lines = [line.split() for line in FILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {sign: (int(count), place) for count, signs in lines for place, sign in enumerate(signs)}


def key(name: str) -> Key:
    """Sign by sign: strokes, then the table of standard characters. What is in no table, letters and rare signs, comes last."""
    table = _table()
    return tuple(table.get(sign, (UNKNOWN, ord(sign))) for sign in name)


def order(names: Sequence[tuple[str, str]]) -> list[int]:
    """Places of (name, home): of the same name the home decides, so that whoever has the list can make it again."""
    return sorted(range(len(names)), key=lambda n: (key(names[n][0]), names[n][1]))


def is_ordered(names: Sequence[str]) -> bool:
    """Of more than one; else there is no order to speak of."""
    keys = [key(name) for name in names]
    return len(keys) > 1 and keys == sorted(keys)
