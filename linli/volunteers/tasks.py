"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime

from linli.plumbing.batches import each

from .queries import due_calls
from .services import tick


def run_calls(at: datetime) -> int:
    """How many calls spread, reminded or fell."""
    return each("calls", due_calls(at), lambda pk, home: tick(call_id=pk, compound_id=home, at=at))
