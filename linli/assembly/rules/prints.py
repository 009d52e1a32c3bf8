"""Who may have which paper of a session, and when: nothing that tells of choices before it is announced, names only for those who carry ballots."""

from enum import StrEnum

from .sessions import CARRIES, PUBLIC, State, Who


class Print(StrEnum):
    NOTICE = "notice"
    REGISTER = "register"
    BALLOTS = "ballots"
    DELIVERY = "delivery"
    COUNT = "count"
    RESULT = "result"
    FILING = "filing"
    REQUEST = "request"


COUNTED = frozenset({State.COUNTED, State.ANNOUNCED, State.FILED, State.ARCHIVED})
TOLD = COUNTED - {State.COUNTED}
COUNTERS = frozenset({Who.CHAIR, Who.TELLER, Who.SCRUTINEER})
HANDED = frozenset({State.NOTICED, State.OPEN, State.CLOSED})


def may_print(
    state: str,
    parts: frozenset[Who],
    *,
    frozen: bool,
    published: bool,
    counted: bool,
    asked: bool = False,
    announced: bool = False,
) -> frozenset[Print]:
    """`asked`: owners jointly asked for the session. `announced`: a result was, and stays to be read while it is counted again."""
    now, works = State(state), bool(parts - {Who.OWNER, Who.COMMUNITY})
    may = {
        Print.NOTICE: now in PUBLIC - {State.CANCELLED} and published,
        Print.REGISTER: published,
        Print.BALLOTS: frozen and now in HANDED and bool(parts & CARRIES),
        Print.DELIVERY: frozen and now in PUBLIC and bool(parts & (CARRIES | COUNTERS)),
        Print.COUNT: counted and (now in TOLD or (now in COUNTED and works) or (now == State.COUNTING and bool(parts & COUNTERS))),
        Print.RESULT: counted and (now in TOLD or announced),
        Print.FILING: now in TOLD and works,
        Print.REQUEST: asked and Who.CONVENER in parts,
    }  # fmt: skip
    return frozenset(kind for kind, ok in may.items() if ok)
