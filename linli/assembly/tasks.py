"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime

from linli.plumbing.batches import each

from .queries.sessions import due
from .services.convening import tick


def run_sessions(at: datetime) -> int:
    """How many sessions were told, reminded or closed."""
    return each("sessions", due(at), lambda pk, home: tick(session_id=pk, compound_id=home, at=at))
