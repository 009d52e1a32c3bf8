"""A neighbour's alert (M29): reach the household, enter with them, find the cause, make safe, say thanks.

Nobody enters a home alone: with the household or whom it names; in danger to life with police or rescue, and the ground is kept
(domain §5.6). Others may witness it, they do not make it lawful.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from linli.kernel.refusal import Refusal

KIND = "alert"
# Nobody answering this long, the next contact is asked too.
WAIT = timedelta(minutes=3)
LINK_LASTS = timedelta(hours=24)
CONTACTS_MOST = 5
# Whom a home took off its list is kept so long, to see what was changed [D].
KEEP_ENDED = timedelta(days=30)


class Stage(StrEnum):
    REACHING = "reaching"
    CONTACTED = "contacted"
    ENTERED = "entered"
    CAUSE = "cause"
    SAFE = "safe"
    THANKED = "thanked"


class AlertAct(StrEnum):
    ANSWER = "alert_answer"
    ENTER = "alert_enter"
    FORCE = "alert_force"
    CAUSE = "alert_cause"
    SAFE = "alert_safe"
    THANK = "alert_thank"


class Part(StrEnum):
    CONTACT = "contact"  # of the home, by the link
    WORKER = "worker"


S, W = Stage, frozenset({Part.WORKER})


@dataclass(frozen=True)
class Rule:
    states: frozenset[Stage]
    who: frozenset[Part]
    to: Stage


TABLE: dict[AlertAct, Rule] = {
    AlertAct.ANSWER: Rule(frozenset({S.REACHING, S.CONTACTED}), W | {Part.CONTACT}, S.CONTACTED),
    AlertAct.ENTER: Rule(frozenset({S.CONTACTED}), W, S.ENTERED),
    AlertAct.FORCE: Rule(frozenset({S.REACHING, S.CONTACTED}), W, S.ENTERED),
    AlertAct.CAUSE: Rule(frozenset({S.ENTERED}), W, S.CAUSE),
    # The main valve can be shut from outside: no door need be opened for that.
    AlertAct.SAFE: Rule(frozenset({S.REACHING, S.CONTACTED, S.ENTERED, S.CAUSE}), W, S.SAFE),
    AlertAct.THANK: Rule(frozenset({S.SAFE}), W, S.THANKED),
}
STATES = {
    S.REACHING: "正在找这家人", S.CONTACTED: "找到这家人了", S.ENTERED: "进门了", S.CAUSE: "原因找到了", S.SAFE: "控制住了", S.THANKED: "谢过报信的邻居",
}  # fmt: skip
SIGNS = {
    "water": "门口有水", "smoke": "有烟或焦味", "gas": "有燃气味", "door": "门开着没人", "alarm": "警报一直响", "other": "别的",
}  # fmt: skip
# As a sentence goes on after the name of the home.
SEEN = {**SIGNS, "other": "有情况"}
ANSWERS = {"coming": "马上到", "enter": "请帮忙进去，我同意", "cannot": "现在来不了", "wrong": "不是这家的号码"}
REACHED = frozenset({"coming", "enter"})
# How the relay came to its end with nobody who comes; to who works on it.
NOBODY = {
    "none": "这一户没有可联系的人，请马上去人", "silent": "家里的人都没有回话，请马上去人", "cannot": "家里的人都来不了，请马上去人",
}  # fmt: skip
RELATIONS = {"owner": "业主", "family": "家里人", "tenant": "租户", "works": "装修师傅", "friend": "信得过的人"}
WITH_HOUSEHOLD = {"owner": "这家人", "agent": "这家人请的人"}
WITH_OTHERS = {"police": "民警", "rescue": "消防救援"}
# Written down before that was asked for; read, never chosen.
WITH_BEFORE = {"community": "社区"}


def seen(sign: str) -> str:
    return SEEN[sign]


def nobody(answers: Sequence[str]) -> str:
    """Of those who were asked, what each answered, or "". A wrong number is no answer of the home's."""
    if not answers:
        return "none"
    return "cannot" if "cannot" in answers else "silent"


def refuse(act: AlertAct, state: Stage, parts: frozenset[Part]) -> Refusal | None:
    rule = TABLE[act]
    if not rule.who & parts:
        return Refusal("not_yours", "这一步不归您办")
    if state not in rule.states:
        if act == AlertAct.ENTER and state == S.REACHING:
            return Refusal("not_reached", "还没找到这家人；有人有生命危险的，和民警或消防救援一起进，写明根据")
        return Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")
    return None


def allowed(state: Stage, parts: frozenset[Part]) -> list[AlertAct]:
    return [act for act in TABLE if refuse(act, state, parts) is None]
