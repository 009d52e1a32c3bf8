"""The clock's way in: fetch what waits, call one service for each."""

from datetime import datetime

from linli.plumbing.batches import each

from . import services
from .queries import due_messages, stuck_messages


def send_queued(at: datetime) -> int:
    """How many texts went out."""
    return each("messages", due_messages(at), lambda pk, home: services.deliver(message_id=pk, compound_id=home, at=at))


def give_up_stuck(at: datetime) -> int:
    return each("stuck", stuck_messages(at), lambda pk, home: services.give_up(message_id=pk, compound_id=home, at=at))
