"""A message of the building's group (M4): it is acknowledged there when it is taken in, and answered there when it is done."""

from datetime import datetime

from linli.kernel.refusal import Refusal

from .states import JUDGED, State, Who

KIND = "chat"
ACKNOWLEDGE, ANSWER = "chat_acknowledge", "chat_answer"
DOERS = frozenset({Who.INTAKE, Who.DESK, Who.COMMUNITY, Who.HANDLER})
DONE = JUDGED | {State.DECLINED, State.MERGED}


def refuse(
    act: str, state: State, parts: frozenset[Who], *, acknowledged: datetime | None, answered: datetime | None
) -> Refusal | None:
    if not parts & DOERS:
        return Refusal("not_yours", "这一步不归您办")
    if (acknowledged if act == ACKNOWLEDGE else answered) is not None:
        return Refusal("told_before", "已经在群里说过了")
    if act == ANSWER and state not in DONE:
        return Refusal("wrong_state", "还没有结果，先别在群里说办好了")
    return None
