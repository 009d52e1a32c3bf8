"""What a comparer took, written to the database at once, with the journal that undoing reads."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any
from uuid import UUID

from linli.people.models import Ownership, Person, Residency
from linli.places.models import Building, Entrance, Home
from linli.plumbing import vault
from linli.plumbing.tenancy import uuid7

from . import bulk
from .compare import Comparer
from .register import BUILDING_FIELDS, HOME_FIELDS, HomeState, PersonState

# [what, id, words for people, what to compare or put back]; ids are 32 characters.
Journal = list[list[Any]]
SOURCE = "import"
EVERY = 2000


def write(
    comparer: Comparer, compound_id: UUID, today: date, tick: Callable[[int], None] = lambda done: None
) -> Iterator[list[Any]]:
    """Writes as its journal is read, table by table in the order of their keys: read it to the end.

    `tick` hears how many entries are written, every few thousand.
    """
    pace = _Pace(tick)
    yield from _new_places(comparer, compound_id, pace)
    yield from _new_people(comparer, compound_id, pace)
    yield from _links(comparer, compound_id, today, pace)
    yield from _changed(comparer, compound_id)


class _Pace:
    def __init__(self, tick: Callable[[int], None]) -> None:
        self.tick, self.done = tick, 0

    def __call__(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            yield row
            self.done += 1
            if self.done % EVERY == 0:
                self.tick(self.done)


def size(comparer: Comparer) -> int:
    """How many entries the journal will have."""
    lists = (
        comparer.new_buildings, comparer.new_entrances, comparer.new_homes, comparer.new_people, comparer.ownerships,
        comparer.residencies, comparer.changed_buildings, comparer.changed_homes, comparer.changed_people,
    )  # fmt: skip
    return sum(len(made) for made in lists)


def _new_places(comparer: Comparer, compound_id: UUID, pace: _Pace) -> Iterator[list[Any]]:
    buildings, entrances, homes = comparer.new_buildings, comparer.new_entrances, comparer.new_homes
    bulk.insert(
        Building, ("id", "compound_id", "key", "label", "position", *BUILDING_FIELDS),
        ((b.id, compound_id, b.key, b.label, b.position, *b.values) for b in pace(buildings)),
    )  # fmt: skip
    bulk.insert(
        Entrance, ("id", "compound_id", "building_id", "key", "label", "position"),
        ((e.id, compound_id, e.building.id, e.key, e.label, e.position) for e in pace(entrances)),
    )  # fmt: skip
    bulk.insert(
        Home, ("id", "compound_id", "building_id", "entrance_id", "room_no", "label", *HOME_FIELDS, "extra"),
        ((h.id, compound_id, h.building.id, h.entrance.id, h.room, h.label, *h.values, h.extra) for h in pace(homes)),
    )  # fmt: skip
    yield from (["building", b.id.hex, b.label, repr(b.values)] for b in buildings)
    yield from (["entrance", e.id.hex, e.building.label + e.label, ""] for e in entrances)
    yield from (["home", h.id.hex, h.label, h.digest] for h in homes)


def _new_people(comparer: Comparer, compound_id: UUID, pace: _Pace) -> Iterator[list[Any]]:
    people = comparer.new_people
    bulk.insert(
        Person,
        (
            "id", "compound_id", "name", "is_organisation", "phone", "phone2", "identity_sealed", "identity_hash",
            "extra",
        ),
        (
            (
                p.id, compound_id, p.name, p.is_organisation, p.phone, p.phone2,
                vault.seal(p.identity) if p.identity else None, p.mark, p.extra,
            )
            for p in pace(people)
        ),
    )  # fmt: skip
    yield from (["person", p.id.hex, p.name, p.digest] for p in people)


def _links(comparer: Comparer, compound_id: UUID, today: date, pace: _Pace) -> Iterator[list[Any]]:
    owned = [(uuid7(), h, p) for h, p in comparer.ownerships]
    bulk.insert(
        Ownership, ("id", "compound_id", "home_id", "person_id", "source"),
        ((pk, compound_id, h.id, p.id, SOURCE) for pk, h, p in pace(owned)),
    )  # fmt: skip
    lived = [(uuid7(), h, p, kind) for h, p, kind in comparer.residencies]
    bulk.insert(
        Residency, ("id", "compound_id", "home_id", "person_id", "kind"),
        ((pk, compound_id, h.id, p.id, kind) for pk, h, p, kind in pace(lived)),
    )  # fmt: skip
    yield from (["owns", pk.hex, f"{h.label} {p.name}", [h.id.hex, p.id.hex]] for pk, h, p in owned)
    yield from (["lives", pk.hex, f"{h.label} {p.name}", [h.id.hex, p.id.hex]] for pk, h, p, _ in lived)


def _changed(comparer: Comparer, compound_id: UUID) -> Iterator[list[Any]]:
    changed = comparer.changed_buildings.values()
    for name in BUILDING_FIELDS:
        rows = [(news[name][1], b.id) for b, news in changed if name in news]
        bulk.update(Building, name, compound_id, rows)
    _update(Home, compound_id, comparer.changed_homes)
    _update(Person, compound_id, comparer.changed_people)
    for b, news in changed:
        yield ["building_was", b.id.hex, b.label, {n: [_plain(o), _plain(v)] for n, (o, v) in news.items()}]
    for home in comparer.changed_homes:
        yield ["home_was", home.id.hex, home.label, home.news]
    for person in comparer.changed_people:
        yield ["person_was", person.id.hex, person.name, person.news]


def _plain(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else value


def _update(model: type[Home] | type[Person], compound_id: UUID, targets: Iterable[HomeState | PersonState]) -> None:
    by_column: dict[str, list[tuple[Any, UUID]]] = {}
    for target in targets:
        for name, (_, new) in (target.news or {}).items():
            if name == "identity" and isinstance(target, PersonState):
                by_column.setdefault("identity_hash", []).append((new, target.id))
                by_column.setdefault("identity_sealed", []).append((vault.seal(target.identity), target.id))
            else:
                by_column.setdefault(name, []).append((new, target.id))
    for column, rows in by_column.items():
        bulk.update(model, column, compound_id, rows)
