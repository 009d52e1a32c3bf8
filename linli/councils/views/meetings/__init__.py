"""Meetings of a committee or a PMC as people meet them."""

from .acts import act, item_act, paper, put, start
from .pages import meeting, meetings

__all__ = ["act", "item_act", "meeting", "meetings", "paper", "put", "start"]
