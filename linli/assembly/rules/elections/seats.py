"""Who sits on a property management committee, and in which capacity (domain §3.13)."""

from datetime import date
from enum import StrEnum

from linli.kernel.bodies import pmc_composition
from linli.kernel.profiles import Profile
from linli.kernel.refusal import Refusal


class Capacity(StrEnum):
    OWNER = "owner"
    RESIDENTS_COMMITTEE = "residents_committee"
    SUBDISTRICT = "subdistrict"
    DEVELOPER = "developer"
    OCCUPANT = "occupant"
    OTHER = "other"


CAPACITIES = {
    Capacity.OWNER: "业主",
    Capacity.RESIDENTS_COMMITTEE: "居委会",
    Capacity.SUBDISTRICT: "街道",
    Capacity.DEVELOPER: "建设单位",
    Capacity.OCCUPANT: "住户",
    Capacity.OTHER: "其他单位",
}


def may_confirm(*, profile: Profile, members: int, owners: int, seats: int, tied: int, chair: str) -> Refusal | None:
    """`chair`: the capacity in which he sits; empty: nobody was chosen."""
    if tied:
        return Refusal("tied", "最后一个名额有 %(n)s 人并列，先当众抽签", values={"n": tied})
    if members != seats:
        return Refusal("members", "公告的是 %(seats)s 人，现在是 %(n)s 人", values={"seats": seats, "n": members})
    if no := pmc_composition(profile, members, owners):
        return no
    if not chair:
        return Refusal("no_chair", "还没有主任")
    if not may_head(profile, chair):
        wanted = profile.values["pmc_chair_from"]
        return Refusal(
            "chair_from",
            "这里的主任由%(who)s的人担任",
            profile.cite("pmc_chair_from"),
            {"who": CAPACITIES[Capacity(wanted)]},
        )
    return None


def may_head(profile: Profile, capacity: str) -> bool:
    return profile.values["pmc_chair_from"] in {"", capacity}


def may_establish(*, until: date, today: date, open_objections: int) -> Refusal | None:
    if today <= until:
        return Refusal("noticed", "公示到 %(until)s，过了才能成立", values={"until": until})
    if open_objections:
        return Refusal("objections", "还有 %(n)s 条异议没答复", values={"n": open_objections})
    return None
