"""A body being formed, as people meet it."""

from .acts import act, answer
from .nominees import evidence, nominee, nominee_act
from .office import hand_over, recall, recall_act, seat_act
from .pages import announce, election, elections, recruit
from .prints import sheet

__all__ = [
    "act", "announce", "answer", "election", "elections", "evidence", "hand_over", "nominee", "nominee_act", "recall", "recall_act", "recruit", "seat_act", "sheet",
]  # fmt: skip
