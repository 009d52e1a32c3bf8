"""The village's ground: its homes and its people."""

from dataclasses import dataclass, field
from typing import Any

from linli.matters.models import Matter
from linli.matters.tests.makers import Place, account, at
from linli.people.models import Account, Ownership, Person
from linli.people.rules import Role
from linli.places.models import Building, Home
from linli.plumbing.acts import Actor
from linli.volunteers.models import Call

STRANGER = "stranger"
ROOMS = ("101", "102", "201", "202", "301", "302", "401", "402")
POSTS = {
    "clerk": (Role.COMMUNITY_WORKER, "周敏"),
    "secretary": (Role.COMMUNITY_SECRETARY, "林建国"),
    "front": (Role.FRONT_DESK, "何静"),
    "manager": (Role.PROPERTY_MANAGER, "赵强"),
    "engineer": (Role.ENGINEER, "李师傅"),
    "grid": (Role.GRID_WORKER, "孙红"),
    "steward": (Role.STEWARD, "方管家"),
    "keeper": (Role.REGISTER_CLERK, "苏文"),
    "chair": (Role.COMMITTEE_CHAIR, "吴海"),
}
OWNERS = ("王秀兰", "陈建军", "刘桂英", "张伟", "黄丽", "徐国强", "高翔", "马晓燕")


@dataclass
class Village:
    place: Place
    people: dict[str, Actor] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.place.slug

    def number(self, name: str) -> int:
        return self.matters[name].number

    def session(self, role: str, **more) -> str:
        """The session cookie of somebody signed in; `more` is what an earlier step would have left in it."""
        browser = self.place.client(self.people.get(role))
        if role in self.accounts:
            browser.force_login(self.accounts[role])
        if role == STRANGER and not more:
            return ""
        session = browser.session
        session.update(more)
        session.save()
        return session.session_key


def known(name: str) -> Account:
    return account(name, notice_version="2026-11")


def furnish_homes(village: Village) -> None:
    place = village.place
    buildings = Building.objects.filter(compound=place.compound).order_by("position")
    entrances = [entrance for b in buildings for entrance in b.entrance_set.order_by("position")]
    known = {(h.entrance_id, h.room_no) for h in place.homes}
    Home.objects.bulk_create(
        Home(
            compound=place.compound, building=e.building, entrance=e, floor=int(room[0]), room_no=room,
            label=f"{e.building.label}{e.label}{room}", building_area=8900 + 10 * i,
        )
        for e in entrances
        for i, room in enumerate(ROOMS)
        if (e.pk, room) not in known
    )  # fmt: skip
    village.homes = list(
        Home.objects.filter(compound=place.compound).order_by("building__position", "entrance__position", "room_no")
    )
    for home, name in zip(village.homes[8:], OWNERS, strict=False):
        person = Person.objects.create(compound=place.compound, name=name, phone="13800005170")
        Ownership.objects.create(compound=place.compound, home=home, person=person, from_day=at(1).date())


def furnish_people(village: Village) -> None:
    place, people = village.place, village.people
    for key, (role, name) in POSTS.items():
        people[key] = place.post(role, name=name, who=account(name, notice_version="2026-11"))
    homes = {home.label: home for home in village.homes}
    people["owner"] = place.resident(
        homes["7栋2单元302"], name="李小满", who=account("李小满", notice_version="2026-11")
    )
    people["tenant"] = place.resident(
        homes["7栋2单元401"], "tenant", name="何雨", who=account("何雨", notice_version="2026-11")
    )
    for key in ("owner", "tenant"):
        person = Person.objects.get(compound=place.compound, pk=people[key].person_id)
        Ownership.objects.create(
            compound=place.compound, home=homes["7栋2单元302" if key == "owner" else "7栋2单元401"], person=person
        )
    # Somebody with two compounds' worth of standing, somebody with none, and the installation's operator.
    two = account("郑芳", notice_version="2026-11")
    people["both"] = place.post(Role.COMMITTEE_MEMBER, who=two, name="郑芳")
    people["both"] = place.resident(homes["8栋1单元201"], who=two, name="郑芳")
    village.accounts["newcomer"] = account("新来的", notice_version="2026-11")
    village.accounts["operator"] = account("运营", is_operator=True, notice_version="2026-11")
