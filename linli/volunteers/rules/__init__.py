"""Calls and claims (domain M27, M17): the states, who may do what in which, by when, and what no neighbour should do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from linli.kernel.refusal import Refusal
from linli.people.rules import RESIDENTS, may
from linli.people.rules import Act as Right


class State(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    DONE = "done"
    CONFIRMED = "confirmed"
    FALLEN = "fallen"  # nobody claimed it in time: it became a matter
    WITHDRAWN = "withdrawn"


S = State
FINAL = frozenset({S.CONFIRMED, S.FALLEN, S.WITHDRAWN})
UNDER_WAY = frozenset(State) - FINAL


class Act(StrEnum):
    SHOUT = "shout"
    CLAIM = "claim"
    UNSAFE = "unsafe"  # looked at and found to be no neighbour's work: it goes to the property company
    JOIN = "join"
    LEAVE = "leave"
    RELEASE = "release"
    SEE_CONTACT = "see_contact"
    NOTE = "note"
    FINISH = "finish"
    CONFIRM = "confirm"
    NOT_DONE = "not_done"
    CALL_AGAIN = "call_again"
    CALL_ME = "call_me"
    WITHDRAW = "withdraw"
    SPREAD = "spread"
    REMIND = "remind"
    FALL = "fall"
    LATE = "late"  # what was done without a signal and has been overtaken, kept in the story


class Who(StrEnum):
    """A part in one call. Whoever called never claims; whoever claimed is no longer one of the neighbours asked."""

    CALLER = "caller"
    CLAIMER = "claimer"
    HELPER = "helper"
    NEIGHBOUR = "neighbour"
    WATCHER = "watcher"
    CLOCK = "clock"


W = Who


@dataclass(frozen=True)
class Rule:
    """`to` None: the state stays. `needs`: what must be said with it."""

    states: frozenset[State]
    who: frozenset[Who]
    to: State | None = None
    needs: str = ""


def _rule(states: set[State], who: Who, to: State | None = None, needs: str = "") -> Rule:
    return Rule(frozenset(states), frozenset({who}), to, needs)


TABLE: dict[Act, Rule] = {
    Act.CLAIM: _rule({S.OPEN}, W.NEIGHBOUR, S.CLAIMED),
    Act.UNSAFE: _rule({S.OPEN}, W.NEIGHBOUR, S.FALLEN),
    Act.JOIN: _rule({S.CLAIMED}, W.NEIGHBOUR),
    Act.LEAVE: _rule({S.CLAIMED}, W.HELPER),
    Act.SEE_CONTACT: _rule({S.CLAIMED}, W.CLAIMER),
    Act.NOTE: Rule(frozenset({S.CLAIMED, S.DONE}), frozenset({W.CLAIMER, W.HELPER})),
    Act.FINISH: _rule({S.CLAIMED}, W.CLAIMER, S.DONE),
    Act.RELEASE: _rule({S.CLAIMED}, W.CLAIMER, S.OPEN, "reason"),
    Act.CONFIRM: _rule({S.CLAIMED, S.DONE}, W.CALLER, S.CONFIRMED),
    Act.NOT_DONE: _rule({S.DONE}, W.CALLER, S.CLAIMED, "reason"),
    Act.CALL_ME: _rule({S.CLAIMED}, W.CALLER),
    Act.CALL_AGAIN: _rule({S.CLAIMED}, W.CALLER, S.OPEN, "reason"),
    Act.WITHDRAW: _rule({S.OPEN, S.CLAIMED}, W.CALLER, S.WITHDRAWN),
    Act.FALL: _rule({S.OPEN}, W.CLOCK, S.FALLEN),
}


def allowed(state: State, parts: frozenset[Who]) -> list[Act]:
    return [act for act, rule in TABLE.items() if state in rule.states and rule.who & parts]


def refuse(act: Act, state: State, parts: frozenset[Who], *, reason: str = "") -> Refusal | None:
    """Why not; None when it may be done. A claim that comes second is told so: it may join."""
    rule = TABLE[act]
    if not rule.who & parts:
        return Refusal("not_yours", "这一步不归您办")
    if state not in rule.states:
        if act == Act.CLAIM and state == S.CLAIMED:
            return Refusal("taken", "有邻居先接了，您可以一起去")
        return Refusal("not_now", "这一声现在不能这样办了，刷新看看")
    if rule.needs and not reason.strip():
        return Refusal("missing_reason", "请写一句为什么")
    return None


def parts(*, calls: bool, claim: str, answers: bool, watches: bool) -> frozenset[Who]:
    """`claim`: the kind of one's running claim, if any."""
    found = {W.WATCHER} if watches else set()
    if calls:
        found.add(W.CALLER)
    elif claim:
        found.add(Who(claim))
    elif answers:
        found.add(W.NEIGHBOUR)
    return frozenset(found)


def may_answer(role: str, *, willing: bool) -> bool:
    """Posts that stand for it, and residents who said that they want to help."""
    return may(role, Right.ANSWER_CALL) and (willing or role not in RESIDENTS)


OVERTAKEN = frozenset({"not_yours", "not_now"})


# ── what, and by when ───────────────────────────────────────────────────────────────────────────────────────────────

KINDS = {
    "carry": "搬东西",
    "repair": "小修小补",
    "accompany": "陪一趟",
    "borrow": "借东西",
    "mind": "照看一下",
    "other": "别的",
}
WORDS_MOST = 300
REASON_MOST = 200
WINDOWS = {"hour": "1 小时内", "today": "今天", "tomorrow": "明天", "days": "三天内"}
EVENING = 20
LEAST = timedelta(hours=2)
# A call that opens again is given at least so long, or it would fall in the same minute.
AGAIN = timedelta(hours=1)


def due(window: str, local: datetime) -> datetime:
    """By when, from the moment of calling in local time. Neighbours keep no office hours."""
    if window == "hour":
        return local + timedelta(hours=1)
    days = {"today": 0, "tomorrow": 1, "days": 3}[window]
    evening = (local + timedelta(days=days)).replace(hour=EVENING, minute=0, second=0, microsecond=0)
    return max(evening, local + LEAST)


def half(start: datetime, end: datetime) -> datetime:
    return start + (end - start) / 2


# ── what no neighbour should do ─────────────────────────────────────────────────────────────────────────────────────

RISKS = {"height": "要爬高", "gas": "要动燃气", "mains": "要动电线、电闸或总水阀"}
_SIGNS = {
    "height": ("爬高", "登高", "高处", "屋顶", "房顶", "楼顶", "外墙", "外机", "雨棚", "雨篷", "窗外", "够不着"),
    "gas": ("燃气", "煤气", "天然气", "液化气", "瓦斯"),
    "mains": (
        "电线", "电路", "电闸", "拉闸", "跳闸", "漏电", "触电", "短路", "空开", "电表", "插座", "换开关", "配电", "总阀", "总闸", "水闸", "爆管",
    ),
}  # fmt: skip


# Before somebody takes one of these on, they look whether it is one of RISKS (domain M17).
LOOKED_AT = frozenset({"repair"})
PAYERS = {
    "caller": "喊的人出",
    "helper": "帮忙的人出",
    "community": "社区出",
    "property": "物业出",
    "welfare": "公益金出",
}


def dangers(words: str) -> list[str]:
    """What the words sound like: a reason to ask, in the order of RISKS."""
    return [risk for risk, signs in _SIGNS.items() if any(sign in words for sign in signs)]
