"""Household help (M28): nothing is begun for money before the household agreed to the sum, and nothing above it is taken.

Looking costs nothing and danger never waits: taking, arriving and making safe (§4.4) ask no quote and no fees paid.
"""

from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.refusal import Refusal

KIND = "help"


class Help(StrEnum):
    ASKED = "asked"
    QUOTED = "quoted"
    REFUSED = "refused"
    AGREED = "agreed"
    REQUOTED = "requoted"  # a further quote waits; the one agreed before still binds
    FREE = "free"
    WORKING = "working"
    DONE = "done"


class HelpAct(StrEnum):
    QUOTE = "quote"
    MARK_FREE = "mark_free"
    AGREE = "agree"
    DISAGREE = "disagree"
    START = "start_paid"


class Part(StrEnum):
    HOUSEHOLD = "household"
    WORKER = "worker"  # who does it
    WITNESS = "witness"  # the desk, which heard the household's answer and is not who does it


H, P = Help, Part
BEFORE = frozenset({H.ASKED, H.QUOTED, H.REFUSED})
BOUND = frozenset({H.AGREED, H.REQUOTED, H.WORKING})
WAITS = frozenset({H.QUOTED, H.REQUOTED})


@dataclass(frozen=True)
class Rule:
    states: frozenset[Help]
    who: frozenset[Part]
    to: Help


TABLE: dict[HelpAct, tuple[Rule, ...]] = {
    HelpAct.AGREE: (Rule(WAITS, frozenset({P.HOUSEHOLD, P.WITNESS}), H.AGREED),),
    HelpAct.DISAGREE: (
        Rule(frozenset({H.QUOTED}), frozenset({P.HOUSEHOLD, P.WITNESS}), H.REFUSED),
        Rule(frozenset({H.REQUOTED}), frozenset({P.HOUSEHOLD, P.WITNESS}), H.AGREED),
    ),
    HelpAct.START: (Rule(frozenset({H.AGREED}), frozenset({P.WORKER}), H.WORKING),),
    HelpAct.QUOTE: (
        Rule(BEFORE, frozenset({P.WORKER}), H.QUOTED),
        Rule(BOUND, frozenset({P.WORKER}), H.REQUOTED),
    ),
    HelpAct.MARK_FREE: (Rule(BEFORE, frozenset({P.WORKER}), H.FREE),),
}
STATES = {
    H.ASKED: "还没说要多少钱",
    H.QUOTED: "报了价，等住户回话",
    H.REFUSED: "住户没同意这个价",
    H.AGREED: "价钱说好了",
    H.REQUOTED: "又报了价，等住户回话",
    H.FREE: "不收钱",
    H.WORKING: "按说好的价在做",
    H.DONE: "做完了",
}
HOUSEHOLD, OTHER = "household", "other"
PAYERS = {"property": "物业费", "income": "公共收益", "fund": "维修资金", HOUSEHOLD: "住户", OTHER: "别的"}
_HOUSEHOLD_WORDS = frozenset(
    {"住户自己", "住户自付", "住户自费", "业主", "业主自付", "业主自费", "户主", "本人", "自付", "自费", "租户", "租客"}
)
_ALSO = {
    **dict.fromkeys(("维修基金", "公共维修基金", "公共维修资金", "专项维修资金", "大修基金", "公维金"), "fund"),
    **dict.fromkeys(("公共收入", "共有收益", "小区公共收益", "小区收益"), "income"),
}
DOERS = {"property": "物业", "volunteers": "志愿者", "firm": "外请师傅"}


def rule_for(act: HelpAct, state: Help, parts: frozenset[Part]) -> Rule | None:
    return next((r for r in TABLE[act] if state in r.states and r.who & parts), None)


def allowed(state: Help, parts: frozenset[Part]) -> list[HelpAct]:
    return [act for act in TABLE if rule_for(act, state, parts)]


def refuse(act: HelpAct, state: Help, parts: frozenset[Part]) -> Refusal | None:
    if rule_for(act, state, parts):
        return None
    if not any(r.who & parts for r in TABLE[act]):
        return Refusal("not_yours", "这一步不归您办")
    if act == HelpAct.START:
        return Refusal("not_agreed", "住户还没同意报价，先不要动工；不收钱的记成不收钱")
    return Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")


def refuse_cost(state: Help, *, fixed: bool, cost_fen: int, agreed_fen: int | None) -> Refusal | None:
    """Whether the matter may be called done at this cost. `agreed_fen`: the last sum the household agreed to."""
    if state == H.FREE:
        return Refusal("free", "说好不收钱的，费用要写 0") if cost_fen else None
    if state in {H.AGREED, H.WORKING, H.DONE}:
        if cost_fen > (agreed_fen or 0):
            return Refusal("over_quote", "超过了说好的 %(yuan)s 元，先重新报价", values={"yuan": yuan(agreed_fen or 0)})
        return None
    if state == H.REQUOTED and cost_fen > (agreed_fen or 0):
        return Refusal(
            "requoted", "新的报价住户还没回话；照说好的 %(yuan)s 元可以先办好", values={"yuan": yuan(agreed_fen or 0)}
        )
    if state == H.REQUOTED:
        return None
    if cost_fen or fixed:
        return Refusal("not_agreed", "住户还没同意报价，先不要动工；不收钱的记成不收钱")
    return None


def payer(words: str) -> str:
    """Which of the payers these words mean; whoever else pays stands as written."""
    said = words.strip()
    if said in _HOUSEHOLD_WORDS:
        return HOUSEHOLD
    return _ALSO.get(said) or next((key for key, zh in PAYERS.items() if said == zh), said)


def refuse_household(paid_by: str, cost_fen: int) -> Refusal | None:
    """Of what was never quoted to a household nothing is taken from it."""
    if paid_by == HOUSEHOLD and cost_fen:
        return Refusal("never_quoted", "要住户出钱的，先算作便民服务、报价，住户同意了才收")
    return None


def reached(rule: Rule, *, started: bool) -> Help:
    """Where the order then stands: an answer to a further quote does not undo that the work was begun."""
    return Help.WORKING if started and rule.to == Help.AGREED else rule.to


def yuan(fen: int) -> str:
    """1,860 or 18.50, as people write it."""
    return f"{fen // 100:,}" + (f".{fen % 100:02d}" if fen % 100 else "")
