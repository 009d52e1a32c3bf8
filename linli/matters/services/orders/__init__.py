"""Every write on a joint order, a verb each (点单—下单—接单, domain M46). What happens to its matters follows domain §4.4."""

from .carrying import accept, refuse, split
from .checking import back, check, not_mine, review
from .gathering import cancel, drop, gather, place
from .reporting import progress, report
from .timing import tick

__all__ = [
    "accept", "back", "cancel", "check", "drop", "gather", "not_mine", "place", "progress", "refuse", "report", "review", "split",
    "tick",
]  # fmt: skip
