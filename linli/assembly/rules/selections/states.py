"""The states of a selection, why it is begun, and who may do what in which."""

from collections.abc import Collection
from enum import StrEnum

from linli.kernel import tables
from linli.kernel.refusal import Refusal


class State(StrEnum):
    PREPARING = "preparing"
    PLANNED = "planned"
    BIDDING = "bidding"
    SCORING = "scoring"
    SCORED = "scored"
    VOTING = "voting"
    CHOSEN = "chosen"
    SIGNED = "signed"
    FILED = "filed"
    ENTERED = "entered"
    DONE = "done"
    CANCELLED = "cancelled"


S = State
STATES = {
    S.PREPARING: "在做选聘方案",
    S.PLANNED: "方案公示中",
    S.BIDDING: "招标中",
    S.SCORING: "开标了，在评分",
    S.SCORED: "评完分，等业主大会表决",
    S.VOTING: "业主大会表决中",
    S.CHOSEN: "业主选定了，等签合同",
    S.SIGNED: "合同签了，等备案",
    S.FILED: "备案了，等新公司进场",
    S.ENTERED: "新公司进场了，在交接",
    S.DONE: "交接完了",
    S.CANCELLED: "没有办下去",
}
ORDER = tuple(s for s in State if s != S.CANCELLED)
OVER = frozenset({S.DONE, S.CANCELLED})
UNSIGNED = frozenset(ORDER[: ORDER.index(S.SIGNED)])
HANDING = frozenset({S.SIGNED, S.FILED, S.ENTERED})


class Ground(StrEnum):
    """Why another company is looked for: what ends the present contract."""

    EXPIRY = "expiry"
    DISMISSED = "dismissed"
    OPEN_ENDED = "open_ended"
    LEAVES = "leaves"
    NONE = "none"


G = Ground
GROUNDS = {
    G.EXPIRY: "合同到期，不再续聘",
    G.DISMISSED: "合同没到期，业主要解聘",
    G.OPEN_ENDED: "合同到期没续签，原公司还在服务",
    G.LEAVES: "原公司不愿续签",
    G.NONE: "现在没有物业公司",
}
GROUND_ARTICLES = {
    G.EXPIRY: "民法典第九百四十六条、第九百四十七条",
    G.DISMISSED: "民法典第九百四十六条",
    G.OPEN_ENDED: "民法典第九百四十八条",
    G.LEAVES: "民法典第九百四十七条",
    G.NONE: "",
}
# Days that the written notice comes before the end, unless the contract says otherwise.
NOTICE_DAYS = {G.EXPIRY: 60, G.DISMISSED: 60, G.OPEN_ENDED: 60, G.LEAVES: 90}
# Nobody but the owners' vote dismisses: the notice waits for it (民法典 278 (4)).
AFTER_VOTE = frozenset({G.DISMISSED, G.OPEN_ENDED})


def dismissal(ground: str, old: str) -> str:
    """What the item says of the present company; empty where its contract ends without the owners."""
    return f"解聘{old}" if ground in AFTER_VOTE else ""


VOTE_ARTICLE = "民法典第二百七十八条第（四）项"
CONTRACT_ARTICLE = "民法典第九百三十八条"
BINDING_ARTICLE = "民法典第九百三十九条"
HAND_OVER_ARTICLE = "民法典第九百四十九条"
GAP_ARTICLE = "民法典第九百五十条"
OWN_RULE = "法律法规没有写，这是一般做法的最低数，选聘方案里可以定得更多"
ARTICLES = {
    "vote": VOTE_ARTICLE, "contract": CONTRACT_ARTICLE, "binding": BINDING_ARTICLE, "hand_over": HAND_OVER_ARTICLE, "gap": GAP_ARTICLE,
    "own": OWN_RULE,
}  # fmt: skip


class Who(StrEnum):
    """`leader`: heads the body that selects; `worker`: of that body; `old`, `new`: the companies' managers."""

    LEADER = "leader"
    WORKER = "worker"
    SCORER = "scorer"
    OLD = "old"
    NEW = "new"
    RESIDENT = "resident"


W = Who


