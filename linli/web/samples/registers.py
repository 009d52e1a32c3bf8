"""The sample compounds' places, people, bodies, posts and accounts, written in bulk, and who may act as whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from linli.people.access import standing_by_key
from linli.people.models import Account, Binding, Organisation, Ownership, Person, Post, Residency
from linli.people.rules import NOTICE_VERSION, Body
from linli.places.models import (
    Building,
    Community,
    Compound,
    Entrance,
    Grid,
    Home,
    ProfileAdoption,
    Subdistrict,
)
from linli.plumbing.acts import Actor

from .places import SUBDISTRICT, PersonPlan, PostPlan
from .steps import CompoundPlan

PASSWORD = "linli-demo"  # noqa: S105  # printed by `linli demo`, which listens on this machine alone
# One salt for all, long enough that signing in does not change it: so the demo's accounts are known by it.
SALT = "linliSampleCompoundsTwentySix"
OPERATOR_PHONE = "13500000000"
HOURS = [["08:30", "12:00"], ["14:00", "17:30"]]
ASKED = (
    ("owner", "房产证上有我的名字", 200),
    ("family", "我是业主的女儿，和父母同住", 95),
    ("tenant", "今年八月租的", 26),
)


@dataclass
class Town:
    """A compound in the database, with what the plan's keys stand for."""

    plan: CompoundPlan
    compound: Compound
    now: datetime
    buildings: dict[str, Building] = field(default_factory=dict)
    entrances: dict[tuple[str, str], Entrance] = field(default_factory=dict)
    homes: dict[str, Home] = field(default_factory=dict)
    persons: dict[str, Person] = field(default_factory=dict)
    bodies: dict[str, Organisation] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    bindings: dict[str, list[Binding]] = field(default_factory=dict)
    _actors: dict[str, Actor] = field(default_factory=dict)

    def as_post(self, key: str) -> Actor:
        return self._as(f"post:{self.posts[key].pk}", self.posts[key].account_id)

    def as_resident(self, person: str, home: str = "") -> Actor:
        """For that person, in that home if they have it."""
        held = self.bindings[person]
        chosen = next((b for b in held if home and b.home_id == self.homes[home].pk), held[0])
        return self._as(f"binding:{chosen.pk}", chosen.account_id)

    def _as(self, key: str, account_id) -> Actor:
        if key not in self._actors:
            standing = standing_by_key(key, account_id, self.compound, self.now.date())
            assert standing, key
            self._actors[key] = standing.actor
        return self._actors[key]


def operator(now: datetime) -> Account:
    made, _ = Account.objects.get_or_create(
        phone=OPERATOR_PHONE, defaults=_signs_in("系统运营者", now, is_operator=True)
    )
    return made


@cache
def _secret() -> str:
    return make_password(PASSWORD, salt=SALT)


def _signs_in(name: str, now: datetime, **more) -> dict:
    return {"name": name, "password": _secret(), "created_at": now - timedelta(days=400), **_known(now), **more}


def _known(now: datetime) -> dict:
    """Number proved, notice read."""
    return {"verified_at": now, "notice_version": NOTICE_VERSION, "notice_at": now}


def settle(plan: CompoundPlan, ordinal: int, now: datetime) -> Town:
    """One compound's registers; must run in its scope's transaction. `plan.demo` says who signs in."""
    p = plan.places
    subdistrict, _ = Subdistrict.objects.get_or_create(name=SUBDISTRICT, region="")
    community, _ = Community.objects.get_or_create(subdistrict=subdistrict, name=p.community)
    compound = Compound.objects.create(
        ordinal=ordinal, slug=p.slug, name=p.name, community=community, address=p.address, phone=f"0000-62{ordinal:02d}100",
        is_unmanaged=p.is_unmanaged, settings={"hours": HOURS, **p.settings}, created_at=now - timedelta(days=400),
    )  # fmt: skip
    ProfileAdoption.objects.create(compound=compound, profile=compound.profile, at=now - timedelta(days=400))
    town = Town(plan, compound, now)
    _places(town)
    _people(town)
    _bodies(town, subdistrict)
    accounts = _accounts(town)
    _posts(town, accounts)
    _bindings(town, accounts)
    _asking(town)
    return town


