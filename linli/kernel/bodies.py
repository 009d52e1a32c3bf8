"""When a committee or a property management committee is made up lawfully, may meet, and has decided (domain §3.10, 3.11, 3.13)."""

from datetime import date, timedelta

from .clock import Calendar, months_later, period_end
from .profiles import Profile
from .refusal import Refusal


def committee_size(profile: Profile, size: int, homes: int, area: int) -> Refusal | None:
    """Odd, from the smallest to the largest the local rule allows; a small compound may have fewer. `area` in 0.01 m²."""
    return _size("committee", profile, size, _smallest(profile, homes, area))


def committee_least(profile: Profile, homes: int, area: int) -> int:
    least: int = profile.values[_smallest(profile, homes, area)]
    return least


def _smallest(profile: Profile, homes: int, area: int) -> str:
    values = profile.values
    small = homes <= values["small_compound_households"] or area <= values["small_compound_area"]
    return "small_compound_size" if small else "committee_size_min"


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


# ── before a meeting, and after ─────────────────────────────────────────────────────────────────────────────────────


RESERVED = {
    1: "民法典第278条第1项",
    2: "民法典第278条第2项",
    3: "民法典第278条第3项",
    4: "民法典第278条第4项",
    5: "民法典第278条第5项",
    6: "民法典第278条第6项",
    7: "民法典第278条第7项",
    8: "民法典第278条第8项",
    9: "民法典第278条第9项",
}


def reserved_to_owners(number: int) -> Refusal:
    """What art. 278 keeps for the owners together no committee decides, nor may it be empowered to."""
    return Refusal("reserved", "这件事由业主共同决定，委员会只能提请业主大会表决", RESERVED[number])


def earliest_meeting(profile: Profile, told: date) -> date:
    """Told today to the owners and to the residents' committee."""
    return told + timedelta(days=max(profile.values["committee_agenda_days"], profile.values["committee_topics_days"]))


def agenda_in_time(profile: Profile, told: date, meets: date) -> Refusal | None:
    days = profile.values["committee_agenda_days"]
    if told + timedelta(days=days) <= meets:
        return None
    values = {"days": days, "earliest": told + timedelta(days=days)}
    return Refusal(
        "agenda_late", "议程要提前 %(days)s 天给业主看，最早 %(earliest)s 开会", profile.cite("committee_agenda_days"), values
    )  # fmt: skip


def topics_in_time(profile: Profile, told: date, meets: date) -> Refusal | None:
    days = profile.values["committee_topics_days"]
    if told + timedelta(days=days) <= meets:
        return None
    values = {"days": days, "earliest": told + timedelta(days=days)}
    return Refusal(
        "topics_late", "议题要提前 %(days)s 天告诉居委会，最早 %(earliest)s 开会", profile.cite("committee_topics_days"), values
    )  # fmt: skip


def enough_members_ask(members: int, asking: int) -> bool:
    """A third, inclusive, make the committee meet."""
    return 0 < members <= 3 * asking


def next_meeting_by(profile: Profile, last: date) -> date:
    return months_later(last, profile.values["committee_meets_months"])


def result_due(profile: Profile, held: date, calendar: Calendar) -> date:
    """Last day for posting what was decided."""
    return period_end(held, profile.values["result_posting_days"], calendar)


def result_shown_until(profile: Profile, posted: date, calendar: Calendar, pmc: bool) -> date:
    """Decisions of a property management committee stay posted for ten days, working days in Beijing."""
    values = profile.values
    if pmc and values.get("pmc_decision_posting_working_days"):
        return calendar.after(posted, values["pmc_decision_posting_working_days"])
    days = values.get("pmc_decision_posting_days") if pmc else None
    return period_end(posted, days or values["result_shown_days"], calendar)
