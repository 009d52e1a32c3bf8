"""Putting back what an import changed; what was changed or built upon since stays, and is said."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import models

from linli.kernel.rosters.notes import Note
from linli.people.models import Binding, Ownership, Person, Residency
from linli.people.words.imports import WORDS, noted
from linli.places.models import Building, Entrance, Home

from . import bulk
from .register import BUILDING_FIELDS, HOME_FIELDS, HomeState, PersonState, Register
from .writing import Journal

Kept = list[Note]


class Undoing:
    def __init__(self, compound_id: UUID, journal: Journal) -> None:
        self.compound_id = compound_id
        self.entries: dict[str, list[list[Any]]] = {}
        for what, pk, words, rest in journal:
            self.entries.setdefault(what, []).append([UUID(pk), words, rest])
        self.register = Register(compound_id).load(people=True)
        self.homes: dict[UUID, HomeState] = {h.id: h for h in self.register.homes.values()}
        self.kept: Kept = []
        self.undone = 0

    def run(self) -> Kept:
        self._put_back()
        staying_people, staying_homes = self._changed_since()
        self._remove_links(staying_people, staying_homes)
        self._remove_people(staying_people)
        self._remove_places(staying_homes)
        return self.kept

    # Values

    def _put_back(self) -> None:
        people = self.register.people
        self._restore(Home, "home_was", lambda pk: self.homes.get(pk), _home_value)
        self._restore(Person, "person_was", lambda pk: people.get(pk), _person_value)
        buildings = {b.id: b for b in self.register.buildings.values()}
        self._restore(Building, "building_was", lambda pk: buildings.get(pk), _building_value)

    def _restore(self, model: type[models.Model], what: str, find: Any, value_of: Any) -> None:
        columns: dict[str, list[tuple[Any, UUID]]] = {}
        for pk, words, news in self.entries.get(what, []):
            target = find(pk)
            for name, (old, new) in news.items():
                now = value_of(target, name) if target is not None else None
                if target is None or not _same(now, new):
                    label = Note(WORDS[name]) if name in WORDS else name
                    self.kept.append(
                        Note(
                            "%(whose)s 的%(what)s后来又改成了“%(now)s”，没有动",
                            whose=words,
                            what=label,
                            now=noted(name, now),
                        )
                    )
                    continue
                self.undone += 1
                if name == "identity":
                    columns.setdefault("identity_hash", []).append(("", pk))
                    columns.setdefault("identity_sealed", []).append((None, pk))
                else:
                    columns.setdefault(name, []).append((old, pk))
        for column, rows in columns.items():
            bulk.update(model, column, self.compound_id, rows)

    # What was made

    def _changed_since(self) -> tuple[set[UUID], set[UUID]]:
        """People and homes of this import that stay."""
        people, homes = set(), set()
        bound = Binding.objects.filter(compound_id=self.compound_id, state__in=("asked", "confirmed"))
        bound_people = set(bound.exclude(person=None).values_list("person_id", flat=True))
        for pk, words, digest in self.entries.get("person", []):
            person = self.register.people.get(pk)
            if person is None:
                continue
            if person.digest != digest:
                people.add(pk)
                self.kept.append(Note("%(whose)s 的登记后来改过，没有撤回", whose=words))
            elif pk in bound_people:
                people.add(pk)
                self.kept.append(Note("%(whose)s 已经绑定了账号，没有撤回", whose=words))
        used = self._used(Home, (Ownership, Residency))
        linked = self._linked_elsewhere()
        for pk, words, digest in self.entries.get("home", []):
            home = self.homes.get(pk)
            if home is None:
                continue
            reason = (
                Note("%(whose)s 的资料后来改过，没有撤回", whose=words) if home.digest != digest
                else Note("%(whose)s 已经有诉求或绑定，没有撤回", whose=words) if pk in used
                else Note("%(whose)s 后来登记了业主或住户，没有撤回", whose=words) if pk in linked
                else None
            )  # fmt: skip
            if reason:
                homes.add(pk)
                self.kept.append(reason)
        return people, homes

    def _used(self, model: type[models.Model], but: Iterable[type[models.Model]]) -> set[UUID]:
        """Ids that any table of any context refers to, but for rows that go with what they belong to."""
        found: set[UUID] = set()
        relations: list[Any] = model._meta.get_fields(include_hidden=True)
        for relation in relations:
            if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
                continue
            if relation.related_model in but or relation.on_delete is models.CASCADE:
                continue
            rows = relation.related_model._base_manager.filter(compound_id=self.compound_id)
            found.update(
                rows.exclude(**{relation.field.name: None}).values_list(relation.field.attname, flat=True).distinct()
            )
        return found

    def _delete_with(self, model: type[models.Model], gone: list[UUID]) -> None:
        """What goes with it, in the tables of any context."""
        relations: list[Any] = model._meta.get_fields(include_hidden=True)
        for relation in relations:
            if relation.auto_created and relation.one_to_many and relation.on_delete is models.CASCADE:
                rows = relation.related_model._base_manager.filter(
                    compound_id=self.compound_id, **{f"{relation.field.attname}__in": gone}
                )
                bulk.delete(relation.related_model, self.compound_id, list(rows.values_list("id", flat=True)))

    def _linked_elsewhere(self) -> set[UUID]:
        ours = {pk for what in ("owns", "lives") for pk, _, _ in self.entries.get(what, [])}
        found: set[UUID] = set()
        for model in (Ownership, Residency):
            rows = model.objects.filter(compound_id=self.compound_id).values_list("id", "home_id")
            found.update(home for pk, home in rows.iterator(chunk_size=2000) if pk not in ours)
        return found

    def _remove_links(self, people: set[UUID], homes: set[UUID]) -> None:
        """A link stays with a home or a person that stays for its own sake; and then holds both."""
        changed_people, changed_homes = frozenset(people), frozenset(homes)
        for model, what in ((Ownership, "owns"), (Residency, "lives")):
            ended = set(
                model.objects.filter(compound_id=self.compound_id).exclude(to_day=None).values_list("id", flat=True)
            )
            going = []
            for pk, words, (home, person) in self.entries.get(what, []):
                if UUID(person) in changed_people or UUID(home) in changed_homes:
                    pass
                elif pk in ended:
                    self.kept.append(Note("%(whose)s 的登记后来改过，没有撤回", whose=words))
                else:
                    going.append(pk)
                    continue
                people.add(UUID(person))
                homes.add(UUID(home))
            bulk.delete(model, self.compound_id, going)
            self.undone += len(going)

    def _remove_people(self, staying: set[UUID]) -> None:
        going = [e for e in self.entries.get("person", []) if e[0] not in staying and e[0] in self.register.people]
        used = self._used(Person, ())
        for pk, words, _ in going:
            if pk in used:
                staying.add(pk)
                self.kept.append(Note("%(whose)s 在别处还有登记，没有撤回", whose=words))
        gone = [pk for pk, _, _ in going if pk not in staying]
        bulk.delete(Person, self.compound_id, gone)
        self.undone += len(gone)

    def _remove_places(self, staying: set[UUID]) -> None:
        going = [pk for pk, _, _ in self.entries.get("home", []) if pk in self.homes and pk not in staying]
        used = self._used(Home, ())
        gone = [pk for pk in going if pk not in used]
        self._delete_with(Home, gone)
        bulk.delete(Home, self.compound_id, gone)
        self.undone += len(gone)
        for model, what in ((Entrance, "entrance"), (Building, "building")):
            used = self._used(model, ())
            there = set(model._base_manager.filter(compound_id=self.compound_id).values_list("id", flat=True))
            bulk.delete(
                model, self.compound_id,
                [pk for pk, _, _ in self.entries.get(what, []) if pk in there and pk not in used],
            )  # fmt: skip


def _same(now: Any, new: Any) -> bool:
    if isinstance(now, dict) or isinstance(new, dict):
        return json.dumps(now, sort_keys=True) == json.dumps(new, sort_keys=True)
    return (now.hex if isinstance(now, UUID) else now) == new


def _home_value(home: HomeState, name: str) -> Any:
    return home.extra if name == "extra" else home.values[HOME_FIELDS.index(name)]


def _person_value(person: PersonState, name: str) -> Any:
    return person.mark if name == "identity" else getattr(person, name)


def _building_value(building: Any, name: str) -> Any:
    return building.values[BUILDING_FIELDS.index(name)]
