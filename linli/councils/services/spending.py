"""Nothing is spent until the committee before has handed over seals, books and money (domain §3.10)."""

from uuid import UUID

from linli.assembly.queries.elections import rules_of
from linli.assembly.queries.offices import spending_frozen
from linli.kernel.refusal import Refusal, Refused


def ask_unfrozen(compound_id: UUID, field: str = "") -> None:
    """Raises Refused."""
    if made := spending_frozen(compound_id):
        cite = rules_of(made).cite("handover_days")
        no = Refusal("frozen", "%(title)s还没把印章、账册、账户接完，先不花钱", cite, {"title": made.title})
        raise Refused(no, field)
