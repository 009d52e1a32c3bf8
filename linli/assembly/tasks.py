"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime

from django.utils import timezone

from linli.plumbing.batches import each

from .queries import renewals
from .queries.selections import late_hand_overs
from .queries.sessions import due
from .queries.standing import undecided
from .queries.turnout import without_head
from .services.convening import tick
from .services.elections import end_term, renewal_late, tell_renewal
from .services.heads import publish_head
from .services.selections import tell_late
from .services.standing import tell_decided


def run_sessions(at: datetime) -> int:
    """How many sessions were told, reminded or closed."""
    return each("sessions", due(at), lambda pk, home: tick(session_id=pk, compound_id=home, at=at))


def publish_heads(at: datetime) -> int:
    """The signed head of each open box, once a day: what is out of the house cannot be changed behind it."""
    return each("heads", without_head(at), lambda pk, home: publish_head(session_id=pk, compound_id=home, at=at))


def tell_renewals(at: datetime) -> int:
    """Of the terms that run out, how many bodies were told."""
    rows = renewals.due(timezone.localdate(at))
    return each("renewals", rows, lambda pk, home: tell_renewal(formation_id=pk, compound_id=home, at=at))


def tell_late_renewals(at: datetime) -> int:
    """Of the terms that nobody renews, how many the subdistrict was told of."""
    rows = renewals.late(timezone.localdate(at))
    return each("late renewals", rows, lambda pk, home: renewal_late(formation_id=pk, compound_id=home, at=at))


def end_terms(at: datetime) -> int:
    """How many bodies are over since their last day."""
    rows = renewals.over(timezone.localdate(at))
    return each("terms", rows, lambda pk, home: end_term(formation_id=pk, compound_id=home, at=at))


def tell_late_hand_overs(at: datetime) -> int:
    """Of the companies that went, how many lists were not done by their day."""
    rows = late_hand_overs(timezone.localdate(at))
    return each("hand-overs", rows, lambda pk, home: tell_late(selection_id=pk, compound_id=home, at=at))


def tell_decisions(at: datetime) -> int:
    """Of the results that stand now, how many were told to what waited for them."""
    return each("decisions", undecided(), lambda pk, home: tell_decided(item_id=pk, compound_id=home, at=at))
