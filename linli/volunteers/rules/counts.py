"""Names of the kept counts of calls: how many stand in each state, and what a month saw."""

from datetime import datetime

from linli.kernel.clock import month_of

from . import Act

CALLS = "call:"
ENDS = {Act.CONFIRM: "confirmed", Act.WITHDRAW: "withdrawn", Act.FALL: "fallen", Act.UNSAFE: "fallen"}


def of_month(at: datetime, **counted: int) -> dict[str, int]:
    return {f"{month(at)}{name}": value for name, value in counted.items()}


def month(at: datetime) -> str:
    return f"{CALLS}month:{month_of(at)}:"


def waited(called_at: datetime, claimed_at: datetime) -> int:
    """Whole minutes until the first neighbour took it."""
    return int((claimed_at - called_at).total_seconds() // 60)
