"""Forming a body (domain §3.10, §3.13, M9–M11): its states, and who may do what in which."""

from collections.abc import Collection
from enum import StrEnum

from linli.kernel import tables
from linli.kernel.refusal import Refusal


class Kind(StrEnum):
    PMC = "pmc"
    COMMITTEE = "committee"


class State(StrEnum):
    RECOMMENDING = "recommending"
    LISTED = "listed"
    TICKING = "ticking"
    COUNTING = "counting"
    COUNTED = "counted"
    CONFIRMED = "confirmed"
    NOTICED = "noticed"
    ESTABLISHED = "established"
    ELECTED = "elected"
    MET = "met"
    FILED = "filed"
    ENDED = "ended"
    NOT_FORMED = "not_formed"
    CANCELLED = "cancelled"


S = State
STATES = {
    S.RECOMMENDING: "在推荐人选",
    S.LISTED: "候选人名单公布了",
    S.TICKING: "上门划票中",
    S.COUNTING: "划票收齐，在录票",
    S.COUNTED: "计完票，等街道确认",
    S.CONFIRMED: "街道确认了，等公示",
    S.NOTICED: "委员名单公示中",
    S.ESTABLISHED: "成立了，等备案刻章",
    S.ELECTED: "选出来了，等开第一次会",
    S.MET: "开过第一次会，等备案",
    S.FILED: "备案了，在工作",
    S.ENDED: "任期结束了",
    S.NOT_FORMED: "没选满，要再选一次",
    S.CANCELLED: "没有办下去",
}
OVER = frozenset({S.FILED, S.ENDED, S.NOT_FORMED, S.CANCELLED})
IN_OFFICE = frozenset({S.ESTABLISHED, S.ELECTED, S.MET, S.FILED})
BEFORE = frozenset({S.RECOMMENDING, S.LISTED, S.TICKING, S.COUNTING, S.COUNTED, S.CONFIRMED, S.NOTICED})


class Who(StrEnum):
    """`leader`: heads the body that runs it. `worker`: of that body. `nominee`: an owner who was put forward himself.
    `convener`: may call owners to a session, from another body. `member`: the one whose removal is voted on.
    `committee`: of the committee that came of it."""

    LEADER = "leader"
    WORKER = "worker"
    COMMITTEE = "committee"
    SUBDISTRICT = "subdistrict"
    OWNER = "owner"
    NOMINEE = "nominee"
    RESIDENT = "resident"
    CONVENER = "convener"
    MEMBER = "member"


W = Who


class Act(StrEnum):
    ANNOUNCE = "announce"
    NOMINATE = "nominate"
    STAND = "stand"
    BACK = "back"
    CONSENT = "consent"
    CHECK = "check"
    DROP = "drop"
    LEAVE = "leave"
    STAY = "stay"
    LET_GO = "let_go"
    STRIKE = "strike"
    AGREE = "agree"
    LIST = "list"
    OBJECT = "object"
    ANSWER = "answer"
    START = "start"
    CARRY = "carry"
    CLOSE = "close"
    CORRECT = "correct"
    ENTER = "enter"
    SETTLE = "settle"
    COUNT = "count"
    DRAW = "draw"
    PASS_OVER = "pass_over"
    SEAT = "seat"
    CONFIRM = "confirm"
    NOTICE = "notice"
    TAKE_BACK = "take_back"
    ESTABLISH = "establish"
    FILE = "file"
    TAKE_OFFICE = "take_office"
    SEAT_AGAIN = "seat_again"
    MEET = "meet"
    CHOOSE = "choose"
    VACATE = "vacate"
    SECOND = "second"
    RECALL = "recall"
    HEAR = "hear"
    SPEAK = "speak"
    DECIDE = "decide"
    HAND_OVER = "hand_over"
    CANCEL = "cancel"


A = Act


Rule = tables.Rule[State, Who]


def _rule(states: Collection[State], who: Collection[Who], to: State | None = None) -> Rule:
    return Rule(frozenset(states), frozenset(who), to)


