"""Bodies whose renewal should begin, those where nobody goes on with it, and those that are over without a successor."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from linli.people.models import Post
from linli.people.queries import in_term
from linli.people.rules import COMMITTEE, PMC, Role
from linli.plumbing.tenancy import unscoped

from ..models import Formation
from ..rules.elections.office import below_half
from ..rules.elections.renewal import GROUP_DAYS
from ..rules.elections.states import IN_OFFICE, Kind, State
from .offices import holding

SITS = Q(kind__in=COMMITTEE | PMC)


def _next(compound_id: Any, kind: Any, number: Any, told: Any) -> QuerySet[Formation]:
    return Formation.objects.filter(
        compound_id=compound_id, kind=kind, fills="term", number__gt=number, announced_at__gte=told
    ).exclude(state__in=[State.CANCELLED, State.NOT_FORMED])  # fmt: skip


def _took_over(compound_id: Any, number: Any) -> QuerySet[Formation]:
    """A later body of either kind came into office: the term ended with that, whatever day was set for it."""
    came = IN_OFFICE | {State.ENDED}
    return Formation.objects.filter(compound_id=compound_id, fills="term", number__gt=number, state__in=came)


def begun(made: Formation) -> bool:
    """Candidates for the next whole term are asked for, or somebody sits already."""
    asked = _next(made.compound_id, made.kind, made.number, made.renewal_told_at)
    return asked.exists() or _took_over(made.compound_id, made.number).exists()


def pmc_renewing(compound_id: UUID) -> Formation | None:
    """The last committee, where its time has come: its term runs out, or fewer than half of its members are left."""
    rows = Formation.objects.filter(compound_id=compound_id, kind=Kind.PMC, state__in=IN_OFFICE | {State.ENDED})
    last = rows.order_by("-number").first()
    if last is None or not (last.renewal_told_at or below_half(len(holding(last)), last.seats)):
        return None
    return last


def due(today: date, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(formation, compound) whose renewal should begin, over all compounds."""
    with unscoped("terms that run out"):
        rows = Formation.objects.filter(renewal_on__isnull=False, renewal_told_at=None, renewal_on__lte=today)
        rows = rows.exclude(Exists(_took_over(OuterRef("compound_id"), OuterRef("number"))))
        return list(rows.order_by("renewal_on").values_list("id", "compound_id")[:limit])


def late(today: date, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(formation, compound), over all compounds."""
    with unscoped("terms that nobody renews"):
        later = _next(OuterRef("compound_id"), OuterRef("kind"), OuterRef("number"), OuterRef("renewal_told_at"))
        rows = Formation.objects.filter(
            Q(renewal_on__lt=today - timedelta(days=GROUP_DAYS)) | Q(term_to__lt=today),
            renewal_told_at__isnull=False, renewal_late_at=None,
        ).exclude(Exists(later)).exclude(Exists(_took_over(OuterRef("compound_id"), OuterRef("number"))))  # fmt: skip
        return list(rows.order_by("renewal_on").values_list("id", "compound_id")[:limit])


def over(today: date, limit: int = 200) -> list[tuple[UUID, UUID]]:
    """(formation, compound) whose last day has passed, over all compounds."""
    with unscoped("terms that are over"):
        rows = Formation.objects.filter(state__in=IN_OFFICE, term_to__lt=today)
        return list(rows.order_by("term_to").values_list("id", "compound_id")[:limit])


def lapsed(compound_id: UUID, today: date) -> Formation | None:
    """The last body, whose term ended and after which none sits."""
    rows = Formation.objects.filter(compound_id=compound_id, state__in=IN_OFFICE | {State.ENDED}).order_by("-number")
    found = list(rows)
    if any(row.state in IN_OFFICE for row in found):
        return None
    last = next((row for row in found if row.fills == "term"), None)
    if last is None or Post.objects.filter(in_term(today), SITS, organisation__compound_id=compound_id).exists():
        return None
    return last


def who_sat(made: Formation) -> list[UUID]:
    """Accounts of those who sat to the last day."""
    posts = Post.objects.filter(SITS, organisation=made.made_id, to_day=made.term_to)
    return list(dict.fromkeys(posts.values_list("account_id", flat=True)))


def who_orders(made: Formation, today: date) -> list[UUID]:
    """Accounts of the subdistrict's officers, and of the community's secretary."""
    community = made.compound.community
    office = Q(kind=Role.SUBDISTRICT_OFFICER, organisation__subdistrict=community.subdistrict_id)
    near = Q(kind=Role.COMMUNITY_SECRETARY, organisation__community=community)
    posts = Post.objects.filter(office | near, in_term(today))
    return list(dict.fromkeys(posts.values_list("account_id", flat=True)))
