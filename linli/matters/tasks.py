"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime

from linli.plumbing.batches import each

from .queries.due import due_clocks, due_reviews, quiet_since
from .services import clocks


def run_clocks(at: datetime) -> int:
    """How many clocks warned or were breached."""
    return each("clocks", due_clocks(at), lambda pk, home: clocks.tick(clock_id=pk, compound_id=home, at=at))


def resume_suspended(at: datetime) -> int:
    return each(
        "reviews", due_reviews(at), lambda pk, home: clocks.resume_when_due(matter_id=pk, compound_id=home, at=at)
    )


def close_unvisited(at: datetime) -> int:
    return each(
        "quiet", quiet_since(at), lambda pk, home: clocks.close_unanswered(matter_id=pk, compound_id=home, at=at)
    )
