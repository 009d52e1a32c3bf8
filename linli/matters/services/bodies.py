"""Bodies: what one that is about to end still has in hand, which are above a compound, who holds posts in one."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from linli.kernel.refusal import Refusal, Refused
from linli.matters.models import Matter
from linli.matters.rules.states import OPEN
from linli.notices.services import To
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.places.models import Compound
from linli.plumbing.tenancy import compound_scope

TOLD_MOST = 10
HEADS = (Role.PROPERTY_MANAGER, Role.COMMITTEE_CHAIR, Role.PMC_CHAIR, Role.COMMUNITY_SECRETARY)
DESK_POSTS = (Role.FRONT_DESK, Role.COMMUNITY_WORKER, *HEADS)


def refuse_with_open_matters(*, body: Organisation, compound_ids: Iterable[UUID]) -> None:
    """Somebody must stay responsible: what is open goes to another body first."""
    open_ones = 0
    for compound_id in compound_ids:
        with compound_scope(compound_id):
            open_ones += _open(compound_id, body)
    if open_ones:
        raise Refused(
            Refusal("open_matters", "还有 %(n)s 件诉求在它手上没办完，先转给别的组织", values={"n": open_ones})
        )


def open_with(body: Organisation) -> int:
    """Of a body of one compound."""
    assert body.compound_id
    return _open(body.compound_id, body)


def _open(compound_id: UUID, body: Organisation) -> int:
    return Matter.objects.filter(compound_id=compound_id, handler_body=body, state__in=OPEN).count()


def holders(body: Organisation, today: date, kinds: Iterable[str] = ()) -> list[To]:
    posts = Post.objects.filter(
        Q(to_day=None) | Q(to_day__gte=today), organisation=body, from_day__lte=today, account__is_active=True
    ).order_by("from_day", "id")
    if kinds:
        posts = posts.filter(kind__in=kinds)
    return [To(account) for account in posts.values_list("account_id", flat=True)[:TOLD_MOST]]


def at_desk(body: Organisation, today: date) -> list[To]:
    """Who takes in what comes to a body."""
    return holders(body, today, DESK_POSTS) or holders(body, today)


def office(compound: Compound, kind: str) -> Organisation | None:
    """The community's or the subdistrict's own body above a compound."""
    rows = Organisation.objects.filter(kind=kind, compound=None, ended_on=None)
    if kind == Body.COMMUNITY:
        return rows.filter(community=compound.community_id).first()
    if kind == Body.SUBDISTRICT:
        return rows.filter(community=None, subdistrict=compound.community.subdistrict_id).first()
    return None
