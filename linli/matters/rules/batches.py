"""Batch cases: many homes with one legacy problem, one legal path, a list of papers a home (domain M44)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from linli.kernel.refusal import Refusal


class HomeState(StrEnum):
    NOT_STARTED = "not_started"
    MISSING = "documents_missing"
    READY = "documents_ready"
    SUBMITTED = "submitted"
    TAX_DONE = "tax_done"
    REGISTERING = "registering"
    CERTIFIED = "certified"
    BLOCKED = "blocked"


class Part(StrEnum):
    """What somebody is in a batch case: who leads it may also put right what was entered wrongly."""

    LEAD = "lead"
    KEEPER = "keeper"


class Step(StrEnum):
    """What is done with one home."""

    CHECK = "check"
    SUBMIT = "submit"
    PAY_TAX = "pay_tax"
    REGISTER = "register"
    CERTIFY = "certify"
    SEND_BACK = "send_back"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CORRECT = "correct"


S, P = HomeState, Part
GATHERING = frozenset({S.NOT_STARTED, S.MISSING, S.READY})
AT_AGENCY = frozenset({S.SUBMITTED, S.TAX_DONE, S.REGISTERING})
EVERYBODY = frozenset({P.LEAD, P.KEEPER})
# How far a home is; blocked stands aside, as far as it was before.
ORDER = (S.NOT_STARTED, S.MISSING, S.READY, S.SUBMITTED, S.TAX_DONE, S.REGISTERING, S.CERTIFIED)


@dataclass(frozen=True)
class Rule:
    """`to` None: the papers say where the home stands now, or the act's form does (CORRECT)."""

    states: frozenset[HomeState]
    who: frozenset[Part]
    to: HomeState | None = None
    needs: tuple[str, ...] = ()


TABLE: dict[Step, Rule] = {
    Step.CHECK: Rule(GATHERING, EVERYBODY),
    Step.SUBMIT: Rule(frozenset({S.READY}), EVERYBODY, S.SUBMITTED),
    Step.PAY_TAX: Rule(frozenset({S.SUBMITTED}), EVERYBODY, S.TAX_DONE),
    Step.REGISTER: Rule(frozenset({S.TAX_DONE}), EVERYBODY, S.REGISTERING),
    Step.CERTIFY: Rule(frozenset({S.REGISTERING}), EVERYBODY, S.CERTIFIED, ("day",)),
    Step.SEND_BACK: Rule(AT_AGENCY, EVERYBODY, None, ("missing", "words")),
    Step.BLOCK: Rule(GATHERING | AT_AGENCY, EVERYBODY, S.BLOCKED, ("reason",)),
    Step.UNBLOCK: Rule(frozenset({S.BLOCKED}), EVERYBODY, None),
    Step.CORRECT: Rule(frozenset(HomeState), frozenset({P.LEAD}), None, ("state", "words")),
}
NEEDS = {
    "day": "写上发证的日期",
    "missing": "点一下缺哪些材料",
    "words": "写一句为什么",
    "reason": "选一下卡在哪里",
    "state": "选一下现在到了哪一步",
}
STATES: dict[HomeState, str] = {
    S.NOT_STARTED: "还没开始",
    S.MISSING: "缺材料",
    S.READY: "材料齐了",
    S.SUBMITTED: "已报上去",
    S.TAX_DONE: "税办好了",
    S.REGISTERING: "登记中",
    S.CERTIFIED: "拿到证",
    S.BLOCKED: "卡住了",
}
STEPS: dict[Step, str] = {
    Step.CHECK: "对材料",
    Step.SUBMIT: "报上去",
    Step.PAY_TAX: "税办好了",
    Step.REGISTER: "登记受理了",
    Step.CERTIFY: "发证了",
    Step.SEND_BACK: "退回补材料",
    Step.BLOCK: "卡住了",
    Step.UNBLOCK: "接着办",
    Step.CORRECT: "更正",
}
# What else moves a home than the steps of the desk.
MOVES: dict[str, str] = {
    **{str(step): words for step, words in STEPS.items()},
    "import": "收进一份表",
    "undo": "撤回一份表",
}
# What stands in the way, and who has to move.
REASONS: dict[str, tuple[str, str]] = {
    "developer_tax": ("开发商欠税费", "agency"),
    "land": ("土地或规划手续没办完", "agency"),
    "acceptance": ("竣工验收没办完", "agency"),
    "mortgage": ("开发商把房抵押了", "agency"),
    "frozen": ("法院查封着", "agency"),
    "dispute": ("产权有争议", "nobody"),
    "fund_debt": ("维修资金没交齐", "owner"),
    "owner_away": ("联系不上业主", "committee"),
    "inheritance": ("业主去世，要先办继承", "owner"),
    "other": ("别的原因", "committee"),
}
REASON_LABELS = {key: zh for key, (zh, _party) in REASONS.items()}
# Who has a paper: whose turn it is while it is missing.
GIVERS = {"owner": "业主", "property": "物业", "developer": "开发商", "committee": "业委会", "agency": "部门"}
PARTY_OF_GIVER = {
    "owner": "owner",
    "property": "property",
    "developer": "agency",
    "committee": "committee",
    "agency": "agency",
}


@dataclass(frozen=True)
class Paper:
    """One line of the list that every home needs. `where`: what to bring, or where to get it, in plain words."""

    key: str
    label: str
    giver: str = "owner"
    where: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stage:
    """One step of the legal path: which agency does what, with which document. `reaches`: where a home then stands."""

    agency: str
    what: str
    document: str = ""
    reaches: str = ""


