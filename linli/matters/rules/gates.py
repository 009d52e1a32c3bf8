"""Decision gates (domain §4.8): who must decide before work begins, by what is planned, with the article or source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from linli.kernel.refusal import Refusal
from linli.people.rules import COMMITTEE, PMC, RIGHTS, Role
from linli.people.rules import Act as Right
from linli.places.rules import number

from .states import OPEN, Act, State, Who
from .times import Urgency

SET, DECIDE, LIFT, PAPER = "gate_set", "gate_decide", "gate_lift", "gate_paper"
# Said to the body that must decide: when it becomes its turn, and while nothing happens.
TURN, REMIND = "gate_turn", "gate_remind"


class Decider(StrEnum):
    PROPERTY = "property"
    COMMITTEE = "committee"
    ORDINARY = "ordinary"  # the owners' assembly, or the owners of the part
    SPECIAL = "special"
    POSTED = "posted"  # the committee, and a public notice
    COUNCIL = "council"  # council, opinion round and public notice
    PAYER = "payer"


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"


class Planned(StrEnum):
    CONTRACT_REPAIR = "contract_repair"
    AS_PLANNED = "as_planned"
    SMALL_SPENDING = "small_spending"
    COMPANY = "company"
    SERVICE_TERMS = "service_terms"
    FUND = "fund"
    FUND_EMERGENCY = "fund_emergency"
    COMMON_LAND = "common_land"
    STRUCTURE = "structure"
    GIFT = "gift"
    GIFT_BY_COVENANT = "gift_by_covenant"
    TRAFFIC = "traffic"
    TRAFFIC_BY_RULES = "traffic_by_rules"
    FEE_WAIVER = "fee_waiver"
    PUBLIC_INCOME = "public_income"
    INCOME_IN_LIMIT = "income_in_limit"


@dataclass(frozen=True)
class Gate:
    """`majority` of the assembly; `also`: what else is needed; `holds` False: work need not wait (emergency route)."""

    decider: Decider
    source: str
    majority: str = ""
    also: str = ""
    holds: bool = True


P, D = Planned, Decider
_ORDINARY, _SPECIAL, _EMERGENCY = "普通多数", "特别多数", "维修资金应急使用"
GATES: dict[Planned, Gate] = {
    P.CONTRACT_REPAIR: Gate(D.PROPERTY, "物业服务合同"),
    P.AS_PLANNED: Gate(D.COMMITTEE, "规划已批，不算改变用途"),
    P.SMALL_SPENDING: Gate(D.COMMITTEE, "业主大会议事规则的限额"),
    P.COMPANY: Gate(D.ORDINARY, "民法典第278条第4项", _ORDINARY),
    P.SERVICE_TERMS: Gate(D.ORDINARY, "民法典第278条第9项", _ORDINARY),
    P.FUND: Gate(D.ORDINARY, "民法典第278条第5项", _ORDINARY, "只涉及一部分的，由那部分业主表决"),
    P.FUND_EMERGENCY: Gate(D.COMMITTEE, _EMERGENCY, "", "先抢修；付钱前方案由业委会审核、社区或街道确认，事后验收、审核、公示", holds=False),
    P.COMMON_LAND: Gate(D.SPECIAL, "民法典第278条第8项", _SPECIAL),
    P.STRUCTURE: Gate(D.SPECIAL, "民法典第278条第7项", _SPECIAL, "只涉及一部分的，由那部分业主表决"),
    P.GIFT: Gate(D.POSTED, "个人信息保护法第55条"),
    P.GIFT_BY_COVENANT: Gate(D.ORDINARY, "民法典第278条第9项", _ORDINARY),
    P.TRAFFIC: Gate(D.COUNCIL, "议事会商量、征求意见、公示"),
    P.TRAFFIC_BY_RULES: Gate(D.ORDINARY, "民法典第278条第9项", _ORDINARY),
    P.FEE_WAIVER: Gate(D.PAYER, "谁承担费用谁决定"),
    P.PUBLIC_INCOME: Gate(D.ORDINARY, "民法典第278条第9项", _ORDINARY),
    P.INCOME_IN_LIMIT: Gate(D.COMMITTEE, "业主大会议事规则的限额"),
}  # fmt: skip
HOLDING = frozenset(planned for planned, gate in GATES.items() if gate.holds)
PLANNED = {
    P.CONTRACT_REPAIR: "合同里的维修，包括修复原有的设施",
    P.AS_PLANNED: "建规划里已经批了的设施",
    P.SMALL_SPENDING: "限额以内的小笔开支",
    P.COMPANY: "选聘、解聘物业公司",
    P.SERVICE_TERMS: "服务标准、价格",
    P.FUND: "动用维修资金",
    P.FUND_EMERGENCY: "紧急抢修，用维修资金",
    P.COMMON_LAND: "在公共场地新建车棚、车位、广告、摊亭",
    P.STRUCTURE: "加装电梯、改建门楼、动结构",
    P.GIFT: "别人免费给的摄像头、门禁、智能梯控",
    P.GIFT_BY_COVENANT: "同上，管理规约写明要表决的",
    P.TRAFFIC: "小区里的车怎么走",
    P.TRAFFIC_BY_RULES: "同上，议事规则写明要表决的",
    P.FEE_WAIVER: "减免费用",
    P.PUBLIC_INCOME: "使用公共收益",
    P.INCOME_IN_LIMIT: "使用公共收益，限额以内",
}
LINES = {
    D.PROPERTY: "动工前要由物业按合同定",
    D.COMMITTEE: "动工前要由业委会决定",
    D.ORDINARY: "动工前要由业主大会表决",
    D.SPECIAL: "动工前要由业主大会表决",
    D.POSTED: "动工前要由业委会决定并公示",
    D.COUNCIL: "动工前要议事会商量、征求意见并公示",
    D.PAYER: "动工前要由承担费用的一方决定",
}
WAITS = {
    D.PROPERTY: "物业还没有按合同定下来，不能动工，也不能说办好了",
    D.COMMITTEE: "业委会还没有决定，不能动工，也不能说办好了",
    D.ORDINARY: "业主大会还没有表决，不能动工，也不能说办好了",
    D.SPECIAL: "业主大会还没有表决，不能动工，也不能说办好了",
    D.POSTED: "业委会还没有决定并公示，不能动工，也不能说办好了",
    D.COUNCIL: "还没有议事、征求意见并公示，不能动工，也不能说办好了",
    D.PAYER: "承担费用的一方还没有决定，不能动工，也不能说办好了",
}
RESULTS = {Result.PASSED: "通过", Result.FAILED: "没有通过"}
BODIES = {
    D.PROPERTY: "物业公司",
    D.COMMITTEE: "业委会",
    D.ORDINARY: "业主大会",
    D.SPECIAL: "业主大会",
    D.POSTED: "业委会",
    D.COUNCIL: "议事会",
    D.PAYER: "承担费用的一方",
}

# Whose turn it is while the work waits for a decision; nobody else's than the handler's where the payer decides.
PARTY_OF = {D.PROPERTY: "property", D.PAYER: "", D.COUNCIL: "community"}


def party(gate: str) -> str:
    """The party that must decide, or call those together who do; then it brings the papers."""
    planned = held_by(gate)
    return PARTY_OF.get(GATES[Planned(planned)].decider, "committee") if planned else ""


def reminder_days(settings: Mapping[str, Any]) -> int:
    """After how many working days without a decision its body is reminded."""
    return number(settings, "gate_days")


# By a category's code, or its first two digits: what is likely planned, the likeliest first.
SUGGESTED: dict[str, tuple[Planned, ...]] = {
    "01": (P.CONTRACT_REPAIR, P.SMALL_SPENDING, P.FUND),
    "0104": (P.FUND, P.FUND_EMERGENCY, P.CONTRACT_REPAIR),
    "0105": (P.FUND, P.FUND_EMERGENCY, P.CONTRACT_REPAIR),
    "0106": (P.CONTRACT_REPAIR, P.FUND_EMERGENCY, P.FUND),
    "0107": (P.STRUCTURE, P.FUND),
    "0108": (P.COMMON_LAND, P.SMALL_SPENDING, P.CONTRACT_REPAIR),
    "02": (P.CONTRACT_REPAIR, P.FUND_EMERGENCY, P.FUND),
    "03": (P.CONTRACT_REPAIR,),
    "04": (P.COMMON_LAND, P.TRAFFIC, P.TRAFFIC_BY_RULES),
    "0405": (P.TRAFFIC, P.TRAFFIC_BY_RULES, P.STRUCTURE),
    "0406": (P.TRAFFIC, P.TRAFFIC_BY_RULES),
    "05": (P.COMMON_LAND, P.AS_PLANNED, P.CONTRACT_REPAIR),
    "0506": (P.SERVICE_TERMS,),
    "06": (P.CONTRACT_REPAIR, P.FUND_EMERGENCY, P.FUND),
    "07": (P.CONTRACT_REPAIR, P.SMALL_SPENDING),
    "10": (P.GIFT, P.GIFT_BY_COVENANT, P.SMALL_SPENDING),
    "11": (P.SERVICE_TERMS, P.FEE_WAIVER, P.COMPANY),
    "12": (P.PUBLIC_INCOME, P.INCOME_IN_LIMIT, P.FUND),
}
USUAL = (P.CONTRACT_REPAIR, P.SMALL_SPENDING)


def suggested(category: str) -> tuple[Planned, ...]:
    return SUGGESTED.get(category) or SUGGESTED.get(category[:2]) or USUAL


# ── who may (domain §4.9) ───────────────────────────────────────────────────────────────────────────────────────────

_HEADS = frozenset({Role.COMMITTEE_CHAIR, Role.COMMITTEE_VICE_CHAIR, Role.PMC_CHAIR})
RECORDERS: dict[Decider, frozenset[Role]] = {
    D.PROPERTY: frozenset({Role.PROPERTY_MANAGER}),
    D.COMMITTEE: COMMITTEE | PMC,
    # A property management committee only organises the vote; where neither acts the subdistrict does.
    D.ORDINARY: _HEADS | {Role.SUBDISTRICT_OFFICER},
    D.SPECIAL: _HEADS | {Role.SUBDISTRICT_OFFICER},
    D.POSTED: COMMITTEE | PMC,
    D.COUNCIL: RIGHTS[Right.CALL_MEETING],
    D.PAYER: frozenset({Role.PROPERTY_MANAGER, Role.COMMITTEE_CHAIR, Role.PMC_CHAIR}),
}
# As which matter of article 278 of the Civil Code the owners decide it: a vote on another kind opens nothing.
MATTER_NO = {
    P.COMPANY: 4, P.FUND: 5, P.STRUCTURE: 7, P.COMMON_LAND: 8, P.SERVICE_TERMS: 9, P.GIFT_BY_COVENANT: 9, P.TRAFFIC_BY_RULES: 9,
    P.PUBLIC_INCOME: 9,
}  # fmt: skip
# A vote of the owners leaves a paper; what must be posted, a day on which it was.
VOTED = frozenset({D.ORDINARY, D.SPECIAL})
NOTICE = frozenset({D.POSTED, D.COUNCIL})
UNDER_WAY = OPEN - {State.RESOLVED, State.VISITED}


def refuse_set(state: State, parts: frozenset[Who]) -> Refusal | None:
    if not parts & {Who.DESK, Who.COMMITTEE}:
        return Refusal("not_yours", "这一步不归您办")
    return None if state in UNDER_WAY else Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")


def refuse_decide(decider: str, role: str, watches: bool) -> Refusal | None:
    """`watches`: whether the role looks after this compound's matters at all."""
    if watches and role in RECORDERS[Decider(decider)]:
        return None
    return Refusal("not_yours", "这一步不归您办")


