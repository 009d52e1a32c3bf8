from .talks import Correction, FollowUp, Point, Talk

__all__ = ["Correction", "FollowUp", "Point", "Talk"]
