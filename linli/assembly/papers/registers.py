"""Lists by home: the register that owners check, and what carriers sign at the door (domain §3.1, §3.9, §7.3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from linli.kernel import masks
from linli.kernel.tally.sheet import area as figures
from linli.plumbing.papers import Grid, Lines, Look, Paper, Part, Role, Words

from .common import HAND, Mark, day, foot, listed, square, whole

SOURCES = {"registered": "产权登记", "surveyed": "测绘", "contract": "购房合同"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """A home. `party` is the number of its voting party: homes of the same owners share it. Names are masked here, whatever is given."""

    home: str
    kind: str
    area: int
    source: str
    owners: Sequence[str]
    party: str
    counts: bool = True
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """`frozen`: after objections were answered; before, it is a draft with a window. `head` tells of a vote what it is for."""

    compound: str
    session: str
    record_date: date
    rows: Sequence[RegisterRow]
    mark: Mark
    frozen: bool
    opens: date | None = None
    closes: date | None = None
    objections: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """`how`, `when`, `carriers` and `back` are empty on a sheet that goes out to be signed."""

    number: str
    homes: Sequence[str]
    owners: Sequence[str]
    area: int
    how: str = HAND
    when: str = HAND
    receiver: str = HAND
    carriers: str = HAND
    back: str = HAND
    remark: str = HAND


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRegister:
    """Hand-out and return of numbered ballots; `part` names the building or the round."""

    compound: str
    session: str
    part: str
    rows: Sequence[Delivery]
    mark: Mark
    carriers: Sequence[str] = ()
    link: str = ""


def register(of: Register) -> Paper:
    return Paper(
        title=f"{of.compound}投票人名册",
        under=f"{of.session}　名册基准日：{day(of.record_date)}　{'已锁定' if of.frozen else '公示稿'}",
        look=Look.FORM,
        parts=(
            Words(_summary(of), Role.FLUSH),
            Grid(
                ("序号", "专有部分座落", "业主", "用途", "面积（㎡）", "面积依据", "投票主体", "备注"),
                [_home(at, row) for at, row in enumerate(of.rows, 1)],
                (6, 13, 14, 7, 13, 9, 9, 8),
                right=(4,),
                name="投票人名册",
            ),
            *_footing(of),
        ),
        link=of.link,
        foot=foot(of.mark if of.frozen else None, "扫码查自己的一行" if of.link else ""),
    )


def _summary(of: Register) -> str:
    counted = f"共 {of.mark.persons:,} 人（投票主体），{len(of.rows):,} 处专有部分，计票面积 {square(of.mark.area)}。"
    return counted + "同样的业主名下的房屋合为一个投票主体，算一人；姓名已隐去一部分。"


def _home(at: int, row: RegisterRow) -> tuple[str, ...]:
    owners = listed(masks.name(name) for name in row.owners)
    remark = row.remark if row.counts else (row.remark or "不计票")
    return (str(at), row.home, owners, row.kind, figures(row.area), SOURCES.get(row.source, row.source), row.party, remark)  # fmt: skip


def _footing(of: Register) -> list[Part]:
    parts: list[Part] = []
    if of.opens and of.closes:
        days = (of.closes - of.opens).days
        parts.append(Words(f"公示时间：{day(of.opens)}起至{day(of.closes)}止（{days}天）。{of.objections}", Role.FLUSH))
    if of.frozen:
        parts.append(Words(f"名册指纹（SHA-256）：{whole(of.mark.fingerprint)}", Role.NOTE))
    return parts


def delivery_register(of: DeliveryRegister) -> Paper:
    return Paper(
        title=f"{of.compound}业主大会会议表决票送达、收回登记表",
        under=f"{of.session}　{of.part}",
        look=Look.WIDE,
        parts=(
            Words("两位送票人一起上门，先核对票号和房号，再请业主签收；没有见到人的写明去过几次。", Role.NOTE),
            Grid(
                ("序号", "票号", "房号", "业主", "面积（㎡）", "送达方式", "领票人签字", "领票时间", "送票人（两位）", "收回", "备注"),
                [
                    (str(at), r.number, listed(r.homes), listed(r.owners), figures(r.area), r.how, r.receiver, r.when, r.carriers, r.back, r.remark)
                    for at, r in enumerate(of.rows, 1)
                ],
                (5, 12, 13, 12, 10, 9, 13, 12, 14, 7, 10), right=(4,), room=9, name="送达登记",
            ),
            Lines((*(f"送票人　{name}" for name in of.carriers or ("", "")), "监票人", "日期"), columns=4),
        ),
        link=of.link,
        foot=foot(of.mark),
    )  # fmt: skip


def masked(rows: Sequence[Delivery]) -> list[Delivery]:
    """For a copy that leaves the count team."""
    return [replace(row, owners=[masks.name(name) for name in row.owners], receiver="") for row in rows]
