"""Whistle and report-in (domain §4.6): levels, states, and who may do which act in which of them.

A whistle goes from one level to the next; each body that is asked has its own ask, with its own step and clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.refusal import Refusal
from linli.people.rules import COMMITTEE, COMMUNITY, PMC, Act, Body, Role, may


class Level(StrEnum):
    """To whom it is blown."""

    COMMUNITY = "community"
    SUBDISTRICT = "subdistrict"
    AGENCIES = "agencies"


class State(StrEnum):
    """Of a whistle. `dropped`: a draft that was given up or not approved."""

    DRAFTED = "drafted"
    APPROVED = "approved"
    BLOWN = "blown"
    CLOSED = "closed"
    BLOWN_AGAIN = "blown_again"
    DROPPED = "dropped"


class Step(StrEnum):
    """Of one ask. `untold`: no message reaches the body, somebody must go. `passed_on`: declined, and sent on to another body as an ask of its own; `ended`: nobody waits for it any more."""

    WAITING = "waiting"
    UNTOLD = "untold"
    BLOWN = "blown"
    RECEIVED = "received"
    REPORTED_IN = "reported_in"
    DECLINED = "declined"
    PASSED_ON = "passed_on"
    CONSULTED = "consulted"
    TASKS_ASSIGNED = "tasks_assigned"
    WORKING = "working"
    ANSWERED = "answered"
    CHECKED = "checked"
    SCORED = "scored"
    ENDED = "ended"


class Do(StrEnum):
    DRAFT = "draft"
    EDIT = "edit"
    SEND_BACK = "send_back"
    DROP = "drop"
    APPROVE = "approve"
    BLOW = "blow"
    CALL = "call"  # the joint consultation
    CALL_OFF = "call_off"
    MINUTES = "minutes"
    SIGN = "sign"  # the minutes, by who was there
    FUND = "fund"
    FUND_STEP = "fund_step"
    CLOSE = "close"
    BLOW_AGAIN = "blow_again"

    TELL = "tell"
    RECEIVE = "receive"
    REPORT_IN = "report_in"
    DECLINE = "decline"
    PASS_ON = "pass_on"
    DECIDE = "decide"  # whose it is, by the subdistrict
    ASSIGN = "assign"
    START = "start"
    ANSWER = "answer"
    CHECK = "check"
    REDO = "redo"
    SCORE = "score"
    SCORE_BACK = "score_back"
    SIGN_FOR = "sign_for"  # the minutes, for the body that is asked
    END_ASK = "end_ask"
    SEND_LINK = "send_link"
    SEE_LINK = "see_link"
    STOP_LINK = "stop_link"

    WARN = "warn"
    BREACH = "breach"
    LIST = "list"


class Who(StrEnum):
    """A part somebody has in one whistle, or in one ask of it."""

    DRAFTER = "drafter"
    APPROVER = "approver"
    BLOWER = "blower"  # follows it up: checks, scores, closes
    DECIDER = "decider"  # says whose an ask is that was declined twice
    RECEIVER = "receiver"  # of this ask, signed in or by the link
    WATCHER = "watcher"


# So many bodies one whistle asks at most.
ASKS_MOST = 8
# So often it may be declined before the subdistrict says whose it is.
BOUNCES_MOST = 2

L, S, T, D, W = Level, State, Step, Do, Who
FINAL = frozenset({S.CLOSED, S.BLOWN_AGAIN, S.DROPPED})
SETTLED = frozenset({T.SCORED, T.PASSED_ON, T.ENDED})
ANSWERED = frozenset({T.ANSWERED, T.CHECKED, T.SCORED})
# A body that has reported in may begin by itself, but the task is the blower's to give.
BLOWERS_TURN = frozenset({T.UNTOLD, T.DECLINED, T.REPORTED_IN, T.CONSULTED, T.ANSWERED, T.CHECKED})
IN_HAND = frozenset({T.REPORTED_IN, T.CONSULTED, T.TASKS_ASSIGNED, T.WORKING})
UPWARDS = (L.COMMUNITY, L.SUBDISTRICT, L.AGENCIES)

DRAFTERS: dict[Level, frozenset[Role]] = {
    L.COMMUNITY: COMMITTEE | PMC,
    L.SUBDISTRICT: COMMITTEE | PMC | COMMUNITY,
    L.AGENCIES: COMMITTEE | PMC | COMMUNITY,
}
APPROVERS: dict[Level, Role] = {
    L.COMMUNITY: Role.COMMITTEE_CHAIR,
    L.SUBDISTRICT: Role.COMMUNITY_SECRETARY,
    L.AGENCIES: Role.SUBDISTRICT_OFFICER,
}
RECEIVERS: dict[Level, frozenset[Role]] = {
    L.COMMUNITY: COMMUNITY | {Role.SUBDISTRICT_OFFICER},  # where the subdistrict took it over
    L.SUBDISTRICT: frozenset({Role.SUBDISTRICT_OFFICER}),
    L.AGENCIES: frozenset({Role.AGENCY_LIAISON}),
}
TARGETS: dict[Level, Body] = {
    L.COMMUNITY: Body.COMMUNITY,
    L.SUBDISTRICT: Body.SUBDISTRICT,
    L.AGENCIES: Body.AGENCY,
}


@dataclass(frozen=True)
class Rule:
    """`to` None: the state, or the ask's step, stays. `needs`: what must be given, each with its sentence in NEEDS."""

    states: frozenset[str]
    who: frozenset[Who]
    to: State | Step | None = None
    needs: tuple[str, ...] = ()


