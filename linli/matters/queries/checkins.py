"""Who has not been seen for how long, and what was said at the last check-ins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from linli.people.models import Post
from linli.people.queries import in_term
from linli.people.rules import Role
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.numbers import page_key
from linli.plumbing.tenancy import unscoped

from ..models import CheckIn, CheckPlan, CheckReview, HomeSeen
from ..rules.checkins import KEPT, due

PAGE = 30
BATCH = 200
LAST = 3


@dataclass(frozen=True, slots=True)
class Unseen:
    key: str
    seen_id: UUID
    home: str
    steward: str
    since: datetime
    ever: bool
    late: bool


def plans(compound: Compound, *, post_id: UUID | None = None) -> list[CheckPlan]:
    rows = CheckPlan.objects.select_related("post", "building").filter(compound_id=compound.pk, ended_at=None)
    if post_id:
        rows = rows.filter(post_id=post_id)
    return list(rows.order_by("building__position"))


def not_in(plan: CheckPlan) -> QuerySet[Home]:
    """Homes of its building that came after the plan was made."""
    there = HomeSeen.objects.filter(compound_id=plan.compound_id, plan_id=plan.pk).values("home_id")
    return Home.objects.filter(compound_id=plan.compound_id, building_id=plan.building_id).exclude(pk__in=there)


def behind() -> list[tuple[UUID, UUID]]:
    """(plan, compound) where a home came to the building, or left it, since the plan was made."""
    with unscoped("homes come and go in every compound"):
        here = {"compound_id": OuterRef("compound_id")}
        there = HomeSeen.objects.filter(**here, plan_id=OuterRef(OuterRef("pk")), home_id=OuterRef("pk"))
        came = Home.objects.filter(**here, building_id=OuterRef("building_id")).filter(~Exists(there))
        went = HomeSeen.objects.filter(**here, plan_id=OuterRef("pk")).exclude(
            home__building_id=OuterRef("building_id")
        )
        rows = CheckPlan.objects.filter(Exists(came) | Exists(went), ended_at=None).order_by("pk")
        return list(rows.values_list("pk", "compound_id")[:BATCH])


def unseen(
    compound: Compound, at: datetime, *, mine: list[CheckPlan], after: tuple[datetime, UUID] | None = None
) -> list[Unseen]:
    """Longest first; one more than a page, to know whether there is more."""
    by_plan = {p.pk: p for p in mine}
    rows = HomeSeen.objects.filter(compound_id=compound.pk, plan_id__in=by_plan)
    if after:
        rows = rows.filter(Q(since__gt=after[0]) | Q(since=after[0], id__gt=after[1]))
    got = rows.order_by("since", "id").values_list("id", "plan_id", "since", "ever", "home__label")[: PAGE + 1]
    return [
        Unseen(
            page_key(since, pk),
            pk,
            label,
            by_plan[plan].post.holder_name,
            since,
            ever,
            due(since, by_plan[plan].every_days, ever=ever) <= at,
        )
        for pk, plan, since, ever, label in got
    ]


def due_today(compound: Compound, by: Actor, at: datetime) -> tuple[int, bool]:
    """How many of the own homes are due, at most a page; whether the post has a plan at all."""
    mine = plans(compound, post_id=by.role_id) if by.role_id else []
    return (sum(row.late for row in unseen(compound, at, mine=mine)[:PAGE]), True) if mine else (0, False)


def seen_now(seen: HomeSeen) -> HomeSeen | None:
    """The same home in the plan that runs now, whoever's it is."""
    rows = HomeSeen.objects.select_related("plan").filter(compound_id=seen.compound_id, home_id=seen.home_id)
    return rows.filter(
        plan__compound_id=seen.compound_id, plan__building_id=seen.home.building_id, plan__ended_at=None
    ).first()


def last_of(seen: HomeSeen) -> list[CheckIn]:
    """What was written down for the home lately, newest first."""
    rows = CheckIn.objects.filter(compound_id=seen.compound_id, home_id=seen.home_id).order_by("-id")
    return list(rows[:LAST])


def stewards(compound: Compound, at: datetime) -> list[Post]:
    today = timezone.localdate(at)
    rows = Post.objects.filter(
        in_term(today),
        organisation__compound_id=compound.pk,
        kind=Role.STEWARD,
    )
    return list(rows.order_by("from_day", "id"))


def recent(compound: Compound) -> list[tuple[CheckIn, CheckReview | None]]:
    rows = list(CheckIn.objects.select_related("home").filter(compound_id=compound.pk).order_by("-id")[:PAGE])
    reviews = CheckReview.objects.filter(compound_id=compound.pk, check_in_id__in=[r.pk for r in rows])
    read = {r.check_in_id: r for r in reviews}
    return [(row, read.get(row.pk)) for row in rows]


def month(compound: Compound, at: datetime) -> dict[str, int]:
    prefix = f"{KEPT}:{timezone.localtime(at):%Y-%m}:"
    return {name.removeprefix(prefix): n for name, n in kept(compound.pk, prefix).items()}
