"""Nothing is spent by who sits no more by the last count or since the term ended, nor until the committee before has handed over seals, books and money (domain §3.10)."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.assembly.queries.elections import rules_of
from linli.assembly.queries.offices import reseating, spending_frozen
from linli.assembly.queries.renewals import lapsed
from linli.kernel.refusal import Refusal, Refused


def ask_unfrozen(compound_id: UUID, at: datetime, field: str = "") -> None:
    """Raises Refused."""
    if made := reseating(compound_id):
        said = "%(title)s重新计票，委员变了，新的委员任职以前不花钱"
        raise Refused(Refusal("reseating", said, values={"title": made.title}), field)
    if made := lapsed(compound_id, timezone.localdate(at)):
        said = "%(title)s任期届满，没有选出下一届，只办交接"
        raise Refused(Refusal("lapsed", said, rules_of(made).cite("handover_days"), {"title": made.title}), field)
    if made := spending_frozen(compound_id):
        cite = rules_of(made).cite("handover_days")
        no = Refusal("frozen", "%(title)s还没把印章、账册、账户接完，先不花钱", cite, {"title": made.title})
        raise Refused(no, field)
