"""Check-ins in the sample compounds: stewards' plans, some homes seen, some not for long, one need that became a matter."""

from datetime import datetime, timedelta
from random import Random

from linli.matters.models import CheckPlan, HomeSeen
from linli.matters.services import checkins
from linli.people.rules import Role
from linli.places.models import Building

from .help import post_of
from .registers import Town

EVERY, BEGUN, TRIED, READ = 45, 80, 18, 12
# Somebody comes to the door at four of five; every fourth visit is a call.
MET, DOORS = 5, 4
WORDS = ("都好，孩子上初中了", "说楼道干净多了", "问停车位什么时候抽签", "腿脚不便，以后打电话", "谢谢常来")
SATISFIED = ("satisfied", "satisfied", "basically")
NEED = "楼道的声控灯要跺脚才亮"


def go_round(town: Town) -> None:
    """Where a property company has a manager and stewards: two have a building each, and the first has gone round for a while."""
    manager = post_of(town, Role.PROPERTY_MANAGER)
    stewards = [key for key, post in town.posts.items() if post.kind == Role.STEWARD and post.to_day is None]
    if not manager or not stewards:
        return
    begun = town.now - timedelta(days=BEGUN)
    plans = [
        _plan(town, manager, steward, building, begun)
        for steward, building in zip(stewards[:2], town.buildings.values(), strict=False)
    ]
    _visit(town, manager, stewards[0], plans[0])


def _plan(town: Town, manager: str, steward: str, building: Building, at: datetime) -> CheckPlan:
    return checkins.plan_check_ins(
        by=town.as_post(manager), compound=town.compound, post=town.posts[steward], building=building, every_days=EVERY, at=at
    )  # fmt: skip


def _visit(town: Town, manager: str, steward: str, plan: CheckPlan) -> None:
    """Oldest first; the last of them this morning, with the need. The manager has read those of before this week."""
    rng = Random(f"{town.compound.slug}-check-ins")
    homes = HomeSeen.objects.filter(compound_id=town.compound.pk, plan=plan).select_related("plan").order_by("id")
    ago = sorted((timedelta(days=rng.randint(2, BEGUN - 2), hours=rng.randint(0, 6)) for _ in range(TRIED - 1)), reverse=True)  # fmt: skip
    for n, (home, since) in enumerate(zip(homes[:TRIED], [*ago, timedelta(hours=5)], strict=False), 1):
        last, at = n == TRIED, town.now - since
        met = last or n % MET != 0
        row = checkins.check_in(
            by=town.as_post(steward), compound=town.compound, seen=home, way="phone" if n % DOORS == 0 else "door", met=met,
            topics=["service"] if met else [], satisfied=rng.choice(SATISFIED), words=rng.choice(WORDS) if met else "",
            needs=[NEED] if last else [], at=at,
        )  # fmt: skip
        if n <= READ:
            checkins.review_check_in(by=town.as_post(manager), row=row, at=at + timedelta(hours=1))
