"""The owners decide: in the first sample compound a session that is open for votes; in the second one being drafted, and one whose votes
the official system takes, so that owners give opinions here."""

from datetime import datetime, timedelta
from typing import Any

from linli.assembly.queries.casting import voices
from linli.assembly.queries.delivery import first_parties
from linli.assembly.services import casting, convening, delivery, drafting, officers, register
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from . import hearing, papers
from .help import post_of
from .registers import Town, sample_accounts

OPEN_IN, DRAFTED_IN = "liuxi", "yunpo"
ITEMS = (
    (4, "续聘物业公司三年", "合同三年，住宅每平方米每月 1.65 元，草案放在材料里"),
    (5, "用维修资金更换供水泵房设备", "全小区分摊，每平方米 18.53 元，预算 126.8 万元"),
    (8, "东门内空地建电动车充电棚", "占绿地 86 平方米，收益归全体业主"),
)
CARRIERS = ("冯桂兰", "何志强")
DELIVERED, CAST = 60, 40
OFFICERS = (
    ("chair", Role.COMMITTEE_CHAIR, 0), ("scrutineer", Role.COMMUNITY_WORKER, 1), ("scrutineer", Role.COMMUNITY_WORKER, 2),
    ("teller", Role.COMMITTEE_MEMBER, 1), ("teller", Role.COMMITTEE_MEMBER, 2), ("clerk", Role.REGISTER_CLERK, 0),
    ("clerk", Role.REGISTER_CLERK, 1), ("carrier", Role.BUILDING_CAPTAIN, 0),
)  # fmt: skip


def meet(town: Town) -> None:
    chair = post_of(town, Role.COMMITTEE_CHAIR)
    if not chair or town.compound.slug not in {OPEN_IN, DRAFTED_IN}:
        return
    if town.compound.slug == DRAFTED_IN:
        hearing.hold(town, chair)
        opens = _hour(town, 30, 9)
        session = _drafted(
            town,
            chair,
            "修改管理规约的业主大会会议",
            opens,
            opens + timedelta(days=14, hours=9),
            town.now - timedelta(days=2),
        )
        drafting.add_item(
            by=town.as_post(chair), session=session, matter_no=2, title="修改管理规约", summary="养犬、装修时间和电动车停放三条", at=town.now - timedelta(days=2)
        )  # fmt: skip
        return
    _opened(town, chair)


def _hour(town: Town, days: int, hour: int) -> datetime:
    return (town.now + timedelta(days=days)).replace(hour=hour, minute=0, second=0)


def _drafted(town: Town, chair: str, title: str, opens: datetime, closes: datetime, at: datetime) -> Any:
    return drafting.draft_session(
        by=town.as_post(chair), compound=town.compound, title=title, ground="committee", opens_at=opens, closes_at=closes,
        place="社区活动室", contact=f"业主委员会 {town.compound.phone}", at=at,
    )  # fmt: skip


def _opened(town: Town, chair: str) -> None:
    by, drafted, noticed, frozen = town.as_post(chair), _hour(town, -40, 10), _hour(town, -27, 10), _hour(town, -13, 19)
    opens = _hour(town, -6, 9)
    title = f"{town.now.year} 年第一次业主大会会议"
    session = _drafted(town, chair, title, opens, opens + timedelta(days=14, hours=9), drafted)
    drafting.set_rules(by=by, session=session, rules={"extension_days": 15}, at=drafted)
    for matter_no, name, summary in ITEMS:
        drafting.add_item(by=by, session=session, matter_no=matter_no, title=name, summary=summary, at=drafted)
    both: dict[str, Actor] = {}
    for office, role, place in OFFICERS:
        key = [k for k, post in town.posts.items() if post.kind == role and post.to_day is None][place]
        post = town.posts[key]
        officers.name_officer(
            by=by,
            session=session,
            office=office,
            name=post.holder_name,
            sworn=True,
            phone=post.account.phone,
            at=drafted,
        )
        both.setdefault(office, town.as_post(key))
    register.build(by=by, session=session, at=noticed - timedelta(days=1))
    session = convening.give_notice(by=by, session=session, at=noticed)
    for office in ("chair", "scrutineer"):
        session, _sheets = convening.freeze(by=both[office], session=session, at=frozen)
    _carry(town, session, both["carrier"], frozen)
    for office in ("chair", "scrutineer"):
        session = convening.open_voting(by=both[office], session=session, at=opens)
    voted = _cast(town, session, opens)
    papers.come(town, session, both["carrier"], voted, opens)


def _carry(town: Town, session: Any, by: Actor, frozen: datetime) -> None:
    """Evening after evening, door after door; one in nine was not at home, one in thirty took nothing."""
    for n, party in enumerate(first_parties(session, DELIVERED)):
        at = frozen + timedelta(days=1 + n // 30, minutes=4 * (n % 30))
        evidence = "absent" if n % 9 == 4 else "refused" if n % 30 == 7 else "signed_by_owner"
        delivery.deliver(by=by, session=session, party=party, evidence=evidence, carriers=CARRIERS, at=at)


def _cast(town: Town, session: Any, opens: datetime) -> list[Any]:
    """Owners with a phone, evening after evening; whoever signs in to look around still has the vote to give."""
    known = {account.pk for account in sample_accounts()}
    voted: list[Any] = []
    for key, held in sorted(town.bindings.items()):
        done = len(voted)
        if done == CAST or held[0].account_id in known:
            continue
        by = town.as_resident(key)
        voice = next(iter(voices(session, by)), None)
        if voice is None:
            continue
        said = "against" if done % 7 == 3 else "abstain" if done % 11 == 5 else "approve"
        choices = {str(n): said if n == 3 else "approve" for n in range(1, len(ITEMS) + 1)}
        at = opens + timedelta(days=done // 10, hours=10, minutes=7 * (done % 10))
        casting.cast(by=by, session=session, voice=voice.key, choices=choices, at=at, once=uuid7())
        voted.append(voice.party)
    return voted
