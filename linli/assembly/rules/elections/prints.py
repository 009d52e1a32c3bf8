"""Who may have which paper of a body being formed, and when: empty forms while names are put forward, what is posted once it is posted."""

from collections.abc import Collection
from enum import StrEnum

from .states import BEFORE, IN_OFFICE, Act, Kind, State, Who, allowed


class Print(StrEnum):
    JOINT = "joint"
    SELF = "self"
    CANDIDATES = "candidates"
    TICKS = "ticks"
    MEMBERS = "members"


PRINTS = {
    Print.JOINT: "联名推荐表",
    Print.SELF: "自荐表",
    Print.CANDIDATES: "候选人名单",
    Print.TICKS: "划票表",
    Print.MEMBERS: "委员名单",
}
S = State
FORMS = frozenset({Print.JOINT, Print.SELF})
WORKBOOKS = frozenset(Print) - {Print.TICKS}
_CHOSEN = IN_OFFICE | {S.NOTICED}


def may_print(kind: str, state: str, parts: Collection[Who], *, ticking: bool) -> frozenset[Print]:
    """`ticking`: the forms are made."""
    now = State(state)
    if not parts:
        return frozenset()
    carries = any(Act.CARRY in allowed(kind, at, parts) for at in State)
    may = {
        **dict.fromkeys(FORMS, now == S.RECOMMENDING),
        Print.CANDIDATES: now in (BEFORE | IN_OFFICE) - {S.RECOMMENDING},
        Print.TICKS: kind == Kind.PMC and ticking and carries,
        Print.MEMBERS: now in _CHOSEN,
    }
    return frozenset(one for one, ok in may.items() if ok)
