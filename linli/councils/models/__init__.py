from .meetings import AgendaItem, Meeting, MeetingPaper, MeetingRecord, Seat, Signature, Supporter
from .seals import SealConsent, SealRequest, SealUse
from .talks import Correction, FollowUp, Point, Talk

__all__ = [
    "AgendaItem",
    "Correction",
    "FollowUp",
    "Meeting",
    "MeetingPaper",
    "MeetingRecord",
    "Point",
    "SealConsent",
    "SealRequest",
    "SealUse",
    "Seat",
    "Signature",
    "Supporter",
    "Talk",
]
