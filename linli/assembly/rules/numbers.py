"""Ballot numbers: random, easy to read and to type, with a last character that tells a slip of the pen.

31 signs, a prime, so that any one wrong sign and any two neighbours changed about are told.
"""

import re
import unicodedata
from collections.abc import Callable

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0 and O, no 1, I and L
RANDOM = 8


def drawn(choose: Callable[[str], str]) -> str:
    """`choose` picks one of the signs, as `secrets.choice` does: ABC-DEF-GHJ."""
    return _printed("".join(choose(SIGNS) for _ in range(RANDOM)))


def _printed(body: str) -> str:
    text = body + _check(body)
    return "-".join(text[i : i + 3] for i in range(0, len(text), 3))


def _check(body: str) -> str:
    return SIGNS[-sum((place + 2) * SIGNS.index(sign) for place, sign in enumerate(body)) % len(SIGNS)]


def read(text: str) -> str | None:
    """As it is printed, however it was typed; None for what is no number of ours."""
    plain = re.sub(r"[\s\-—–·.]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(plain) != RANDOM + 1 or any(sign not in SIGNS for sign in plain) or _check(plain[:-1]) != plain[-1]:
        return None
    return _printed(plain[:-1])
