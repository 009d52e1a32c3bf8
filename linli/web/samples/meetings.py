"""A committee at work in a sample compound: a meeting published, one that is called, one that a member asks for, and its seals."""

from datetime import datetime, timedelta

from linli.councils.services import meetings, seals
from linli.people.access import members_of
from linli.people.rules import Role
from linli.plumbing.acts import Actor

from .help import post_of
from .registers import Town

SPOT = "小区活动室"


def meet(town: Town) -> None:
    chair, writer = post_of(town, Role.COMMITTEE_CHAIR), post_of(town, Role.COMMITTEE_SECRETARY)
    if not chair or not writer:
        return
    heads, writes = town.as_post(chair), town.as_post(writer)
    members = _members(town, heads)
    _decided(town, heads, writes, members)
    _called(town, heads)
    _asked_for(town, members)


def _members(town: Town, heads: Actor) -> list[Actor]:
    keys = {post.pk: key for key, post in town.posts.items()}
    assert heads.body_id
    return [town.as_post(keys[post.pk]) for post in members_of(heads.body_id, town.now.date()) if post.pk in keys]


def _evening(town: Town, days: int) -> datetime:
    return (town.now + timedelta(days=days)).replace(hour=19, minute=30, second=0)


def _decided(town: Town, heads: Actor, writes: Actor, members: list[Actor]) -> None:
    held = _evening(town, -20)
    before, over = held - timedelta(days=9), held + timedelta(hours=2)
    meeting = meetings.start(by=heads, compound=town.compound, at=before)
    for kind, title, words in (
        ("spending", "给四个楼道换声控灯", "三百八十元，在限额以内"),
        ("supervise", "催物业把消防通道的车劝走", "发一封函，十天内回话"),
        ("other", "活动室周末晚上多开一小时", "由委员轮流看门"),
    ):
        meetings.add_item(by=heads, meeting=meeting, kind=kind, title=title, words=words, at=before)
    meeting = meetings.call(by=heads, meeting=meeting, compound=town.compound, starts_at=held, spot=SPOT, at=before)
    came = members[: len(members) // 2 + 2]
    meetings.hold(
        by=writes,
        meeting=meeting,
        compound=town.compound,
        present=[m.account_id for m in came if m.account_id],
        at=over,
    )
    agenda = list(meeting.agendaitem_set.filter(compound_id=town.compound.pk).order_by("place"))
    for n, member in enumerate(came):
        for item in agenda:
            choice = "against" if item.place == 3 and n % 2 else "approve"
            meetings.sign(by=member, meeting=meeting, item=item, choice=choice, at=over)
    meetings.write_minutes(
        by=writes,
        meeting=meeting,
        words="先看了三家灯具店的报价，选了最便宜的。消防通道的事，大家都说等不得。活动室谁看门没说拢。",
        at=over,
    )
    meetings.publish(by=heads, meeting=meeting, compound=town.compound, at=over + timedelta(hours=13))
    stamped = over + timedelta(hours=15)
    request = seals.ask(
        by=writes, compound=town.compound, seal="committee", paper="letter", document="给物业的函：消防通道停车", copies=2, item=agenda[1],
        at=stamped,
    )  # fmt: skip
    seals.use(by=writes, request=request, at=stamped + timedelta(minutes=20))
    waits = seals.ask(
        by=writes, compound=town.compound, seal="finance", paper="contract", document="声控灯的购买合同", copies=2, at=town.now - timedelta(hours=5)
    )  # fmt: skip
    for member in members[:2]:
        seals.consent(by=member, request=waits, agrees=True, at=town.now - timedelta(hours=3))


def _called(town: Town, heads: Actor) -> None:
    at = town.now - timedelta(days=2)
    meeting = meetings.start(by=heads, compound=town.compound, at=at)
    for kind, title in (("assembly", "提请业主大会表决：加装电梯"), ("income", "用公共收益修儿童滑梯的地垫")):
        meetings.add_item(by=heads, meeting=meeting, kind=kind, title=title, at=at)
    meetings.call(by=heads, meeting=meeting, compound=town.compound, starts_at=_evening(town, 6), spot=SPOT, at=at)


def _asked_for(town: Town, members: list[Actor]) -> None:
    if len(members) < 3:
        return
    at, by = town.now - timedelta(hours=8), members[2]
    meeting = meetings.start(by=by, compound=town.compound, at=at)
    meetings.add_item(by=by, meeting=meeting, kind="supervise", title="请物业说明去年的电梯维保", at=at)
    meetings.propose(by=by, meeting=meeting, at=at)
