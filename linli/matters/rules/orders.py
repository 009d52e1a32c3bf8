"""The states of a joint order and who may do which act in which of them (点单—下单—接单, domain M46)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from linli.kernel.clock import Calendar, Span
from linli.kernel.refusal import Refusal

from . import times
from .parts import COMMUNITY_ROLES
from .states import State as MatterState


class State(StrEnum):
    GATHERING = "gathering"
    PLACED = "placed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    CHECKED = "checked"
    TOLD = "told"
    REVIEWED = "reviewed"
    CANCELLED = "cancelled"


S = State
FINAL = frozenset({S.REFUSED, S.REVIEWED, S.CANCELLED})
# From here on neighbours see it.
SHOWN = frozenset(State) - {S.GATHERING, S.CANCELLED}


class Who(StrEnum):
    COMMITTEE = "committee"  # the body that orders, owners' committee or PMC
    FIRM = "firm"  # the property company's manager or front desk
    HAND = "hand"  # whoever of the firm carries a part out
    CLOCK = "clock"


class Act(StrEnum):
    GATHER = "gather"
    DROP = "drop"
    CANCEL = "cancel"
    PLACE = "place"
    ACCEPT = "accept"
    REFUSE = "refuse"
    SPLIT = "split"
    PROGRESS = "progress"
    REPORT = "report"
    CHECK = "check"
    TELL = "tell"
    BACK = "back"
    REVIEW = "review"


@dataclass(frozen=True)
class Rule:
    """`to` None: the state stays. `needs`: what the act's form must bring."""

    states: frozenset[State]
    who: frozenset[Who]
    to: State | None = None
    needs: tuple[str, ...] = ()


def _rule(states: set[State], who: set[Who], to: State | None = None, *needs: str) -> Rule:
    return Rule(frozenset(states), frozenset(who), to, needs)


W = Who
TABLE: dict[Act, Rule] = {
    Act.GATHER: _rule({S.GATHERING}, {W.COMMITTEE}),
    Act.DROP: _rule({S.GATHERING}, {W.COMMITTEE}),
    Act.PLACE: _rule({S.GATHERING}, {W.COMMITTEE}, S.PLACED, "title", "words", "wanted_by"),
    Act.CANCEL: _rule({S.GATHERING}, {W.COMMITTEE}, S.CANCELLED),
    Act.ACCEPT: _rule({S.PLACED}, {W.FIRM}, S.ACCEPTED, "words"),
    Act.REFUSE: _rule({S.PLACED}, {W.FIRM}, S.REFUSED, "reason", "proposed_body"),
    Act.SPLIT: _rule({S.ACCEPTED, S.IN_PROGRESS}, {W.FIRM}, S.IN_PROGRESS, "words", "due_at"),
    # The last part reported makes the order done (`after_report`).
    Act.PROGRESS: _rule({S.ACCEPTED, S.IN_PROGRESS}, {W.FIRM, W.HAND}, S.IN_PROGRESS, "words"),
    Act.REPORT: _rule({S.ACCEPTED, S.IN_PROGRESS}, {W.FIRM, W.HAND}, None, "words", "outcome"),
    Act.CHECK: _rule({S.DONE}, {W.COMMITTEE}, S.CHECKED),
    Act.BACK: _rule({S.DONE}, {W.COMMITTEE}, S.IN_PROGRESS, "parts", "words"),
    Act.TELL: _rule({S.CHECKED}, {W.COMMITTEE}, S.TOLD),
    Act.REVIEW: _rule({S.TOLD}, {W.COMMITTEE}, S.REVIEWED, "words"),
}
NEEDS = {
    "title": "请写一句要办什么",
    "words": "请写几个字",
    "wanted_by": "请写最晚哪天办好",
    "reason": "请写清原因",
    "proposed_body": "请写应该由谁办",
    "due_at": "请写哪天前办好",
    "outcome": "请选结果",
    "parts": "请选哪几份没办好",
}
# Until when whose turn it is must act (defaults [D]); while it is carried out the day that was asked for.
LIMITS: dict[State, Span] = {
    S.PLACED: Span.working_days(1),
    S.ACCEPTED: Span.working_days(2),
    S.DONE: Span.working_days(3),
    S.TOLD: Span.working_days(10),
}


