"""Calls of the last days in a sample compound: one at each stage, through the services, by the people who live there."""

from datetime import datetime, timedelta

from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.volunteers import services
from linli.volunteers.models import Call

from .registers import Town, sample_accounts

WILLING = 12
# how long ago, what, by when, how far it has come
CALLS = (
    (timedelta(days=9, hours=2), "accompany", "明天上午去县医院复查，一个人拿不了单子，想请人陪一趟", "tomorrow", "confirmed"),
    (timedelta(days=6, hours=5), "repair", "厨房柜门的合页松了，关不上，家里没有螺丝刀", "days", "confirmed"),
    (timedelta(days=4, hours=1), "borrow", "借一个打气筒，孩子的车胎瘪了", "today", "withdrawn"),
    (timedelta(days=1, hours=3), "carry", "儿子寄了两箱苹果在门卫，搬不上楼", "days", "done"),
    (timedelta(hours=20), "mind", "明天下午要去开家长会，想请人照看老母亲两个钟头", "days", "claimed"),
    (timedelta(hours=3), "repair", "卫生间的灯罩里进了虫子，手机不会打手电，请人来看看", "tomorrow", "open"),
    (timedelta(hours=2), "carry", "旧床垫要抬到楼下，两个人就够", "tomorrow", "open"),
    (timedelta(minutes=50), "accompany", "不会用手机交医保，想请人教一教", "days", "open"),
    (timedelta(minutes=25), "borrow", "谁家有缝纫机，裤脚要收一寸", "days", "open"),
)  # fmt: skip
THANKS = ("谢谢小陈，帮了大忙", "")


def shout(town: Town) -> list[Call]:
    """Every second resident with a phone in the order of the plan calls; the demo resident has one that waits for a word."""
    helpers = [town.as_post(key) for key in _volunteers(town)[:3]]
    residents = _residents(town, helpers)
    for resident in residents[1 : 2 * WILLING : 2]:
        services.say_willing(by=resident, willing=True, at=town.now - timedelta(days=30))
    made = []
    for n, (ago, kind, words, window, stage) in enumerate(CALLS):
        caller = residents[0 if stage == "done" else 2 + 2 * n]
        made.append(_one(town, caller, helpers, town.now - ago, kind, words, window, stage, THANKS[n % 2]))
    return made


def _volunteers(town: Town) -> list[str]:
    """Who may sign in first, in the order of that list."""
    known = {account.phone for account in sample_accounts()}
    posts = [p for p in town.plan.places.posts if p.kind == Role.VOLUNTEER]
    return [p.key for p in sorted(posts, key=lambda p: (p.phone not in known, p.phone))]


def _residents(town: Town, helpers: list[Actor]) -> list[Actor]:
    """The demo resident first; nobody who helps in these calls."""
    first = town.as_resident(town.plan.demo["resident"], town.plan.places.demo_home)
    taken = {first.account_id, *(helper.account_id for helper in helpers)}
    others = [town.as_resident(key) for key, held in sorted(town.bindings.items()) if held[0].account_id not in taken]
    return [first, *others]


def _one(
    town: Town, caller: Actor, helpers: list[Actor], at: datetime, kind: str, words: str, window: str, stage: str, thanks: str
) -> Call:  # fmt: skip
    got = services.shout(by=caller, compound=town.compound, words=words, kind=kind, window=window, harmless=True, at=at)
    call = got.call
    assert call is not None
    if stage == "withdrawn":
        return services.withdraw(by=caller, call=call, reason="借到了", at=at + timedelta(minutes=12))
    if stage == "open":
        return call
    call = services.claim(by=helpers[0], call=call, risks=(), at=at + timedelta(minutes=17))
    if len(helpers) > 1 and kind in {"carry", "accompany"}:
        call = services.join(by=helpers[1], call=call, at=at + timedelta(minutes=30))
    if stage == "claimed":
        return call
    call = services.finish(by=helpers[0], call=call, at=at + timedelta(hours=2))
    if stage == "done":
        return call
    return services.confirm(by=caller, call=call, thanks=thanks, at=at + timedelta(hours=3))
