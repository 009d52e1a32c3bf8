"""The states of a matter, who may do which act in which of them, and what the act needs (domain §4.4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linli.kernel.refusal import Refusal

from .times import UNREACHED


class State(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    TRIAGED = "triaged"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    IN_PROGRESS = "in_progress"
    SUSPENDED = "suspended"
    RESOLVED = "resolved"
    VISITED = "visited"
    REOPENED = "reopened"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


S = State
FINAL = frozenset({S.CLOSED, S.DECLINED, S.MERGED, S.WITHDRAWN})
OPEN = frozenset(State) - FINAL
BEFORE_WORK = frozenset({S.SUBMITTED, S.ACCEPTED, S.TRIAGED, S.DISPATCHED})
AT_DESK = frozenset({S.SUBMITTED, S.ACCEPTED, S.TRIAGED, S.RETURNED, S.REOPENED, S.VISITED})
WITH_HANDLER = frozenset({S.DISPATCHED, S.IN_PROGRESS})
GIVEN_OUT = WITH_HANDLER | {S.SUSPENDED}
JUDGED = frozenset({S.RESOLVED, S.VISITED, S.CLOSED})


class Who(StrEnum):
    """A part somebody has in one matter. A person may have several; an act is allowed if one of them is."""

    REPORTER = "reporter"
    VOICE = "voice"  # somebody who raised this, the reporters of merged matters included
    FOLLOWER = "follower"
    INTAKE = "intake"  # duty desk, steward, grid worker, committee secretary
    DESK = "desk"  # duty desk
    COMMUNITY = "community"
    HANDLER = "handler"
    MANAGER = "manager"  # the handler's superior
    COMMITTEE = "committee"
    VISITOR = "visitor"  # may make the return visit of this matter: never its handler
    SUPERVISOR = (
        "supervisor"  # heads of the tripartite meeting's parties, and of the community: may press for it (督办)
    )
    WATCHER = "watcher"  # sees the compound's matters as a worker
    ORDERER = "orderer"  # the committee, for the matters in its own order (domain M46)
    ORDERED = "ordered"  # raised this, and it was reported done as a part of an order
    SPEAKER = "speaker"  # raised this too, is asked in the place of a reporter who left it to the neighbours
    LINE = "line"  # the community, in a matter of the hotline: speaks with it and with the caller
    CLOCK = "clock"


class Act(StrEnum):
    RAISE = "raise"
    ACCEPT = "accept"
    DECLINE = "decline"
    MERGE = "merge"
    UNMERGE = "unmerge"
    WITHDRAW = "withdraw"
    LEAVE = "leave"  # the reporter took it back, others raised it too: it goes on without them
    TRIAGE = "triage"
    DISPATCH = "dispatch"
    RETURN = "return"
    RECALL = "recall"  # the desk takes back what it gave out, to sort it anew or give it to others
    DECIDE_RETURN = "decide_return"
    TAKE = "take"
    ARRIVE = "arrive"
    MEET = "meet"  # the parties of a matter to be talked over sat down together
    PROPOSE = "propose"  # how a project is to be done is there to be decided
    MAKE_SAFE = "make_safe"
    SUSPEND = "suspend"
    RESUME = "resume"
    ESCALATE = "escalate"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    VISIT = "visit"
    CLOSE = "close"
    REOPEN = "reopen"
    NOTE = "note"
    INTERNAL_NOTE = "internal_note"
    ASK = "ask"
    ANSWER = "answer"
    URGE = "urge"
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    ME_TOO = "me_too"
    RATE = "rate"
    CORRECT_CATEGORY = "correct_category"
    HIDE_PHOTO = "hide_photo"
    PUBLIC_TITLE = "public_title"  # how it reads where everybody may read it
    EXPLAIN = "explain"  # to the hotline's caller, with or without a longer limit
    SENT_BACK = "sent_back"
    BREACH = "breach"
    LIST = "list"
    SUPERVISE = "supervise"
    WARN = "warn"
    GATHER = "gather"
    UNGATHER = "ungather"
    ALLOT = "allot"
    NOT_MINE = "not_mine"
    BACK = "back"
    PASS = "pass"
    HAND_ON = "hand_on"  # all that a company had goes to the one that comes after it
    WHISTLE = "whistle"
    EXTEND = "extend"


W = Who
ORGANISERS = frozenset({W.COMMITTEE, W.COMMUNITY})  # call the parties together, see a project through


@dataclass(frozen=True)
class Rule:
    """`to` None: the state stays. `needs`: what the act's form must bring, each with its sentence.

    `ends`: where else the act may end by what it finds (a visit: nobody answers, or it is not solved).
    """

    states: frozenset[State]
    who: frozenset[Who]
    to: State | None = None
    needs: tuple[str, ...] = ()
    ends: frozenset[State] = frozenset()


def _rule(states, who, to=None, *needs, ends=()) -> Rule:
    return Rule(frozenset(states), frozenset(who), to, needs, frozenset(ends))


TABLE: dict[Act, tuple[Rule, ...]] = {
    Act.ACCEPT: (_rule({S.SUBMITTED}, {W.INTAKE}, S.ACCEPTED),),
    Act.DECLINE: (_rule({S.SUBMITTED}, {W.INTAKE}, S.DECLINED, "reason"),),
    Act.MERGE: (
        _rule({S.SUBMITTED}, {W.INTAKE}, S.MERGED, "target"),
        _rule({S.ACCEPTED, S.TRIAGED, S.DISPATCHED, S.IN_PROGRESS}, {W.DESK}, S.MERGED, "target"),
    ),
    Act.UNMERGE: (_rule({S.MERGED}, {W.DESK}, None, "reason"),),
    Act.WITHDRAW: (_rule(BEFORE_WORK, {W.REPORTER}, S.WITHDRAWN),),
    Act.TRIAGE: (_rule({S.ACCEPTED, S.TRIAGED, S.REOPENED}, {W.DESK}, S.TRIAGED, "category", "level", "urgency"),),
    Act.DISPATCH: (_rule({S.TRIAGED, S.RETURNED}, {W.DESK, W.ORDERER}, S.DISPATCHED, "body"),),
    Act.RETURN: (_rule({S.DISPATCHED}, {W.HANDLER}, S.RETURNED, "reason", "proposed_body"),),
    Act.RECALL: (_rule(GIVEN_OUT, {W.DESK, W.COMMUNITY}, S.TRIAGED, "reason"),),
    Act.TAKE: (_rule({S.DISPATCHED}, {W.HANDLER}, S.IN_PROGRESS, "words"),),
    Act.ARRIVE: (_rule({S.IN_PROGRESS}, {W.HANDLER}),),
    Act.MAKE_SAFE: (_rule({S.IN_PROGRESS}, {W.HANDLER}),),
    Act.MEET: (_rule({S.IN_PROGRESS, S.SUSPENDED}, ORGANISERS | {W.HANDLER}, None, "words"),),
    Act.PROPOSE: (_rule({S.IN_PROGRESS, S.SUSPENDED}, ORGANISERS | {W.HANDLER}, None, "words"),),
    Act.SUSPEND: (_rule({S.IN_PROGRESS}, {W.MANAGER, W.CLOCK}, S.SUSPENDED, "pause_reason", "review_at"),),
    Act.RESUME: (_rule({S.SUSPENDED}, {W.HANDLER, W.CLOCK}, S.IN_PROGRESS),),
    # Another level settles it: it comes to that level's desk, which gives it out (domain §4.3).
    Act.ESCALATE: (
        _rule({S.IN_PROGRESS}, {W.HANDLER, W.COMMITTEE, W.COMMUNITY}, S.TRIAGED, "level", "reason", "due_at"),
    ),
    Act.EXTEND: (_rule(WITH_HANDLER, {W.HANDLER, W.MANAGER, W.COMMUNITY}, None, "reason", "until"),),
    Act.RESOLVE: (_rule({S.IN_PROGRESS}, {W.HANDLER}, S.RESOLVED, "words", "outcome"),),
    Act.CONFIRM: (_rule({S.RESOLVED}, {W.REPORTER}, S.CLOSED),),
    # The reporter may have confirmed it: somebody asks all the same (ADR 0013).
    Act.VISIT: (
        _rule({S.RESOLVED}, {W.VISITOR}, S.VISITED, "contacted", ends={S.RESOLVED, S.CLOSED, S.REOPENED}),
        _rule({S.CLOSED}, {W.VISITOR}, None, "contacted", ends={S.REOPENED}),
    ),
    Act.CLOSE: (
        _rule({S.VISITED}, {W.DESK}, S.CLOSED),
        _rule({S.RESOLVED}, {W.DESK, W.CLOCK}, S.CLOSED),
    ),
    Act.REOPEN: (
        _rule({S.RESOLVED}, {W.VOICE}, S.REOPENED, "reason"),
        _rule({S.VISITED}, {W.MANAGER, W.COMMUNITY, W.CLOCK}, S.REOPENED, "reason"),
        _rule({S.CLOSED}, {W.VOICE}, S.REOPENED, "reason"),
    ),
    Act.NOT_MINE: (_rule(JUDGED, {W.ORDERED}, S.REOPENED),),
    # The committee's check of its order: what is not done goes straight back to the hands that have it.
    Act.BACK: (_rule({S.RESOLVED}, {W.ORDERER}, S.IN_PROGRESS, "words"),),
    Act.NOTE: (_rule(OPEN, {W.REPORTER, W.FOLLOWER, W.HANDLER, W.DESK, W.MANAGER}, None, "words"),),
    Act.INTERNAL_NOTE: (_rule(OPEN, {W.HANDLER, W.DESK, W.MANAGER, W.COMMUNITY, W.WATCHER}, None, "words"),),
    Act.ASK: (_rule(OPEN, {W.REPORTER, W.HANDLER, W.DESK}, None, "words"),),
    Act.ANSWER: (_rule(OPEN, {W.REPORTER, W.SPEAKER, W.HANDLER, W.DESK}, None, "words"),),
    Act.URGE: (_rule(OPEN - {S.RESOLVED, S.VISITED}, {W.REPORTER, W.FOLLOWER}),),
    Act.FOLLOW: (_rule(OPEN, {W.WATCHER}),),
    Act.UNFOLLOW: (_rule(frozenset(State), {W.FOLLOWER}),),
    Act.RATE: (_rule(JUDGED, {W.VOICE}, None, "rating"),),
    Act.CORRECT_CATEGORY: (_rule(OPEN - {S.RESOLVED, S.VISITED}, {W.REPORTER}, None, "category"),),
    Act.EXPLAIN: (_rule(OPEN, {W.LINE}, None, "words"),),
    Act.SENT_BACK: (
        _rule(JUDGED, {W.LINE}, S.REOPENED, "reason"),
        _rule({S.DECLINED}, {W.LINE}, S.SUBMITTED, "reason"),
    ),
    Act.SUPERVISE: (_rule(OPEN - {S.RESOLVED, S.VISITED}, {W.SUPERVISOR}, None, "words"),),
    Act.HIDE_PHOTO: (_rule(frozenset(State), {W.REPORTER, W.DESK}, None, "reason"),),
    Act.PUBLIC_TITLE: (_rule(frozenset(State), {W.DESK}),),
}

DECLINE_REASONS = {
    "emergency_services": "这类事请直接打 110、119 或 120",
    "hotline": "这件事归 12345，请拨打 12345",
    "in_court": "已经在法院、仲裁或信访办理中",
    "repeat": "这件事已经办结，没有新情况",
    "unlawful": "内容不合法",
    "no_content": "没有说清是什么事",
}
PAUSE_REASONS = {
    "money": "等钱",
    "vote": "等表决",
    "agency": "等部门",
    "parts": "等配件",
    "weather": "等天气",
    "reporter": "等报告人",
}
CONTACTS = {"called": "打过电话", "met": "见过面", "message": "发过消息", UNREACHED: "没联系上，先去看"}
OUTCOMES = {
    "fixed": "办好了",
    "explained": "解释清楚了",
    "legal_bar": "法律不允许，已说明",
    "not_ours": "不归小区管",
    "duplicate": "并到另一件",
    "withdrawn": "本人撤回",
    "not_confirmed": "没有确认",
}
RESOLVE_OUTCOMES = ("fixed", "explained", "legal_bar", "not_ours")
RATINGS = {"satisfied": "满意", "basically": "基本满意", "unsatisfied": "不满意"}
SOLVED = {"solved": "已解决", "partly": "部分解决", "not": "未解决"}

NEEDS = {
    "reason": "请写清原因",
    "target": "请选并到哪一件",
    "photo": "请选一张照片",
    "planned": "请选打算做什么",
    "gate": "请选是哪一条",
    "category": "请选类别",
    "level": "请选哪一层办",
    "urgency": "请选紧急程度",
    "body": "请选派给谁",
    "proposed_body": "请写应该由谁办",
    "words": "请写几个字",
    "pause_reason": "请选在等什么：时钟只为这几种原因停",
    "review_at": "请写哪天再看",
    "until": "请写延到哪天",
    "due_at": "请定一个新的期限",
    "outcome": "请选结果",
    "contact": "请选有没有联系上报告人",
    "contacted": "请选有没有联系上",
    "rating": "请选一个",
    "order": "请选问的是谁",
}


def rule_for(act: Act, state: State, parts: frozenset[Who]) -> Rule | None:
    return next((r for r in TABLE.get(act, ()) if state in r.states and r.who & parts), None)


def allowed(state: State, parts: frozenset[Who]) -> list[Act]:
    """What somebody with these parts may do now, in the table's order."""
    return [act for act in TABLE if rule_for(act, state, parts)]


def refuse(act: Act, state: State, parts: frozenset[Who]) -> Refusal | None:
    if rule_for(act, state, parts):
        return None
    if any(state in r.states for r in TABLE.get(act, ())):
        return Refusal("not_yours", "这一步不归您办")
    return Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")


def piece_of_work(leg: int, dispatched_at: datetime | None) -> str:
    """Names what a handler was given: a matter that is given out again is another piece of work."""
    return f"{leg}.{int(dispatched_at.timestamp()) if dispatched_at else 0}"


def refuse_other_piece(seen: str, piece: str) -> Refusal | None:
    """A step that was done about one piece of work is none of the next, even where it would be allowed."""
    if seen == piece:
        return None
    return Refusal("wrong_state", "这件事后来又重新办了，您记的是上一次的")


def missing(rule: Rule, given: dict) -> list[tuple[str, str]]:
    """(field, sentence) for everything the act needs and did not get."""
    return [(name, NEEDS[name]) for name in rule.needs if given.get(name) in (None, "")]
