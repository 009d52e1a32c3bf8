"""What a committee or PMC leaves behind when it ends: orders and whistles, for the next one or the community."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from linli.notices.services import queue
from linli.people.models import Organisation
from linli.people.rules import PARTY_OF_BODY, Body
from linli.plumbing.acts import Actor, Said, record_many
from linli.plumbing.tenancy import compound_scope
from linli.plumbing.whole import one_act

from ..models import Order, Whistle
from ..rules import orders as rules
from ..rules.states import Act
from ..rules.whistles import Level
from .bodies import HEADS, holders, office
from .orders.base import SUBJECT as ORDER
from .whistles.base import SUBJECT as WHISTLE
from .whistles.ends import end_with_body

ORDERING = (Body.COMMITTEE, Body.PMC)


@one_act()
def inherit(*, by: Actor, body: Organisation, at: datetime) -> None:
    """A committee or PMC ends: the orders and whistles it has not brought to their end are the next one's, without one the
    community's. Nobody whistles to themselves: of those to the community none is waited for then."""
    if body.compound_id is None or body.kind not in ORDERING:
        return
    heir = _heir(body, timezone.localdate(at))
    if heir is None:
        return
    with compound_scope(body.compound_id):
        orders = _given_up(Order.objects.filter(by_body=body), ORDER, by, body, heir, at)
        for order in orders:
            order.by_body = heir
            order.turn = rules.turn(rules.State(order.state), PARTY_OF_BODY[Body(heir.kind)])
            order.save(update_fields=["by_body", "turn"])
        mine = Whistle.objects.filter(drafted_body=body)
        if heir.kind == Body.COMMUNITY:
            for whistle in mine.select_for_update().filter(
                compound_id=body.compound_id, level=Level.COMMUNITY, open=True
            ):
                end_with_body(by=by, whistle=whistle, words=f"{body.name}结束了", at=at)
        whistles = _given_up(mine, WHISTLE, by, body, heir, at)
        for whistle in whistles:
            whistle.drafted_body, whistle.drafted_by = heir, None
            whistle.save(update_fields=["drafted_body", "drafted_by"])


def _heir(body: Organisation, today: date) -> Organisation | None:
    """One in which somebody sits, else the community."""
    assert body.compound
    others = Organisation.objects.filter(compound=body.compound, kind__in=ORDERING, ended_on=None).exclude(pk=body.pk)
    sits = (one for one in others.order_by("kind", "id") if holders(one, today))
    return next(sits, None) or office(body.compound, Body.COMMUNITY)


def _given_up(rows: QuerySet, kind: str, by: Actor, old: Organisation, heir: Organisation, at: datetime) -> list:
    """Those still open, with an entry on each; the heir hears of them once."""
    compound_id = old.compound_id
    assert compound_id
    found = list(rows.select_for_update().filter(compound_id=compound_id, open=True).order_by("number"))
    if found:
        data = {"body": heir.name, "body_name": heir.name, "from_name": old.name}
        record_many(
            by=by, act=Act.HAND_ON, subject_kind=kind, at=at, compound_id=compound_id, rows=[Said(one.pk, data=data) for one in found],
            internal=kind == WHISTLE,
        )  # fmt: skip
        what = "订单" if kind == ORDER else "哨单"
        today = timezone.localdate(at)
        queue(
            compound_id=compound_id, to=holders(heir, today, HEADS) or holders(heir, today), kind=Act.HAND_ON,
            title=f"{old.name}没办完的 {len(found)} 张{what}转来了", subject_kind=kind, subject_id=found[0].pk, number=found[0].number,
            key=f"{old.pk}:{kind}", at=at,
        )  # fmt: skip
    return found
