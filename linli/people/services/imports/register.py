"""A compound's homes and people in memory, loaded once: an import asks for each of 100,000 rows."""

import json
from collections import defaultdict
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any
from uuid import UUID

from linli.kernel.rosters import clean
from linli.people.models import Ownership, Person, Residency
from linli.people.queries.chunks import HOME_FIELDS
from linli.places.models import Building, Entrance, Home

BUILDING_FIELDS = ("floors_above", "floors_below", "built_year", "has_lift", "grid_id")


class BuildingState:
    __slots__ = ("id", "is_new", "key", "label", "position", "values")

    def __init__(self, id: UUID, key: str, label: str, position: int, values: list[Any], is_new: bool) -> None:
        self.id, self.key, self.label, self.position, self.values, self.is_new = (
            id,
            key,
            label,
            position,
            values,
            is_new,
        )


class EntranceState:
    __slots__ = ("building", "id", "is_new", "key", "label", "position")

    def __init__(self, id: UUID, building: BuildingState, key: str, label: str, position: int, is_new: bool) -> None:
        self.id, self.building, self.key, self.label, self.position = id, building, key, label, position
        self.is_new = is_new


class PersonState:
    __slots__ = (
        "extra",
        "heard",
        "id",
        "identity",
        "is_new",
        "is_organisation",
        "mark",
        "name",
        "news",
        "phone",
        "phone2",
    )

    def __init__(
        self, id: UUID, name: str, is_organisation: bool, phone: str, phone2: str, mark: str, extra: dict[str, Any],
        is_new: bool,
    ) -> None:  # fmt: skip
        self.id, self.name, self.is_organisation, self.phone, self.phone2 = id, name, is_organisation, phone, phone2
        self.mark, self.extra, self.is_new = mark, extra, is_new
        self.identity = ""  # only what this file says; the register's is sealed
        self.news: dict[str, list[Any]] | None = None
        self.heard: dict[str, list[str]] | None = None

    def knows(self, phone: str) -> bool:
        return phone in (self.phone, self.phone2) or phone in self.extra.get("phones", ())

    @property
    def digest(self) -> str:
        return _digest(self.name, self.is_organisation, self.phone, self.phone2, self.mark, _flat(self.extra))


class HomeState:
    __slots__ = (
        "building", "entrance", "extra", "heard", "id", "is_new", "label", "news", "owners", "residents", "room",
        "values", "was_owned_by",
    )  # fmt: skip

    def __init__(
        self, id: UUID, building: BuildingState, entrance: EntranceState, room: str, label: str, values: list[Any],
        extra: dict[str, Any], is_new: bool,
    ) -> None:  # fmt: skip
        self.id, self.building, self.entrance, self.room, self.label = id, building, entrance, room, label
        self.values, self.extra, self.is_new = values, extra, is_new
        self.owners: tuple[PersonState, ...] = ()
        self.residents: tuple[tuple[PersonState, str], ...] = ()
        self.was_owned_by: tuple[PersonState, ...] = ()
        self.news: dict[str, list[Any]] | None = None
        self.heard: dict[str, list[str]] | None = None

    @property
    def digest(self) -> str:
        return _digest(self.room, self.label, *self.values, _flat(self.extra))


def _flat(extra: dict[str, Any]) -> str:
    return json.dumps(extra, sort_keys=True) if extra else ""


def _digest(*values: Any) -> str:
    return blake2b(repr(values).encode(), digest_size=6).hexdigest()


def bare(name: str) -> str:
    return "".join(name.split())


class Register:
    """Indexes by what a file can say. Objects made by the import join them as they are made."""

    def __init__(self, compound_id: UUID) -> None:
        self.compound_id = compound_id
        self.buildings: dict[str, BuildingState] = {}
        self.entrances: dict[tuple[str, str], EntranceState] = {}
        self.homes: dict[tuple[str, str, str], HomeState] = {}
        self.rooms: dict[tuple[str, str], tuple[HomeState, ...]] = defaultdict(tuple)
        self.people: dict[UUID, PersonState] = {}
        self.by_mark: dict[str, PersonState] = {}
        self.by_name_phone: dict[tuple[str, str], PersonState] = {}
        self.organisations: dict[str, PersonState] = {}
        self.has_owners = False

    # From the database

    def load(self, *, people: bool) -> "Register":
        by_id = {h.id: h for h in self._load_places()}
        if people:
            self._load_people(by_id)
        return self

    def _load_places(self) -> Iterable[HomeState]:
        cid = self.compound_id
        buildings: dict[UUID, BuildingState] = {}
        for id, key, label, position, *values in (
            Building.objects.filter(compound_id=cid).values_list("id", "key", "label", "position", *BUILDING_FIELDS)
        ):  # fmt: skip
            known = clean.building_key(key).value
            state = BuildingState(id, known.key if known else key, label, position, values, False)
            buildings[id] = self.buildings[state.key] = state
        entrances: dict[UUID, EntranceState] = {}
        for id, building_id, key, label, position in (
            Entrance.objects.filter(compound_id=cid).values_list("id", "building_id", "key", "label", "position")
        ):  # fmt: skip
            entrance = EntranceState(
                id, buildings[building_id], clean.entrance_key(key).value.key, label, position, False
            )
            entrances[id] = self.entrances[entrance.building.key, entrance.key] = entrance
        rows = Home.objects.filter(compound_id=cid).values_list(
            "id", "building_id", "entrance_id", "room_no", "label", *HOME_FIELDS, "extra"
        )
        for id, building_id, entrance_id, room, label, *values, extra in rows.iterator(chunk_size=2000):
            if values[7] is not None:
                values[7] = values[7].isoformat()
            home = HomeState(id, buildings[building_id], entrances[entrance_id], room, label, values, extra, False)
            self.add_home(home)
            yield home

    def _load_people(self, homes: dict[UUID, HomeState]) -> None:
        cid = self.compound_id
        rows = Person.objects.filter(compound_id=cid).values_list(
            "id", "name", "is_organisation", "phone", "phone2", "identity_hash", "extra"
        )
        for row in rows.iterator(chunk_size=2000):
            self.add_person(PersonState(*row, is_new=False))  # type: ignore[misc]
        owned = Ownership.objects.filter(compound_id=cid, to_day=None).order_by("id")
        for home_id, person_id in owned.values_list("home_id", "person_id").iterator(chunk_size=2000):
            home = homes[home_id]
            home.owners += (self.people[person_id],)
            home.was_owned_by = home.owners
            self.has_owners = True
        lived = Residency.objects.filter(compound_id=cid, to_day=None)
        for home_id, person_id, kind in lived.values_list("home_id", "person_id", "kind").iterator(chunk_size=2000):
            homes[home_id].residents += ((self.people[person_id], kind),)

    # Joining

    def add_home(self, home: HomeState) -> None:
        room = home.room
        if not (room.isdecimal() and room[0] != "0"):
            known = clean.room_no(room).value
            room = known.key if known else room
        self.homes[home.building.key, home.entrance.key, room] = home
        self.rooms[home.building.key, room] += (home,)

    def add_person(self, person: PersonState) -> None:
        self.people[person.id] = person
        self.index_person(person)

    def index_person(self, person: PersonState) -> None:
        name = bare(person.name)
        if person.mark:
            self.by_mark.setdefault(person.mark, person)
        for phone in (person.phone, person.phone2):
            if phone:
                self.by_name_phone.setdefault((name, phone), person)
        if person.is_organisation:
            self.organisations.setdefault(name, person)