def refuse_lift(decider: str, role: str, parts: frozenset[Who]) -> Refusal | None:
    """Who waits for a vote does not put the vote away: its recorders do, or the community."""
    if Who.COMMUNITY in parts or role in RECORDERS[Decider(decider)]:
        return None
    return Refusal("not_yours", "这一步不归您办")


def refuse_paper(kind: str, decider: str, role: str, parts: frozenset[Who]) -> Refusal | None:
    """Who records the decision brings its papers, or the community, which asks the agencies; what these confirm, they alone."""
    brings = {Role.SUBDISTRICT_OFFICER} if kind == Paper.CONFIRM else RECORDERS[Decider(decider)]
    if Who.COMMUNITY in parts or parts and role in brings:
        return None
    return Refusal("not_yours", "这一步不归您办")


def refuse_decision(
    decider: str, *, result: str, body: str, day: date | None, reference: str, posted_on: date | None, paper: bool, today: date
) -> tuple[Refusal, str] | None:  # fmt: skip
    """And the field that the refusal is about."""
    if result not in RESULTS:
        return Refusal("missing_result", "请选通过没有"), "result"
    if not body.strip():
        return Refusal("missing_body", "请写是谁决定的"), "body"
    if day is None or day > today:
        return Refusal("day", "决定的日子不能在今天以后"), "day"
    if not reference.strip():
        return Refusal("missing_reference", "请写凭什么：会议、表决或文书的编号"), "reference"
    if decider in NOTICE and result == Result.PASSED and (posted_on is None or posted_on > today):
        return Refusal("missing_posted", "请写哪天起公示的"), "posted_on"
    if decider in VOTED and not paper:
        return Refusal("missing_paper", "请附上表决结果的文书"), "papers"
    return None


