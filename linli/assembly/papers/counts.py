"""What the count found (domain §7.3): the sheet that the tellers sign."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.kernel.tally.count import Count
from linli.kernel.tally.settling import RULE_WORDS
from linli.kernel.tally.sheet import AREA_OF, OUTCOMES, PERSONS_OF, RESULTS, compare, percent
from linli.kernel.tally.sheet import SILENCE as MODES
from linli.kernel.tally.sheet import area as figures
from linli.kernel.tally.thresholds import ARTICLE, MATTERS, Judgement, Result, Weight, judge
from linli.plumbing.papers import Fields, Grid, Lines, Look, Paper, Part, Role, Strong, Words

from ..rules.counting import also_seated, at_risk
from ..rules.elections.candidates import LEFT
from .common import Mark, day, foot, listed, moment, numeral, square, wanted, weight

RISK = "两种算法结果不同，有法律风险：未投票的计入多数，法律没有明文规定，法院看法不一。"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCount:
    """`also` is the result by plain article 278 where silence was counted."""

    title: str
    matter_no: int
    total: Weight
    participating: Weight
    approve: Weight
    against: Weight
    abstain: Weight
    invalid: Weight
    also: Result | None = None

    @classmethod
    def of(cls, title: str, count: Count) -> Self:
        sums = count.sums
        assert sums
        return cls(
            title=title, matter_no=count.case.matter_no, total=count.total, participating=sums.participating, approve=sums.approve,
            against=sums.against, abstain=sums.abstain, invalid=count.invalid, also=count.also,
        )  # fmt: skip

    @classmethod
    def kept(cls, title: str, matter_no: int, found: Mapping[str, Any]) -> Self:
        """From a result as `result.schema.json` describes it."""
        also = Result(found["also"]) if found["also"] else None
        weights = {
            key: _kept(found[key]) for key in ("total", "participating", "approve", "against", "abstain", "invalid")
        }
        return cls(title=title, matter_no=matter_no, also=also, **weights)

    @property
    def judgement(self) -> Judgement:
        return judge(self.matter_no, self.total, self.participating, self.approve)


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateCount:
    """`place`: 当选, 候补第一位 or nothing."""

    name: str
    participating: Weight
    approve: Weight
    against: Weight
    abstain: Weight
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectionCount:
    """`lots` tells of each draw: who was level, who drew, what came out; `gone` of who left the candidates, and what becomes of his votes."""

    title: str
    seats: int
    total: Weight
    participating: Weight
    invalid: Weight
    outcome: str
    candidates: Sequence[CandidateCount]
    lots: Sequence[str] = ()
    gone: Sequence[str] = ()
    also: Result | None = None
    also_seated: str = ""
    at_risk: bool = False
    term: str = ""

    @classmethod
    def of(cls, title: str, count: Count, lots: Sequence[str] = ()) -> Self:
        elected = count.elected
        assert elected
        candidates = tuple(
            CandidateCount(
                name=c.name, participating=c.sums.participating, approve=c.sums.approve, against=c.sums.against, abstain=c.sums.abstain,
                place=_placed(c.name, elected.elected, elected.alternates),
            )
            for c in elected.candidates
        )  # fmt: skip
        return cls(
            title=title, seats=elected.seats, total=count.total, participating=elected.participating, invalid=count.invalid,
            outcome=OUTCOMES[elected.outcome], candidates=candidates, lots=lots, also=count.also,
            also_seated=seated(*elected.plain[:2]) if elected.plain else "", at_risk=count.at_risk,
        )  # fmt: skip

    @classmethod
    def kept(
        cls, title: str, seats: int, found: Mapping[str, Any], names: Mapping[str, str], lots: Sequence[str] = (), gone: Sequence[str] = (),
        term: str = "",
    ) -> Self:  # fmt: skip
        """From a result as `result.schema.json` describes it; `names` by the codes of the count."""
        elected, also = found["election"], also_seated(found, names)
        candidates = tuple(
            CandidateCount(
                name=names.get(c["name"], c["name"]), place=_placed(c["name"], elected["elected"], elected["alternates"]),
                **{key: _kept(c[key]) for key in ("participating", "approve", "against", "abstain")},
            )
            for c in elected["candidates"]
        )  # fmt: skip
        return cls(
            title=title, seats=seats, total=_kept(found["total"]), participating=_kept(found["participating"]), invalid=_kept(found["invalid"]),
            outcome=OUTCOMES[elected["outcome"]], candidates=candidates, lots=lots, gone=gone, also=Result(found["also"]) if found["also"] else None,
            also_seated=seated(*also) if also else "", at_risk=at_risk(found), term=term,
        )  # fmt: skip


def _kept(found: Mapping[str, int]) -> Weight:
    return Weight(found["area"], found["persons"])


def seated(elected: Iterable[str], alternates: Iterable[str]) -> str:
    return f"当选：{listed(elected) or '无'}；候补：{listed(alternates) or '无'}"


def _placed(name: str, elected: Sequence[str], alternates: Sequence[str]) -> str:
    if name in elected:
        return "当选"
    return f"候补第{numeral(alternates.index(name) + 1)}位" if name in alternates else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSheet:
    """The protocol of the count. `invalid`, `repeated` and `disputed` are lines: a ballot's number or homes, and why."""

    compound: str
    session: str
    mark: Mark
    closed_at: datetime
    counted_at: datetime
    place: str
    delivered: Weight
    on_paper: int
    online: int
    by_phone: int = 0
    items: Sequence[ItemCount] = ()
    elections: Sequence[ElectionCount] = ()
    silence: Silence = Silence.NOT_COUNTED
    duplicates: Duplicates = Duplicates.FIRST
    profile: str = ""
    invalid: Sequence[tuple[str, str]] = ()
    repeated: Sequence[tuple[str, str]] = ()
    disputed: Sequence[str] = ()
    seals: str = ""
    tellers: Sequence[str] = ()
    scrutineers: Sequence[str] = ()
    observer: str = ""
    link: str = ""