def _places(town: Town) -> None:
    p, c = town.plan.places, town.compound
    grids = {name: Grid.objects.get_or_create(community_id=c.community_id, name=name)[0] for name in p.grids}
    for place, b in enumerate(p.buildings):
        town.buildings[b.key] = Building(
            compound=c, key=b.key, label=b.label, position=place, grid=grids[b.grid], floors_above=b.floors, built_year=b.built_year,
            has_lift=b.has_lift,
        )  # fmt: skip
        for order, e in enumerate(b.entrances):
            entrance = Entrance(
                compound=c, building=town.buildings[b.key], key=e.key, label=f"{e.key}单元", position=order
            )
            town.entrances[b.key, e.key] = entrance
            for h in e.homes:
                town.homes[h.key] = Home(
                    compound=c, building=town.buildings[b.key], entrance=entrance, floor=h.floor, room_no=h.room_no, label=h.label,
                    building_area=h.area, area_source="registered", occupied=h.occupied, extra={"title": h.title},
                )  # fmt: skip
    Building.objects.bulk_create(town.buildings.values())
    Entrance.objects.bulk_create(town.entrances.values())
    Home.objects.bulk_create(town.homes.values())


def _people(town: Town) -> None:
    p, c = town.plan.places, town.compound
    town.persons = {
        key: Person(
            compound=c, name=who.name, phone=who.phone, is_organisation=who.kind == "legal",
            no_phone=who.kind == "natural" and not who.phone,
        )
        for key, who in p.persons.items()
    }  # fmt: skip
    Person.objects.bulk_create(town.persons.values())
    owned, lived = {}, {}
    for t in p.tenures:
        where = {"compound": c, "home": town.homes[t.home], "person": town.persons[t.person], "from_day": t.since}
        if t.relation == "owner":
            owned[t.home, t.person] = Ownership(source="register", **where)
        else:
            lived[t.home, t.person] = Residency(kind=t.relation, **where)
    Ownership.objects.bulk_create(owned.values())
    Residency.objects.bulk_create(lived.values())


def _bodies(town: Town, subdistrict: Subdistrict) -> None:
    c = town.compound
    for body in town.plan.places.bodies:
        reach: dict[str, Any] = {"compound": c}
        if body.kind == Body.SUBDISTRICT:
            reach = {"subdistrict": subdistrict}
        elif body.kind == Body.COMMUNITY:
            reach = {"community_id": c.community_id}
        town.bodies[body.key], _ = Organisation.objects.get_or_create(kind=body.kind, name=body.name, **reach)


# ── who signs in ────────────────────────────────────────────────────────────────────────────────────────────────────


def _accounts(town: Town) -> dict[str, Account]:
    """By number: the holders of posts, and the residents who ever did something online."""
    p = town.plan.places
    names = {post.phone: post.name for post in _new_posts(town)}
    acting = {s.who for m in town.plan.matters for s in m.steps if s.by == "resident"}
    for person in sorted(acting | _demo_persons(town.plan)):
        names.setdefault(p.persons[person].phone, p.persons[person].name)
    shown = demo_phones(town.plan)
    made = {phone: _account(phone, name, town.now, phone in shown) for phone, name in names.items()}
    elder = elders(town.plan)
    if elder:
        made[elder[0].phone].elder = True
    Account.objects.bulk_create(made.values())
    return made


def _account(phone: str, name: str, now: datetime, shown: bool) -> Account:
    if shown:
        return Account(phone=phone, **_signs_in(name, now))
    made = Account(phone=phone, name=name, created_at=now - timedelta(days=400), **_known(now))
    made.set_unusable_password()
    return made


def _demo_persons(plan: CompoundPlan) -> set[str]:
    return {plan.demo["resident"], *(who.key for who in elders(plan))}


def demo_phones(plan: CompoundPlan) -> list[str]:
    """The demo resident's, an elderly couple's, and one of each post: of several the one with most to do now."""
    busy = Counter(s.data["post"] for m in plan.open_matters for s in m.steps if s.act == "dispatch")
    chosen: dict[str, str] = {}
    for post in sorted(plan.places.posts, key=lambda post: -busy[post.key]):
        chosen.setdefault(post.kind, post.phone)
    people = [plan.places.persons[plan.demo["resident"]], *elders(plan)]
    return [*dict.fromkeys(who.phone for who in people), *chosen.values()]