# ── the papers that a yes does not replace (domain §4.8, §6.5) ──────────────────────────────────────────────────────


class Paper(StrEnum):
    PLANNING = "planning"
    PRIVACY = "privacy"
    POLICE = "police"
    FIRE = "fire"
    # Of the emergency route: the plan before the fund pays, the rest once it is repaired (domain §5.8).
    CONFIRM = "confirm"
    ACCEPTANCE = "acceptance"
    AUDIT = "audit"
    POSTED = "posted"


PAPERS: dict[Planned, tuple[Paper, ...]] = {
    P.FUND_EMERGENCY: (Paper.CONFIRM, Paper.ACCEPTANCE, Paper.AUDIT, Paper.POSTED),
    P.STRUCTURE: (Paper.PLANNING,),
    P.GIFT: (Paper.PRIVACY,),
    P.GIFT_BY_COVENANT: (Paper.PRIVACY,),
    P.TRAFFIC: (Paper.POLICE, Paper.FIRE),
    P.TRAFFIC_BY_RULES: (Paper.POLICE, Paper.FIRE),
}
PAPER_NAMES = {
    Paper.PLANNING: "规划许可",
    Paper.PRIVACY: "隐私影响评估",
    Paper.POLICE: "交警的意见",
    Paper.FIRE: "消防的意见",
    Paper.CONFIRM: "社区或街道确认方案",
    Paper.ACCEPTANCE: "验收",
    Paper.AUDIT: "审核",
    Paper.POSTED: "公示",
}
# Shown that long before it is said that nobody objected.
POSTED_DAYS = 7
PAPER_SOURCES = {
    Paper.PLANNING: "城乡规划法第40条",
    Paper.PRIVACY: "个人信息保护法第55条",
    Paper.POLICE: "道路交通安全法第5条",
    Paper.FIRE: "消防法第28条",
    **dict.fromkeys((Paper.CONFIRM, Paper.ACCEPTANCE, Paper.AUDIT, Paper.POSTED), _EMERGENCY),
}
# What its author says: yes, or no.
VERDICTS = {Result.PASSED: "同意", Result.FAILED: "不同意"}
VERDICTS_OF = {
    Paper.ACCEPTANCE: {Result.PASSED: "合格", Result.FAILED: "不合格"},
    Paper.POSTED: {Result.PASSED: "没有异议", Result.FAILED: "有异议"},
}
BY_AGENCY = frozenset({Paper.PLANNING, Paper.POLICE, Paper.FIRE})
WAITS_PAPERS = {
    Paper.PLANNING: "规划许可还没有下来，不能动工，也不能说办好了",
    Paper.PRIVACY: "隐私影响评估还没有做好，不能动工，也不能说办好了",
    Paper.POLICE: "交警、消防的意见还没有齐，不能动工，也不能说办好了",
}


