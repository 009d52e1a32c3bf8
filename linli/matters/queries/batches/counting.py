"""How many homes of a case are how far: kept by every move, and counted afresh for the check."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from linli.plumbing.counters import kept

from ...models import Batch
from ...rules.batches import HomeState
from . import homes_in, lacks_keys
from .homes import buildings_of


@dataclass(frozen=True)
class Counts:
    """As they were kept: homes, by state, by missing paper, by reason, and by building and state."""

    homes: int
    states: dict[str, int]
    lacks: dict[str, int]
    reasons: dict[str, int]
    buildings: dict[str, dict[str, int]]

    @property
    def certified(self) -> int:
        return self.states.get(HomeState.CERTIFIED, 0)


def counts(batch: Batch) -> Counts:
    prefix = f"batch:{batch.number}:"
    return _counts({name.removeprefix(prefix): n for name, n in kept(batch.compound_id, prefix).items()})


def counts_of_all(compound_id: UUID) -> dict[int, Counts]:
    """By the number of the case; one query for all."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for name, n in kept(compound_id, "batch:").items():
        number, _sep, rest = name.removeprefix("batch:").partition(":")
        found[int(number)][rest] = n
    return {number: _counts(values) for number, values in found.items()}


def _counts(values: Mapping[str, int]) -> Counts:
    states: dict[str, int] = {}
    lacks: dict[str, int] = {}
    reasons: dict[str, int] = {}
    buildings: dict[str, dict[str, int]] = defaultdict(dict)
    homes = 0
    for name, n in values.items():
        kind, _sep, rest = name.partition(":")
        if kind == "homes":
            homes = n
        elif kind == "building":
            building, _sep, state = rest.partition(":")
            buildings[building][state] = n
        elif n > 0:
            {"state": states, "lacks": lacks, "reason": reasons}[kind][rest] = n
    return Counts(homes, states, lacks, reasons, dict(buildings))


def recount(batch: Batch) -> dict[str, int]:
    """What `counts` would be if each home were looked at: for the check that both agree."""
    found: Counter[str] = Counter()
    rows = homes_in(batch)
    for state, building, lacks, reason in rows.values_list("state", "building_id", "lacks", "reason"):
        found.update(counted(state, building, lacks, reason))
    return dict(found)


def counted(state: str, building: UUID, lacks: str, reason: str) -> list[str]:
    """The kept counts that one home stands in."""
    names = ["homes", f"state:{state}", f"building:{building.hex}:{state}"]
    if state != HomeState.CERTIFIED:
        names += [f"lacks:{key}" for key in lacks_keys(lacks)]
    return names + ([f"reason:{reason}"] if state == HomeState.BLOCKED else [])


def shares(batch: Batch, found: Counts) -> list[tuple[str, int, int]]:
    """(building, certified, all) in the order of the buildings, for the desk."""
    rows = []
    for pk, name in buildings_of(batch):
        states = found.buildings.get(pk.hex, {})
        total = sum(states.values())
        if total:
            rows.append((name, states.get(HomeState.CERTIFIED, 0), total))
    return rows