class Act(StrEnum):
    START = "start"
    NOTICE = "notice"
    SET_PLAN = "set_plan"
    NAME_SCORER = "name_scorer"
    RELEASE_SCORER = "release_scorer"
    PLAN = "plan"
    OBJECT = "object"
    ANSWER = "answer"
    CALL = "call"
    EXTEND = "extend"
    RECEIVE = "receive"
    RULE_OUT = "rule_out"
    OPEN = "open"
    ENTER = "enter"
    ADD_PAPER = "add_paper"
    SCORE = "score"
    ENTER_SCORE = "enter_score"
    PUBLISH = "publish"
    PUT = "put"
    DECIDE = "decide"
    SIGN = "sign"
    CORRECT = "correct"
    FILE = "file"
    ADMIT = "admit"
    GIVE = "give"
    TAKE = "take"
    HAND_ON = "hand_on"
    LEAVE = "leave"
    CANCEL = "cancel"


A = Act


Rule = tables.Rule[State, Who]


def _rule(states: Collection[State], who: Collection[Who], to: State | None = None) -> Rule:
    return Rule(frozenset(states), frozenset(who), to)


_OPEN = frozenset(State) - OVER
TABLE: dict[Act, Rule] = {
    A.NOTICE: _rule(_OPEN - {S.ENTERED}, {W.LEADER}),
    A.SET_PLAN: _rule({S.PREPARING, S.PLANNED}, {W.WORKER}),
    A.NAME_SCORER: _rule({S.PREPARING, S.PLANNED, S.BIDDING}, {W.WORKER}),
    A.RELEASE_SCORER: _rule({S.PREPARING, S.PLANNED, S.BIDDING, S.SCORING}, {W.LEADER}),
    A.PLAN: _rule({S.PREPARING}, {W.LEADER}, S.PLANNED),
    A.OBJECT: _rule({S.PLANNED, S.SCORED}, {W.RESIDENT}),
    A.ANSWER: _rule({S.PLANNED, S.BIDDING, S.SCORING, S.SCORED, S.VOTING}, {W.LEADER}),
    A.CALL: _rule({S.PLANNED}, {W.LEADER}, S.BIDDING),
    A.EXTEND: _rule({S.BIDDING}, {W.LEADER}),
    A.RECEIVE: _rule({S.BIDDING}, {W.WORKER}),
    A.RULE_OUT: _rule({S.BIDDING, S.SCORING}, {W.LEADER}),
    A.OPEN: _rule({S.BIDDING}, {W.LEADER}, S.SCORING),
    A.ENTER: _rule({S.SCORING}, {W.WORKER}),
    A.ADD_PAPER: _rule({S.SCORING}, {W.WORKER}),
    A.SCORE: _rule({S.SCORING}, {W.SCORER}),
    A.ENTER_SCORE: _rule({S.SCORING}, {W.WORKER}),
    A.PUBLISH: _rule({S.SCORING}, {W.LEADER}, S.SCORED),
    A.PUT: _rule({S.SCORED}, {W.LEADER}, S.VOTING),
    A.DECIDE: _rule({S.VOTING}, {W.LEADER}),
    A.SIGN: _rule({S.CHOSEN}, {W.LEADER}, S.SIGNED),
    A.CORRECT: _rule({S.SIGNED}, {W.LEADER}),
    A.FILE: _rule({S.SIGNED}, {W.LEADER}, S.FILED),
    A.ADMIT: _rule({S.FILED}, {W.LEADER}, S.ENTERED),
    A.GIVE: _rule(HANDING, {W.OLD, W.WORKER}),
    A.TAKE: _rule(HANDING, {W.LEADER, W.WORKER, W.NEW}),
    A.HAND_ON: _rule({S.ENTERED}, {W.LEADER}),
    A.LEAVE: _rule({S.ENTERED}, {W.LEADER}),
    A.CANCEL: _rule(UNSIGNED, {W.LEADER}, S.CANCELLED),
}  # fmt: skip


def allowed(state: State, parts: Collection[Who]) -> frozenset[Act]:
    return tables.allowed(TABLE, state, parts)


def refuse(act: Act, state: State, parts: Collection[Who]) -> Refusal | None:
    changed = Refusal("wrong_state", "这一步已经过了，请看现在到哪一步")
    return tables.refuse(TABLE.get(act), state, parts, changed=changed)
