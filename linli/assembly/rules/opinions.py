"""Where only the official system takes votes: what may be said here, by when, and that it decides nothing (domain §3.9)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal

from . import casting
from .casting import CHOICES, NOTICE, Question, Window
from .sessions import State, Who

MOST = 200
RUNNING = frozenset({State.DRAFTING, State.NOTICED, State.OPEN, State.CANCELLED})  # nobody sees how it stands

# Who reads the words that were written, without names, when it is over: they answer for the session.
READS = frozenset({Who.CONVENER, Who.CHAIR, Who.TELLER, Who.SCRUTINEER})


class Said(NamedTuple):
    """Of one item; no choice where somebody is elected, or where there are only words."""

    choice: str = ""
    words: str = ""


def asks(rules: Mapping[str, Any]) -> bool:
    return bool(rules.get("official_evote_required"))


def source(profile_key: str) -> str:
    return profile(profile_key).cite("official_evote_required")


def refuse_place(rules: Mapping[str, Any]) -> Refusal | None:
    return None if asks(rules) else Refusal("votes_here", "这次会议可以直接投票，不另外收意见", NOTICE)


def refuse_time(window: Window, at: datetime) -> Refusal | None:
    """As long as the vote is open."""
    no = casting.refuse_time(window, at)
    if no is None or no.key == "cancelled":
        return no
    return (
        Refusal("late", "发表意见的时间过了，和投票一起截止", NOTICE)
        if no.key == "late"
        else Refusal("too_early", "投票开始以后再发表意见", NOTICE)
    )


def refuse_helped() -> Refusal:
    return Refusal("helped", "不能替别人在网上发表意见，请本人来写", NOTICE)


def refuse_said(questions: Mapping[str, Question], said: Mapping[str, Said]) -> Refusal | None:
    if set(said) - set(questions):
        return Refusal("not_on_agenda", "公告里没有的事不能表决", "物业管理条例第十四条")
    for no, one in said.items():
        fits = {"", *CHOICES} if questions[no].form == "approve" else {""}
        if one.choice not in fits:
            return Refusal("no_choice", "这一项还没选")
        if len(one.words) > MOST:
            return Refusal("too_many_words", "最多写 %(n)s 个字", values={"n": MOST})
    if not any(one.choice or one.words for one in said.values()):
        return Refusal("nothing_said", "至少对一项选一个，或者写几个字")
    return None


def counted_as(session: UUID) -> str:
    """How the kept counts of its opinions are named, but for the place of the item and the choice."""
    return f"opinion:{session.hex}:"
