"""The clock's way in: fetch what is due, call one service for each."""

from datetime import datetime

from linli.plumbing.batches import each

from .queries.meetings import committees, unposted
from .services import fees, meetings


def remind_results(at: datetime) -> int:
    """How many chairs were told that a result is still to be posted."""
    return each(
        "results", unposted(at), lambda pk, home: meetings.remind_result(meeting_id=pk, compound_id=home, at=at)
    )


def remind_meetings(at: datetime) -> int:
    """How many chairs were told that their committee has to meet."""
    rows = [(body.pk, body.compound_id) for body in committees() if body.compound_id]
    return each("meetings", rows, lambda pk, home: meetings.remind_meeting(body_id=pk, compound_id=home, at=at))


def remind_fees(at: datetime) -> int:
    """How many chairs were told that a half year's payments of the members are to be published."""
    rows = [(body.pk, body.compound_id) for body in committees() if body.compound_id]
    return each("fees", rows, lambda pk, home: fees.remind(body_id=pk, compound_id=home, at=at))
