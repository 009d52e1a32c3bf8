"""Who may make an owners' assembly meet, and by when it must be told (domain §3.9)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from .profiles import Profile
from .refusal import Refusal
from .tally.thresholds import Weight

ARTICLE = "物业管理条例第十三条"


def enough_ask(profile: Profile, total: Weight, asking: Weight) -> Refusal | None:
    """A share, inclusive, of all owners by persons, by area, by both or by either, as the local rule has it."""
    share, basis = profile.values["convening_share_percent"], profile.values["convening_basis"]
    persons = 100 * asking.persons >= share * total.persons
    area = 100 * asking.area >= share * total.area
    enough = {
        "persons_and_area": persons and area,
        "persons": persons,
        "persons_or_area": persons or area,
    }[basis]
    if enough:
        return None
    values: Mapping[str, Any] = {"persons": least_persons(profile, total), "share": share}
    return Refusal("too_few", "联名提议还不够：至少 %(persons)s 人，并达到总面积的 %(share)s%%", ARTICLE, values)


def least_persons(profile: Profile, total: Weight) -> int:
    """20 % of 61 is 13."""
    return -(-profile.values["convening_share_percent"] * total.persons // 100)


def latest_notice(session: date, profile: Profile, interim: bool = False) -> date:
    """Counted back from the session, working day or not."""
    return session - timedelta(days=profile.values["interim_notice_days" if interim else "notice_days"])


def notice_in_time(notice: date, session: date, profile: Profile, interim: bool = False) -> Refusal | None:
    latest = latest_notice(session, profile, interim)
    if notice <= latest:
        return None
    return Refusal(
        "notice_late", "最晚要在 %(latest)s 公告，或者把会期往后移", "物业管理条例第十四条", {"latest": latest}
    )


def voting_window(opens: date, closes: date, profile: Profile) -> Refusal | None:
    """Days of voting, the first not counted."""
    days, least, most = (closes - opens).days, profile.values["voting_days_min"], profile.values["voting_days_max"]
    if least <= days <= most:
        return None
    return Refusal(
        "window", "投票要开放 %(least)s 至 %(most)s 天", profile.cite("voting_days_max"), {"least": least, "most": most}
    )
