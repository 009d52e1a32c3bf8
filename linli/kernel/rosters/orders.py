"""A hotline's export (12345 and the like): which column is what, and each order of it clean or refused with a reason."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from linli.kernel.clock import SHANGHAI, Calendar, Span, deadline

from . import clean, headers
from .notes import Note
from .plans import building_in, cell_at
from .reading import Cell, Sheet
from .text import NUMERAL, figure, is_blank, plain

_ALIASES = {
    "number": "工单编号 工单号 受理编号 受理单号 热线编号 诉求编号 派单编号 业务编号 ~ 编号 单号",
    "at": "来电时间 受理时间 登记时间 反映时间 诉求时间 创建时间 派单时间 ~ 时间 日期",
    "caller": "来电人 来电人姓名 诉求人 诉求人姓名 反映人 反映人姓名 市民姓名 联系人 ~ 姓名",
    "phone": "来电号码 联系电话 诉求人电话 联系方式 来电电话 回访电话 手机号码 手机号 ~ 电话 手机",
    "home": "来电人地址 诉求人地址 联系地址 家庭住址 ~ 住址",
    "place": "事发地址 事发地点 诉求地址 问题地点 发生地址 反映地点 ~ 地址 地点 位置",
    "title": "工单标题 诉求标题 标题 主题 问题摘要",
    "words": "诉求内容 反映内容 工单内容 主要内容 问题描述 来电内容 内容描述 ~ 内容 详情 事项",
    "category": "诉求类别 事项类别 问题类别 诉求分类 事项分类 工单类别 诉求类型 ~ 类别 分类",
    "due": "办理时限 办结时限 截止时间 办理期限 处理时限 要求办结时间 到期时间 回复期限 ~ 时限 期限",
    "secret": "是否保密 信息保密 要求保密 个人信息保密 ~ 保密",
    "urgency": "紧急程度 紧急类型 ~ 紧急",
    "serial": "序号",
    "remark": "备注",
}
WORDS, LABELS = headers.tables(_ALIASES)
ANCHORS = frozenset({"number", "words"})
# A column that only a hotline's own export has.
OWN = frozenset((_ALIASES["secret"] + " " + _ALIASES["due"]).replace("~ ", "").split())
# A column of whoever answers a telephone: a hotline's, unless a row says otherwise.
CALLED = frozenset(w for words in _ALIASES.values() for w in words.split() if w.startswith("来电"))
# Known, and no part of an order: how urgent it is says the desk, by the compound's own limits.
_UNUSED = frozenset({"urgency", "serial", "remark"})
CLOSE_OF_BUSINESS = dt.time(17, 30)

_NO = frozenset(
    ["否", "不保密", "不需要", "不要求", "无需保密", "可公开", "公开", "n", "no", "0", "false", "×", "无", "没有"]
)
# Somebody who asks in words instead of in a column.
ASKS = re.compile("要求保密|请.{0,4}保密|保密.{0,4}(?:身份|信息|个人)|不愿(?:意)?(?:透露|公开)|匿名(?:反映|投诉|举报)")
_MOMENT = re.compile(
    r"(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[\sT]*(\d{1,2})\s*[:时点]\s*(\d{1,2})\s*(?:分|:\d{1,2})?.*)?"
)
# "5个工作日", "五个工作日内", "48小时", "3天": how long from the call on.
_SPAN = re.compile(
    rf"(?:自?(?:受理|来电|交办|派单)(?:之日|后)?起?)?(?P<n>\d{{1,4}}|{NUMERAL}{{1,4}})\s*个?\s*(?P<unit>工作日|(?:自然)?[日天]|小时|周|星期)(?:之内|以内|内)?(?:办结|办理|回复|答复)?"
)


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the hotline gave it; `words` and all else still with the caller's data in it."""

    number: str
    at: dt.datetime
    title: str
    words: str
    caller: str = ""
    phone: str = ""
    home: str = ""
    place: str = ""
    building: str = ""
    category: str = ""
    due: dt.datetime | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """Row of the sheet from 1, as a spreadsheet counts; an order, or all that is wrong with it. `number` as far as it can be read."""

    row: int
    order: Order | None
    faults: tuple[Note, ...]
    number: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """`columns`: header and the field it is taken for, "" where it is for none."""

    headers: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]


def read(sheets: Sequence[Sheet], now: dt.datetime, calendar: Calendar) -> Book | None:
    """The first sheet with an order's header; None if there is none."""
    for sheet in sheets:
        header = None if sheet.hidden else headers.find_header(sheet.rows, WORDS, ANCHORS)
        if header is None:
            continue
        columns = {field: column for column, field in header.mapping.items()}
        kept = {i: field for i, field in header.mapping.items() if field not in _UNUSED}
        names = tuple((name, kept.get(i, "")) for i, name in enumerate(header.headers) if name)
        lines = _lines(sheet, header.first_row, columns, header.headers, now, calendar)
        return Book(header.headers, names, tuple(lines))
    return None


