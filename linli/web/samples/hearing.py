"""Where the official system takes the votes: a session that is open for opinions, in a compound whose last homes are sold and not handed over."""

from datetime import datetime, timedelta
from typing import Any

from linli.assembly.queries.opinions import speakers
from linli.assembly.rules.opinions import Said
from linli.assembly.services import convening, drafting, officers, opinions, register
from linli.people.models import Person
from linli.people.rules import Role
from linli.places.models import Home
from linli.places.services import adopt_profile
from linli.plumbing.acts import Actor

from .help import post_of
from .registers import Town, sample_accounts

PROFILE = "beijing"
DEVELOPER = "云坡里置业有限公司"
LATE_HOMES, SPEAKERS = 5, 28
ITEMS = (
    (9, "小区大门换成刷脸门禁", "保留刷卡和按键，刷脸自愿；两处大门一共 8.6 万元，从公共收益里出"),
    (5, "用维修资金翻修 3 栋外墙", "开裂、渗水的北墙，预算 41.2 万元"),
)
WORDS = (
    "老人没有手机，刷卡一定要留着",
    "请先把三家的报价贴出来",
    "外墙早该修了，雨天北屋墙上都是水",
    "孩子的脸不想录进去",
    "施工的时候请留出消防通道",
)
OFFICERS = (("chair", Role.COMMITTEE_CHAIR, 0), ("scrutineer", Role.COMMUNITY_WORKER, 1))


def hold(town: Town, chair: str) -> None:
    secretary = post_of(town, Role.COMMUNITY_SECRETARY)
    assert secretary
    adopt_profile(by=town.as_post(secretary), compound=town.compound, profile=PROFILE, at=_at(town, -60))
    _not_handed_over(town)
    session = _opened(town, town.as_post(chair))
    _speak(town, session)


def _at(town: Town, days: int, hour: int = 10) -> datetime:
    return (town.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0)


def _not_handed_over(town: Town) -> None:
    """Sold, empty, and handed over in ten weeks: until then they count as the developer's. The others have been on the register for years."""
    Person.objects.create(compound=town.compound, name=DEVELOPER, is_organisation=True)
    lived_in = {binding.home_id for held in town.bindings.values() for binding in held}
    rows = Home.objects.filter(compound_id=town.compound.pk, occupied="empty", kind="residence").exclude(
        pk__in=lived_in
    )
    late = list(rows.order_by("-building__position", "-label").values_list("pk", flat=True)[:LATE_HOMES])
    homes = Home.objects.filter(compound_id=town.compound.pk)
    homes.filter(pk__in=late).update(delivered_on=_at(town, 70).date(), extra={})
    homes.exclude(pk__in=late).update(registered_on=_at(town, -2900).date())


def _opened(town: Town, by: Actor) -> Any:
    drafted, noticed, frozen, opens = _at(town, -45), _at(town, -30), _at(town, -15, 19), _at(town, -5, 9)
    session = drafting.draft_session(
        by=by, compound=town.compound, title="大门门禁和外墙翻修的业主大会会议", ground="committee", opens_at=opens,
        closes_at=opens + timedelta(days=14, hours=9), place="社区活动室", contact=f"业主委员会 {town.compound.phone}", at=drafted,
    )  # fmt: skip
    drafting.set_rules(by=by, session=session, rules={"developer": DEVELOPER}, at=drafted)
    for matter_no, name, summary in ITEMS:
        drafting.add_item(by=by, session=session, matter_no=matter_no, title=name, summary=summary, at=drafted)
    both = []
    for office, role, place in OFFICERS:
        key = [k for k, post in town.posts.items() if post.kind == role and post.to_day is None][place]
        post = town.posts[key]
        officers.name_officer(
            by=by, session=session, office=office, name=post.holder_name, sworn=True, phone=post.account.phone, at=drafted
        )  # fmt: skip
        both.append(town.as_post(key))
    register.build(by=by, session=session, at=noticed - timedelta(days=1))
    session = convening.give_notice(by=by, session=session, at=noticed)
    for one in both:
        session, _sheets = convening.freeze(by=one, session=session, at=frozen)
    for one in both:
        session = convening.open_voting(by=one, session=session, at=opens)
    return session


def _speak(town: Town, session: Any) -> None:
    """Most for it, some with words; whoever signs in to look around still has something to say."""
    assert session.opens_at
    known, said = {account.pk for account in sample_accounts()}, 0
    for key, held in sorted(town.bindings.items()):
        by = town.as_resident(key)
        voice = next(iter(speakers(session, by, session.opens_at)), None) if held[0].account_id not in known else None
        if voice is None:
            continue
        words = WORDS[said // 4 % len(WORDS)] if said % 4 == 1 else ""
        door = "against" if said % 3 == 1 else "abstain" if said % 7 == 5 else "approve"
        at = session.opens_at + timedelta(days=said // 8, hours=10, minutes=9 * (said % 8))
        opinions.give(
            by=by, session=session, party=voice.party, said={"1": Said(door, words), "2": Said("approve")}, at=at
        )  # fmt: skip
        said += 1
        if said == SPEAKERS:
            return
