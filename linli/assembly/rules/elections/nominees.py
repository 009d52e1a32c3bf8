"""Announced, put forward, checked and listed: what must be there before each (domain §3.10, §3.13)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from linli.kernel.bodies import pmc_composition
from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal

BEIJING = "北京市物业管理条例第五十二至五十九条"


def may_announce(
    *,
    profile: Profile,
    seats: int,
    owner_seats: int,
    homes: int,
    committee: bool,
    running: bool,
    until: date,
    today: date,
) -> tuple[Refusal, str] | None:
    """And the field it is about. `committee`: owners have one already; `running`: another is being formed."""
    if committee:
        return Refusal("committee", "小区已经有业主委员会，不用再设物管会", BEIJING), ""
    if running:
        return Refusal("running", "物管会已经有了，或者正在组建"), ""
    if not homes:
        return Refusal("no_homes", "还没有房屋名册，先导入房屋"), ""
    if no := pmc_composition(profile, seats, owner_seats):
        return no, "owner_seats" if no.key == "owners" else "seats"
    if owner_seats > seats:
        return Refusal("too_many_owners", "业主成员不会比总人数多"), "owner_seats"
    days = profile.values["pmc_recommend_days"]
    if (until - today).days < days:
        return Refusal("too_short", "推荐的时间至少 %(days)s 天", values={"days": days}), "until"
    return None


# ── putting forward ─────────────────────────────────────────────────────────────────────────────────────────────────


class Way(StrEnum):
    JOINT = "joint"
    SELF = "self"
    PARTY = "party"
    COMMUNITY = "community"


WAYS = {Way.JOINT: "联名推荐", Way.SELF: "自荐", Way.PARTY: "社区党组织推荐", Way.COMMUNITY: "居委会推荐"}

# What a candidate must be (domain §3.10); a local rule may ask more (`candidate_checks` of the profile).
CHECKS = {
    "owner": "是本小区业主，或者业主单位授权的代表",
    "capacity": "有完全民事行为能力",
    "conduct": "遵纪守法、热心公益、有责任心",
    "time": "有时间，也有一定组织能力",
    "no_interest": "本人、配偶和直系亲属不在服务本小区的物业公司任职，没有利害关系",
    "no_default": "不是失信被执行人",
    "no_misuse": "没有违法搭建、破坏承重墙、违法出租这类事",
    "no_arrears": "没有拖欠物业费和维修资金",
}


def in_time(*, until: date, today: date, received: date | None) -> tuple[Refusal, str] | None:
    """`received`: the day on which a worker was handed the paper that is entered now."""
    if received and received > today:
        return Refusal("ahead", "写收到表的那天，不会在今天以后"), "received"
    if (received or today) > until:
        over = Refusal("over", "推荐到 %(until)s 截止了", values={"until": until})
        return over, "received" if received else ""
    return None


def may_back(*, mine: bool, already: int, most: int) -> Refusal | None:
    """`mine`: his own household is the nominee's."""
    if mine:
        return Refusal("own", "自己家不能给自己联名，联名的应是别的住户")
    if already >= most:
        return Refusal(
            "backed", "一户最多联名 %(most)s 人，您家已经联名 %(already)s 人", values={"most": most, "already": already}
        )
    return None


@dataclass(frozen=True)
class Standing:
    """What the list asks of a nominee."""

    way: str
    backings: int
    consented: bool
    checks: Mapping[str, bool]


def left_off(nominee: Standing, wanted: Sequence[str], households: int) -> Refusal | None:
    """Why he is not on the list; None: he is."""
    if not nominee.consented:
        return Refusal("no_consent", "本人没有书面同意")
    if nominee.way == Way.JOINT and nominee.backings < households:
        return Refusal(
            "too_few", "联名不够：%(n)s 户，要 %(least)s 户", values={"n": nominee.backings, "least": households}
        )
    if failed := [key for key in wanted if nominee.checks.get(key) is False]:
        return Refusal("unfit", "不符合条件：%(what)s", values={"what": CHECKS[failed[0]]})
    return None


def unchecked(nominee: Standing, wanted: Sequence[str]) -> list[str]:
    return [key for key in wanted if key not in nominee.checks]


def may_list(*, until: date, today: date, unchecked: int, fit: int, seats: int) -> Refusal | None:
    if today <= until:
        return Refusal("recommending", "%(until)s 推荐截止以后才能公布名单", values={"until": until})
    if unchecked:
        return Refusal("unchecked", "还有 %(n)s 人的条件没核完", values={"n": unchecked})
    if fit < seats:
        return Refusal(
            "too_few", "合格的候选人只有 %(fit)s 人，不够 %(seats)s 个名额", values={"fit": fit, "seats": seats}
        )
    return None


def little_choice(listed: int, seats: int) -> bool:
    """Fewer than a fifth more candidates than seats: a warning, no bar."""
    return 5 * listed < 6 * seats


def fingerprint(names: Sequence[tuple[str, str]]) -> str:
    """Of the whole list, (name, home): whoever has the list can make it again."""
    return sha256("\n".join(f"{name}\t{home}" for name, home in sorted(names)).encode()).hexdigest()
