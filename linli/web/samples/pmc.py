"""An unmanaged compound forms its property management committee: the list is out, and two carriers go from door to door."""

from datetime import datetime, timedelta
from io import BytesIO

from linli.assembly.queries.elections import checks_wanted, homes_with_forms
from linli.assembly.rules.elections.nominees import Way
from linli.assembly.services import elections
from linli.people.models import Ownership
from linli.people.rules import Role
from linli.places.models import Home
from linli.plumbing.acts import Actor

from .help import post_of
from .papers import page
from .registers import Town

WHY = (
    "退休前管过锅炉房，水管电线都懂",
    "常年帮邻居修门修锁，大家信得过",
    "在单位做会计，账目能公开清楚",
    "住了三十年，各家情况都熟悉",
    "年轻，会用电脑，能跑手续",
    "当过楼长，晚上有空",
)
SEEN = {
    "owner": "房产证原件", "capacity": "身份证原件", "conduct": "社区了解，没有违法记录", "time": "本人写了每周能来的时间",
    "no_interest": "本人书面说明", "no_default": "信用中国查询，没有记录", "no_misuse": "到家里和楼道看过",
}  # fmt: skip
PHOTOGRAPHED = ("owner", "no_default")
SIGNED = 11
CARRIERS = ("吴一凡", "郑三春")


def form(town: Town) -> None:
    secretary, worker = post_of(town, Role.COMMUNITY_SECRETARY), post_of(town, Role.COMMUNITY_WORKER)
    if not town.compound.is_unmanaged or not secretary or not worker:
        return
    heads, works = town.as_post(secretary), town.as_post(worker)
    announced = _at(town, -45)
    made = elections.announce_pmc(
        by=heads, compound=town.compound, seats=7, owner_seats=4, until=announced.date() + timedelta(days=8),
        contact="社区服务站，0000-6203100", at=announced,
    )  # fmt: skip
    owned = _owners(town)
    for n, (home, owner) in enumerate(owned[:60:10]):
        at = announced + timedelta(days=1, hours=n)
        way = Way.COMMUNITY if n == 5 else Way.JOINT
        nominee = elections.nominate(
            by=works, formation=made, name=owner, home=home, way=way, why=WHY[n], phone=f"1360000{n:04d}", at=at
        )
        if way == Way.JOINT:
            for other, name in owned[60 + 3 * n : 60 + 3 * n + SIGNED]:
                elections.back(by=works, formation=made, nominee=nominee, home=other, name=name, at=at)
        elections.consent(by=works, formation=made, nominee=nominee, pledge=True, at=at)
        for key in checks_wanted(made):
            elections.check(
                by=works, formation=made, nominee=nominee, key=key, holds=True, evidence=SEEN[key],
                file=_photo(n) if key in PHOTOGRAPHED else None, at=_at(town, -35),
            )  # fmt: skip
    made = elections.post_list(by=heads, formation=made, at=_at(town, -35))
    assert made.list_until
    begins = max(_at(town, -6), datetime.combine(made.list_until + timedelta(days=1), announced.timetz()))
    elections.start_ticks(by=heads, formation=made, at=begins)
    _go_round(town, works, made, begins)


def _go_round(town: Town, works: Actor, made, begins: datetime) -> None:
    """The first two buildings are done, of the third some."""
    n = len(homes_with_forms(town.compound.pk))
    doors = list(range(1, n * 5 // 8))
    said = {"by": works, "formation": made, "first": CARRIERS[0], "second": CARRIERS[1]}
    absent, refused = doors[4::17], doors[9::29]
    back = [door for door in doors if door not in absent and door not in refused]
    for state, numbers in (("returned", back), ("absent", absent), ("refused", refused)):
        elections.carry(**said, numbers=numbers, state=state, at=begins + timedelta(hours=9))


def _photo(n: int) -> BytesIO:
    """Of a nominee's paper; each another."""
    file = BytesIO(page(n))
    file.name = "原件照片.jpg"
    return file


def _owners(town: Town) -> list[tuple[Home, str]]:
    """One natural owner a home, in the order of a walk, nobody twice."""
    rows = Ownership.objects.filter(
        compound_id=town.compound.pk, to_day=None, person__is_organisation=False, home__kind="residence"
    ).select_related("home", "person")
    met, found = set(), []
    for row in rows.order_by("home__building__position", "home__label", "person__name"):
        if row.home_id not in met and row.person_id not in met:
            met |= {row.home_id, row.person_id}
            found.append((row.home, row.person.name))
    return found


def _at(town: Town, days: int) -> datetime:
    return (town.now + timedelta(days=days)).replace(hour=10, minute=0, second=0)
