"""How many came, never what they said; small buildings are shown together, so that nobody is read from a table (traps 10)."""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

LEAST_VOTED, LEAST_PARTIES = 3, 10


def counter(session: UUID, building: UUID, what: str) -> str:
    """The name of a kept count; `what`: parties or area of whom something came in."""
    return f"{prefix(session)}{building.hex}:{what}"


def prefix(session: UUID) -> str:
    return f"came:{session.hex}:"


class Cell(NamedTuple):
    """Parties and area (0.01 m²) of some buildings, and of them those from whom something came in."""

    labels: tuple[str, ...]
    parties: int
    area: int
    voted: int
    voted_area: int

    @property
    def label(self) -> str:
        """Buildings that stand in a row, by the first and the last of them."""
        return "、".join(self.labels) if len(self.labels) < 3 else f"{self.labels[0]} – {self.labels[-1]}"

    @property
    def small(self) -> bool:
        return self.voted < LEAST_VOTED or self.parties < LEAST_PARTIES

    def joined(self, other: "Cell") -> "Cell":
        return Cell(
            self.labels + other.labels, self.parties + other.parties, self.area + other.area, self.voted + other.voted,
            self.voted_area + other.voted_area,
        )  # fmt: skip


def merged(cells: Iterable[Cell]) -> list[Cell]:
    """A small building goes with the next, the last with the one before it; one that stays small alone is not shown."""
    found: list[Cell] = []
    held: Cell | None = None
    for cell in cells:
        held = held.joined(cell) if held else cell
        if not held.small:
            found.append(held)
            held = None
    if held and found:
        found.append(found.pop().joined(held))
    return found
