"""Which tables hold a row more for a matter: their names stand in its `beside`."""

from typing import Protocol


class Kept(Protocol):
    beside: str


def has(matter: Kept, kind: str) -> bool:
    return kind in matter.beside.split()


def put(matter: Kept, kind: str) -> None:
    """Not yet saved."""
    matter.beside = f"{matter.beside} {kind}".strip()
