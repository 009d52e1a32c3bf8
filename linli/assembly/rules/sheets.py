"""The three sheets of a box's key: where each is, and what follows when one is lost (docs/threat-model.md)."""

from collections.abc import Iterable

from linli.kernel.refusal import Refusal
from linli.kernel.shares import NEEDED, SHEETS

from .sessions import Office, State

KEEPERS = (Office.CHAIR, Office.TELLER, Office.SCRUTINEER)  # by place
ARTICLE = "本次会议公告的计票办法"
HANDED, LAID, LOST, FOUND = "handed", "laid", "lost", "found"
AGAIN = (
    "两张密钥纸丢了，票箱打不开，也没有备份。先全力找；找不到，写明情况，告知居民委员会和全体业主，重新公告、重新投票。"
)
# What to do once one is lost, and by where the session stands once two are.
WARNINGS = {
    "one": "丢了一张密钥纸，剩下的两张都到场才能开箱。两位保管人请各自收好。",
    State.NOTICED.value: "两张密钥纸丢了，票箱会打不开。主持人和监票人一起重做密钥，再开始投票；旧的三张作废。",
    State.OPEN.value: AGAIN,
    State.CLOSED.value: AGAIN,
}


def finding(place: int, turn: int) -> str:
    """What two must both say is back: this sheet, after this loss."""
    return f"{place}.{turn}"


def left(lost: Iterable[int]) -> int:
    return SHEETS - len(set(lost))


def warning(state: str, lost: Iterable[int]) -> str:
    """Empty while all three are there, and when the box has been opened."""
    rest = left(lost)
    if rest == SHEETS or state not in WARNINGS:
        return ""
    return WARNINGS["one" if rest >= NEEDED else state]


def refuse_open(lost: Iterable[int]) -> Refusal | None:
    """Nobody votes into a box that nobody can open."""
    if left(lost) < NEEDED:
        return Refusal("sheets_lost", "两张密钥纸丢了，先重做密钥才能开始投票", ARTICLE)
    return None


def refuse_give_up(lost: Iterable[int]) -> Refusal | None:
    """Votes are given up only where nobody will ever read them."""
    return Refusal("still_opens", "票箱还打得开，不能作废这次投票", ARTICLE) if left(lost) >= NEEDED else None
