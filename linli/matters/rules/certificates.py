"""What a row of an office's 办证台账 says of one home (domain §7.5 no. 17): papers, where it stands, what is in the way."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from linli.kernel.masks import scrub
from linli.kernel.rosters import clean
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.plans import SheetPlan
from linli.kernel.rosters.text import is_blank, squeezed

from .batches import AT_AGENCY, REASONS, STATES, HomeState, Paper, by_papers

STATE_COLUMNS = ("当前环节", "环节", "办理环节", "办理状态", "当前状态", "进度", "办理进度", "状态", "到哪一步")
LACKS_COLUMNS = ("缺少资料", "缺少材料", "缺资料", "缺材料", "还缺", "所缺资料")
DAY_COLUMNS = ("办结日期", "发证日期", "领证日期", "办证日期")
TITLE_COLUMNS = ("证号", "不动产证号", "产权证编号")
CONTRACT_COLUMNS = ("合同号", "合同编号", "购房合同号")
REASON_COLUMNS = ("原因", "受阻原因", "卡在哪里")
NUMBER_COLUMNS = ("序号", "编号", "行号", "没有收进的原因")
KNOWN_COLUMNS = (
    *STATE_COLUMNS,
    *LACKS_COLUMNS,
    *DAY_COLUMNS,
    *TITLE_COLUMNS,
    *CONTRACT_COLUMNS,
    *REASON_COLUMNS,
    *NUMBER_COLUMNS,
)
EXTRA_MOST, EXTRA_WORDS = 20, 100

HAS = ("√", "✓", "有", "是", "已", "齐", "y", "yes", "对", "收", "交")
HAS_NOT = ("×", "✗", "x", "无", "没", "未", "缺", "否", "待", "补", "n", "no", "0", "欠")
NO_NEED = ("不用", "不需", "免", "不涉及")
_MARK = re.compile(r"[\s()（）:：,，。.]")
# The first that is found in the cell says where the home stands.
STATE_WORDS: tuple[tuple[HomeState, str], ...] = (
    (HomeState.BLOCKED, "卡|受阻|暂停|停办|查封|冻结|搁置"),
    (HomeState.REGISTERING, "待领证|未领证|待发证|制证|缮证|登记中|登记受理|已收件"),
    (HomeState.CERTIFIED, "已发证|已领证|发证|领证|办结|拿到证|已办好|完成"),
    (HomeState.MISSING, "缺|不全|不齐|待补|补资料|补材料"),
    (HomeState.READY, "齐"),
    (HomeState.TAX_DONE, "完税|缴税|税办好|已税|契税已"),
    (HomeState.SUBMITTED, "已报|报送|提交|递交|受理|报件|送件"),
    (HomeState.REGISTERING, "登记"),
    (HomeState.NOT_STARTED, "未开始|没开始|未启动|未办|没办"),
)
REASON_WORDS = {
    "developer_tax": "欠税|欠费|税费", "land": "土地|规划", "acceptance": "验收", "mortgage": "抵押", "frozen": "查封|冻结|法院", "dispute": "争议|纠纷",
    "fund_debt": "维修资金|维修基金", "owner_away": "联系不上|失联|在外", "inheritance": "继承|去世|过世",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """`have`: yes or no_need, "" for a paper that is missing; what the row does not say is not there.

    `guessed`: the reason comes from the words. `extra`: columns that nothing else holds, by their headers.
    """

    have: Mapping[str, str] = field(default_factory=dict)
    state: str = ""
    reason: str = ""
    reason_words: str = ""
    contract_no: str = ""
    certified_on: dt.date | None = None
    title_no: str = ""
    remark: str = ""
    guessed: bool = False
    extra: Mapping[str, str] = field(default_factory=dict)


def with_states(plan: SheetPlan) -> SheetPlan:
    """In this book 状态 says how far the certificate is, not whether somebody lives there."""
    if "occupied" not in plan.columns or plan.header is None:
        return plan
    column = plan.columns["occupied"]
    columns = {name: c for name, c in plan.columns.items() if name != "occupied"}
    return replace(plan, columns=columns, kept={**plan.kept, column: plan.header.headers[column]})


def read(
    cells: Mapping[str, str], papers: Sequence[Paper], *, remark: str = "", title_no: str = "", today: dt.date
) -> Facts | list[Note]:
    """`cells`: header and text of what no register knows. All that is wrong at once."""
    found = {_bare(header): text for header, text in cells.items()}
    wrong: list[Note] = []
    have = _papers(found, papers, wrong)
    _lacking(found, papers, have, wrong)
    day = clean.date(_cell(found, DAY_COLUMNS))
    if day.error:
        wrong.append(day.error)
    elif day.value and day.value > today:
        wrong.append(Note("办结日期还没有到"))
    number = title_no or _cell(found, TITLE_COLUMNS)
    told = _cell(found, STATE_COLUMNS)
    state = _state(told, wrong)
    if not state and (day.value or number):
        state = HomeState.CERTIFIED
    facts = Facts(
        have, state, contract_no=_cell(found, CONTRACT_COLUMNS)[:40], certified_on=day.value, title_no=number[:60], remark=remark[:200],
        extra=_extra(cells, papers),
    )  # fmt: skip
    if state == HomeState.BLOCKED:
        facts = _blocked(facts, _cell(found, REASON_COLUMNS), told, wrong)
    if not wrong:
        facts = _agreeing(facts, papers, wrong)
    return wrong or facts


def not_known(headers: Iterable[str], papers: Sequence[Paper]) -> list[str]:
    """Of the columns that no register knows those which this book does not know either."""
    known = set(KNOWN_COLUMNS) | {_bare(name) for paper in papers for name in (paper.label, *paper.also)}
    return [header for header in headers if _bare(header) and _bare(header) not in known]


def _extra(cells: Mapping[str, str], papers: Sequence[Paper]) -> dict[str, str]:
    said = {
        header: cells[header].strip()[:EXTRA_WORDS]
        for header in not_known(cells, papers)
        if not is_blank(cells[header])
    }
    return dict(list(said.items())[:EXTRA_MOST])


def anew(facts: Facts, *, reason: str, words: str, remark: str) -> Facts:
    """What only repeats the list as it left here, its numbers hidden, says nothing new of a row with these values."""
    if _repeats(facts.remark, remark):
        facts = replace(facts, remark=remark)
    if _repeats(facts.reason_words, words):
        facts = replace(facts, reason_words=words, reason=reason if facts.guessed else facts.reason)
    return facts


def _repeats(text: str, kept: str) -> bool:
    return bool(text) and squeezed(text) in {squeezed(kept), squeezed(scrub(kept))[:200]}


def _bare(header: str) -> str:
    return _MARK.sub("", header)


def _cell(found: Mapping[str, str], names: Sequence[str]) -> str:
    text = next((found[name] for name in names if found.get(name)), "")
    return "" if is_blank(text) else text.strip()


def _papers(found: Mapping[str, str], papers: Sequence[Paper], wrong: list[Note]) -> dict[str, str]:
    have: dict[str, str] = {}
    for paper in papers:
        header = next((n for n in map(_bare, (paper.label, *paper.also)) if found.get(n)), "")
        text = squeezed(found.get(header, ""))
        if not text:
            continue
        answer = _answer(text)
        if answer is None and header.endswith("号"):
            answer = "yes"  # whoever knows its number has it
        if answer is None:
            wrong.append(Note("%(paper)s一栏看不懂：“%(text)s”，写有或没有", paper=Note(paper.label), text=text[:20]))
        else:
            have[paper.key] = answer
    return have


def _answer(text: str) -> str | None:
    """yes, no_need, "" for missing; None for what cannot be read. A number, a date, an amount show that it is there."""
    low = text.lower()
    if low.startswith(NO_NEED):
        return "no_need"
    if low in HAS_NOT or any(word in low for word in ("无", "没", "未", "缺", "否", "待", "补", "欠")):
        return ""
    if low.startswith(HAS) or low in HAS or sum(c.isdigit() for c in low) >= 3:
        return "yes"
    return None


def _lacking(found: Mapping[str, str], papers: Sequence[Paper], have: dict[str, str], wrong: list[Note]) -> None:
    """A list of what is missing says of all the others that they are there."""
    text = next((found[name] for name in LACKS_COLUMNS if found.get(name)), "")
    if not text.strip():
        return
    named: set[str] = set()
    if not is_blank(text) and squeezed(text) not in ("齐", "齐全", "不缺", "材料齐了"):
        for part in re.split(r"[、,，;；/ ]+", text.strip()):
            key = _paper_called(part, papers)
            if key is None:
                wrong.append(Note("缺少资料里的“%(text)s”不在这件事的材料清单上", text=part[:20]))
            else:
                named.add(key)
    for paper in papers:
        if paper.key in named and have.get(paper.key) == "yes":
            wrong.append(Note("%(paper)s一栏写着有，缺少资料里又写着缺", paper=Note(paper.label)))
        elif paper.key in named:
            have[paper.key] = ""
        elif not wrong:
            have.setdefault(paper.key, "yes")


def _paper_called(text: str, papers: Sequence[Paper]) -> str | None:
    name = _bare(text)
    for paper in papers:
        if name in map(_bare, (paper.label, *paper.also)):
            return paper.key
    return next((p.key for p in papers if len(name) > 1 and (name in p.label or p.label in name)), None)


def _state(text: str, wrong: list[Note]) -> str:
    if not text:
        return ""
    for state, words in STATES.items():
        if text in (state, words):
            return state
    for state, pattern in STATE_WORDS:
        if re.search(pattern, text):
            return state
    wrong.append(Note("当前环节一栏看不懂：“%(text)s”", text=text[:20]))
    return ""


def _blocked(facts: Facts, said: str, told: str, wrong: list[Note]) -> Facts:
    words = said or told.partition("：")[2] or told.partition(":")[2] or facts.remark
    if not words:
        wrong.append(Note("写着卡住了，没写卡在哪里"))
        return facts
    words = words.strip()
    name, _colon, rest = words.replace(":", "：").partition("：")
    if same := next((k for k, (zh, _party) in REASONS.items() if name.strip() == zh), ""):
        return replace(facts, reason=same, reason_words=rest.strip()[:200])
    key = next((k for k, pattern in REASON_WORDS.items() if re.search(pattern, words)), "other")
    return replace(facts, reason=key, reason_words=words[:200], guessed=True)


def _agreeing(facts: Facts, papers: Sequence[Paper], wrong: list[Note]) -> Facts:
    """How far a home is and what it lacks must not contradict each other."""
    state = facts.state
    lacking = [p.label for p in papers if facts.have.get(p.key) == ""]
    past = state == HomeState.READY or state == HomeState.CERTIFIED or state in AT_AGENCY
    if past and lacking:
        names = tuple(Note(label) for label in lacking)
        wrong.append(
            Note("环节写的是“%(state)s”，材料却还缺%(papers)s", state=Note(STATES[HomeState(state)]), papers=names)
        )
    elif state == HomeState.CERTIFIED and not facts.certified_on:
        wrong.append(Note("写着拿到证了，没写办结日期"))
    elif facts.certified_on and state != HomeState.CERTIFIED:
        wrong.append(Note("写了办结日期，环节却不是拿到证"))
    elif past:
        return replace(facts, have={p.key: facts.have.get(p.key) or "yes" for p in papers})
    return facts


def state_after(facts: Facts, papers: Sequence[Paper], have: Mapping[str, str]) -> HomeState:
    """Where the home stands once the row is taken; `have` are its papers with the row's."""
    if facts.state and HomeState(facts.state) not in (HomeState.NOT_STARTED, HomeState.MISSING):
        return HomeState(facts.state)
    return by_papers(
        papers,
        have,
        begun=facts.state == HomeState.MISSING or (bool(facts.have) and facts.state != HomeState.NOT_STARTED),
    )
