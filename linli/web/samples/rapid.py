"""Rapid repairs in the sample compounds: a month of them, and one that is on its way now."""

from datetime import datetime, timedelta

from linli.matters import services
from linli.matters.models import Matter
from linli.people.access import home_for
from linli.people.rules import Role

from .help import post_of
from .registers import Town

# Days ago, category, words, minutes to be there, parts, fen.
DONE = (
    (26, "0202", "水表前的阀门漏水", 17, "闸阀 1 个", 4200), (19, "0301", "厨房角阀裂了，水止不住", 24, "角阀 1 个，生料带", 3500),
    (11, "0204", "楼道配电箱打火", 12, "空开 1 个", 6800), (6, "0207", "下水口反水，快漫出来了", 41, "", 0), (2, "0102", "单元门锁死了，出不去", 21, "锁芯 1 个", 8600),
)  # fmt: skip
NOW = "卫生间水管接头崩了，地上都是水"


def send(town: Town) -> None:
    """Where there is an engineer to send and a clerk to ask afterwards."""
    clerk, engineer = post_of(town, Role.COMMUNITY_WORKER), post_of(town, Role.ENGINEER)
    if not clerk or not engineer:
        return
    hand, desk = town.as_post(engineer), town.as_post(clerk)
    persons = iter(town.bindings)
    for ago, category, words, minutes, parts, fen in DONE:
        at = (town.now - timedelta(days=ago)).replace(hour=9)
        matter = _sent(town, next(persons), words, category, clerk, engineer, at)
        services.arrive(by=hand, matter=matter, at=at + timedelta(minutes=2 + minutes))
        if parts:
            services.note_parts(by=hand, matter=matter, words=parts, at=at + timedelta(minutes=60))
        done = services.resolve(
            by=hand, matter=matter, words="修好了，试过", cost_fen=fen, paid_by="物业费", evidence=True, at=at + timedelta(minutes=70)
        )  # fmt: skip
        services.return_visit(
            by=desk, matter=done, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=at + timedelta(hours=6)
        )  # fmt: skip
        services.close(by=desk, matter=done, at=at + timedelta(hours=7))
    _sent(town, next(persons), NOW, "0301", clerk, engineer, town.now - timedelta(minutes=14))


def _sent(town: Town, person: str, words: str, category: str, clerk: str, engineer: str, at: datetime) -> Matter:
    by = town.as_resident(person)
    home = home_for(town.compound, by.home_id) if by.home_id else None
    m = services.open_matter(by=by, compound=town.compound, words=words, spot=services.Spot(home=home), at=at)
    body, on = town.posts[engineer].organisation, at + timedelta(minutes=2)
    m = services.send_rapid(by=town.as_post(clerk), matter=m, body=body, category=category, at=on)
    return services.take(by=town.as_post(engineer), matter=m, words="带工具出门了", at=on + timedelta(minutes=1))
