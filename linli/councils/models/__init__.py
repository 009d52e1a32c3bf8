from .meetings import AgendaItem, Meeting, MeetingPaper, MeetingRecord, Seat, Signature, Supporter
from .talks import Correction, FollowUp, Point, Talk

__all__ = [
    "AgendaItem",
    "Correction",
    "FollowUp",
    "Meeting",
    "MeetingPaper",
    "MeetingRecord",
    "Point",
    "Seat",
    "Signature",
    "Supporter",
    "Talk",
]
