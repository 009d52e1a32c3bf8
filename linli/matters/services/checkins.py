"""Check-ins by stewards (M3): the plan, the visit with the matters it opened, the manager's reading."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Person, Post
from linli.people.rules import Act as Right
from linli.people.rules import Role, may
from linli.places.models import Building, Compound, Home
from linli.plumbing.acts import CLOCK, Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.tenancy import insert_new
from linli.plumbing.whole import one_act

from ..models import CheckIn, CheckPlan, CheckReview, HomeSeen
from ..queries.checkins import not_in
from ..queries.homes import people_in
from ..rules import checkins as rules
from ..rules.states import RATINGS
from .intake import Spot, open_matter

PLAN, FOLLOW, CHECK_IN, REVIEW = "plan_check_ins", "follow_homes", "check_in", "review_check_in"


@one_act()
def plan_check_ins(
    *, by: Actor, compound: Compound, post: Post, building: Building, every_days: int, at: datetime, once: UUID | None = None
) -> CheckPlan:  # fmt: skip
    """A steward for every home of a building; what another had before ends, and what was last seen goes over. Raises Refused."""
    if by.compound_id != compound.pk or not may(by.role, Right.PLAN_CHECK_INS):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if not 0 < every_days <= rules.DAYS_MOST:
        raise Refused(Refusal("bad_days", "隔多少天要在 1 到 365 之间"), field="every_days")
    if post.kind != Role.STEWARD or post.organisation.compound_id != compound.pk:
        raise Refused(Refusal("no_steward", "请选一位管家"), field="post")
    Building.objects.select_for_update().get(compound_id=compound.pk, pk=building.pk)
    before = CheckPlan.objects.filter(compound_id=compound.pk, building=building, ended_at=None).first()
    if before and done_before(compound.pk, once):
        return before
    known = _known(before)
    if before:
        before.ended_at = at
        before.save(update_fields=["ended_at"])
    made = CheckPlan(compound_id=compound.pk, post=post, building=building, every_days=every_days, from_at=at)
    made.save(force_insert=True)
    homes = Home.objects.filter(compound_id=compound.pk, building=building).order_by(
        "entrance__position", "floor", "room_no"
    )
    rows = [
        HomeSeen(compound_id=compound.pk, plan=made, home=home, since=known.get(home.pk, (at, False))[0], ever=known.get(home.pk, (at, False))[1])
        for home in homes
    ]  # fmt: skip
    insert_new(rows)
    record(
        by=by, act=PLAN, subject_kind="check_plan", subject_id=made.pk, at=at, compound_id=compound.pk, once=once,
        data={"building": str(building.pk), "post": str(post.pk), "every_days": every_days, "homes": len(rows)},
    )  # fmt: skip
    return made


@one_act()
def follow_homes(*, plan_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The homes of the plan's building are those that stand there now; False if nothing had changed, or the plan ended.

    A home that moved here brings along when it was seen; one that came after the plan was never seen and is due at once.
    """
    plan = CheckPlan.objects.select_for_update().filter(compound_id=compound_id, pk=plan_id, ended_at=None).first()
    if plan is None:
        return False
    elsewhere = HomeSeen.objects.filter(compound_id=compound_id, plan=plan).exclude(home__building_id=plan.building_id)
    missing = list(not_in(plan))
    met = CheckIn.objects.filter(compound_id=compound_id, home__in=missing, met=True)
    known = dict(met.values_list("home_id").annotate(last=Max("at")))
    insert_new([
        HomeSeen(compound_id=compound_id, plan=plan, home=home, since=known.get(home.pk, at), ever=home.pk in known)
        for home in missing
    ])  # fmt: skip
    gone = list(elsewhere.values_list("id", flat=True))
    HomeSeen.objects.filter(compound_id=compound_id, id__in=gone).delete()
    if not missing and not gone:
        return False
    record(
        by=CLOCK, act=FOLLOW, subject_kind="check_plan", subject_id=plan.pk, at=at, compound_id=compound_id,
        data={"came": len(missing), "went": len(gone)},
    )  # fmt: skip
    return True


def _known(before: CheckPlan | None) -> dict[UUID, tuple[datetime, bool]]:
    if before is None:
        return {}
    rows = HomeSeen.objects.filter(compound_id=before.compound_id, plan=before)
    return {home: (since, ever) for home, since, ever in rows.values_list("home_id", "since", "ever")}


