"""Small makers for tests: one compound with its bodies, posts, homes and people. They give Actors as `people.access` does."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from django.test import Client

from linli.matters import services
from linli.matters.models import Matter
from linli.people.access import standing_by_key
from linli.people.models import Account, Binding, Organisation, Person, Post
from linli.people.rules import Body, Role
from linli.places.models import Building, Community, Compound, Entrance, Grid, Home, Subdistrict
from linli.plumbing.acts import Actor

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Tuesday, in working hours, as in the pictures.
NOW = datetime(2026, 3, 24, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "pass-1234-word"
_numbers = count(1)


def at(day: int, hour: int = 10, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


def account(name: str = "", **more) -> Account:
    made = Account(phone=f"1390000{next(_numbers):04d}", name=name, created_at=at(1, month=1), **more)
    made.set_unusable_password()
    made.save()
    return made


@dataclass
class Place:
    """A compound under test. `post` and `resident` give Actors; `client` a browser signed in as one of them."""

    compound: Compound
    community: Organisation
    property: Organisation | None
    committee: Organisation
    agency: Organisation
    grid: Grid
    homes: list[Home]
    keys: dict[UUID, str] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.compound.slug

    @property
    def home(self) -> Home:
        return self.homes[0]

    def post(
        self, role: Role, body: Organisation | None = None, who: Account | None = None, name: str = "周一平"
    ) -> Actor:
        """Somebody in a post of `body`; without one the body that the role usually belongs to."""
        who = who or account(name)
        body = body or self._body_of(role)
        post = Post.objects.create(
            organisation=body, kind=role, account=who, holder_name=name, from_day=date(2026, 1, 1)
        )
        return self._actor(f"post:{post.pk}", who)

    def resident(
        self,
        home: Home | None = None,
        relation: str = "owner",
        who: Account | None = None,
        name: str = "李小满",
        phone: str = "",
    ) -> Actor:
        """An account that speaks for a person in a home of this compound."""
        who = who or account(name)
        person = Person.objects.create(compound=self.compound, name=name, phone=phone or who.phone)
        binding = Binding.objects.create(
            compound=self.compound, account=who, person=person, home=home or self.home, relation=relation,
            claimed_name=name, state="confirmed", asked_at=at(1, month=1),
        )  # fmt: skip
        return self._actor(f"binding:{binding.pk}", who)

    def _actor(self, key: str, who: Account) -> Actor:
        standing = standing_by_key(key, who.pk, self.compound, date(2026, 3, 24))
        assert standing is not None, key
        self.keys[standing.actor.role_id] = key
        return standing.actor

    def _body_of(self, role: Role) -> Organisation:
        from linli.people.rules import POSTS

        ours = [self.community, self.property, self.committee, self.agency]
        return next(body for body in ours if body is not None and Body(body.kind) in POSTS[Role(role)])

    def client(self, actor: Actor | None = None) -> Client:
        """A browser; with an actor signed in and standing as that actor (sessions are signed cookies)."""
        browser = Client()
        if actor is not None:
            browser.force_login(Account.objects.get(pk=actor.account_id))
            session = browser.session
            session["standing"] = {self.slug: self.keys[actor.role_id]}
            session.save()
            browser.cookies["sessionid"] = session.session_key
        return browser

    def matter(self, by: Actor, words: str = "楼道灯不亮，晚上看不见", when: datetime | None = None, **more) -> Matter:
        more.setdefault("spot", services.Spot(building=self.home.building, entrance=self.home.entrance))
        return services.open_matter(by=by, compound=self.compound, words=words, at=when or NOW, **more)


def compound(slug: str = "liuxi", *, unmanaged: bool = False, public_page: bool = True, homes: int = 4) -> Place:
    """A compound of two buildings with two entrances each, its community, property company, committee and one agency."""
    n = next(_numbers)
    subdistrict = Subdistrict.objects.create(name=f"临溪街道{n}")
    community = Community.objects.create(subdistrict=subdistrict, name=f"柳溪社区{n}")
    made = Compound.objects.create(
        ordinal=n, slug=slug, name="柳溪苑小区", community=community, phone="0000-1234567", is_unmanaged=unmanaged,
        public_page=public_page, created_at=at(1, month=1),
    )  # fmt: skip
    grid = Grid.objects.create(community=community, name="第一网格")
    return Place(
        compound=made,
        community=Organisation.objects.create(kind=Body.COMMUNITY, name="柳溪社区", community=community),
        property=None if unmanaged else Organisation.objects.create(kind=Body.PROPERTY, name="清和物业", compound=made),
        committee=Organisation.objects.create(kind=Body.COMMITTEE, name="业委会", compound=made),
        agency=Organisation.objects.create(kind=Body.AGENCY, name="住建局", subdistrict=subdistrict),
        grid=grid,
        homes=_homes(made, grid, homes),
    )


def _homes(made: Compound, grid: Grid, wanted: int) -> list[Home]:
    rows: list[Home] = []
    for b in (7, 8):
        building = Building.objects.create(compound=made, key=str(b), label=f"{b}栋", position=b, grid=grid)
        for e in (1, 2):
            entrance = Entrance.objects.create(
                compound=made, building=building, key=str(e), label=f"{e}单元", position=e
            )
            for i in range(max(1, wanted // 4)):
                room = f"{3 + i}01"
                rows.append(
                    Home.objects.create(
                        compound=made,
                        building=building,
                        entrance=entrance,
                        floor=3 + i,
                        room_no=room,
                        label=f"{b}栋{e}单元{room}",
                        building_area=8900 + i,
                    )  # fmt: skip
                )
    return rows


def in_progress(
    place: Place,
    by: Actor,
    desk: Actor,
    handler: Actor,
    words: str = "楼道灯不亮，晚上看不见",
    when: datetime | None = None,
    **triage,
) -> Matter:
    """A matter that `desk` gave to `handler`, who took it."""
    when = when or NOW
    m = place.matter(by, words, when)
    m = services.triage(
        by=desk, matter=m, at=when, **{"category": "0101", "level": "building", "urgency": "normal", **triage}
    )
    body = Organisation.objects.get(pk=handler.body_id)
    due = when + timedelta(days=60) if m.urgency == "project" else None
    post = Post.objects.get(pk=handler.role_id)
    m = services.dispatch(by=desk, matter=m, body=body, post=post, due_at=due, at=when)
    return services.take(by=handler, matter=m, words="打过电话了，今天下午来", at=when)


def resolved(
    place: Place,
    by: Actor,
    desk: Actor,
    handler: Actor,
    words: str = "楼道灯不亮，晚上看不见",
    when: datetime | None = None,
    **triage,
) -> Matter:
    m = in_progress(place, by, desk, handler, words, when, **triage)
    return services.resolve(
        by=handler, matter=m, words="换了 3 盏声控灯", cost_fen=18600, paid_by="物业费", evidence=True, at=when or NOW
    )