def _rule(states: Iterable[str], who: Iterable[Who], to: State | Step | None = None, *needs: str) -> Rule:
    return Rule(frozenset(states), frozenset(who), to, needs)


# Acts on the whole, by its state.
WHOLE: dict[Do, Rule] = {
    D.EDIT: _rule({S.DRAFTED}, {W.DRAFTER}, None),
    D.SEND_BACK: _rule({S.DRAFTED}, {W.APPROVER}, None, "words"),
    D.DROP: _rule({S.DRAFTED}, {W.DRAFTER, W.APPROVER}, S.DROPPED, "words"),
    D.APPROVE: _rule({S.DRAFTED}, {W.APPROVER}, S.APPROVED),
    D.BLOW: _rule({S.APPROVED}, {W.APPROVER, W.BLOWER}, S.BLOWN),
    D.CALL: _rule({S.BLOWN}, {W.BLOWER}, None, "planned_at", "place"),
    D.CALL_OFF: _rule({S.BLOWN}, {W.BLOWER}, None, "words"),
    D.MINUTES: _rule({S.BLOWN}, {W.BLOWER}, None, "minutes", "attendance"),
    D.SIGN: _rule({S.BLOWN, S.CLOSED, S.BLOWN_AGAIN}, {W.DRAFTER, W.APPROVER, W.BLOWER, W.WATCHER}),
    D.FUND: _rule({S.BLOWN}, {W.BLOWER}, None, "liable", "why", "asked_fen"),
    # Money comes when it comes: also after the whistle has ended.
    D.FUND_STEP: _rule({S.BLOWN, S.CLOSED, S.BLOWN_AGAIN}, {W.BLOWER}, None, "kind", "day"),
    D.CLOSE: _rule({S.BLOWN}, {W.BLOWER}, S.CLOSED, "words"),
    D.BLOW_AGAIN: _rule({S.BLOWN}, {W.BLOWER}, S.BLOWN_AGAIN, "words"),
}
# Acts on one ask, by its step; the whistle must be blown.
PART: dict[Do, Rule] = {
    D.TELL: _rule({T.UNTOLD}, {W.BLOWER}, T.BLOWN, "words"),
    D.RECEIVE: _rule({T.UNTOLD, T.BLOWN}, {W.RECEIVER}, T.RECEIVED),
    D.REPORT_IN: _rule({T.UNTOLD, T.BLOWN, T.RECEIVED}, {W.RECEIVER}, T.REPORTED_IN, "officer", "way"),
    D.DECLINE: _rule({T.UNTOLD, T.BLOWN, T.RECEIVED, T.REPORTED_IN}, {W.RECEIVER}, T.DECLINED, "reason", "proper"),
    D.PASS_ON: _rule({T.DECLINED}, {W.BLOWER}, T.PASSED_ON, "body"),
    D.DECIDE: _rule({T.DECLINED}, {W.DECIDER}, T.PASSED_ON, "whose", "words"),
    D.ASSIGN: _rule({T.REPORTED_IN, T.CONSULTED, T.TASKS_ASSIGNED}, {W.BLOWER}, T.TASKS_ASSIGNED, "words", "due_on"),
    D.START: _rule({T.REPORTED_IN, T.CONSULTED, T.TASKS_ASSIGNED}, {W.RECEIVER}, T.WORKING, "words"),
    D.ANSWER: _rule(IN_HAND, {W.RECEIVER}, T.ANSWERED, "words"),
    D.CHECK: _rule({T.ANSWERED}, {W.BLOWER}, T.CHECKED),
    D.REDO: _rule({T.ANSWERED}, {W.BLOWER}, T.WORKING, "words"),
    D.SCORE: _rule({T.CHECKED}, {W.BLOWER}, T.SCORED, "response", "quality"),
    D.SCORE_BACK: _rule(ANSWERED, {W.RECEIVER}, None, "response", "quality"),
    D.SIGN_FOR: _rule(set(Step) - {T.WAITING}, {W.RECEIVER}),
    D.END_ASK: _rule({T.UNTOLD, T.BLOWN, T.RECEIVED, T.DECLINED} | IN_HAND, {W.BLOWER}, T.ENDED, "words"),
    D.SEND_LINK: _rule(set(Step) - {T.WAITING, T.PASSED_ON, T.ENDED}, {W.BLOWER}),
    D.SEE_LINK: _rule(set(Step) - {T.WAITING, T.PASSED_ON, T.ENDED}, {W.BLOWER}),
    D.STOP_LINK: _rule(set(Step) - {T.WAITING}, {W.BLOWER}),
}
# What may still be done with one ask after the whistle is closed: the other side's score, its signature.
AFTER_CLOSING = frozenset({D.SCORE_BACK, D.SIGN_FOR, D.STOP_LINK})