def refuse_record(
    *, kind: str, result: str, body: str, day: date | None, reference: str, paper: bool, today: date
) -> tuple[Refusal, str] | None:
    """Of such a paper; and the field that the refusal is about."""
    if result not in VERDICTS:
        return Refusal("missing_result", "请选同意不同意"), "result"
    if not body.strip():
        return Refusal("missing_body", "请写是谁出的"), "body"
    if day is None or day > today:
        return Refusal("day", "日期不能在今天以后"), "day"
    if kind == Paper.POSTED and result == Result.PASSED and today < day + timedelta(days=POSTED_DAYS):
        return Refusal("posted_short", "公示满 7 天，才能记没有异议", PAPER_SOURCES[Paper.POSTED]), "day"
    if not reference.strip():
        return Refusal("missing_reference", "请写文号或者编号"), "reference"
    return None if paper else (Refusal("missing_paper", "请附上文书"), "papers")


def verdict(kind: str, result: str) -> str:
    return VERDICTS_OF.get(Paper(kind), VERDICTS)[Result(result)]


def late_papers(planned: str, result: str, said: Mapping[str, str]) -> bool:
    """Whether papers of what is already done are waited for."""
    return not GATES[Planned(planned)].holds and result != Result.FAILED and bool(lacking(planned, said))


def comes_after(planned: str, *, open: bool) -> bool:
    """Whether its papers may still be brought: what held no work up is proven when the matter is long closed, too."""
    return open or not GATES[Planned(planned)].holds


def lacking(planned: str, said: Mapping[str, str]) -> list[Paper]:
    """`said`: of each kind of paper that is there what it says last. One that says no is no leave to begin."""
    return [kind for kind in PAPERS.get(Planned(planned), ()) if said.get(kind) != Result.PASSED]


# ── the owners' money ───────────────────────────────────────────────────────────────────────────────────────────────