USUAL_PAPERS = (
    Paper("contract", "购房合同", "owner", "备案过的原件，丢了到住建局查档复印", ("合同", "合同号", "买卖合同")),
    Paper("invoice", "购房发票", "owner", "开发商开的，丢了到税务局补开存根", ("发票", "发票号")),
    Paper("deed_tax", "契税票", "owner", "没交过的带身份证到办税厅交", ("契税", "完税证明", "完税凭证")),
    Paper("fund", "维修资金凭证", "owner", "丢了到住建局资金科打印", ("维修资金", "专项维修资金", "维修基金")),
    Paper(
        "survey",
        "房屋测绘成果",
        "developer",
        "物业统一找测绘所出，不用您跑",
        ("测绘", "测绘成果", "测绘报告", "分户图"),
    ),
)
USUAL_PATH = (
    Stage("遗留问题办公室", "列入历史遗留问题", "全体名单和情况说明"),
    Stage("住建局", "核对合同备案和维修资金", "购房合同、维修资金凭证", S.SUBMITTED),
    Stage("税务局", "办契税", "购房发票、契税票", S.TAX_DONE),
    Stage("不动产登记中心", "收件登记", "以上全部和测绘成果", S.REGISTERING),
    Stage("不动产登记中心", "领证", "本人身份证", S.CERTIFIED),
)
BULK_MOST = 2000


def part(role: str, *, leads: Collection[str], keeps: Collection[str]) -> Part | None:
    return Part.LEAD if role in leads else Part.KEEPER if role in keeps else None


def missing(papers: Sequence[Paper], have: Mapping[str, str]) -> tuple[str, ...]:
    """Keys in the order of the list; a paper that this home does not need is not missing."""
    return tuple(p.key for p in papers if not have.get(p.key))


def by_papers(papers: Sequence[Paper], have: Mapping[str, str], *, begun: bool = True) -> HomeState:
    """Where a home stands while its papers are gathered."""
    lacking = missing(papers, have)
    if not lacking:
        return S.READY
    return S.MISSING if begun or len(lacking) < len(papers) else S.NOT_STARTED


def refuses(
    step: Step, state: HomeState, who: Part | None, given: Mapping[str, object], papers_missing: Collection[str] = ()
) -> tuple[Refusal, str] | None:
    """Why the step cannot be taken now, and the field that this is about."""
    rule = TABLE[step]
    if who not in rule.who:
        return Refusal("not_yours", "这一步不归您办"), ""
    if state not in rule.states:
        sentence = "这一户现在是“%(now)s”，不能这样办"
        return Refusal("not_now", sentence, values={"now": STATES[state]}), ""
    for need in rule.needs:
        if not given.get(need):
            return Refusal(f"missing_{need}", NEEDS[need]), need
    if step == Step.SUBMIT and papers_missing:
        return Refusal("papers_missing", "材料还没齐，先补齐再报"), ""
    return None


def reached(
    step: Step, state: HomeState, before: HomeState | None, papers: Sequence[Paper], have: Mapping[str, str], to: str = ""
) -> HomeState:  # fmt: skip
    """Where the home stands after a step that `refuses` let pass."""
    if step == Step.CORRECT:
        return HomeState(to)
    if step == Step.UNBLOCK:
        # An agency goes on where it was; papers are looked at anew.
        return before if before in AT_AGENCY else by_papers(papers, have, begun=before != S.NOT_STARTED)
    return TABLE[step].to or by_papers(papers, have)


def steps_from(state: HomeState, who: Part | None) -> list[Step]:
    return [step for step, rule in TABLE.items() if state in rule.states and who in rule.who]


def goes_back(now: HomeState, to: HomeState) -> bool:
    """Whether a list from outside would take a home back from its certificate, which only the lead may do by hand."""
    return now == S.CERTIFIED and to != S.CERTIFIED


def turn(
    state: HomeState, papers: Sequence[Paper], lacking: Collection[str], reason: str = "", lead: str = "committee"
) -> str:
    """Whose turn it is: owner, property, committee, community, agency, nobody."""
    if state == S.CERTIFIED:
        return "nobody"
    if state == S.BLOCKED:
        return REASONS.get(reason, REASONS["other"])[1]
    if state == S.READY:
        return lead
    if state in AT_AGENCY:
        return "agency"
    first = next((p for p in papers if p.key in lacking), None)
    givers = {p.giver for p in papers if p.key in lacking}
    return "owner" if "owner" in givers else PARTY_OF_GIVER[first.giver] if first else lead


def valid_path(path: Sequence[Stage]) -> Refusal | None:
    if not path:
        return Refusal("no_path", "至少写一步：找哪个部门，做什么")
    order = [ORDER.index(HomeState(s.reaches)) for s in path if s.reaches]
    if order != sorted(set(order)):
        return Refusal("path_order", "每一步到的环节要往前走，不能重复")
    return None


def valid_papers(papers: Sequence[Paper]) -> Refusal | None:
    if not papers:
        return Refusal("no_papers", "至少写一样每户要有的材料")
    if len({p.label for p in papers}) < len(papers):
        return Refusal("same_paper", "有两样材料叫一个名字")
    return None


def merged_cells(rows: Iterable[tuple[str, int, int]], least: int = 5) -> list[tuple[tuple[str, ...], int, int]]:
    """(names, done, all), neighbours joined until each row has `least` homes: nobody is picked out by a small number.

    A row in which all or none are done tells of each of its homes; with enough homes that is what everybody sees anyway.
    """
    found: list[tuple[tuple[str, ...], int, int]] = []
    for name, done, count in rows:
        if not count:
            continue
        if found and found[-1][2] < least:
            names, before, so_far = found.pop()
            found.append(((*names, name), before + done, so_far + count))
        else:
            found.append(((name,), done, count))
    if len(found) > 1 and found[-1][2] < least:
        names, done, count = found.pop()
        before_names, before, so_far = found.pop()
        found.append(((*before_names, *names), before + done, so_far + count))
    return found