def elders(plan: CompoundPlan) -> list[PersonPlan]:
    """Two owners of one home with one phone, who have said most this year; nobody if there are none."""
    said = Counter(m.reporter for m in plan.matters if m.steps[0].by == "resident")
    at_home: dict[tuple[str, str], list[PersonPlan]] = {}
    for t in plan.places.tenures:
        who = plan.places.persons[t.person]
        if t.relation == "owner" and who.phone:
            couple = at_home.setdefault((t.home, who.phone), [])
            if who not in couple:
                couple.append(who)
    couples = [couple for couple in at_home.values() if len(couple) > 1]
    return max(couples, key=lambda couple: sum(said[who.key] for who in couple), default=[])


def _posts(town: Town, accounts: dict[str, Account]) -> None:
    for post in _new_posts(town):
        town.posts[post.key] = Post(
            organisation=town.bodies[post.body], kind=post.kind, account=accounts[post.phone], holder_name=post.name, from_day=post.since,
            obtained="elected" if post.kind.startswith("committee_") and post.kind != "committee_secretary" else "appointed",
            buildings=[str(town.buildings[key].pk) for key in post.covers],
        )  # fmt: skip
    Post.objects.bulk_create(town.posts.values())


def _new_posts(town: Town) -> list[PostPlan]:
    """The subdistrict's officer came with the first compound."""
    office = next((body for body in town.bodies.values() if body.kind == Body.SUBDISTRICT), None)
    there = office is not None and Post.objects.filter(organisation=office).exists()
    return [p for p in town.plan.places.posts if not (there and town.bodies[p.body] == office)]


def _bindings(town: Town, accounts: dict[str, Account]) -> None:
    """Each account speaks for everybody who gave its number, in every home of theirs; the demo resident for a parent too."""
    p = town.plan.places
    homes: dict[str, dict[str, str]] = {}
    for t in p.tenures:
        homes.setdefault(t.person, {}).setdefault(t.home, t.relation)
    speaks = [(key, accounts[who.phone]) for key, who in p.persons.items() if who.phone in accounts]
    speaks += [(key, accounts[p.persons[p.demo_resident].phone]) for key in _without_phone(town)]
    rows = []
    for key, account in speaks:
        for home, relation in homes[key].items():
            row = Binding(
                compound=town.compound, account=account, person=town.persons[key], home=town.homes[home], relation=relation,
                claimed_name=p.persons[key].name, state="confirmed", proof="register", asked_at=town.now - timedelta(days=390),
                decided_at=town.now - timedelta(days=389),
            )  # fmt: skip
            town.bindings.setdefault(key, []).append(row)
            rows.append(row)
    Binding.objects.bulk_create(rows)


def _without_phone(town: Town) -> list[str]:
    p = town.plan.places
    return [t.person for t in p.tenures if t.home == p.demo_home and not p.persons[t.person].phone][:1]


def _asking(town: Town) -> None:
    """Three who asked to be bound, waiting for a clerk: an owner, an owner's daughter not in the register, a tenant."""
    p = town.plan.places
    there = set(Account.objects.values_list("phone", flat=True))
    free = [
        t for t in p.tenures if p.persons[t.person].phone not in {"", *there} and p.persons[t.person].kind == "natural"
    ]
    rows: list[Binding] = []
    for relation, note, minutes in ASKED:
        tenure = next((t for t in free if t.relation == ("owner" if relation == "family" else relation)), None)
        if tenure is None:
            continue
        who = p.persons[tenure.person]
        free = [t for t in free if p.persons[t.person].phone != who.phone]
        name = who.name[0] + "小禾" if relation == "family" else who.name
        phone = f"1350000{town.compound.ordinal:02d}{len(rows):02d}" if relation == "family" else who.phone
        account = _account(phone, name, town.now, False)
        account.save()
        rows.append(
            Binding(
                compound=town.compound,
                account=account,
                home=town.homes[tenure.home],
                relation=relation,
                claimed_name=name,
                note=note,
                asked_at=town.now - timedelta(minutes=minutes),
            )  # fmt: skip
        )
    Binding.objects.bulk_create(rows)


def sample_accounts() -> Iterable[Account]:
    """Those that still have the password which `linli demo` prints."""
    return Account.objects.filter(password__contains=f"${SALT}$").order_by("id")
