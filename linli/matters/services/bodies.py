"""What a body that is about to end still has in hand."""

from collections.abc import Iterable
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.matters.models import Matter
from linli.matters.rules.states import OPEN
from linli.people.models import Organisation
from linli.plumbing.tenancy import compound_scope


def refuse_with_open_matters(*, body: Organisation, compound_ids: Iterable[UUID]) -> None:
    """Somebody must stay responsible: what is open goes to another body first."""
    open_ones = 0
    for compound_id in compound_ids:
        with compound_scope(compound_id):
            open_ones += Matter.objects.filter(compound_id=compound_id, handler_body=body, state__in=OPEN).count()
    if open_ones:
        raise Refused(
            Refusal("open_matters", "还有 %(n)s 件诉求在它手上没办完，先转给别的组织", values={"n": open_ones})
        )
