"""Tables of what people raised, by subject."""

from .matter import Attachment, Clock, Follower, Matter, Merge, ReturnVisit
from .taken import PartTaken

__all__ = ["Attachment", "Clock", "Follower", "Matter", "Merge", "PartTaken", "ReturnVisit"]
