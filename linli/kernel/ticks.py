"""A tick count (划票): preferences gathered from door to door. A poll, not a vote under article 278 (domain §3.13)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    homes: int
    area: int


@dataclass(frozen=True, slots=True)
class Ticks:
    """`ranking` best first; within `ties`, by area too, only lots decide the order. `low_reach`: fewer than half of the homes."""

    returned: int
    homes: int
    valid: int
    ranking: tuple[Place, ...]
    ties: tuple[tuple[str, ...], ...]

    @property
    def low_reach(self) -> bool:
        return 2 * self.returned < self.homes


def count_ticks(
    forms: Iterable[tuple[int, Sequence[str]]],
    candidates: Sequence[str],
    most: int,
    homes: int,
    lots: Sequence[str] = (),
) -> Ticks:
    """`forms`: area of the home in 0.01 m² and the names ticked, one form a home; more than `most` ticks make it invalid."""
    counted = {name: [0, 0] for name in candidates}
    returned = valid = 0
    for area, names in forms:
        returned += 1
        ticked = set(names)
        if len(ticked) > most or not ticked <= set(candidates):
            continue
        valid += 1
        for name in ticked:
            counted[name][0] += 1
            counted[name][1] += area
    places = [Place(name, n, area) for name, (n, area) in counted.items()]
    drawn = {name: n for n, name in enumerate(lots)}
    places.sort(key=lambda p: (-p.homes, -p.area, drawn.get(p.name, len(drawn)), p.name))
    groups = [tuple(p.name for p in group) for _, group in groupby(places, key=lambda p: (p.homes, p.area))]
    ties = tuple(group for group in groups if len(group) > 1 and not all(name in drawn for name in group))
    return Ticks(returned, homes, valid, tuple(places), ties)
