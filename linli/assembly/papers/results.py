"""What is announced of a count (domain §7.3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from linli.kernel.tally.adding import Silence
from linli.kernel.tally.sheet import RESULTS, percent
from linli.kernel.tally.sheet import SILENCE as MODES
from linli.kernel.tally.sheet import area as figures
from linli.kernel.tally.thresholds import ARTICLE, SPECIAL, Result, Weight
from linli.plumbing.papers import Grid, Paper, Strong

from .common import Mark, day, listed, moment, short, square, wanted
from .counts import RISK, ElectionCount, ItemCount, otherwise
from .notices import Notice, Section, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Official:
    """What the city's own voting system found of an item, from its `document`. Figures are None where it does not say.

    `chosen`: of an election, name, place and who approved of each candidate, the elected first."""

    title: str
    result: Result
    document: str
    digest: str
    on: date
    figures: Mapping[str, Mapping[str, int | None]]
    chosen: Sequence[tuple[str, str, Mapping[str, int | None]]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultNotice:
    """The announcement, within three days. `open_until` ends the window for objections; `officials` stand in place of what was counted here.
    `under_review`: it is counted again, and this stands until the new result is announced."""

    compound: str
    session: str
    body: str
    on: date
    mark: Mark
    closed_at: datetime
    items: Sequence[ItemCount] = ()
    elections: Sequence[ElectionCount] = ()
    officials: Sequence[Official] = ()
    silence: Silence = Silence.NOT_COUNTED
    invalid_ballots: int = 0
    open_until: date | None = None
    objections: str = ""
    attachments: Sequence[str] = ()
    number: str = ""
    link: str = ""
    under_review: bool = False


REVIEWED = "复核中：正在重新计票。新的结果公布以前，以这次公布的结果为准。"


def result_notice(of: ResultNotice) -> Paper:
    return notice(
        Notice(
            title=f"关于{of.compound}{of.session}表决结果的公告{'（复核中）' if of.under_review else ''}",
            compound=of.compound,
            body=of.body,
            on=of.on,
            opening=(*([(Strong(REVIEWED),)] if of.under_review else []), f"{of.compound}{of.session}于{moment(of.closed_at)}截止投票，已公开计票。根据{ARTICLE}和本小区《业主大会议事规则》，现将结果公告如下：",),
            sections=(
                *(_told(item) for item in of.items),
                *(_told_election(one) for one in of.elections),
                *(_told_official(one) for one in of.officials),
                Section(heading="说明", blocks=_remarks(of)),
            ),
            objections=_ways(of),
            attachments=of.attachments,
            number=of.number,
            link=of.link,
            says_link="扫码核对您的票",
            mark=of.mark,
        )
    )  # fmt: skip


def _ways(of: ResultNotice) -> str:
    until = f"{day(of.open_until)}（含当天）以前，" if of.open_until and of.objections else ""
    return f"{until}{of.objections}" if of.objections else ""


def _told(item: ItemCount) -> Section:
    result = item.judgement.result
    share = "四分之三以上" if item.matter_no in SPECIAL else "过半数"
    grid = Grid(
        ("", "人数", "专有部分面积（平方米）"),
        (
            ("投票涉及", f"{item.total.persons:,}", figures(item.total.area)),
            ("参与表决", *_fractions(item.participating, item.total)),
            *(
                (name, *_fractions(found, item.participating))
                for name, found in (("同意", item.approve), ("反对", item.against), ("弃权", item.abstain))
            ),
        ),
        (10, 20, 30),
        name=item.title,
    )
    why = f"（{ARTICLE}第二款：三分之二以上参与，参与的{share}同意）。"
    end = ("结论：", Strong(RESULTS[result]), why)
    return Section(heading=item.title, blocks=(grid, end, *_also_told(item.also, item.also not in {None, result})))


def _fractions(found: Weight, of: Weight) -> tuple[str, str]:
    """Both the fraction and the percentage."""
    persons = f"{found.persons:,}/{of.persons:,}（{percent(found.persons, of.persons)}）"
    return persons, f"{figures(found.area)}/{figures(of.area)}（{percent(found.area, of.area)}）"


def _also_told(also: Result | None, at_risk: bool, seats: str = "") -> list[str]:
    said = otherwise(also, seats)
    return [said + (RISK if at_risk else "")] if said else []


def _told_election(one: ElectionCount) -> Section:
    voted = one.participating
    rows = [(c.name, f"{c.approve.persons:,}（{percent(c.approve.persons, c.participating.persons)}）", f"{figures(c.approve.area)}（{percent(c.approve.area, c.participating.area)}）", c.place or "未当选") for c in one.candidates]  # fmt: skip
    grid = Grid(("候选人", "同意人数", "同意面积（平方米）", "结果"), rows, (9, 12, 17, 11))
    share = f"参与表决 {voted.persons:,} 人，占 {voted.persons:,}/{one.total.persons:,}，即 {percent(voted.persons, one.total.persons)}；面积 {square(voted.area)}，占 {percent(voted.area, one.total.area)}。"
    lots = tuple(f"抽签：{line}" for line in one.lots)
    chosen = listed(c.name for c in one.candidates if c.place == "当选")
    end = ("结论：", Strong(one.outcome), f"。当选：{chosen}。" if chosen else "。")
    return Section(
        heading=f"{one.title}（{wanted(one.term, one.seats)}）",
        blocks=(share, grid, *lots, *one.gone, end, *_also_told(one.also, one.at_risk, one.also_seated)),
    )


def _told_official(one: Official) -> Section:
    rows = []
    for name, found in (("参与表决", one.figures.get("participating", {})), ("同意", one.figures.get("approve", {}))):
        persons, size = found.get("persons"), found.get("area")
        if persons is not None or size is not None:
            rows.append((name, *_measures(found)))
    grid = [Grid(("", "人数", "专有部分面积（平方米）"), rows, (10, 20, 30), name=one.title)] if rows else []
    source = f"来源：政府的电子投票系统，{day(one.on)}导入的结果文件《{one.document}》，文件指纹 {short(one.digest)}。"
    if one.chosen:
        lines = [(name, *_measures(found), place or "未当选") for name, place, found in one.chosen]
        grid.append(Grid(("候选人", "同意人数", "同意面积（平方米）", "结果"), lines, (9, 12, 17, 11)))
    return Section(heading=one.title, blocks=(*grid, ("结论：", Strong(RESULTS[one.result]), "。"), source))


def _measures(found: Mapping[str, int | None]) -> tuple[str, str]:
    persons, size = found.get("persons"), found.get("area")
    return "—" if persons is None else f"{persons:,}", "—" if size is None else figures(size)


def _remarks(of: ResultNotice) -> list[str]:
    lines = [f"本次会议{MODES[of.silence]}；无效票 {of.invalid_ballots} 张，编号和原因见公布的计票文件。"]
    if of.officials:
        lines = ["当地规定用政府的电子投票系统表决，结果以它为准；本系统收到的只作征求意见。"]
    lines.append("业主认为决定侵害自己合法权益的，可以自知道之日起一年内请求人民法院撤销。")
    return lines