_STANDING: dict[Act, Rule] = {
    A.NOMINATE: _rule({S.RECOMMENDING}, {W.OWNER, W.WORKER}),
    A.STAND: _rule({S.RECOMMENDING}, {W.OWNER}),
    A.BACK: _rule({S.RECOMMENDING}, {W.OWNER, W.WORKER}),
    A.CONSENT: _rule({S.RECOMMENDING}, {W.NOMINEE, W.WORKER}),
    A.CHECK: _rule({S.RECOMMENDING, S.LISTED}, {W.WORKER, W.SUBDISTRICT}),
    A.DROP: _rule({S.RECOMMENDING, S.LISTED}, {W.NOMINEE, W.WORKER}),
    **dict.fromkeys((A.LEAVE, A.STAY, A.LET_GO), _rule({S.RECOMMENDING, S.LISTED}, {W.WORKER})),
    A.LIST: _rule({S.RECOMMENDING, S.LISTED}, {W.LEADER}, S.LISTED),
}  # fmt: skip
PMC: dict[Act, Rule] = {
    **_STANDING,
    A.OBJECT: _rule({S.LISTED, S.TICKING, S.NOTICED}, {W.RESIDENT}),
    A.ANSWER: _rule({S.LISTED, S.TICKING, S.COUNTING, S.COUNTED, S.CONFIRMED, S.NOTICED}, {W.LEADER, W.SUBDISTRICT}),
    A.START: _rule({S.LISTED}, {W.LEADER}, S.TICKING),
    A.CARRY: _rule({S.TICKING}, {W.WORKER}),
    A.CORRECT: _rule({S.TICKING, S.COUNTING}, {W.WORKER}),
    A.AGREE: _rule({S.TICKING, S.COUNTING}, {W.WORKER}),
    A.CLOSE: _rule({S.TICKING}, {W.LEADER}, S.COUNTING),
    A.ENTER: _rule({S.COUNTING}, {W.WORKER}),
    A.SETTLE: _rule({S.COUNTING}, {W.WORKER}),
    A.COUNT: _rule({S.COUNTING}, {W.LEADER}, S.COUNTED),
    A.DRAW: _rule({S.COUNTED}, {W.LEADER}),
    A.PASS_OVER: _rule({S.COUNTED}, {W.SUBDISTRICT}),
    A.SEAT: _rule({S.COUNTED, S.ESTABLISHED, S.FILED}, {W.SUBDISTRICT}),
    A.CONFIRM: _rule({S.COUNTED}, {W.SUBDISTRICT}, S.CONFIRMED),
    A.NOTICE: _rule({S.CONFIRMED}, {W.LEADER}, S.NOTICED),
    A.TAKE_BACK: _rule({S.CONFIRMED, S.NOTICED}, {W.SUBDISTRICT}, S.COUNTED),
    A.ESTABLISH: _rule({S.NOTICED}, {W.SUBDISTRICT}, S.ESTABLISHED),
    A.FILE: _rule({S.ESTABLISHED}, {W.SUBDISTRICT}, S.FILED),
    A.VACATE: _rule({S.ESTABLISHED, S.FILED}, {W.SUBDISTRICT}),
    A.HAND_OVER: _rule({S.ESTABLISHED, S.FILED}, {W.LEADER}),
    A.CANCEL: _rule(BEFORE, {W.LEADER, W.SUBDISTRICT}, S.CANCELLED),
}  # fmt: skip
_HELD = {S.ELECTED, S.MET, S.FILED}
COMMITTEE: dict[Act, Rule] = {
    **_STANDING,
    A.OBJECT: _rule({S.LISTED}, {W.RESIDENT}),
    A.ANSWER: _rule({S.LISTED}, {W.LEADER}),
    A.TAKE_OFFICE: _rule({S.LISTED}, {W.LEADER}, S.ELECTED),
    A.SEAT_AGAIN: _rule(_HELD, {W.LEADER, W.CONVENER}, S.ELECTED),
    A.MEET: _rule({S.ELECTED}, {W.LEADER}, S.MET),
    A.FILE: _rule({S.MET}, {W.LEADER}, S.FILED),
    A.CHOOSE: _rule({S.MET, S.FILED}, {W.LEADER}),
    A.VACATE: _rule(_HELD, {W.COMMITTEE}),
    A.SECOND: _rule(_HELD, {W.COMMITTEE}),
    A.RECALL: _rule(_HELD, {W.LEADER, W.CONVENER}),
    A.HEAR: _rule(_HELD, {W.LEADER, W.CONVENER}),
    A.SPEAK: _rule(_HELD, {W.MEMBER}),
    A.DECIDE: _rule(_HELD, {W.LEADER, W.CONVENER}),
    A.HAND_OVER: _rule(_HELD, {W.LEADER}),
    A.STRIKE: _rule({S.LISTED}, {W.LEADER}),
    A.AGREE: _rule({S.LISTED}, {W.LEADER, W.WORKER}),
    A.CANCEL: _rule({S.RECOMMENDING, S.LISTED}, {W.LEADER}, S.CANCELLED),
}  # fmt: skip
TABLES = {Kind.PMC: PMC, Kind.COMMITTEE: COMMITTEE}


RECOMMENDS = frozenset({A.NOMINATE, A.STAND, A.BACK})


def allowed(kind: str, state: State, parts: Collection[Who], *, late: bool = False) -> frozenset[Act]:
    """`late`: the last day of recommending is over; a worker still enters what was handed in before."""
    can = tables.allowed(TABLES[Kind(kind)], state, parts)
    return can - RECOMMENDS if late and W.OWNER in parts else can


def by_another(nobody: Refusal, *, put: bool, by_same: bool) -> Refusal | None:
    """What one puts and another confirms; `nobody`: what is said where nobody has put it."""
    if not put:
        return nobody
    return Refusal("same", "您提出的，要另一位确认") if by_same else None


def refuse(kind: str, act: Act, state: State, parts: Collection[Who]) -> Refusal | None:
    late = Refusal("wrong_state", "这一步已经过了，请看现在到哪一步")
    return tables.refuse(TABLES[Kind(kind)].get(act), state, parts, changed=late)
