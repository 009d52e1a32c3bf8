"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime

from linli.plumbing.batches import each

from .queries import due_calls, due_forgetting
from .services import forget, tick


def run_calls(at: datetime) -> int:
    """How many calls spread, reminded or fell."""
    return each("calls", due_calls(at), lambda pk, home: tick(call_id=pk, compound_id=home, at=at))


def forget_calls(at: datetime) -> int:
    """Of how many calls of long ago nobody is named any more."""
    return each("old calls", due_forgetting(at), lambda pk, home: forget(call_id=pk, compound_id=home, at=at))
