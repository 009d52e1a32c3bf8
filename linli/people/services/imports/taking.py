"""What a verdict on a row would change, and taking it: in memory first, to be written when all rows are taken."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from linli.kernel.rosters.notes import Note
from linli.people.rules.imports import Became
from linli.plumbing import vault

from .register import BUILDING_FIELDS, HOME_FIELDS, BuildingState, EntranceState, HomeState, PersonState, Register

# What a verdict would change, taken one by one: (what, target, name, value).
Step = tuple[str, Any, Any, Any]
Change = list[Any]  # [whose, what, old, new]: whose is "" for the home, else a person's name


@dataclass(slots=True)
class Verdict:
    became: str = Became.SAME
    changes: list[Change] = field(default_factory=list)
    errors: list[Note] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


class Taking:
    """The register with what was taken so far, and lists of what is new and what has changed."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.new_buildings: list[BuildingState] = []
        self.new_entrances: list[EntranceState] = []
        self.new_homes: list[HomeState] = []
        self.new_people: list[PersonState] = []
        self.changed_buildings: dict[UUID, tuple[BuildingState, dict[str, list[Any]]]] = {}
        self.changed_homes: list[HomeState] = []
        self.changed_people: list[PersonState] = []
        self.ownerships: list[tuple[HomeState, PersonState]] = []
        self.residencies: list[tuple[HomeState, PersonState, str]] = []

    def take(self, verdict: Verdict) -> None:
        for what, target, name, value in verdict.steps:
            _TAKE[what](self, target, name, value)

    def _take_building(self, building: BuildingState, _: Any, __: Any) -> None:
        if self.register.buildings.setdefault(building.key, building) is building:
            self.new_buildings.append(building)

    def _take_building_value(self, building: BuildingState, at: int, new: Any) -> None:
        if not building.is_new:
            _, news = self.changed_buildings.setdefault(building.id, (building, {}))
            news[BUILDING_FIELDS[at]] = [building.values[at], new]
        building.values[at] = new

    def _take_entrance(self, entrance: EntranceState, _: Any, __: Any) -> None:
        entrance.building = self.register.buildings[entrance.building.key]
        if self.register.entrances.setdefault((entrance.building.key, entrance.key), entrance) is entrance:
            self.new_entrances.append(entrance)

    def _take_home(self, home: HomeState, _: Any, __: Any) -> None:
        # A row of several homes may have proposed one new building twice.
        home.building = self.register.buildings[home.building.key]
        home.entrance = self.register.entrances[home.building.key, home.entrance.key]
        self.register.add_home(home)
        self.new_homes.append(home)

    def _take_home_value(self, home: HomeState, at: int, new: Any) -> None:
        self._note(home, HOME_FIELDS[at], home.values[at], new)
        home.values[at] = new

    def _take_person(self, person: PersonState, _: Any, __: Any) -> None:
        self.register.add_person(person)
        self.new_people.append(person)

    def _take_identity(self, person: PersonState, mark: str, number: str) -> None:
        self._note(person, "identity", "", mark)
        person.mark, person.identity = mark, number
        self.register.index_person(person)

    def _take_phone(self, person: PersonState, _: str, number: str) -> None:
        self._note(person, "phone", person.phone, number)
        person.phone = number
        self.register.index_person(person)

    def _take_phone_instead(self, person: PersonState, name: str, number: str) -> None:
        old = person.phone
        self._take_phone(person, name, number)
        self._take_phone_also(person, False, old)

    def _take_phone_also(self, person: PersonState, bad: bool, number: str) -> None:
        if person.knows(number):
            return
        if not bad and not person.phone2:
            self._note(person, "phone2", "", number)
            person.phone2 = number
            self.register.index_person(person)
        else:
            self._note_extra(person)
            person.extra["phones"] = [*person.extra.get("phones", []), number]

    def _take_owns(self, home: HomeState, person: PersonState, _: Any) -> None:
        if person not in home.owners:
            home.owners += (person,)
            self.ownerships.append((home, person))

    def _take_lives(self, home: HomeState, person: PersonState, kind: str) -> None:
        if not any(p is person for p, _ in home.residents):
            home.residents += ((person, kind),)
            self.residencies.append((home, person, kind))

    def _take_extra(self, target: HomeState | PersonState, header: str, value: str) -> None:
        """What the file says of one header, all of it, in place of what the register said."""
        if target.is_new:
            before = target.extra.get(header)
            target.extra[header] = f"{before}；{value}" if before else value
            return
        self._note_extra(target)
        if target.heard is None:
            target.heard = {}
        said = target.heard.setdefault(header, [])
        if value not in said:
            said.append(value)
        target.extra[header] = "；".join(said)

    def _take_sealed(self, target: HomeState | PersonState, header: str, value: tuple[str, str]) -> None:
        self._note_extra(target)
        mark, text = value
        target.extra["sealed"] = {**target.extra.get("sealed", {}), header: [mark, vault.seal(text).hex()]}

    def _note(self, target: HomeState | PersonState, name: str, old: Any, new: Any) -> None:
        """What undoing will need; nothing for what this import made itself."""
        if target.is_new:
            return
        if target.news is None:
            target.news = {}
            if isinstance(target, HomeState):
                self.changed_homes.append(target)
            else:
                self.changed_people.append(target)
        kept = target.news.setdefault(name, [old, new])
        kept[1] = new

    def _note_extra(self, target: HomeState | PersonState) -> None:
        self._note(target, "extra", dict(target.extra), target.extra)


_TAKE: dict[str, Callable[..., None]] = {
    "building": Taking._take_building, "building_value": Taking._take_building_value,
    "entrance": Taking._take_entrance, "home": Taking._take_home, "home_value": Taking._take_home_value,
    "person": Taking._take_person, "identity": Taking._take_identity, "phone": Taking._take_phone,
    "phone_instead": Taking._take_phone_instead, "phone_also": Taking._take_phone_also,
    "owns": Taking._take_owns, "lives": Taking._take_lives, "extra": Taking._take_extra,
    "sealed": Taking._take_sealed,
}  # fmt: skip
