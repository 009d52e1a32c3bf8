from .fees import FeeStatement
from .meetings import AgendaItem, Meeting, MeetingPaper, MeetingRecord, Seat, Signature, Supporter
from .seals import SealConsent, SealRequest, SealUse
from .standards import Standard, StandardCheck
from .talks import Correction, FollowUp, Point, Talk

__all__ = [
    "AgendaItem",
    "Correction",
    "FeeStatement",
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
    "Standard",
    "StandardCheck",
    "Supporter",
    "Talk",
]
