"""Postings (domain §7.1, §7.2): a letter to all owners, the notice of a session, what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from linli.kernel.tally.adding import Silence
from linli.kernel.tally.case import Duplicates
from linli.kernel.tally.thresholds import ARTICLE
from linli.plumbing.papers import Cell, Ending, Grid, Look, Paper, Part, Role, Runs, Strong, Words

from .ballots import Election, Item
from .common import (
    SILENCE,
    Mark,
    alone,
    day,
    ended,
    foot,
    listed,
    moment,
    numeral,
    passes,
    repeats,
    short,
    square,
    wanted,
    whole,
)

Block = Runs | Grid


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Paragraphs and tables under 一、, 二、…; the number is put before."""

    heading: str
    blocks: Sequence[Block] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Any posting. `opens`…`closes` make it one with an objection window; `objections` says how and where. `body` carries its term: …业主委员会（第二届）."""

    title: str
    compound: str
    body: str
    on: date
    opening: Sequence[Runs] = ()
    sections: Sequence[Section] = ()
    opens: date | None = None
    closes: date | None = None
    objections: str = ""
    attachments: Sequence[str] = ()
    number: str = ""
    link: str = ""
    says_link: str = "扫码看全文"
    mark: Mark | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNotice:
    """The call to a session, ≥ 15 days before. `session` is its whole name; `mark` stays empty until the register is frozen, after objections.

    `head_key` signs the vote's log, whose heads stand day by day at `heads_link`; `share_holders` hold the sheets that open it.
    `rules`: each as it is printed, what it says, where it comes from.
    """

    compound: str
    session: str
    ground: str
    items: Sequence[Item]
    elections: Sequence[Election]
    opens_at: datetime
    closes_at: datetime
    count_at: datetime
    count_place: str
    ways: str
    boxes: str
    contact: str
    body: str
    on: date
    parties: int
    area: int
    record_date: date
    mark: Mark | None = None
    objections_until: date | None = None
    corrected: Sequence[
        tuple[date, str]
    ] = ()  # days on which the register was published anew, and the fingerprint it had before
    silence: Silence = Silence.NOT_COUNTED
    duplicates: Duplicates = Duplicates.FIRST
    extension_days: int = 0
    head_key: str = ""
    heads_link: str = ""
    rules: Sequence[tuple[str, str, str]] = ()
    ground_article: str = ""
    first: bool = False  # no rules of procedure have been adopted yet
    share_holders: Sequence[str] = ()
    attachments: Sequence[str] = ()
    number: str = ""
    link: str = ""


def notice(of: Notice) -> Paper:
    sections = list(of.sections)
    if of.opens and of.closes:
        days = (of.closes - of.opens).days
        sections.append(Section(heading="公示时间", blocks=(f"{day(of.opens)}起至{day(of.closes)}止（{days}天）。",)))
    if of.objections:
        sections.append(Section(heading="异议方式", blocks=(of.objections,)))
    return Paper(
        title=of.title,
        look=Look.LETTER,
        parts=(
            Words(f"{of.compound}全体业主：", Role.FLUSH),
            *(Words(line) for line in of.opening),
            *_numbered(sections),
            *_attached(of.attachments),
            Ending(of.body, day(of.on)),
        ),
        link=of.link,
        heads=(of.number,) if of.number else (),
        foot=foot(of.mark, of.says_link if of.link else ""),
    )


def _numbered(sections: Sequence[Section]) -> list[Part]:
    parts: list[Part] = []
    for at, section in enumerate(sections, 1):
        parts.append(Words(f"{numeral(at)}、{section.heading}", Role.HEADING))
        parts += [block if isinstance(block, Grid) else Words(block) for block in section.blocks]
    return parts


def _attached(names: Sequence[str]) -> list[Part]:
    if not names:
        return []
    if len(names) == 1:
        return [Words(f"附件：{names[0]}")]
    return [Words(f"{'附件：' if at == 1 else '　　　'}{at}. {name}") for at, name in enumerate(names, 1)]


def session_notice(of: SessionNotice) -> Paper:
    return notice(
        Notice(
            title=f"关于召开{of.compound}{of.session}的公告",
            compound=of.compound,
            body=of.body,
            on=of.on,
            opening=(f"根据《中华人民共和国民法典》《物业管理条例》{'' if of.first else '和本小区《业主大会议事规则》'}，{of.ground}{f'（{of.ground_article}）' if of.ground_article else ''}，现召开{of.session}。有关事项公告如下：",),
            sections=(
                Section(heading="表决事项", blocks=_agenda(of)),
                Section(heading="时间和方式", blocks=_when(of)),
                Section(heading="投票人名册", blocks=_register(of)),
                Section(heading="表决规则", blocks=_rules(of)),
                *_proof(of),
                *((Section(heading="联系方式", blocks=(f"{of.contact}。",)),) if of.contact else ()),
            ),
            attachments=of.attachments,
            number=of.number,
            link=of.link,
            says_link="扫码看材料、查名册",
            mark=of.mark,
        )
    )  # fmt: skip


def _agenda(of: SessionNotice) -> list[Block]:
    rows: list[tuple[str | Cell, ...]] = [
        (
            Cell(item.title, "".join(ended(x) for x in (alone(item.only), item.about) if x)),
            f"{ARTICLE}第一款第{numeral(item.matter_no)}项",
            passes(item.matter_no),
        )
        for item in of.items
    ]
    rows += [
        (
            Cell(f"{e.title}（{wanted(e.term, e.seats)}，候选人 {len(e.candidates)} 名{_left(e)}）", alone(e.only)),
            f"{ARTICLE}第一款第三项",
            passes(3),
        )
        for e in of.elections
    ]
    table = Grid(
        ("序号", "事项", "依据", "通过条件"),
        [(str(at), *row) for at, row in enumerate(rows, 1)],
        (5, 21, 15, 13),
        left=(1, 2),
        name="表决事项",
    )
    return [table, "会议只表决公告的事项。"]  # fmt: skip


def _left(of: Election) -> str:
    """Who withdrew after it was posted."""
    return "".join(f"，{one.name}{day(one.left)}退出" for one in of.candidates if one.left)


def _when(of: SessionNotice) -> list[Block]:
    late = f"参与不足的，可以延长一次，最多 {of.extension_days} 天，截止前公告。" if of.extension_days else ""
    return [
        f"投票：{moment(of.opens_at)}起至{moment(of.closes_at)}止。{late}",
        f"方式：{of.ways}。{f'票箱：{of.boxes}。' if of.boxes else ''}要纸质票的，都可以领到。",
        f"计票：{moment(of.count_at)}，{f'{of.count_place}，' if of.count_place else ''}公开进行，欢迎到场。",
    ]


def _register(of: SessionNotice) -> list[Block]:
    counted = (
        f"以{day(of.record_date)}为名册基准日，共 {of.parties:,} 人（投票主体），专有部分面积合计 {square(of.area)}。"
    )
    if of.mark:
        frozen = f"名册已锁定，指纹为 {short(of.mark.fingerprint)}，印在每一张票和以后的每一份文件上。"
    else:
        until = f"有异议的，请在{day(of.objections_until)}以前提出；" if of.objections_until else ""
        frozen = f"名册同时公示，{until}期满后锁定，锁定后的指纹印在每一张票上。"
    anew = "".join(f"{day(on)}改正后重新公布，原来的指纹为 {short(before)}。" for on, before in of.corrected)
    return [counted + anew + frozen]


def _rules(of: SessionNotice) -> list[Block]:
    return [
        f"由专有部分面积占比三分之二以上的业主且人数占比三分之二以上的业主参与表决，会议才有效。过半数和四分之三以上，都是在参与表决的面积和人数中分别计算，两样都达到才通过（{ARTICLE}）。",
        repeats(of.duplicates),
        (Strong(SILENCE[of.silence]),),
        *(
            [Grid(("规则", "本次会议", "出处"), list(of.rules), (18, 16, 20), left=(0, 2), name="表决规则")]
            if of.rules
            else []
        ),
    ]


def _proof(of: SessionNotice) -> list[Section]:
    if not of.head_key:
        return []
    holders = (
        f"开票的密钥分成三张密钥纸，由{listed(of.share_holders)}各持一张，任意两张到场才能开票。"
        if of.share_holders
        else ""
    )
    where = f"，公布在 {of.heads_link} ，谁都可以抄下来" if of.heads_link else ""
    return [Section(heading="核对办法", blocks=(f"网上投的票有回执，收回的纸质票登记票号，都写进票箱。票箱封签每天签名公布一次{where}；截止时再公布一次。签名公钥为：{whole(of.head_key)}。{holders}截止以前，谁也看不到表决意见。",))]  # fmt: skip
