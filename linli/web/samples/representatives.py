"""Resident representatives of a sample compound: those who live there look after a building each, and noted what they did."""

from datetime import timedelta

from linli.people.rules import Role
from linli.volunteers import services

from .registers import Town

# how many days ago, which of them, kind, at home or where, how it went, who solved it, what came of it
ACTS = (
    (34, 0, "door_to_door_service", "", "帮着换了灯泡", "", ""),
    (26, 1, "volunteer_patrol", "楼道", "三楼拐角的纸箱请人收走了", "", ""),
    (19, 0, "problem_solving", "", "两家说开了，晚上十点后不拖椅子", "resident_representatives", ""),
    (12, 2, "civil_persuasion", "小区门口", "遛狗的都拴了绳", "", ""),
    (8, 1, "problem_solving", "自行车棚", "队里出三个人，半天理清了车棚", "volunteer_teams", ""),
    (5, 3, "door_to_door_service", "", "陪着去交了水费", "", ""),
    (2, 0, "volunteer_patrol", "后墙边", "有一段墙皮松了，先拉了绳", "", ""),
    (1, 0, "civil_persuasion", "单元门口", "电动车推到车棚里充电了", "", ""),
)  # fmt: skip
LOOKS_AFTER = 4


def look_after(town: Town) -> None:
    """Where the community has representatives."""
    clerk = next((key for key, post in town.posts.items() if post.kind == Role.COMMUNITY_WORKER), "")
    here = [p.key for p in town.plan.places.posts if p.kind == Role.RESIDENT_REPRESENTATIVE and p.covers][:LOOKS_AFTER]
    if not clerk or not here:
        return
    covers = [_name(town, clerk, key) for key in here]
    for ago, n, kind, place, result, force, needs in ACTS:
        n %= len(here)
        at = town.now - timedelta(days=ago)
        home = None if place else covers[n]
        row = services.record_act(
            by=town.as_post(here[n]), compound=town.compound, kind=kind, home=home, place=place, result=result, force=force, needs=needs, at=at
        )  # fmt: skip
        if force:
            services.praise(by=town.as_post(clerk), act=row, word="warmth", at=at + timedelta(hours=3))


def _name(town: Town, clerk: str, key: str):
    """The buildings of the plan; the first home of the first."""
    covered = next(p.covers for p in town.plan.places.posts if p.key == key)
    begun = town.now - timedelta(days=90)
    for building in covered:
        services.name_representative(
            by=town.as_post(clerk), compound=town.compound, post=town.posts[key], building=town.buildings[building],
            from_day=begun.date(), at=begun,
        )  # fmt: skip
    first = town.buildings[covered[0]].pk
    return next(home for home in town.homes.values() if home.building_id == first)