def _by_phone(of: CountSheet) -> str:
    return f"，其中电话代录 {of.by_phone:,}" if of.by_phone else ""


def count_sheet(of: CountSheet) -> Paper:
    return Paper(
        title=f"{of.compound}业主大会会议计票记录",
        under=of.session,
        look=Look.FORM,
        parts=(
            _facts(of),
            *_why_fewer(of),
            *(part for at, item in enumerate(of.items, 1) for part in _item(at, item)),
            *(part for at, one in enumerate(of.elections, len(of.items) + 1) for part in _election(at, one)),
            *_listing("无效票", ("票号", "原因"), of.invalid),
            *_listing("重复投票", ("票号", "怎样处理"), of.repeated),
            *([Words((Strong("意见不一致、按无效处理的房屋："), "；".join(of.disputed), "。"), Role.FLUSH)] if of.disputed else []),
            Lines((
                *(f"计票人　{name}" for name in of.tellers or ("", "")), *(f"监票人　{name}" for name in of.scrutineers or ("", "")),
                f"列席的居民委员会代表　{of.observer}", "时间",
            )),
        ),
        link=of.link,
        foot=foot(of.mark),
    )  # fmt: skip


def _facts(of: CountSheet) -> Fields:
    return Fields((
        ("全体业主", f"{of.mark.persons:,} 人，{square(of.mark.area)}"), ("已送达", weight(of.delivered)),
        ("截止时间", moment(of.closed_at)), ("计票时间", moment(of.counted_at)),
        ("收回票数", f"{of.on_paper + of.online:,} 张（纸质 {of.on_paper:,}，线上 {of.online:,}{_by_phone(of)}）"), ("计票地点", of.place),
        ("无效票", f"{len(of.invalid):,} 张"), ("重复投票", f"{len(of.repeated):,} 件，{RULE_WORDS[of.duplicates]}"),
        ("未投票的", MODES[of.silence]), ("票箱封条", of.seals), *((("适用规则", of.profile),) if of.profile else ()),
    ), widths=(8, 24, 8, 24), name="概况")  # fmt: skip


def _why_fewer(of: CountSheet) -> list[Part]:
    """Ballots are not voters: who reads both numbers is told why they differ."""
    sent = of.on_paper + of.online
    weights = [*(one.participating for one in of.items), *(one.participating for one in of.elections)]
    voted = max((found.persons for found in weights), default=0)
    if sent <= voted:
        return []
    why = "几套房子分开投的、投了几次的、共有人各投一张的，合起来算一位；无效票不算参与。"
    return [Words(f"收回 {sent:,} 张，参与表决的 {voted:,} 位：{why}", Role.FLUSH)]


def left(name: str, on: date, *, counted: bool) -> str:
    """Of a candidate who left after the notice."""
    return LEFT[counted] % {"name": name, "day": day(on)}