URGENCIES = {"normal": "一般", "urgent": "急"}
CAUSES = {
    "pressing": "居民急难愁盼，这一层解决不了",
    "power": "要执法，这一层没有权力",
    "emergency": "突发情况",
}
LEVELS = {L.COMMUNITY: "吹给社区", L.SUBDISTRICT: "吹给街道", L.AGENCIES: "吹给部门"}
WAYS = {"site": "到现场", "document": "书面报到"}
SCORES = {"good": "好", "fair": "中", "poor": "差"}
STATES = {
    S.DRAFTED: "待批准",
    S.APPROVED: "批了，还没吹",
    S.BLOWN: "在办",
    S.CLOSED: "办结",
    S.BLOWN_AGAIN: "往上吹了",
    S.DROPPED: "没吹",
}
STEPS = {
    T.WAITING: "还没吹",
    T.UNTOLD: "还没告诉到",
    T.BLOWN: "等接收",
    T.RECEIVED: "收到了，等报到",
    T.REPORTED_IN: "报到了",
    T.DECLINED: "说不归它办",
    T.PASSED_ON: "转给别的部门了",
    T.CONSULTED: "会商过",
    T.TASKS_ASSIGNED: "任务定了",
    T.WORKING: "在办",
    T.ANSWERED: "答复了，等验收",
    T.CHECKED: "验收过，等打分",
    T.SCORED: "办完了",
    T.ENDED: "不再等它办了",
}
NEEDS = {
    "words": "请写几个字",
    "reason": "请写清为什么不归您办",
    "proper": "请写应该由哪个部门办",
    "officer": "请写谁来办，真实姓名",
    "way": "请选怎么报到",
    "body": "请选转给哪个部门",
    "whose": "请选由谁办",
    "due_on": "请写哪天办完",
    "response": "请给响应打分",
    "quality": "请给办理质量打分",
    "planned_at": "请写什么时候会商",
    "place": "请写在哪里会商",
    "minutes": "请写会上定了什么",
    "attendance": "请写谁到了会，一行一个",
    "liable": "请写该谁出钱",
    "why": "请写它为什么出不了",
    "asked_fen": "请写要多少钱",
    "kind": "请选记哪一步",
    "day": "请写日期",
    "fen": "请写多少钱",
    "payee": "请写付给了谁",
    "title": "请写一句是什么事",
    "facts": "请把事实写清楚",
    "done_below": "请写这一层已经做了什么",
    "asks": "请写请谁做什么",
}


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Facts:
    """Of one whistle; `asked` is the body of the ask in question."""

    level: Level
    drafted_body: str
    drafted_kind: str
    asked: str | None = None
    bounced: bool = False  # the ask was declined so often that the subdistrict says whose it is


