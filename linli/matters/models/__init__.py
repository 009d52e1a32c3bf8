"""Tables of what people raised, by subject."""

from .matter import Attachment, Clock, Follower, Matter, Merge, ReturnVisit

__all__ = ["Attachment", "Clock", "Follower", "Matter", "Merge", "ReturnVisit"]