FUND = "fund"
_WAYS = {
    FUND: (P.FUND, P.FUND_EMERGENCY),
    "income": (P.PUBLIC_INCOME, P.INCOME_IN_LIMIT, P.SMALL_SPENDING),
}
UNDECIDED = {
    "fund": "动用维修资金要先由业主表决通过，紧急的走应急使用；请社区或业委会先写上谁来决定",
    "income": "用公共收益要先由业主大会表决，限额以内由业委会决定；请社区或业委会先写上谁来决定",
    Paper.CONFIRM: "应急用维修资金，方案要先由社区或街道确认；请社区记下确认的文书",
    D.COMMITTEE: "应急用维修资金，方案要先由业委会审核；请业委会记下决定",
}


def unpaid_for(result: str, *, confirmed: bool, committee: bool) -> str:
    """What the fund still waits for before it pays for an emergency repair; where there is no `committee`, its check is none."""
    if not confirmed:
        return Paper.CONFIRM
    return D.COMMITTEE if committee and result != Result.PASSED else ""


def refuse_payer(paid_by: str, cost_fen: int, decided: Iterable[tuple[str, str, str]]) -> Refusal | None:
    """What belongs to the owners pays only for what they, or who may in their place, decided. `decided`: of each gate what is
    planned, its result, and on the emergency route what the fund still waits for."""
    ways = _WAYS.get(paid_by, ())
    if not ways or not cost_fen:
        return None
    found = [row for row in decided if row[0] in ways and row[1] != Result.FAILED]
    if any(result == Result.PASSED if GATES[Planned(planned)].holds else not lacks for planned, result, lacks in found):
        return None
    for planned, _result, lacks in found:
        if planned == P.FUND_EMERGENCY:
            return Refusal(f"fund_without_{lacks}", UNDECIDED[lacks], _EMERGENCY)
    return Refusal(f"{paid_by}_undecided", UNDECIDED[paid_by], GATES[ways[0]].source)


# ── what it holds up ────────────────────────────────────────────────────────────────────────────────────────────────

# What a matter shows of its gates: what is planned, marked where the vote said no, or said yes and papers are missing.
NO, LACKS = "!", "+"
AT_ONCE = frozenset({Urgency.EMERGENCY, Urgency.URGENT})


def shown(gates: list[tuple[str, str, bool]]) -> str:
    """Of (planned, result or "", papers missing): the first that holds the work up; a no before what is still open."""
    holding = [row for row in gates if GATES[Planned(row[0])].holds]
    for planned, result, _lacks in holding:
        if result == Result.FAILED:
            return NO + planned
    open_ones = (
        planned if not result else LACKS + planned for planned, result, lacks in holding if not result or lacks
    )
    return next(open_ones, "")


def bare(gate: str) -> str:
    return gate.lstrip(NO + LACKS)


def held_by(gate: str) -> str:
    """What is planned, while a decision or a paper is waited for."""
    return "" if gate.startswith(NO) else bare(gate)


def pause_reason(gate: str) -> str:
    """For what the clock stands: a paper of an agency, or else those who decide."""
    asked = PAPERS.get(Planned(bare(gate)), ()) if gate.startswith(LACKS) else ()
    return "agency" if BY_AGENCY & set(asked) else "vote"


def blocks(act: Act, gate: str, *, urgency: str, outcome: str = "fixed", clock: bool = False) -> Refusal | None:
    """Making safe, and being there in an emergency, never wait. A no leaves explaining; the clock's review goes on."""
    if not gate:
        return None
    row = GATES[Planned(bare(gate))]
    if act == Act.MERGE:
        return Refusal("gate_open", "这件事等着决定，不能并走；请把另一件并到这件", row.source)
    if gate.startswith(NO):
        if act == Act.RESOLVE and outcome == "fixed" or act == Act.ARRIVE and urgency not in AT_ONCE:
            return Refusal("gate_failed", "表决或决定没有通过，不能动工；可以作说明", row.source)
        return None
    begins = act in {Act.ARRIVE, Act.RESUME} and urgency not in AT_ONCE and not clock
    if not begins and act != Act.RESOLVE:
        return None
    if gate.startswith(LACKS):
        first = PAPERS[Planned(bare(gate))][0]
        return Refusal("gate_papers", WAITS_PAPERS[first], PAPER_SOURCES[first])
    return Refusal("gate_open", WAITS[row.decider], row.source)


def pauses(gate: str, urgency: str) -> bool:
    """Whether waiting for the decision is the natural state: not where somebody must be there at once."""
    return bool(gate) and not gate.startswith(NO) and urgency not in AT_ONCE