@dataclass(frozen=True)
class Side:
    role: str
    body: str | None = None


def approver(level: Level, drafted_kind: str) -> Role:
    """A property management committee has no chair who approves (§4.9): the community's secretary does."""
    if level == L.COMMUNITY and drafted_kind == Body.PMC:
        return Role.COMMUNITY_SECRETARY
    return APPROVERS[level]


def parts(facts: Facts, side: Side) -> frozenset[Who]:
    found: set[Who] = set()
    if may(side.role, Act.BLOW_WHISTLE_DRAFT) or may(side.role, Act.BLOW_WHISTLE_APPROVE):
        found.add(W.WATCHER)
    own = side.body is not None and side.body == facts.drafted_body
    if own and side.role in DRAFTERS[facts.level]:
        found |= {W.DRAFTER, W.BLOWER}
    if side.role == approver(facts.level, facts.drafted_kind):
        found.add(W.APPROVER)
        if facts.level != L.COMMUNITY:
            found.add(W.BLOWER)
    if facts.bounced and facts.level == L.COMMUNITY and side.role == Role.SUBDISTRICT_OFFICER:
        found.add(W.DECIDER)
    if facts.asked is not None and side.body == facts.asked and side.role in RECEIVERS[facts.level]:
        found.add(W.RECEIVER)
    return frozenset(found)


# Where one of its matters is to be kept secret, watching lets nobody in.
IN_SECRET = frozenset({W.DRAFTER, W.APPROVER, W.DECIDER, W.RECEIVER})


WHOSE = {L.COMMUNITY: "社区办", L.SUBDISTRICT: "街道接过来办"}


def draftable(role: str) -> list[Level]:
    """The levels to which the role may draft, its usual one first: the next above its own."""
    found = [level for level in UPWARDS if role in DRAFTERS[level]]
    return found if role not in COMMUNITY else [L.AGENCIES, L.SUBDISTRICT]


def table(act: Do) -> Rule:
    return WHOLE.get(act) or PART[act]


def refuse(act: Do, state: State, step: Step | None, found: frozenset[Who]) -> Refusal | None:
    rule = table(act)
    if act in PART and state != S.BLOWN and not (act in AFTER_CLOSING and state in FINAL):
        return Refusal("wrong_state", "这张哨单已经变了，请看现在到哪一步")
    if (step if act in PART else state) not in rule.states:
        return Refusal("wrong_state", "这张哨单已经变了，请看现在到哪一步")
    return None if rule.who & found else Refusal("not_yours", "这一步不归您办")


def allowed(state: State, found: frozenset[Who]) -> list[Do]:
    return [act for act in WHOLE if refuse(act, state, None, found) is None]


def allowed_of_ask(state: State, step: Step, found: frozenset[Who]) -> list[Do]:
    return [act for act in PART if refuse(act, state, step, found) is None]


# What is next with an ask, of all that may be done: first for who blew, then for who is asked.
NEXT: tuple[tuple[Who, dict[Step, Do]], ...] = (
    (W.DECIDER, {T.DECLINED: D.DECIDE}),
    (
        W.BLOWER,
        {
            T.UNTOLD: D.TELL,
            T.DECLINED: D.PASS_ON,
            T.REPORTED_IN: D.ASSIGN,
            T.CONSULTED: D.ASSIGN,
            T.ANSWERED: D.CHECK,
            T.CHECKED: D.SCORE,
        },
    ),
    (
        W.RECEIVER,
        {
            T.BLOWN: D.RECEIVE,
            T.RECEIVED: D.REPORT_IN,
            T.REPORTED_IN: D.START,
            T.CONSULTED: D.START,
            T.TASKS_ASSIGNED: D.START,
            T.WORKING: D.ANSWER,
        },
    ),
)


# Who judges sees the other answer beside it.
OTHERWISE = {D.APPROVE: D.SEND_BACK, D.CHECK: D.REDO}


def next_of_ask(state: State, step: Step, found: frozenset[Who]) -> Do | None:
    """The one act that these parts have next; None while others have it."""
    if state != S.BLOWN:
        return None
    return next((acts[step] for who, acts in NEXT if who in found and step in acts), None)


