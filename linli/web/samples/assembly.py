"""The owners decide: in the first sample compound a session that is open for votes; in the second one being drafted, and one whose votes
the official system takes, so that owners give opinions here."""

from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from linli.assembly.papers import Notice, Section, notice
from linli.assembly.queries.casting import voices
from linli.assembly.queries.delivery import first_parties
from linli.assembly.queries.officers import officers as named
from linli.assembly.rules.delivery import Carrier
from linli.assembly.rules.sheets import KEEPERS
from linli.assembly.services import casting, convening, delivery, drafting, officers, register, sheets
from linli.people.rules import Role
from linli.plumbing import papers as press
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from . import hearing, papers
from .help import post_of
from .registers import Town, sample_accounts

OPEN_IN, DRAFTED_IN = "liuxi", "yunpo"
ITEMS = (
    (4, "续聘物业公司三年", "合同三年，住宅每平方米每月 1.65 元，合同草案可以打开看"),
    (5, "用维修资金更换供水泵房设备", "全小区分摊，每平方米 7.42 元，预算 126.8 万元"),
    (8, "东门内空地建电动车充电棚", "占绿地 86 平方米，收益归全体业主"),
)
CONTRACT_ITEM, CONTRACT = 4, "物业服务合同草案"
CLAUSES = (
    ("期限", "三年，自签订的次月一日起计算。"),
    ("服务费", "住宅每平方米每月 1.65 元，商铺每平方米每月 2.50 元，合同期内不调。"),
    ("服务内容", "公共区域保洁、绿化、秩序维护，共用部位和共用设施的日常维修养护，24 小时值班。"),
    ("考核", "每半年由业主委员会和业主代表评一次，两次不合格，业主大会可以提前解聘。"),
    ("公共收益", "停车、广告等公共收益单独记账，每季度公布，扣除合理成本后归全体业主。"),
)
CARRIERS = (Carrier("冯桂兰"), Carrier("何志强"))
DELIVERED, CAST = 1_200, 40
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
        item = drafting.add_item(by=by, session=session, matter_no=matter_no, title=name, summary=summary, at=drafted)
        if item and matter_no == CONTRACT_ITEM:
            file = BytesIO(press.pdf(_contract(town, drafted)))
            drafting.add_paper(by=by, session=session, item=item, file=file, name=CONTRACT, at=drafted)
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
    for place, office in enumerate(KEEPERS, 1):
        keeper = next(one for one in named(session) if one.office == office)
        sheets.hand(session=session, by=both["chair"], place=place, officer=keeper.pk, at=frozen)
    _carry(town, session, both["carrier"], frozen)
    for office in ("chair", "scrutineer"):
        session = convening.open_voting(by=both[office], session=session, at=opens)
    voted = _cast(town, session, opens)
    papers.come(town, session, both["carrier"], voted, opens)


def _contract(town: Town, at: datetime) -> Any:
    """What the first item is about, in short: whoever votes can read it."""
    return notice(
        Notice(
            title=f"{CONTRACT}（征求意见稿）", compound=town.compound.name, body="业主委员会", on=at.date(),
            opening=("经业主委员会和物业公司协商，拟订合同主要内容如下，业主大会表决通过后签订。",),
            sections=[Section(heading=heading, blocks=(words,)) for heading, words in CLAUSES],
        )
    )  # fmt: skip


def _carry(town: Town, session: Any, by: Actor, frozen: datetime) -> None:
    """Evening after evening, door after door; one in fifty was not at home, one in three hundred took nothing."""
    for n, party in enumerate(first_parties(session, DELIVERED)):
        at = frozen + timedelta(days=1 + n // 150, minutes=n % 150)
        evidence = "absent" if n % 50 == 4 else "refused" if n % 300 == 7 else "signed_by_owner"
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
