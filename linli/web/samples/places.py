"""The three sample compounds on paper: buildings, homes, people, bodies and posts. Every name is invented.

Their size follows the articles: 62 buildings with 1,650 households; 14 buildings of 2012 with about 700, most without a
title certificate; an unmanaged compound of four old buildings. Areas in 0.01 m².
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from linli.web.samples.names import RARE, Names

SUBDISTRICT = "临溪街道"


@dataclass(slots=True)
class HomePlan:
    """`title`: certified, or missing with what stands in its way (domain M44)."""

    key: str
    building: str
    entrance: str
    floor: int
    room_no: str
    area: int
    occupied: str
    title: str

    @property
    def label(self) -> str:
        return f"{self.building}栋{self.entrance}单元{self.room_no}"


@dataclass(slots=True)
class EntrancePlan:
    key: str
    homes: list[HomePlan]


@dataclass(slots=True)
class BuildingPlan:
    key: str
    floors: int
    built_year: int
    has_lift: bool
    grid: str
    entrances: list[EntrancePlan]

    @property
    def label(self) -> str:
        return f"{self.key}栋"


@dataclass(slots=True)
class PersonPlan:
    """A natural or legal person; no phone, or one shared with somebody of the same home, is common."""

    key: str
    name: str
    phone: str
    kind: str = "natural"


@dataclass(slots=True)
class TenurePlan:
    """What a person is to a home: owner, family or tenant. Joint owners have no share; others (numerator, denominator)."""

    home: str
    person: str
    relation: str
    since: date
    share: tuple[int, int] | None = None


@dataclass(slots=True)
class BodyPlan:
    """`status` is working, or forming."""

    key: str
    kind: str
    name: str
    status: str = "working"


@dataclass(slots=True)
class PostPlan:
    """A person in a body. `covers`: building keys a steward, captain or representative looks after."""

    key: str
    kind: str
    body: str
    person: str
    name: str
    phone: str
    since: date
    covers: tuple[str, ...] = ()


@dataclass(slots=True)
class PlacesPlan:
    slug: str
    name: str
    subdistrict: str
    community: str
    grids: tuple[str, ...]
    address: str
    is_unmanaged: bool
    settings: dict
    buildings: list[BuildingPlan]
    persons: dict[str, PersonPlan]
    tenures: list[TenurePlan]
    bodies: list[BodyPlan]
    posts: list[PostPlan]
    spots: tuple[str, ...]
    facts: tuple[str, ...]
    demo_resident: str = ""
    demo_home: str = ""
    _homes: dict[str, HomePlan] = field(default_factory=dict, repr=False)

    @property
    def homes(self) -> dict[str, HomePlan]:
        if not self._homes:
            self._homes = {h.key: h for b in self.buildings for e in b.entrances for h in e.homes}
        return self._homes

    def posts_of(self, kind: str) -> list[PostPlan]:
        return [p for p in self.posts if p.kind == kind]


@dataclass(frozen=True)
class Shape:
    """How many entrances, floors, homes on a floor and buildings of this shape; areas by place on the floor."""

    buildings: int
    entrances: int
    floors: int
    per_floor: int
    areas: tuple[int, ...]


@dataclass(frozen=True)
class Model:
    slug: str
    name: str
    community: str
    grids: tuple[str, ...]
    address: str
    built: int
    shapes: tuple[Shape, ...]
    spots: tuple[str, ...]
    facts: tuple[str, ...]
    bodies: tuple[tuple[str, str, str], ...]
    posts: tuple[tuple[str, str, int], ...]
    unmanaged: bool = False
    missing_titles: int = 0
    empty: float = 0.04
    let: float = 0.12
    unsold: int = 0
    demo: str = "1-1-301"


COMMON_BODIES = (
    ("subdistrict", "subdistrict_office", SUBDISTRICT + "办事处"),
    ("volunteers", "volunteer_team", "志愿服务队"),
)
PROPERTY_POSTS = (("property_manager", "property", 1), ("front_desk", "property", 2))
COMMITTEE_POSTS = (
    ("committee_chair", "committee", 1),
    ("committee_vice_chair", "committee", 1),
    ("committee_member", "committee", 5),
    ("committee_secretary", "committee", 1),
    ("register_clerk", "committee", 2),
)

MODELS = (
    Model(
        slug="liuxi",
        name="柳溪苑",
        community="柳溪社区",
        grids=("柳溪一网格", "柳溪二网格", "柳溪三网格"),
        address=SUBDISTRICT + "溪边路 6 号",
        built=2009,
        shapes=(Shape(47, 2, 6, 2, (8926, 11240)), Shape(14, 3, 6, 2, (9478, 12635)), Shape(1, 1, 6, 3, (6812, 7450, 8033))),
        spots=("东门内", "西门内", "南门路口", "北门内", "中心花园", "主干道中段", "儿童游乐场旁", "6栋门前", "18栋北侧", "27栋南侧", "41栋东侧", "55栋后面", "地面停车区", "2号车棚旁"),
        facts=("62 栋，1,650 户", "物业、业委会、党支部都在"),
        bodies=(("community", "residents_committee", "柳溪社区居委会"), ("branch", "compound_party_branch", "柳溪苑党支部"), ("committee", "owners_committee", "柳溪苑业主委员会"), ("property", "property_company", "溪畔物业服务有限公司")),
        posts=PROPERTY_POSTS + (("steward", "property", 6), ("engineer", "property", 4)) + COMMITTEE_POSTS
        + (("branch_secretary", "branch", 1), ("community_secretary", "community", 1), ("community_worker", "community", 4), ("grid_worker", "community", 3), ("building_captain", "community", 31), ("volunteer", "volunteers", 24), ("subdistrict_officer", "subdistrict", 1)),
        unsold=6,
        demo="7-2-301",
    ),
    Model(
        slug="yunpo",
        name="云坡里",
        community="云坡社区",
        grids=("云坡一网格", "云坡二网格"),
        address=SUBDISTRICT + "坡上街 21 号",
        built=2012,
        shapes=(Shape(8, 1, 18, 3, (8850, 10236, 12718)), Shape(6, 2, 11, 2, (9921, 13144))),
        spots=("1栋后坡", "2栋后坡", "南门内", "北门内", "坡下小路", "中心花园", "5栋门前", "9栋北侧", "12栋东侧", "地面停车区", "车棚旁"),
        facts=("14 栋，2012 年建成", "400 多户还没拿到不动产权证", "1、2 栋后坡有裂缝，学生每天经过", "业委会刚换届"),
        bodies=(("community", "residents_committee", "云坡社区居委会"), ("branch", "compound_party_branch", "云坡里党支部"), ("committee", "owners_committee", "云坡里业主委员会"), ("property", "property_company", "安坡物业服务有限公司")),
        posts=PROPERTY_POSTS + (("steward", "property", 3), ("engineer", "property", 2)) + COMMITTEE_POSTS
        + (("branch_secretary", "branch", 1), ("community_secretary", "community", 1), ("community_worker", "community", 3), ("grid_worker", "community", 2), ("building_captain", "community", 14), ("volunteer", "volunteers", 15), ("subdistrict_officer", "subdistrict", 1)),
        missing_titles=418,
        empty=0.06,
        unsold=4,
        demo="2-1-602",
    ),
    Model(
        slug="laoliangzhan",
        name="老粮站家属院",
        community="北门社区",
        grids=("北门三网格",),
        address=SUBDISTRICT + "粮站巷 3 号",
        built=1987,
        shapes=(Shape(4, 3, 5, 2, (4680, 5725)),),
        spots=("院门口", "粮站巷口", "2栋后面", "旧锅炉房旁", "院中空地", "自行车棚旁"),
        facts=("4 栋老楼，没有物业公司，没有业委会", "57 位居民代表在全社区上门服务", "物管会正在组建"),
        bodies=(("community", "residents_committee", "北门社区居委会"), ("branch", "compound_party_branch", "北门三网格联合党支部"), ("pmc", "preparatory_group", "老粮站家属院物管会筹备组")),
        posts=(("community_secretary", "community", 1), ("community_worker", "community", 3), ("grid_worker", "community", 2), ("building_captain", "community", 4), ("resident_representative", "community", 57), ("branch_secretary", "branch", 1), ("preparatory_member", "pmc", 5), ("register_clerk", "pmc", 2), ("volunteer", "volunteers", 12), ("subdistrict_officer", "subdistrict", 1)),
        unmanaged=True,
        empty=0.08,
        let=0.2,
        demo="3-2-402",
    ),
)  # fmt: skip

# Who in a post lives in the compound; the others come to work. Only some of the 57 representatives live here.
NEIGHBOURS = frozenset({"committee_chair", "committee_vice_chair", "committee_member", "committee_secretary", "register_clerk", "branch_secretary", "building_captain", "volunteer", "preparatory_member"})  # fmt: skip
REPRESENTATIVES_HERE = 12
STUCK = (
    "documents_missing",
    "documents_missing",
    "documents_missing",
    "documents_ready",
    "submitted",
    "tax_done",
    "not_started",
    "blocked",
)


def places(model: Model, now: datetime, seed: int, names: Names) -> PlacesPlan:
    return _Census(model, now, Random(f"{model.slug}-places-{seed}"), names).take()


class _Census:
    """Fills one compound, home by home."""

    def __init__(self, model: Model, now: datetime, rng: Random, names: Names):
        self.model, self.today, self.rng, self.names = model, now.date(), rng, names
        self.counted = 0
        self.persons: dict[str, PersonPlan] = {}
        self.tenures: list[TenurePlan] = []
        self.posts: list[PostPlan] = []

    def take(self) -> PlacesPlan:
        m = self.model
        plan = PlacesPlan(
            slug=m.slug,
            name=m.name,
            subdistrict=SUBDISTRICT,
            community=m.community,
            grids=m.grids,
            address=m.address,
            is_unmanaged=m.unmanaged,
            settings={},
            buildings=self._buildings(),
            persons=self.persons,
            tenures=self.tenures,
            bodies=[
                BodyPlan(k, kind, name, "forming" if kind == "preparatory_group" else "working")
                for k, kind, name in m.bodies + COMMON_BODIES
            ],
            posts=self.posts,
            spots=m.spots,
            facts=m.facts,
        )
        homes = list(plan.homes.values())
        self._mark_titles(homes)
        self._people(homes)
        self._demo(plan)
        self._fill_posts(plan)
        return plan

    def _buildings(self) -> list[BuildingPlan]:
        m, found = self.model, []
        shapes = [s for s in m.shapes for _ in range(s.buildings)]
        order = list(range(len(shapes)))
        self.rng.shuffle(order)
        for place, index in enumerate(order):
            shape, key = shapes[index], str(place + 1)
            built = m.built + (place * 3 // len(shapes) if m.slug == "liuxi" else 0)
            grid = m.grids[place * len(m.grids) // len(shapes)]
            entrances = [self._entrance(key, str(e + 1), shape) for e in range(shape.entrances)]
            found.append(BuildingPlan(key, shape.floors, built, shape.floors > 6, grid, entrances))
        return found

    def _entrance(self, building: str, key: str, shape: Shape) -> EntrancePlan:
        areas = [a + self.rng.randint(-180, 180) for a in shape.areas]
        homes = []
        for floor in range(1, shape.floors + 1):
            for place in range(shape.per_floor):
                room = f"{floor}{place + 1:02d}"
                occupied = (
                    "empty"
                    if self.rng.random() < self.model.empty
                    else ("let" if self.rng.random() < self.model.let else "lived_in")
                )
                homes.append(
                    HomePlan(
                        f"{building}-{key}-{room}", building, key, floor, room, areas[place], occupied, "certified"
                    )
                )
        return EntrancePlan(key, homes)

    def _mark_titles(self, homes: list[HomePlan]) -> None:
        for home in self.rng.sample(homes, self.model.missing_titles):
            home.title = self.rng.choice(STUCK)

    def _people(self, homes: list[HomePlan]) -> None:
        """Owners first: one, a couple, more, a company, one with several homes; then tenants and family."""
        rng, free = self.rng, homes[:]
        rng.shuffle(free)
        if self.model.unsold:
            developer = self._person(self.model.name + "置业有限公司", kind="legal")
            for home in [free.pop() for _ in range(self.model.unsold)]:
                home.occupied = "empty"
                self._own(home, [developer])
        for number in range(max(1, len(homes) // 400)):
            company = self._person(
                f"{self.names.rng.choice('临溪粮桥')}{'源丰茂'[number % 3]}商贸有限公司", kind="legal"
            )
            self._own(free.pop(), [company])
        while free:
            owners, family = self._household()
            several = rng.random()
            count = 5 if several < 0.002 else 3 if several < 0.006 else 2 if several < 0.035 else 1
            for turn in range(min(count, len(free))):
                home = free.pop()
                if turn and home.occupied == "lived_in":
                    home.occupied = "let"
                self._own(home, owners)
                if home.occupied == "lived_in":
                    self._live(home, family, "family")
                elif home.occupied == "let":
                    self._live(home, self._tenants(), "tenant")
        at_home = {t.person for t in self.tenures}
        for person in self.persons.keys() - at_home:
            del self.persons[person]

    def _household(self) -> tuple[list[PersonPlan], list[PersonPlan]]:
        rng, roll = self.rng, self.rng.random()
        first = self._person()
        owners = [first]
        if roll > 0.44:
            # Elderly couples share one phone.
            owners.append(self._person(phone=first.phone if rng.random() < 0.16 else None))
        if roll > 0.96:
            owners.append(self._person())
        size = rng.choices((0, 1, 2, 3), (42, 32, 20, 6))[0] + (1 if len(owners) == 1 else 0)
        surname = first.name[:1]
        family = [
            self._person(
                self.names.person(surname) if rng.random() < 0.6 else None, phone="" if rng.random() < 0.5 else None
            )
            for _ in range(size)
        ]
        return owners, family

    def _tenants(self) -> list[PersonPlan]:
        first = self._person()
        return [first] + [
            self._person(phone=first.phone if self.rng.random() < 0.3 else None)
            for _ in range(self.rng.choice((0, 1, 1, 2)))
        ]

    def _person(self, name: str | None = None, phone: str | None = None, kind: str = "natural") -> PersonPlan:
        """No phone given: a new one, except for one in thirty who has none."""
        if phone is None:
            phone = "" if self.rng.random() < 0.03 and kind == "natural" else self.names.phone()
        self.counted += 1
        key = f"p{self.counted:04d}"
        self.persons[key] = PersonPlan(key, name or self.names.person(), phone, kind)
        return self.persons[key]

    def _own(self, home: HomePlan, owners: list[PersonPlan]) -> None:
        since = self._since(self.model.built)
        by_shares = len(owners) > 1 and self.rng.random() < 0.12
        for owner in owners:
            share = (1, len(owners)) if by_shares or len(owners) == 1 else None
            self.tenures.append(TenurePlan(home.key, owner.key, "owner", since, share))

    def _live(self, home: HomePlan, people: list[PersonPlan], relation: str) -> None:
        since = self._since(self.today.year - 3) if relation == "tenant" else self._since(self.model.built)
        self.tenures.extend(TenurePlan(home.key, p.key, relation, since) for p in people)

    def _since(self, year: int) -> date:
        first = date(year, 3, 1)
        return first + timedelta(days=self.rng.randint(0, max(1, (self.today - first).days - 400)))

    def _demo(self, plan: PlacesPlan) -> None:
        """One owner to try the resident's pages with, one whose name is not in the basic plane."""
        plan.demo_home = self.model.demo
        self._vacate(plan.demo_home)
        home = plan.homes[plan.demo_home]
        home.occupied = "lived_in"
        demo = self._person(self.names.person("王"), phone=self.names.phone())
        self._own(home, [demo, self._person(self.names.person(), phone=self.names.phone())])
        self._live(home, [self._person(self.names.person("王"), phone="")], "family")
        plan.demo_resident = demo.key
        rare = next(
            t.person for t in self.tenures if t.relation == "owner" and self.persons[t.person].kind == "natural"
        )
        self.persons[rare].name = "陈" + RARE

    def _vacate(self, home: str) -> None:
        gone = {t.person for t in self.tenures if t.home == home}
        self.tenures[:] = [t for t in self.tenures if t.home != home]
        still = {t.person for t in self.tenures}
        for person in gone - still:
            del self.persons[person]

    def _fill_posts(self, plan: PlacesPlan) -> None:
        owners = sorted(
            {
                t.person
                for t in self.tenures
                if t.relation == "owner" and self.persons[t.person].phone and self.persons[t.person].kind == "natural"
            }
            - {plan.demo_resident}
        )
        phones: dict[str, int] = {}
        for person in self.persons.values():
            phones[person.phone] = phones.get(person.phone, 0) + 1
        local = [p for p in owners if phones[self.persons[p].phone] == 1]
        self.rng.shuffle(local)
        for kind, body, count in self.model.posts:
            for number in range(count):
                here = kind in NEIGHBOURS or kind == "resident_representative" and number < REPRESENTATIVES_HERE
                person = self.persons[local.pop()] if here else PersonPlan("", self.names.person(), self.names.phone())
                self.posts.append(
                    PostPlan(
                        f"{kind}-{number + 1}",
                        kind,
                        body,
                        person.key,
                        person.name,
                        person.phone,
                        self._term(kind),
                        self._covers(kind, number, count, plan.buildings),
                    )
                )

    def _term(self, kind: str) -> date:
        new = self.model.slug == "yunpo" and kind.startswith("committee") or kind == "preparatory_member"
        return self.today - timedelta(days=self.rng.randint(20, 50) if new else self.rng.randint(400, 1100))

    @staticmethod
    def _covers(kind: str, number: int, count: int, buildings: list[BuildingPlan]) -> tuple[str, ...]:
        if kind not in {"steward", "building_captain", "resident_representative", "grid_worker"}:
            return ()
        here = min(count, REPRESENTATIVES_HERE) if kind == "resident_representative" else count
        if number >= here:
            return ()
        return tuple(
            b.key
            for i, b in enumerate(buildings)
            if i % here == number or here > len(buildings) and i == number % len(buildings)
        )
