"""What will be off tomorrow, said beforehand: water, for half a day."""

from datetime import timedelta

from django.utils import timezone

from linli.matters.services.outages import plan_outage
from linli.people.rules import Role

from .help import post_of
from .registers import Town


def announce(town: Town) -> None:
    desk = post_of(town, Role.FRONT_DESK) or post_of(town, Role.COMMUNITY_WORKER)
    if not desk:
        return
    begins = timezone.localtime(town.now + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
    plan_outage(
        by=town.as_post(desk), compound=town.compound, kind="water", words="洗水箱，先接一点水", from_at=begins,
        to_at=begins + timedelta(hours=4), at=town.now,
    )  # fmt: skip
