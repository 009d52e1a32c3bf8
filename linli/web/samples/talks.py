"""Two night talks in a sample compound with a committee: one published last week, one to come."""

from datetime import datetime, timedelta
from typing import Any

from linli.councils import services
from linli.people.rules import Role

from .help import post_of
from .registers import Town

SPOT = "小区中心亭子"


def hold(town: Town) -> None:
    chair = post_of(town, Role.COMMITTEE_CHAIR)
    recorder = post_of(town, Role.COMMITTEE_SECRETARY) or chair
    if not chair:
        return
    heads, writes = town.as_post(chair), town.as_post(recorder)
    last, coming = _evening(town, -6), _evening(town, 8)
    talk = services.announce(
        by=heads, compound=town.compound, starts_at=last, spot=SPOT, subject="充电和停车", at=last - timedelta(days=5)
    )
    over = last + timedelta(hours=2)
    talk = services.hold(by=writes, talk=talk, attendance=23, at=over)
    said: dict[str, Any] = {"by": writes, "talk": talk, "at": over}
    first = services.add(**said, words="充电桩太少，晚上抢不到，有人把线从楼上拉下来")
    second = services.add(**said, words="垃圾房晚上七点就关，下班回来没处扔")
    third = services.add(**said, words="儿童滑梯边上的地垫翘起来了，绊人")
    assert first and second and third
    services.hand_on(**said, compound=town.compound, point=first)
    services.answer(
        **said,
        point=second,
        words="延到九点关门，先试一个月",
        answered_by="物业",
        due_on=(last + timedelta(days=5)).date(),
    )
    services.answer(**said, point=third, words="第二天一早就压平了", answered_by="物业")
    services.publish(by=heads, talk=talk, at=over + timedelta(hours=14))
    services.announce(
        by=heads,
        compound=town.compound,
        starts_at=coming,
        spot=SPOT,
        subject="加装电梯怎么看",
        at=town.now - timedelta(hours=3),
    )


def _evening(town: Town, days: int) -> datetime:
    return (town.now + timedelta(days=days)).replace(hour=19, minute=0, second=0)
