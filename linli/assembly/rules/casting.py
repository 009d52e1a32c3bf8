"""Who may put a ballot in the box, when, and what it may say (domain §3.6, 3.8, 3.9)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from linli.kernel.profiles import profile
from linli.kernel.refusal import Refusal
from linli.kernel.tally.case import Form

from .sessions import State

NOTICE = "本次会议公告的表决规则"
REGISTER = "民法典第二百七十八条"
CHOICES = {"approve": "同意", "against": "反对", "abstain": "弃权"}
FOLLOW = "follow_majority"
FOLLOWS = {FOLLOW: "从多（跟多数人的意见）"}
CHOSEN = "approve"
ONLINE, PAPER = "online", "paper"
PHONE = "phone"  # how a worker is asked to enter it; in the box it is online


class Window(NamedTuple):
    """What of a session says whether the box takes anything now."""

    state: str
    opens_at: datetime | None
    closes_at: datetime | None


def refuse_time(window: Window, at: datetime) -> Refusal | None:
    """The clock alone stops the box, whatever else was or was not done by then."""
    if window.state in {State.DRAFTING, State.NOTICED} or (window.opens_at and at < window.opens_at):
        return Refusal("too_early", "投票还没开始", NOTICE)
    if window.state == State.CANCELLED:
        return Refusal("cancelled", "这次会议取消了，不投票", NOTICE)
    if window.state != State.OPEN or window.closes_at is None or at > window.closes_at:
        return Refusal("late", "投票已经截止，截止以后收到的票无效", NOTICE)
    return None


def refuse_online(rules: Mapping[str, Any], profile_key: str) -> Refusal | None:
    if rules.get("official_evote_required"):
        return Refusal(
            "official_evote_required", "本地规定线上表决要用政府的电子投票系统。在这里不能投票，只能发表意见；也可以填纸质票",
            profile(profile_key).cite("official_evote_required"),
        )  # fmt: skip
    if not rules.get("online"):
        return Refusal("online_off", "这次会议不在线上投票，请填纸质票", NOTICE)
    return None


def refuse_helped(rules: Mapping[str, Any], channel: str) -> Refusal | None:
    """By telephone alone, and only where the local rule allows it: else nobody types another's ballot (domain §3.9; traps.md 11)."""
    if not rules.get("phone_entry"):
        return Refusal("helped", "不能替别人在网上投。请本人填纸质票，两名工作人员可以上门送、上门取", NOTICE)
    return None if channel == PHONE else Refusal("not_by_phone", "只代录打电话来的。当面的，请本人填纸质票", NOTICE)


def refuse_call(called_at: datetime, opens_at: datetime | None, at: datetime) -> Refusal | None:
    if called_at > at:
        return Refusal("call_ahead", "通话时间还没到")
    return Refusal("call_before", "投票开始以后打来的才能代录", NOTICE) if opens_at and called_at < opens_at else None


class Question(NamedTuple):
    """An item as it is asked: `candidates` by code where somebody is elected."""

    no: str
    form: str
    seats: int
    candidates: tuple[str, ...]


def refuse_choice(question: Question, said: Any, *, follow: bool) -> Refusal | None:
    words = {*CHOICES, FOLLOW} if follow else set(CHOICES)
    if question.form == "approve":
        return None if isinstance(said, str) and said in words else Refusal("no_choice", "这一项还没选")
    if not isinstance(said, Mapping) or not set(said) <= set(question.candidates):
        return Refusal("no_choice", "这一项还没选")
    if question.form == Form.UP_TO_N:
        if len(said) > question.seats:
            return Refusal("over_ticked", "最多选 %(seats)s 位，多选了整张选票无效", NOTICE, {"seats": question.seats})
        return None if set(said.values()) <= {CHOSEN} else Refusal("no_choice", "这一项还没选")
    if set(said) != set(question.candidates) or not set(said.values()) <= words:
        return Refusal("no_choice", "每位候选人都要选一个")
    return None


def refuse_choices(
    questions: Iterable[Question], choices: Mapping[str, Any], *, follow: bool
) -> tuple[str, Refusal] | None:
    """The first item that is not answered as its form wants, or that was never asked."""
    asked = list(questions)
    for question in asked:
        no = refuse_choice(question, choices.get(question.no), follow=follow)
        if no:
            return question.no, no
    if set(choices) - {question.no for question in asked}:
        return "", Refusal("not_on_agenda", "公告里没有的事不能表决", "物业管理条例第十四条")
    return None


def in_scope(scope: Mapping[str, Collection[str]], places: Iterable[tuple[str, str]]) -> bool:
    """`places`: (building, entrance) of each home of a party."""
    buildings, entrances = set(scope.get("buildings", ())), set(scope.get("entrances", ()))
    if not buildings and not entrances:
        return True
    return any(building in buildings or entrance in entrances for building, entrance in places)
