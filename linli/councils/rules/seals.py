"""Use of seals (domain §3.11): asked for, agreed to by more than half of all members or by a decision, logged once used."""

from enum import StrEnum

from linli.kernel import bodies
from linli.kernel.refusal import Refusal
from linli.people.rules import Body


class Seal(StrEnum):
    ASSEMBLY = "assembly"
    COMMITTEE = "committee"
    FINANCE = "finance"


SEALS = {Seal.ASSEMBLY: "业主大会章", Seal.COMMITTEE: "业委会章", Seal.FINANCE: "财务章"}


class Paper(StrEnum):
    CONTRACT = "contract"
    NOTICE = "notice"
    LETTER = "letter"
    OTHER = "other"


PAPERS = {Paper.CONTRACT: "合同", Paper.NOTICE: "公告", Paper.LETTER: "发函", Paper.OTHER: "其他"}


class State(StrEnum):
    ASKED = "asked"
    AGREED = "agreed"
    USED = "used"
    REFUSED = "refused"
    DROPPED = "dropped"


S = State
STATES = {
    S.ASKED: "等委员签字",
    S.AGREED: "可以盖了",
    S.USED: "盖了",
    S.REFUSED: "没有同意",
    S.DROPPED: "不盖了",
}


class Act(StrEnum):
    ASK = "ask"
    AGREE = "agree"
    DISAGREE = "disagree"
    USE = "use"
    DROP = "drop"
    CORRECT = "correct"


class Who(StrEnum):
    MEMBER = "member"
    KEEPER = "keeper"
    ASKER = "asker"


TABLE: dict[Act, tuple[frozenset[State], frozenset[Who]]] = {
    Act.AGREE: (frozenset({S.ASKED}), frozenset({Who.MEMBER})),
    Act.DISAGREE: (frozenset({S.ASKED}), frozenset({Who.MEMBER})),
    Act.USE: (frozenset({S.AGREED}), frozenset({Who.KEEPER})),
    Act.DROP: (frozenset({S.ASKED, S.AGREED}), frozenset({Who.ASKER})),
    Act.CORRECT: (frozenset({S.USED}), frozenset({Who.KEEPER})),
}
DOCUMENT_MOST = 80
REASON_MOST = 200
COPIES_MOST = 999


def allowed(state: State, parts: frozenset[Who]) -> frozenset[Act]:
    return frozenset(act for act, (states, who) in TABLE.items() if state in states and who & parts)


def refuse(act: Act, state: State, parts: frozenset[Who]) -> Refusal | None:
    states, who = TABLE[act]
    if not who & parts:
        return Refusal("not_yours", "这一步不归您办")
    if state in states:
        return None
    if act == Act.USE and state == S.ASKED:
        return Refusal("not_agreed", "还没有过半数委员签字同意，不能盖", "北京市物业管理条例")
    return Refusal("wrong_state", "这次用印已经变了，请看现在到哪一步")


def may_ask(*, seal: str, paper: str, copies: int) -> tuple[Refusal, str] | None:
    """With the field it is about."""
    if seal not in SEALS:
        return Refusal("missing_seal", "请选盖哪个章"), "seal"
    if paper not in PAPERS:
        return Refusal("missing_paper_kind", "请选是哪一类文件"), "paper"
    if not 0 < copies <= COPIES_MOST:
        return Refusal("copies", "盖几份，写个数"), "copies"
    return None


def spends(seal: str, paper: str) -> bool:
    """Money leaves, or is promised."""
    return seal == Seal.FINANCE or paper == Paper.CONTRACT


def outcome(body: str, *, members: int, agree: int, against: int) -> State:
    """More than half of all members who sit in the body now."""
    decides = bodies.pmc_decides if body == Body.PMC else bodies.committee_decides
    if decides(members, agree):
        return S.AGREED
    return S.ASKED if decides(members, members - against) else S.REFUSED


def by_decision(*, passed: bool, same_body: bool) -> Refusal | None:
    """A decision carries the seal once more than half of all members have signed it."""
    if not (passed and same_body):
        return Refusal("not_passed", "这一项还没有过半数委员签字通过，不能凭它盖章", "北京市物业管理条例")
    return None