def next_of_whole(state: State, steps: Iterable[Step], found: frozenset[Who], *, sent_back: bool = False) -> Do | None:
    if state == S.DRAFTED:
        return (
            D.EDIT if sent_back and W.DRAFTER in found else D.APPROVE if W.APPROVER in found and not sent_back else None
        )
    if state == S.APPROVED and found & WHOLE[D.BLOW].who:
        return D.BLOW
    settled = state == S.BLOWN and W.BLOWER in found and all(step in SETTLED for step in steps)
    return D.CLOSE if settled else None


def named(proper: str, bodies: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """(key, names): which of them somebody meant who wrote only a name; "" where that is none, or not clear."""
    wanted, known = proper.strip(), [(key, [n for n in names if n]) for key, names in bodies]
    for means in (lambda name: name == wanted, lambda name: name in wanted or wanted in name):
        found = {key for key, names in known if wanted and any(means(name) for name in names)}
        if found:
            return found.pop() if len(found) == 1 else ""
    return ""


def higher(level: Level) -> Level | None:
    i = UPWARDS.index(level)
    return UPWARDS[i + 1] if i + 1 < len(UPWARDS) else None


# ── minutes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

# In so many working days those who were there sign the minutes or say what is wrong in them.
SIGN_DAYS = 3
SIGNS = {"yes": "签字，纪要没错", "no": "不同意"}


def there_for(body: str, attendance: Sequence[Mapping[str, str]]) -> list[int]:
    """Which of those who were there came for this body: by its whole name, for a part of it may name another."""
    return [i for i, row in enumerate(attendance) if body and row.get("body") == body]


BODY_MOST, NAME_MOST = 80, 40


def attendance_refusal(there: Sequence[tuple[str, str]]) -> Refusal | None:
    for row, (body, name) in enumerate(there, 1):
        if len(body) > BODY_MOST or len(name) > NAME_MOST:
            values = {"row": row, "body": BODY_MOST, "name": NAME_MOST}
            return Refusal("long", "第 %(row)s 行太长：单位最多 %(body)s 个字，姓名最多 %(name)s 个字", values=values)
    return None


def sign_refusal(*, agrees: bool, name: str, words: str) -> tuple[str, Refusal] | None:
    """With the field to put right."""
    if not name.strip():
        return "officer", Refusal("missing_officer", NEEDS["officer"])
    if not agrees and not words.strip():
        return "words", Refusal("missing_words", "请写哪里不同意")
    return None


# The community helps; the duty stays with whose power it is.
NOT_FOR_THEM = frozenset({Body.COMMUNITY, Body.PARTY, Body.BRANCH, Body.VOLUNTEERS, Body.COMMITTEE, Body.PMC})


def may_lead(level: Level, body_kind: str) -> Refusal | None:
    if level != L.COMMUNITY and body_kind in NOT_FOR_THEM:
        return Refusal("not_theirs", "部门该办的事不能让社区牵头，社区只能配合", "接诉即办工作条例第十七条")
    return None


def may_be_asked(level: Level, body_kind: str) -> Refusal | None:
    if body_kind == TARGETS[level]:
        return None
    if level == L.AGENCIES and body_kind == Body.SUBDISTRICT:
        return None
    return may_lead(level, body_kind) or Refusal("wrong_level", "这一层不能吹给它")


# ── whose turn, and what is counted ─────────────────────────────────────────────────────────────────────────────────


def turn(state: str, steps: Iterable[str], *, sent_back: bool = False) -> str:
    """approver, blower, receiver, or nobody. What only the blower can move comes first; a draft sent back is its drafters'."""
    held = list(steps)
    if state in FINAL:
        return "nobody"
    if state == S.DRAFTED:
        return "blower" if sent_back else "approver"
    if state == S.APPROVED or any(step in BLOWERS_TURN for step in held) or all(step in SETTLED for step in held):
        return "blower"
    return "receiver"


def buckets(*, open: bool, turn: str, late: bool) -> dict[str, int]:
    if not open:
        return {"whistle:ended": 1}
    names = ["whistle:open", f"whistle:turn:{turn}"] + (["whistle:late"] if late else [])
    return dict.fromkeys(names, 1)
