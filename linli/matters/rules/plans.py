"""A project on a matter (M1), and a new way for traffic (M35): one line of steps, who may take each, from where to where."""

import re
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.refusal import Refusal

from .states import ORGANISERS, Who

KIND = "plan"


class Kind(StrEnum):
    WORKS = "works"
    TRAFFIC = "traffic"


class Step(StrEnum):
    RAISED = "raised"
    VERIFIED = "verified"
    OPTIONS = "options"
    NEGOTIATED = "negotiated"
    DECIDED = "decided"  # by the gates of the matter, never by hand
    INSTALLED = "installed"
    IN_USE = "in_use"
    REPORTED = "reported"


class Act(StrEnum):
    OPEN = "plan_open"
    VERIFY = "plan_verify"
    OPTION = "plan_option"
    OPINION = "plan_opinion"
    WAY = "plan_way"
    CHOOSE = "plan_choose"
    INSTALL = "plan_install"
    USE = "plan_use"
    REPORT = "plan_report"


KINDS = {Kind.WORKS: "设施项目", Kind.TRAFFIC: "通行方案"}
STEPS = {
    Kind.WORKS: {
        Step.RAISED: "提出来", Step.VERIFIED: "数清楚", Step.OPTIONS: "比方案", Step.NEGOTIATED: "谈定", Step.DECIDED: "决定",
        Step.INSTALLED: "装好", Step.IN_USE: "用上了", Step.REPORTED: "告诉大家",
    },
    Kind.TRAFFIC: {
        Step.RAISED: "提出来", Step.VERIFIED: "堵在哪里", Step.OPTIONS: "比方案", Step.NEGOTIATED: "问过居民和部门", Step.DECIDED: "决定",
        Step.INSTALLED: "立牌划线", Step.IN_USE: "试行", Step.REPORTED: "看效果",
    },
}  # fmt: skip
DIRECTIONS = {"in": "只进不出", "out": "只出不进", "both": "可进可出", "closed": "不走车"}
VOICES = {"agency": "部门的意见", "round": "居民的意见"}

S = Step


@dataclass(frozen=True)
class Rule:
    at: frozenset[Step]
    to: Step | None
    who: frozenset[Who] = ORGANISERS
    kinds: frozenset[Kind] = frozenset(Kind)


def _rule(at: set[Step], to: Step | None, **more: frozenset) -> Rule:
    return Rule(frozenset(at), to, **more)


_TRAFFIC = frozenset({Kind.TRAFFIC})
TABLE: dict[Act, Rule] = {
    Act.VERIFY: _rule({S.RAISED, S.VERIFIED}, S.VERIFIED),
    Act.OPTION: _rule({S.VERIFIED, S.OPTIONS}, S.OPTIONS),
    Act.OPINION: _rule({S.VERIFIED, S.OPTIONS}, None, kinds=_TRAFFIC),
    Act.WAY: _rule({S.VERIFIED, S.OPTIONS, S.NEGOTIATED}, None, kinds=_TRAFFIC),
    Act.CHOOSE: _rule({S.OPTIONS}, S.NEGOTIATED),
    Act.INSTALL: _rule({S.NEGOTIATED}, S.INSTALLED, who=ORGANISERS | {Who.HANDLER}),
    Act.USE: _rule({S.INSTALLED}, S.IN_USE, who=ORGANISERS | {Who.HANDLER}),
    Act.REPORT: _rule({S.IN_USE}, S.REPORTED),
}
AFTER_NO = frozenset({Act.OPTION, Act.OPINION, Act.CHOOSE})


def refuse_open(parts: frozenset[Who], there: bool, open_: bool) -> Refusal | None:
    if not parts & ORGANISERS:
        return Refusal("not_yours", "这一步不归您办")
    return Refusal("wrong_state", "这件事已经变了，请看现在到哪一步") if there or not open_ else None


def refuse(act: Act, kind: Kind, step: Step, parts: frozenset[Who], *, failed: bool = False) -> Refusal | None:
    """`failed`: those who must decide it said no; another way may be found and put to them."""
    rule = TABLE[act]
    if not rule.who & parts:
        return Refusal("not_yours", "这一步不归您办")
    again = failed and act in AFTER_NO and step == S.NEGOTIATED
    if kind not in rule.kinds or step not in rule.at and not again:
        return Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")
    return None


def refuse_start(*, gated: bool, no: Refusal | None) -> Refusal | None:
    """Installing begins the work: somebody must have decided it (domain §4.8)."""
    return no if gated else Refusal("no_gate", "先定好动工前谁决定")


_COUNT = re.compile(r"^\s*(\D{1,20}?)[\s:：]*(\d{1,7})\s*$")


def counts(text: str) -> list[tuple[str, int]] | None:
    """One a line, what and how many (电动车 320); None where a line is not so, or there is none."""
    found = [_COUNT.match(line) for line in text.splitlines() if line.strip()]
    return [(m[1].strip(), int(m[2])) for m in found if m] if found and all(found) else None


def shown_step(step: Step, *, decided: bool) -> Step:
    return Step.DECIDED if step == Step.NEGOTIATED and decided else step
