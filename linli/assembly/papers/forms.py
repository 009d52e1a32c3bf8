"""Forms that people fill in by hand or that go to an office (domain §7.4), and the sheets that hold the key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from linli.kernel.shares import NEEDED, SHEETS
from linli.kernel.tally.sheet import area as figures
from linli.kernel.tally.sheet import percent
from linli.kernel.tally.thresholds import Weight
from linli.plumbing.papers import (
    TICK,
    Cell,
    Code,
    Ending,
    Fields,
    Grid,
    Lines,
    Look,
    Notes,
    Paper,
    Part,
    Role,
    Strong,
    Words,
)

from .common import HAND, Mark, day, foot, moment, short, square

BLANKS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominee:
    """All may be left empty and filled in by hand; a political affiliation need not be given."""

    name: str = HAND
    sex: str = HAND
    born: str = HAND
    home: str = HAND
    area: int | None = None
    affiliation: str = HAND
    education: str = HAND
    occupation: str = HAND
    phone: str = HAND
    reasons: str = HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class Backer:
    name: str
    home: str
    area: int | None = None
    phone: str = HAND
    signed: str = HAND
    on: date | None = None
    title_no: str = HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRecommendation:
    """联名推荐表; without backers wanted (`least` 0) it is a self-nomination (自荐表)."""

    compound: str
    body: str
    nominee: Nominee = Nominee()
    backers: Sequence[Backer] = ()
    least: int = 10
    pledge: str = "本人同意参选，承诺符合委员条件，所填内容真实。"
    mark: Mark | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointRequest:
    """20% 联名提议书: a session is asked for; empty to be filled in by hand. `asked` by so many `of` the register, once it is built:
    of several homes an owner is one person, co-owners are together one."""

    compound: str
    matter: str = ""
    reasons: str = ""
    backers: Sequence[Backer] = ()
    asked: Weight | None = None
    of: Weight | None = None
    mark: Mark | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TickForm:
    """划票表: from door to door, one home one form. `candidates` with their places on the list, by which forms are read."""

    compound: str
    body: str
    number: str
    home: str
    candidates: Sequence[tuple[int, str]]
    most: int
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    name: str
    basis: str = ""
    copies: int = 1
    pages: int = 0
    ready: bool = True
    fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilingList:
    """What goes to the subdistrict, and by when."""

    compound: str
    subject: str
    to: str
    body: str
    on: date
    due: date | None
    rows: Sequence[Filed]
    mark: Mark | None = None
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareSheet:
    """One of three sealed sheets. `text` as the kernel printed it; it is kept nowhere else."""

    compound: str
    session: str
    place: int
    holder: str
    role: str
    text: str
    made_at: datetime
    mark: Mark | None = None


def joint_recommendation(of: JointRecommendation) -> Paper:
    alone = not of.least
    return Paper(
        title=f"{of.compound}{of.body}候选人{'自荐表' if alone else '联名推荐表'}",
        look=Look.FORM,
        parts=(
            _nominee(of.nominee, alone),
            Words(f"{'自荐人' if alone else '被推荐人'}意见：{of.pledge}", Role.FLUSH),
            Lines((f"{'自荐人' if alone else '被推荐人'}（签名）", "日期")),
            *([] if alone else _backers(of)),
            Fields((("资格审查意见", Cell("符合条件　□　　不符合　□　原因：", across=2)), ("社区（盖章）", HAND), ("街道（盖章）", HAND)), widths=(11, 21, 11, 21), room=14),
        ),
        link=of.link,
        foot=foot(of.mark),
    )  # fmt: skip


def _nominee(who: Nominee, alone: bool) -> Fields:
    size = square(who.area) if who.area else HAND
    return Fields((
        ("姓名", who.name), ("性别", who.sex), ("出生年月", who.born), ("房号", who.home), ("专有部分面积", size), ("政治面貌（可不填）", who.affiliation),
        ("文化程度", who.education), ("职业", who.occupation), ("电话", who.phone), ("自荐理由" if alone else "推荐理由", Cell(who.reasons, across=3)),
    ), columns=3, widths=(8, 13, 8, 13, 9, 13), room=9, name="被推荐人")  # fmt: skip


def _backers(of: JointRecommendation) -> list[Part]:
    lead = Words(f"推荐人（不少于 {of.least} 户，每户一人签名）", Role.LABEL)
    grid = Grid(
        ("序号", "姓名", "房号", "面积（㎡）", "电话", "签名", "日期"),
        _signed(of.backers, max(of.least, BLANKS)), (5, 10, 13, 11, 14, 13, 12), room=7, name="推荐人",
    )  # fmt: skip
    return [lead, grid, Lines(("收集人", "日期"))]


def _signed(backers: Sequence[Backer], lines: int, title_no: bool = False) -> list[tuple[str, ...]]:
    rows = []
    for at, one in enumerate(backers, 1):
        size, on = figures(one.area) if one.area else HAND, day(one.on) if one.on else HAND
        deed = (one.title_no,) if title_no else ()
        rows.append((str(at), one.name, one.home, size, *deed, one.phone, one.signed, on))
    width = 8 if title_no else 7
    return rows + [(str(at), *[HAND] * (width - 1)) for at in range(len(rows) + 1, lines + 1)]


def joint_request(of: JointRequest) -> Paper:
    return Paper(
        title=f"召开{of.compound}业主大会临时会议联名提议书",
        look=Look.FORM,
        parts=(
            Fields((("提议事项", Cell(of.matter, across=2)), ("理由", Cell(of.reasons, across=2))), widths=(6, 26, 6, 26), room=12),
            Words("下列业主联名提议召开业主大会临时会议（《物业管理条例》第十三条：经百分之二十以上的业主提议）。", Role.NOTE),
            Grid(
                ("序号", "姓名", "房号", "面积（㎡）", "产权证号", "电话", "签名", "日期"),
                _signed(of.backers, 20, title_no=True), (5, 9, 11, 10, 14, 12, 12, 11), room=8, name="联名业主",
            ),
            Words(_reached(of), Role.FLUSH),
            Lines(("收集人", "日期")),
        ),
        link=of.link,
        foot=foot(of.mark),
    )  # fmt: skip


def _reached(of: JointRequest) -> str:
    if of.asked is None or of.of is None:
        return "合计：　　　人，占总人数　　　%；面积　　　　平方米，占　　　%。"
    got, whole = of.asked, of.of
    return f"合计：{got.persons:,} 人，占总人数 {percent(got.persons, whole.persons)}；面积 {square(got.area)}，占 {percent(got.area, whole.area)}。"


def tick_form(of: TickForm) -> Paper:
    rows = [(str(place), Cell(name), TICK) for place, name in of.candidates]
    return Paper(
        title=f"{of.compound}{of.body}人选划票表",
        under=("入户征求意见　限选 ", Strong(f"{of.most} 名")),
        number=("编号", of.number),
        link=of.link,
        look=Look.FORM,
        parts=(
            Fields((("房号", of.home), ("日期", HAND)), widths=(6, 26, 6, 26)),
            Grid(("序号", "推荐人选", "选"), rows, (7, 60, 14), left=(1,)),
            Notes((
                f"一户一表。在方框里打“√”，最多选 {of.most} 名；多选的，整张表作废。",
                "这是征求意见，不是业主大会表决；人选由街道确认。",
            )),
            Lines(("业主或住户（签名）", "时间", "入户人", "入户人")),
        ),
    )  # fmt: skip


def filing_list(of: FilingList) -> Paper:
    rows = [
        (str(at), r.name, r.basis, str(r.copies), str(r.pages or ""), "有" if r.ready else "缺", short(r.fingerprint))
        for at, r in enumerate(of.rows, 1)
    ]  # fmt: skip
    due = f"备案期限：{day(of.due)}前。" if of.due else ""
    missing = [r.name for r in of.rows if not r.ready]
    return Paper(
        title=f"{of.compound}{of.subject}备案材料清单",
        look=Look.FORM,
        parts=(
            Words(f"{of.to}：", Role.FLUSH),
            Words(f"现报送{of.subject}备案材料 {len(of.rows)} 件，清单如下。{due}"),
            Grid(("序号", "材料", "依据", "份数", "页数", "齐否", "文件指纹"), rows, (5, 21, 17, 5, 5, 5, 17), left=(1, 2), name="备案材料"),
            *([Words((Strong(f"还缺：{'、'.join(missing)}。"),), Role.FLUSH)] if missing else []),
            Ending(of.body, day(of.on)),
            Lines(("报送人", "接收人（盖章）", "电话", "日期")),
        ),
        link=of.link,
        foot=foot(of.mark),
    )  # fmt: skip


def share_sheet(of: ShareSheet) -> Paper:
    return Paper(
        title=f"密钥纸　第 {of.place} 张（共 {SHEETS} 张）",
        under=f"{of.compound}{of.session}",
        look=Look.FORM,
        parts=(
            Fields((("持有人", of.holder or HAND), ("身份", of.role), ("制作时间", moment(of.made_at)), ("封存时间", HAND)), widths=(8, 24, 8, 24), room=11),
            Code(of.text),
            Notes((
                (Strong("现在就折好，装进信封封口，在封口上签名、写时间。"), "不要拍照，不要复印，不要发给任何人。"),
                f"三份中任意 {NEEDED} 份到场，才能开票；只有一份，什么也看不到。",
                "截止以前不要拆开。计票时当众拆封，扫码或者照着上面的字输入。",
                "字只有 A 到 Z 和 2 到 7：没有 0、1、8、9。",
                "丢了、破了、封口被动过，马上告诉另外两位持有人和居民委员会；丢失要登记在案。",
                (Strong("丢了两份，线上的票就再也打不开。"),),
                "计票结束后，这张纸和计票记录一起存档。",
            )),
            Lines(("持有人（签名）", "日期", "见证人", "见证人")),
        ),
        foot=foot(of.mark),
    )  # fmt: skip