def plan(state: str, start: datetime, due: datetime, calendar: Calendar) -> times.Plan:
    """When the party in turn is reminded, when its superior hears, when the three parties; in working time."""
    return times.around(min(start, due), due, LIMITS.get(State(state), Span.working_days(1)), calendar)


COMMITTEE_ROLES = frozenset(
    {"committee_chair", "committee_vice_chair", "committee_member", "committee_secretary", "pmc_chair", "pmc_member"}
)
FIRM_DESK = frozenset({"property_manager", "front_desk"})
FIRM_HANDS = FIRM_DESK | {"steward", "guard", "cleaner", "engineer"}


def parts(*, role: str, body: str | None, by_body: str, to_body: str | None) -> frozenset[Who]:
    """What somebody is in an order; whose part it is, is asked where it is reported."""
    if role == "clock":
        return frozenset({W.CLOCK})
    found = set()
    # The community orders nothing, but what a committee left behind is its own (`services.inherit`).
    if role in COMMITTEE_ROLES | COMMUNITY_ROLES and body == by_body:
        found.add(W.COMMITTEE)
    if body is not None and body == to_body:
        found |= {W.FIRM, W.HAND} if role in FIRM_DESK else {W.HAND} if role in FIRM_HANDS else set()
    return frozenset(found)


def allowed(state: State, found: frozenset[Who]) -> list[Act]:
    return [act for act, rule in TABLE.items() if state in rule.states and rule.who & found]


def refuse(act: Act, state: State, found: frozenset[Who]) -> Refusal | None:
    rule = TABLE[act]
    if state not in rule.states:
        return Refusal("wrong_state", "这张订单已经变了，请看现在到哪一步")
    return None if rule.who & found else Refusal("not_yours", "这一步不归您办")


def missing(act: Act, given: dict) -> list[tuple[str, str]]:
    return [(name, NEEDS[name]) for name in TABLE[act].needs if given.get(name) in (None, "", [], ())]


def turn(state: State, orderer: str) -> str:
    """`orderer`: the party of the body whose order it is."""
    if state in {S.PLACED, S.ACCEPTED, S.IN_PROGRESS}:
        return "property"
    return "nobody" if state in FINAL else orderer


def after_report(*, unreported: int, unassigned: int) -> State:
    return S.IN_PROGRESS if unreported or unassigned else S.DONE


# ── matters in an order ─────────────────────────────────────────────────────────────────────────────────────────────

M = MatterState
GATHERABLE = frozenset(
    {M.SUBMITTED, M.ACCEPTED, M.TRIAGED, M.DISPATCHED, M.RETURNED, M.REOPENED, M.IN_PROGRESS}
)  # fmt: skip
UNSORTED = frozenset({M.SUBMITTED, M.ACCEPTED, M.REOPENED})
TO_DISPATCH = frozenset({M.TRIAGED, M.RETURNED})
WITH_FIRM = frozenset({M.DISPATCHED, M.IN_PROGRESS})


def may_gather(
    *, state: str, secret: bool, in_order: int | None, elsewhere: str, twice_returned: bool
) -> Refusal | None:
    """`in_order`: the number of an open order that has it; `elsewhere`: another body that has it in hand."""
    if secret:
        return Refusal("secret", "要保密的事不放进订单")
    if in_order is not None:
        return Refusal("in_order", "已经在订单第 %(n)s 号里", values={"n": in_order})
    if MatterState(state) not in GATHERABLE:
        return Refusal("wrong_state", "办完的、停着的、等报告人看的不放进订单")
    if elsewhere:
        return Refusal("elsewhere", "已经派给%(body)s", values={"body": elsewhere})
    if twice_returned and state == M.RETURNED:
        return Refusal("community_decides", "退回过两次，由社区决定派给谁", "首接负责")
    return None
