"""What is posted of an election (domain §3.10, §3.13): who stands, and who was chosen and by how many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from linli.kernel.strokes import is_ordered
from linli.kernel.tally.sheet import area as figures
from linli.kernel.tally.sheet import percent
from linli.plumbing.papers import Grid, Paper

from .common import short
from .notices import Block, Notice, Section, notice


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    place: int
    name: str
    home: str
    way: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatesNotice:
    """`title` is the body to be formed, whole; `fingerprint` that of the list, by which its order was drawn."""

    title: str
    compound: str
    body: str
    on: date
    until: date
    seats: int
    rows: Sequence[Stands]
    fingerprint: str
    contact: str
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    name: str
    homes: int
    area: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticked:
    """What the forms that came back gave; `drawn`: how a tie was settled, and before whom."""

    homes: int
    returned: int
    valid: int
    invalid: int
    ranking: Sequence[Ranked]
    drawn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    name: str
    post: str
    capacity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersNotice:
    """`until` is empty where nothing can be objected to any more; `ticked`: only a body that comes of a tick count."""

    title: str
    compound: str
    body: str
    on: date
    members: Sequence[Member]
    ticked: Ticked | None = None
    until: date | None = None
    term_to: str = ""
    contact: str = ""
    link: str = ""


def candidates_notice(of: CandidatesNotice) -> Paper:
    rows = [(str(row.place), row.name, row.home, row.way, row.about) for row in of.rows]
    table = Grid(
        ("序号", "姓名", "房号", "怎么产生", "自我介绍或者推荐理由"), rows, (4, 9, 13, 11, 19), left=(4,), name="候选人"
    )
    order = (
        "以姓氏笔画为序，笔画一样的按《通用规范汉字表》的先后，不按票数。"
        if is_ordered([row.name for row in of.rows])
        else ""
    )
    return notice(
        Notice(
            title=f"{of.title}候选人名单公示",
            compound=of.compound,
            body=of.body,
            on=of.on,
            opening=(f"{of.title}候选人 {len(of.rows)} 人，应选业主委员 {of.seats} 人，现公示如下：",),
            sections=(
                Section(heading="候选人", blocks=(table,)),
                Section(heading="排列", blocks=(f"{order}名单指纹：{short(of.fingerprint)}。",)),
            ),
            opens=of.on,
            closes=of.until,
            objections=_objections(of.body, of.contact),
            link=of.link,
        )
    )  # fmt: skip


def members_notice(of: MembersNotice) -> Paper:
    rows = [(str(at), row.name, row.post, row.capacity) for at, row in enumerate(of.members, 1)]
    sections = [
        Section(heading="委员", blocks=(Grid(("序号", "姓名", "职务", "代表"), rows, (6, 16, 17, 17), name="委员"),))
    ]
    if of.ticked:
        sections.insert(0, Section(heading="划票结果", blocks=_ticked(of.ticked)))
    if of.term_to:
        sections.append(Section(heading="任期", blocks=(f"到{of.term_to}。",)))
    return notice(
        Notice(
            title=f"{of.title}委员名单公{'示' if of.until else '告'}",
            compound=of.compound,
            body=of.body,
            on=of.on,
            opening=(f"{of.title}委员 {len(of.members)} 人，名单如下：",),
            sections=sections,
            opens=of.on if of.until else None,
            closes=of.until,
            objections=_objections(of.body, of.contact) if of.until else "",
            link=of.link,
        )
    )  # fmt: skip


def _ticked(of: Ticked) -> list[Block]:
    said = (
        f"划票表发到 {of.homes:,} 户，收回 {of.returned:,} 张（{percent(of.returned, of.homes)}），"
        f"有效 {of.valid:,} 张，多选作废 {of.invalid:,} 张。按得票户数从高到低，户数相同的看面积，再相同的当众抽签。"
    )
    rows = [
        (str(at), row.name, f"{row.homes:,}/{of.valid:,}", figures(row.area), row.note)
        for at, row in enumerate(of.ranking, 1)
    ]
    table = Grid(("名次", "姓名", "得票户数", "面积（㎡）", "说明"), rows, (5, 11, 11, 12, 17), left=(4,), name="划票结果")  # fmt: skip
    return [said, table, *([of.drawn] if of.drawn else [])]


def _objections(body: str, contact: str) -> str:
    return f"公示期内可以书面、当面或者在网上实名向{body}提出，会核实并答复。联系：{contact}。"