def _lines(
    sheet: Sheet, first: int, columns: Mapping[str, int], names: Sequence[str], now: dt.datetime, calendar: Calendar
) -> list[Line]:
    found: list[Line] = []
    seen: dict[str, int] = {}
    for row, cells in enumerate(sheet.rows[first:], first + 1):
        texts = tuple(plain(cell_at(cells, i)) for i in range(len(names)))
        if not any(texts) or _is_header(texts, names) or re.fullmatch("合计|小计|总计|制表.*|填表.*", texts[0]):
            continue
        order, faults = _order(cells, columns, now, calendar)
        number = _number(cell_at(cells, columns.get("number")))
        if order and (earlier := seen.setdefault(order.number, row)) != row:
            order, faults = None, (Note("和第 %(row)s 行是同一个编号", row=earlier),)
        found.append(Line(row, order, faults, "" if isinstance(number, Note) else number, texts))
    return found


def _is_header(texts: Sequence[str], names: Sequence[str]) -> bool:
    return [t for t in texts if t] == [n for n in names if n]


def _order(
    cells: Sequence[Cell], columns: Mapping[str, int], now: dt.datetime, calendar: Calendar
) -> tuple[Order | None, tuple[Note, ...]]:
    def raw(field: str) -> Cell:
        return cell_at(cells, columns.get(field))

    def text(field: str) -> str:
        said = plain(raw(field)) if not isinstance(raw(field), str) else str(raw(field)).strip()
        return "" if is_blank(said) else said

    number, title, words = _number(raw("number")), text("title"), text("words")
    when = moment(raw("at"))
    due = moment(raw("due"), at_end=True) or _after(when or now, plain(raw("due")), calendar)
    faults = [number] if isinstance(number, Note) else []
    if not words and not title:
        faults.append(Note("没有内容"))
    if plain(raw("at")) and when is None:
        faults.append(Note("时间“%(raw)s”看不懂，请写成 2026-03-25 18:00", raw=plain(raw("at"))))
    if when and when > now:
        faults.append(Note("时间“%(raw)s”还没到", raw=plain(raw("at"))))
    if plain(raw("due")) and due is None:
        faults.append(
            Note("期限“%(raw)s”看不懂，请写成 2026-03-25 18:00，或者 5个工作日、48小时", raw=plain(raw("due")))
        )
    if due and when and due <= when:
        faults.append(Note("期限“%(raw)s”比来电还早", raw=plain(raw("due"))))
    if faults or isinstance(number, Note):
        return None, tuple(faults)
    whole = words if not title or words.startswith(title) else f"{title}\n{words}".strip()
    building = building_in(text("place"))[0] or building_in(f"{title} {words}")[0]
    order = Order(
        number, when or now, title, whole, text("caller"), text("phone"), text("home"), text("place"),
        building.key if building else "", text("category"), due,
        _is_secret(raw("secret")) or bool(ASKS.search(whole)),
    )  # fmt: skip
    return order, ()


def _number(cell: Cell) -> str | Note:
    said = plain(cell)
    if is_blank(said):
        return Note("没有编号")
    if isinstance(cell, float) and abs(cell) >= 1e15 or re.fullmatch(r"\d(?:\.\d+)?[eE]\+\d+", said):
        return Note("编号存成了数字，末尾的位数丢了，请把这一列设成文本再导出")
    return said[:80]


def _is_secret(cell: Cell) -> bool:
    """When in doubt: secret."""
    said = plain(cell).lower().replace(" ", "")
    return not is_blank(said) and said not in _NO


def moment(cell: Cell, *, at_end: bool = False) -> dt.datetime | None:
    """A day alone is its beginning, or with `at_end` its close of business."""
    if isinstance(cell, dt.datetime):
        bare = at_end and cell.time() == dt.time()
        found = dt.datetime.combine(cell.date(), CLOSE_OF_BUSINESS) if bare else cell
        return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)
    if match := _MOMENT.fullmatch(plain(cell)):
        year, month, day, hour, minute = (int(n) if n else None for n in match.groups())
        try:
            made = dt.datetime(year or 0, month or 0, day or 0, hour or 0, minute or 0, tzinfo=SHANGHAI)
        except ValueError:
            return None
        return _ended(made) if hour is None and at_end else made
    if (found_day := clean.date(cell).value) is None:
        return None
    made = dt.datetime(found_day.year, found_day.month, found_day.day, tzinfo=SHANGHAI)
    return _ended(made) if at_end else made


def _after(start: dt.datetime, said: str, calendar: Calendar) -> dt.datetime | None:
    match = _SPAN.fullmatch(said.replace(" ", ""))
    n = (int(match["n"]) if match["n"].isdigit() else figure(match["n"])) if match else None
    if not match or not n:
        return None
    if match["unit"] == "小时":
        return deadline(start, Span.minutes(60 * n), calendar)
    if match["unit"] == "工作日":
        return deadline(start, Span.working_days(n), calendar)
    return deadline(start, Span.days(n * (7 if match["unit"] in {"周", "星期"} else 1)), calendar)


def _ended(day: dt.datetime) -> dt.datetime:
    return day.replace(hour=CLOSE_OF_BUSINESS.hour, minute=CLOSE_OF_BUSINESS.minute)
