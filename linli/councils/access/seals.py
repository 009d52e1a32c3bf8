"""Who has which part in a use of a seal; the getters of it."""

from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import SealRequest
from ..rules.seals import State, Who


def parts_in(request: SealRequest, by: Actor) -> frozenset[Who]:
    if by.compound_id != request.compound_id or by.body_id != request.body_id:
        return frozenset()
    found = set()
    if may(by.role, Right.SIT_IN_BODY):
        found.add(Who.MEMBER)
    if may(by.role, Right.KEEP_MINUTES):
        found.add(Who.KEEPER)
    if found and by.account_id == request.asked_by:
        found.add(Who.ASKER)
    return frozenset(found)


def request_for(*, compound: Compound, number: int, by: Actor) -> SealRequest | None:
    """What was stamped is everybody's to read; the rest is the body's own."""
    if by.compound_id != compound.pk:
        return None
    rows = SealRequest.objects.select_related("body", "item__meeting").filter(compound_id=compound.pk, number=number)
    found = rows.first()
    return found if found and (found.state == State.USED or parts_in(found, by)) else None
