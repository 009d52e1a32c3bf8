"""Bodies: what one that is about to end still has in hand, which are above a compound, who holds posts in one."""

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.notices.services import To
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.places.models import Compound
from linli.plumbing.tenancy import compound_scope

from ..models import Matter
from ..queries.posts import posts_in
from ..rules.states import OPEN

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


def holders(body: Organisation, today: date, kinds: Collection[str] = ()) -> list[To]:
    posts = posts_in([body.pk], today, kinds).order_by("from_day", "id")
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
