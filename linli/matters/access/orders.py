"""The getters of joint orders and of the photos of their parts."""

from uuid import UUID

from linli.people.rules import RESIDENTS, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import Order, PartPhoto
from ..rules.orders import SHOWN


def order_for(*, compound: Compound, number: int, by: Actor) -> Order | None:
    """Workers of the compound see every order, residents those that were placed; unknown and forbidden alike."""
    if by.compound_id != compound.pk:
        return None
    order = (
        Order.objects.select_related("by_body", "to_body", "proposed_body")
        .filter(compound_id=compound.pk, number=number)
        .first()
    )
    if order is None or not (may(by.role, Right.SEE_MATTERS) or by.role in RESIDENTS and order.state in SHOWN):
        return None
    return order


def part_photo(*, compound: Compound, photo_id: UUID, by: Actor) -> PartPhoto | None:
    row = (
        PartPhoto.objects.select_related("part__order")
        .filter(compound_id=compound.pk, pk=photo_id, hidden_at=None)
        .first()
    )
    if row is None or order_for(compound=compound, number=row.part.order.number, by=by) is None:
        return None
    return row
