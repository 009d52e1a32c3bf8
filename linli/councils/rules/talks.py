"""Night talks (domain M2): the states of a talk, who may do what in which, and what a point must have before it is published."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from linli.kernel import tables
from linli.kernel.refusal import Refusal


class State(StrEnum):
    ANNOUNCED = "announced"
    HELD = "held"
    PUBLISHED = "published"
    FOLLOWED_UP = "followed_up"  # the next talk spoke of what was left open
    CANCELLED = "cancelled"


S = State
STATES = {
    S.ANNOUNCED: "要开",
    S.HELD: "开过了，在整理",
    S.PUBLISHED: "公布了",
    S.FOLLOWED_UP: "下一次回看过了",
    S.CANCELLED: "不开了",
}
PUBLIC = frozenset({S.PUBLISHED, S.FOLLOWED_UP})


class Act(StrEnum):
    ANNOUNCE = "announce"
    CANCEL = "cancel"
    HOLD = "hold"
    ADD = "add"
    TAKE_UP = "take_up"
    REWORD = "reword"
    ANSWER = "answer"
    HAND_ON = "hand_on"
    FOLLOW_UP = "follow_up"
    PUBLISH = "publish"
    CORRECT = "correct"


class Who(StrEnum):
    """`caller`: may call meetings for the body that called this one. `recorder`: writes down what is said at it."""

    CALLER = "caller"
    RECORDER = "recorder"


Rule = tables.Rule[State, Who]


def _rule(states: set[State], who: Who, to: State | None = None) -> Rule:
    return Rule(frozenset(states), frozenset({who}), to)


TABLE: dict[Act, Rule] = {
    Act.CANCEL: _rule({S.ANNOUNCED}, Who.CALLER, S.CANCELLED),
    Act.HOLD: _rule({S.ANNOUNCED}, Who.RECORDER, S.HELD),
    Act.TAKE_UP: _rule({S.ANNOUNCED, S.HELD}, Who.RECORDER),
    Act.ADD: _rule({S.HELD}, Who.RECORDER),
    Act.REWORD: _rule({S.HELD}, Who.RECORDER),
    Act.ANSWER: _rule({S.HELD}, Who.RECORDER),
    Act.HAND_ON: _rule({S.HELD}, Who.RECORDER),
    Act.FOLLOW_UP: _rule({S.HELD}, Who.RECORDER),
    Act.PUBLISH: _rule({S.HELD}, Who.CALLER, S.PUBLISHED),
    Act.CORRECT: _rule({S.PUBLISHED, S.FOLLOWED_UP}, Who.RECORDER),
}
WORDS_MOST = 300
NAME_MOST = 40
REASON_MOST = 200
AHEAD = timedelta(days=90)
ATTENDANCE_MOST = 9999


def allowed(state: State, parts: frozenset[Who]) -> frozenset[Act]:
    return tables.allowed(TABLE, state, parts)


def refuse(act: Act, state: State, parts: frozenset[Who]) -> Refusal | None:
    return tables.refuse(TABLE[act], state, parts, changed=Refusal("wrong_state", "这次夜话已经变了，请看现在到哪一步"))


def may_announce(*, starts_at: datetime, at: datetime) -> Refusal | None:
    if not at < starts_at <= at + AHEAD:
        return Refusal("starts_at", "时间：从现在起 %(days)s 天以内", values={"days": AHEAD.days})
    return None


def may_hold(*, starts_at: datetime, at: datetime, attendance: int) -> Refusal | None:
    if at < starts_at:
        return Refusal("too_early", "还没到时间，开了再记")
    if not 0 < attendance <= ATTENDANCE_MOST:
        return Refusal("attendance", "来了多少人，写个数")
    return None


def names_speaker(speaker: str, *texts: str) -> Refusal | None:
    """What is published names nobody who spoke."""
    name = speaker.strip()
    if len(name) > 1 and any(name in text for text in texts):
        return Refusal("names_speaker", "这里会公布，不要写说话人的名字")
    return None


def may_promise(*, due_on: date | None, today: date) -> Refusal | None:
    if due_on and due_on < today:
        return Refusal("due_on", "答应的日子不能在过去")
    return None


def may_publish(*, points: int, unsettled: int, unspoken: int) -> Refusal | None:
    """`unsettled`: neither answered nor handed on; `unspoken`: open since an earlier talk, and nobody said what became of it."""
    if not points:
        return Refusal("no_points", "一条都没记，不能公布")
    if unsettled:
        return Refusal("unsettled", "还有 %(n)s 条没回答，也没转成事项", values={"n": unsettled})
    if unspoken:
        return Refusal("unspoken", "上次没完的还有 %(n)s 条没说到哪一步了", values={"n": unspoken})
    return None
