"""The states of a session, and who may do what in which (domain §3.9, §4.9)."""

from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.refusal import Refusal


class State(StrEnum):
    DRAFTING = "drafting"
    NOTICED = "noticed"  # agenda, rules and register are out; ballots may be delivered
    OPEN = "open"
    CLOSED = "closed"
    COUNTING = "counting"
    COUNTED = "counted"  # signed, not yet announced
    ANNOUNCED = "announced"  # objections until a day
    FILED = "filed"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


S = State
STATES = {
    S.DRAFTING: "在准备",
    S.NOTICED: "已公告",
    S.OPEN: "投票中",
    S.CLOSED: "投票结束，等计票",
    S.COUNTING: "计票中",
    S.COUNTED: "计完了，等公布",
    S.ANNOUNCED: "结果公布了",
    S.FILED: "已备案",
    S.ARCHIVED: "已归档",
    S.CANCELLED: "取消了",
}
PUBLIC = frozenset(State) - {S.DRAFTING}
SEALED = frozenset({S.DRAFTING, S.NOTICED, S.OPEN, S.CLOSED})  # nobody knows a choice


class Office(StrEnum):
    CHAIR = "chair"
    TELLER = "teller"
    SCRUTINEER = "scrutineer"
    CLERK = "clerk"
    CARRIER = "carrier"
    OBSERVER = "observer"


OFFICES = {
    Office.CHAIR: "会议主持人",
    Office.TELLER: "计票人",
    Office.SCRUTINEER: "监票人",
    Office.CLERK: "录票员",
    Office.CARRIER: "送票人",
    Office.OBSERVER: "社区观察员",
}


class Who(StrEnum):
    """`convener`: may call the assembly for the body that called this one. The offices are this session's own."""

    CONVENER = "convener"
    CHAIR = "chair"
    TELLER = "teller"
    SCRUTINEER = "scrutineer"
    CLERK = "clerk"
    CARRIER = "carrier"
    OBSERVER = "observer"
    COMMUNITY = "community"
    OWNER = "owner"  # named in this session's register, or before it is frozen an owner of the compound


class Act(StrEnum):
    DRAFT = "draft"
    AGREE_COUNT = "agree_count"
    OPEN_COUNT = "open_count"
    READ = "read"
    TALLY = "tally"
    DRAW_LOTS = "draw_lots"
    SIGN_COUNT = "sign_count"
    ANNOUNCE = "announce"
    RECOUNT = "recount"


@dataclass(frozen=True)
class Rule:
    """`both`: nothing happens before each of `who` has pressed it."""

    states: frozenset[State]
    who: frozenset[Who]
    to: State | None = None
    both: bool = False


W = Who
TABLE: dict[Act, Rule] = {
    Act.AGREE_COUNT: Rule(frozenset({S.CLOSED}), frozenset({W.CHAIR, W.SCRUTINEER})),
    Act.OPEN_COUNT: Rule(frozenset({S.CLOSED}), frozenset({W.CHAIR, W.SCRUTINEER}), S.COUNTING),
    Act.READ: Rule(frozenset({S.COUNTING}), frozenset({W.CLERK, W.TELLER})),
    Act.TALLY: Rule(frozenset({S.COUNTING}), frozenset({W.TELLER})),
    Act.DRAW_LOTS: Rule(frozenset({S.COUNTING}), frozenset({W.CHAIR, W.SCRUTINEER})),
    Act.SIGN_COUNT: Rule(frozenset({S.COUNTING}), frozenset({W.TELLER, W.SCRUTINEER})),
    Act.ANNOUNCE: Rule(frozenset({S.COUNTED}), frozenset({W.CHAIR}), S.ANNOUNCED),
    Act.RECOUNT: Rule(frozenset({S.COUNTED, S.ANNOUNCED}), frozenset({W.CHAIR}), S.COUNTING),
}


def allowed(state: State, parts: frozenset[Who]) -> frozenset[Act]:
    return frozenset(act for act, rule in TABLE.items() if state in rule.states and rule.who & parts)


def refuse(act: Act, state: State, parts: frozenset[Who]) -> Refusal | None:
    rule = TABLE[act]
    if not rule.who & parts:
        return Refusal("not_yours", "这一步不由您办")
    if state not in rule.states:
        return Refusal("not_now", "现在不能办这一步")
    return None