def _shares(found: Weight, of: Weight) -> tuple[str, str, str, str]:
    return (
        f"{found.persons:,}", percent(found.persons, of.persons), figures(found.area), percent(found.area, of.area),
    )  # fmt: skip


def _sums(item: ItemCount) -> Grid:
    voted = item.participating
    rows = (
        ("全体业主", f"{item.total.persons:,}", "", figures(item.total.area), ""),
        ("参与表决", *_shares(voted, item.total)),
        *((name, *_shares(found, voted)) for name, found in (("同意", item.approve), ("反对", item.against), ("弃权", item.abstain))),
        ("无效", f"{item.invalid.persons:,}", "", figures(item.invalid.area), ""),
    )  # fmt: skip
    headers = ("", "人数", "占比", "专有部分面积（平方米）", "占比")
    return Grid(headers, rows, (12, 10, 10, 18, 10), right=(1, 2, 3, 4), name=item.title)


def _item(at: int, item: ItemCount) -> list[Part]:
    judgement = item.judgement
    by_area, by_persons, approve_area, approve_persons = judgement.comparisons
    share = "过半数" if approve_area.strict else "四分之三以上"
    parts: list[Part] = [
        Words(f"{numeral(at)}、{item.title}", Role.LABEL),
        Words(f"{ARTICLE}第一款第{numeral(item.matter_no)}项：{MATTERS[item.matter_no]}。", Role.NOTE),
        _sums(item),
        Words(f"参与表决须占全体三分之二以上。面积：{compare(by_area)}；人数：{compare(by_persons)}。", Role.NOTE),
        Words(
            f"同意须占参与表决的{share}。面积：{compare(approve_area)}；人数：{compare(approve_persons)}。", Role.NOTE
        ),
        Words(("法定结果：", Strong(RESULTS[judgement.result])), Role.FLUSH),
    ]
    return parts + _also(item.also, item.also not in {None, judgement.result})


def _also(also: Result | None, at_risk: bool, seats: str = "") -> list[Part]:
    said = otherwise(also, seats)
    return [Words((said, Strong(RISK)) if at_risk else said, Role.FLUSH)] if said else []


def otherwise(also: Result | None, seats: str) -> str:
    return f"按“{MODES[Silence.NOT_COUNTED]}”另算：{'；'.join(filter(None, (RESULTS[also], seats)))}。" if also else ""


def _ballots_of(one: ElectionCount) -> Grid:
    rows = [
        (str(at), c.name, f"{c.approve.persons:,}", figures(c.approve.area), f"{c.against.persons:,}", figures(c.against.area), f"{c.abstain.persons:,}", figures(c.abstain.area), c.place)
        for at, c in enumerate(one.candidates, 1)
    ]  # fmt: skip
    headers = ("序号", "候选人", "同意人数", "同意面积", "反对人数", "反对面积", "弃权人数", "弃权面积", "结果")
    return Grid(headers, rows, (5, 10, 8, 10, 8, 10, 8, 10, 11), right=(2, 3, 4, 5, 6, 7), name=one.title)


def _election(at: int, one: ElectionCount) -> list[Part]:
    voted = one.participating
    need = f"参与表决 {weight(voted)}，占全体人数 {percent(voted.persons, one.total.persons)}、面积 {percent(voted.area, one.total.area)}；无效 {weight(one.invalid)}。"
    return [
        Words(f"{numeral(at)}、{one.title}（{wanted(one.term, one.seats)}）", Role.LABEL),
        Words(need, Role.NOTE),
        _ballots_of(one),
        Words(f"当选须参与表决{AREA_OF}过半数且{PERSONS_OF}过半数同意（{ARTICLE}第二款）；多于应选名额的，按两项同意比例之和排序。", Role.NOTE),
        *(Words(f"抽签：{line}", Role.NOTE) for line in one.lots),
        *(Words(line, Role.NOTE) for line in one.gone),
        Words(("结果：", Strong(one.outcome)), Role.FLUSH),
        *_also(one.also, one.at_risk, one.also_seated),
    ]  # fmt: skip


def _listing(title: str, headers: tuple[str, str], rows: Sequence[tuple[str, str]]) -> list[Part]:
    return (
        [Words(f"{title}（{len(rows)}）", Role.LABEL), Grid(headers, rows, (3, 9), left=(1,), name=title)]
        if rows
        else []
    )
