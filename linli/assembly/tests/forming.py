"""A property management committee in a test, brought as far as is asked: forty homes, an owner in each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from linli.assembly.models import Formation, Nominee, TickForm
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices
from linli.assembly.services import elections
from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, Place
from linli.people.models import Binding, Organisation, Ownership, Person
from linli.people.rules import Body, Role
from linli.plumbing.acts import Actor

UNTIL = date(2026, 3, 31)
LISTED = datetime(2026, 4, 1, 10, 0, tzinfo=makers.SHANGHAI)
TICKS = LISTED + timedelta(days=8)
COUNTED = TICKS + timedelta(days=3)
ENDS = COUNTED + timedelta(days=9)
CARRIERS = {"first": "周一平", "second": "陈二喜"}


@dataclass
class Village:
    """`persons[i]` owns `place.homes[i]`; `owner(i)` is he himself, signed in."""

    place: Place
    secretary: Actor
    worker: Actor
    officer: Actor
    persons: list[Person]
    formation: Formation | None = None
    owners: dict[int, Actor] = field(default_factory=dict)

    def owner(self, n: int) -> Actor:
        if n not in self.owners:
            who = makers.account(self.persons[n].name)
            binding = Binding.objects.create(
                compound=self.place.compound, account=who, person=self.persons[n], home=self.place.homes[n], relation="owner",
                state="confirmed", asked_at=NOW,
            )  # fmt: skip
            self.owners[n] = self.place._actor(f"binding:{binding.pk}", who)
        return self.owners[n]

    @property
    def made(self) -> Formation:
        assert self.formation
        self.formation.refresh_from_db()
        return self.formation

    def does(self, verb: Any, by: Actor, at: datetime, **more: Any) -> Any:
        return verb(by=by, formation=self.made, at=at, **more)


def village(homes: int = 40, slug: str = "old") -> Village:
    place = makers.compound(slug, unmanaged=True, homes=homes)
    persons = [Person(compound=place.compound, name=f"业主{n}") for n in range(len(place.homes))]
    Person.objects.bulk_create(persons)
    Ownership.objects.bulk_create(
        Ownership(compound=place.compound, home=home, person=person)
        for home, person in zip(place.homes, persons, strict=True)
    )
    office = Organisation.objects.create(
        kind=Body.SUBDISTRICT, name="临溪街道办事处", subdistrict=place.compound.community.subdistrict
    )
    return Village(
        place, place.post(Role.COMMUNITY_SECRETARY, name="林红"), place.post(Role.COMMUNITY_WORKER, name="苏文"),
        place.post(Role.SUBDISTRICT_OFFICER, office, name="何成"), persons,
    )  # fmt: skip


def refused(verb: Any, v: Village, by: Actor, at: datetime = NOW, **more: Any) -> str:
    with pytest.raises(Refused) as no:
        v.does(verb, by, at, **more)
    return no.value.refusal.key


def announced(v: Village, seats: int = 7, owner_seats: int = 4, **more: Any) -> Village:
    v.formation = elections.announce_pmc(
        by=v.secretary, compound=v.place.compound, seats=seats, owner_seats=owner_seats,
        **{"until": UNTIL, "contact": "社区服务站，0000-1234567", "at": NOW, **more},
    )  # fmt: skip
    return v


def standing(v: Village, n: int) -> Nominee:
    """Put forward by himself, and every condition looked at."""
    made: Nominee = v.does(elections.stand, v.owner(n), NOW, why="热心，有空", pledge=True)
    return checked(v, made)


def checked(v: Village, nominee: Nominee, holds: bool = True, but: Collection[str] = (), at: datetime = NOW) -> Nominee:
    for key in queries.checks_wanted(v.made):
        if key not in but:
            v.does(elections.check, v.worker, at, nominee=nominee, key=key, holds=holds, evidence="看了原件")
    return nominee


def listed(v: Village, stand: int = 5, **more: Any) -> Village:
    announced(v, **more)
    for n in range(stand):
        standing(v, n)
    v.does(elections.post_list, v.secretary, LISTED)
    return v


def ticking(v: Village, stand: int = 5, **more: Any) -> Village:
    listed(v, stand, **more)
    v.does(elections.start_ticks, v.secretary, TICKS)
    return v


def place_of(v: Village, n: int) -> int:
    """Where the owner of home n stands on the list."""
    place = Nominee.objects.get(compound_id=v.made.compound_id, formation=v.made, person=v.persons[n]).place
    assert place
    return place


def returned(v: Village, numbers: Sequence[int], at: datetime = TICKS) -> None:
    v.does(elections.carry, v.worker, at, numbers=numbers, state="returned", **CARRIERS)


def form(v: Village, number: int) -> TickForm:
    return TickForm.objects.get(compound_id=v.made.compound_id, formation=v.made, number=number)


def read_twice(v: Village, ticks: dict[int, Collection[int]]) -> None:
    """`ticks`: places by form number."""
    for clerk in (v.secretary, v.worker):
        for number, places in ticks.items():
            v.does(elections.read, clerk, COUNTED, form=form(v, number), ticks=places)


def counted(v: Village, ticks: dict[int, Collection[int]]) -> Village:
    """`ticks`: home numbers ticked, by form number."""
    returned(v, list(ticks))
    v.does(elections.close_ticks, v.secretary, COUNTED)
    read_twice(v, {number: [place_of(v, n) for n in homes] for number, homes in ticks.items()})
    v.does(elections.count, v.secretary, COUNTED)
    return v


def seated(v: Village) -> Village:
    """Three who are no owners, beside four who are."""
    for n, capacity in enumerate(("residents_committee", "subdistrict", "occupant")):
        v.does(elections.add_seat, v.officer, COUNTED, name=f"委员{n}", phone=f"1381234567{n}", capacity=capacity)
    return v


def noticed(v: Village) -> Village:
    chair = offices.sitting(offices.seats(seated(v).made))[0].pk
    v.does(elections.confirm, v.officer, COUNTED, chair=chair)
    v.does(elections.post_notice, v.secretary, COUNTED)
    return v
