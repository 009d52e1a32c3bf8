"""Property companies: a contract, its standards and what was checked; in the second compound another company is being chosen."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

from linli.assembly.queries import selections as queries
from linli.assembly.services import selections
from linli.councils.models import Standard
from linli.councils.services import standards
from linli.people.rules import Role
from linli.plumbing.acts import Actor

from .help import post_of
from .projects import PDF
from .registers import Town

CHOSEN_IN = "yunpo"
STANDARDS = (
    ("楼道保洁", "每天扫一次，每周拖一次，没有垃圾和水渍", "week", False),
    ("电梯困人", "接到电话三十分钟到场", "quarter", False),
    ("夜间巡逻", "十点到六点每两小时一圈，打卡可查", "week", False),
    ("代搬重物", "老人、病人上楼的重物免费帮搬", "month", True),
)
CRITERIA = (("服务方案", 40), ("报价", 30), ("业绩和信誉", 20), ("应急能力", 10))
BIDDERS = (
    ("晨安物业服务有限公司", 165, "三十分钟到场，电梯困人二十分钟"),
    ("同和物业服务有限公司", 158, "二十四小时有人值班"),
)
SCORES = (((36, 22, 17, 8), (33, 27, 15, 8)), ((35, 23, 18, 9), (34, 27, 16, 7)))


def serve(town: Town) -> None:
    keys = [post_of(town, role) for role in (Role.COMMITTEE_CHAIR, Role.PROPERTY_MANAGER, Role.COMMITTEE_SECRETARY)]
    if not all(keys):
        return
    chair, manager, writer = (town.as_post(key) for key in keys)
    signers = [town.posts[key].holder_name for key in keys[:2]]
    ends = _contract(town, chair, manager, signers)
    if town.compound.slug == CHOSEN_IN:
        _choose(town, chair, writer, ends)


def _at(town: Town, days: int) -> datetime:
    return (town.now + timedelta(days=days)).replace(hour=10, minute=0, second=0)


def _contract(town: Town, chair: Actor, manager: Actor, signers: list[str]) -> date:
    """Its last day, in four months."""
    at, begins = _at(town, -60), _at(town, -975).date()
    firm = next(post.organisation for post in town.posts.values() if post.organisation_id == manager.body_id)
    made = selections.record_contract(
        by=chair, compound=town.compound, company=firm, price_fen=150, fee_model="lump_sum", months=36, signed_on=begins, starts_on=begins,
        notice_days=60, clauses=["items", "quality", "fees", "term", "rooms"], signer=signers[0],
        company_signer=signers[1], name="物业服务合同", file=BytesIO(PDF), at=at,
    )  # fmt: skip
    here: dict[str, Any] = {"compound": town.compound}
    for title, measure, every, free in STANDARDS:
        standards.add(by=chair, title=title, measure=measure, every=every, free=free, at=at, **here)
    standards.pledge(by=manager, at=at, **here)
    standards.publish(by=chair, at=at, **here)
    rows = list(Standard.objects.filter(compound_id=town.compound.pk).order_by("place"))
    for n, row in enumerate(rows[:3]):
        for days in (-16, -9, -2):
            fails = (n, days) == (0, -2)
            words = "三单元楼道两天没扫，墙角有烟头" if fails else ""
            when = _at(town, days)
            standards.check(by=chair, standard=row, on=when.date(), holds=not fails, words=words, at=when, **here)
    ends: date = made.ends_on
    return ends


def _choose(town: Town, chair: Actor, writer: Actor, ends: date) -> None:
    """Bids are opened, one scorer still owes a sheet."""
    begun = _at(town, -40)
    one = selections.start(
        by=chair, compound=town.compound, ground="expiry", contact=f"业主委员会 {town.compound.phone}", at=begun
    )
    said: dict[str, Any] = {"selection": one}
    selections.give_notice(
        by=chair, given_on=begun.date(), ends_on=ends, delivered="书面，物业经理当面签收", at=begun, **said
    )
    until = _at(town, -32)
    selections.set_plan(
        by=writer, services="保洁、秩序、绿化、共用设施维护，标准不低于现在；电梯困人三十分钟到场", months=36, fee_model="lump_sum", price_cap=180, least=2,
        criteria=CRITERIA, comments_until=until.date(), at=begun, **said,
    )  # fmt: skip
    judges = _scorers(town, writer, one, begun)
    selections.put_up(by=chair, at=begun, **said)
    called = until + timedelta(days=1)
    last = called + timedelta(days=16)
    selections.call(by=chair, until=last.date(), at=called, **said)
    for n, (company, _price, _promise) in enumerate(BIDDERS):
        selections.receive(
            by=writer,
            company=company,
            contact="招标联系人",
            phone="0000-6203100",
            at=called + timedelta(days=5 + n),
            **said,
        )
    opened = last + timedelta(days=2)
    selections.open_bids(by=chair, witnesses=["冯桂兰", "何志强"], at=opened, **said)
    bids = queries.bids(one)
    for bid, (_company, price, promise) in zip(bids, BIDDERS, strict=True):
        selections.enter(by=writer, bid=bid, price_fen=price, promise=promise, at=opened, **said)
    for by, given in zip(judges, SCORES, strict=True):
        for bid, points in zip(bids, given, strict=True):
            selections.score(by=by, bid=bid, points=points, at=opened + timedelta(hours=3), **said)


def _scorers(town: Town, writer: Actor, one: Any, at: datetime) -> list[Actor]:
    """Two who score by themselves, and one from outside whose sheet is on paper."""
    found = []
    for role, side in ((Role.COMMITTEE_MEMBER, "committee"), (Role.COMMUNITY_WORKER, "community")):
        key = next(k for k, post in town.posts.items() if post.kind == role and post.to_day is None)
        post = town.posts[key]
        selections.name_scorer(
            by=writer, selection=one, name=post.holder_name, side=side, declared=True, phone=post.account.phone, at=at
        )
        found.append(town.as_post(key))
    selections.name_scorer(by=writer, selection=one, name="范立群", side="expert", declared=True, at=at)
    return found
