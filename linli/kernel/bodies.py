"""When a committee or a property management committee is made up lawfully, may meet, and has decided (domain §3.10, 3.11, 3.13)."""

from .profiles import Profile
from .refusal import Refusal


def committee_size(profile: Profile, size: int, homes: int, area: int) -> Refusal | None:
    """Odd, from the smallest to the largest the local rule allows; a small compound may have fewer. `area` in 0.01 m²."""
    values = profile.values
    small = homes <= values["small_compound_households"] or area <= values["small_compound_area"]
    return _size("committee", profile, size, "small_compound_size" if small else "committee_size_min")


def _size(kind: str, profile: Profile, size: int, smallest: str) -> Refusal | None:
    least, most = profile.values[smallest], profile.values[f"{kind}_size_max"]
    values = {"least": least, "most": most}
    if size < least:
        return Refusal("size", "至少应有 %(least)s 人", profile.cite(smallest), values)
    if most and size > most:
        return Refusal("size", "最多可有 %(most)s 人", profile.cite(f"{kind}_size_max"), values)
    if profile.values[f"{kind}_size_odd"] and size % 2 == 0:
        return Refusal("even", "人数应为单数", profile.cite(f"{kind}_size_odd"))
    return None


def committee_may_meet(profile: Profile, members: int, present: int) -> Refusal | None:
    """Of all members, in person: nobody sits for another."""
    if profile.values["committee_present"] == "two_thirds":
        if 3 * present >= 2 * members:
            return None
        return Refusal("absent", "应有三分之二以上委员到会", profile.source)
    if 2 * present > members:
        return None
    return Refusal("absent", "应有过半数委员到会", "业主大会和业主委员会指导规则")


def committee_decides(members: int, signed: int) -> bool:
    """More than half of all members, not of those present, have signed."""
    return 2 * signed > members


def pmc_composition(profile: Profile, members: int, owners: int) -> Refusal | None:
    """Property management committee (物管会)."""
    no = _size("pmc", profile, members, "pmc_size_min")
    if no:
        return no
    share = profile.values["pmc_owner_share_percent"]
    if 100 * owners < share * members:
        return Refusal(
            "owners", "业主成员应占 %(share)s%% 以上", profile.cite("pmc_owner_share_percent"), {"share": share}
        )
    return None


def pmc_may_meet(members: int, owners: int, present: int, owners_present: int) -> Refusal | None:
    if 2 * present <= members:
        return Refusal("absent", "应有过半数成员到会", "北京市物业管理条例")
    if 2 * owners_present <= owners:
        return Refusal("owners_absent", "应有过半数业主成员到会，业主成员不能委托他人", "北京市物业管理条例")
    return None


def pmc_decides(members: int, signed: int) -> bool:
    return 2 * signed > members