def check_in(
    *, by: Actor, compound: Compound, seen: HomeSeen, way: str, met: bool, topics: Sequence[str] = (), satisfied: str = "", words: str = "",
    needs: Sequence[str] = (), person_id: UUID | None = None, at: datetime, once: UUID | None = None,
) -> CheckIn:  # fmt: skip
    """What was said, with each need as a matter of its own, of whoever in the home said it: they hear of it, and confirm it themselves
    or through a worker. Nobody there is kept and does not count as seen. Raises Refused.

    Where the plan has ended meanwhile, the home counts as seen in the running one too; nothing makes it seen earlier than it was.
    A need that comes in late is a matter from when it came in: nobody could have taken it up before.
    """
    if by.compound_id != compound.pk or seen.compound_id != compound.pk or seen.plan.post_id != by.role_id:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if way not in rules.WAYS:
        raise Refused(Refusal("no_way", "请选上门还是打电话"), field="way")
    if satisfied and satisfied not in RATINGS:
        raise Refused(Refusal("no_rating", "请选满意不满意"), field="satisfied")
    person = _person(seen, person_id) if person_id else None
    told = [need.strip() for need in needs if need.strip()][: rules.NEEDS_MOST] if met else []
    try:
        with one_act():
            return _check_in(by, compound, seen, way, met, [t for t in topics if t in rules.TOPICS], satisfied if met else "", words.strip()[:400], told, person, at, once)  # fmt: skip
    except IntegrityError:
        return CheckIn.objects.filter(compound_id=compound.pk, home_id=seen.home_id, by=by.account_id).order_by("-id")[
            0
        ]


def _check_in(by, compound, seen, way, met, topics, satisfied, words, told, person, at, once) -> CheckIn:
    home = Home.objects.select_related("building", "entrance").get(compound_id=compound.pk, pk=seen.home_id)
    rows = _rows_of(seen, home)
    if done_before(compound.pk, once):
        raise IntegrityError
    heard = by.received_at or at
    opened = [
        open_matter(by=by, compound=compound, words=need, at=heard, source="home_visit", spot=Spot(home=home), person=person).number for need in told
    ]  # fmt: skip
    row = CheckIn(
        compound_id=compound.pk, plan_id=seen.plan_id, home=home, at=at, by=by.account_id, way=way, met=met, topics=topics, satisfied=satisfied,
        words=words, needs=opened,
    )  # fmt: skip
    row.save(force_insert=True)
    for each in rows:
        if met and (not each.ever or each.since < at):
            each.since, each.ever = at, True
            each.save(update_fields=["since", "ever"])
    shift(
        compound.pk,
        rules.buckets(timezone.localtime(at), met=met, satisfied=satisfied, needs=len(opened)),
    )
    record(
        by=by, act=CHECK_IN, subject_kind="check_in", subject_id=row.pk, at=at, compound_id=compound.pk, once=once,
        data={"home": str(home.pk), "way": way, "met": met, "needs": opened},
    )  # fmt: skip
    return row


def _person(seen: HomeSeen, person_id: UUID) -> Person:
    if person_id not in {one.person_id for one in people_in([seen.home])}:
        raise Refused(Refusal("no_person", "请选这一户的人"), field="who")
    return Person.objects.get(compound_id=seen.compound_id, pk=person_id)


def _rows_of(seen: HomeSeen, home: Home) -> list[HomeSeen]:
    """Locked: the home in the plan it was seen for, and in the one that runs now."""
    running = CheckPlan.objects.filter(compound_id=seen.compound_id, building_id=home.building_id, ended_at=None)
    plans = {seen.plan_id, *running.values_list("id", flat=True)}
    rows = HomeSeen.objects.select_for_update().filter(compound_id=seen.compound_id, plan_id__in=plans, home=home)
    return list(rows.order_by("id"))


@one_act()
def review_check_in(*, by: Actor, row: CheckIn, words: str = "", at: datetime, once: UUID | None = None) -> CheckReview:
    """Read by the manager, once; nobody reads their own. Raises Refused."""
    if by.compound_id != row.compound_id or not may(by.role, Right.PLAN_CHECK_INS) or row.by == by.account_id:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    before = CheckReview.objects.filter(compound_id=row.compound_id, check_in=row).first()
    if before:
        return before
    made = CheckReview(compound_id=row.compound_id, check_in=row, at=at, by=by.account_id, words=words.strip()[:200])
    made.save(force_insert=True)
    record(
        by=by, act=REVIEW, subject_kind="check_in", subject_id=row.pk, at=at, compound_id=row.compound_id, words=made.words, once=once
    )  # fmt: skip
    return made
