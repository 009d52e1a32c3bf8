"""Areas, dates and words with a fixed meaning."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Cell
from linli.kernel.rosters.text import figure, is_blank, plain, squeezed

from .base import (
    HOME_KINDS,
    Cleaned,
    broken,
    short,
)

MAX_RESIDENCE_AREA = 200_000
MAX_AREA = 100_000_000
_UNIT = re.compile(r"(?:㎡|m²|m2|平方米|平方|平米|平|方)$", re.IGNORECASE)
_AREA = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|-?\.\d+")
_LETTERS = {"o": "0", "O": "0", "l": "1", "I": "1", "i": "1", "〇": "0", "零": "0"}
_NOT_YET = ("未测", "待测", "待定", "不明", "未登记", "未办证")


def area(cell: Cell | None, kind: str | None = "residence") -> Cleaned[int | None]:
    """Hundredths of a square metre. Over 2,000 ㎡ is refused for a residence only."""
    if type(cell) is float or type(cell) is int:
        hundredths = cell * 100
        whole = round(hundredths) if abs(hundredths) < 1e12 else 0
        if abs(hundredths - whole) < 1e-6:  # Excel's 89.49999999999999 is 89.5
            return _area_in_bounds(whole, kind, ())
    elif isinstance(cell, bool | dt.date | dt.time | dt.timedelta):
        return Cleaned(None, error=Note("面积这一格是日期或是否，请改成数字"))
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if error := broken(text):
        return Cleaned(None, error=error)
    if text in _NOT_YET:
        return Cleaned(None, (Note("面积写的是“%(text)s”，按还没有面积处理", text=text),))
    number = _UNIT.sub("", text)
    if not _AREA.fullmatch(number):
        return Cleaned(None, error=_area_fault(number, text))
    exact = Decimal(number.replace(",", ""))
    rounded = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    warnings = (
        ()
        if rounded == exact
        else (Note("面积“%(text)s”超过两位小数，按四舍五入记为 %(rounded)s", text=text, rounded=str(rounded)),)
    )
    return _area_in_bounds(int(rounded * 100), kind, warnings)


def _area_in_bounds(hundredths: int, kind: str | None, warnings: tuple[Note, ...]) -> Cleaned[int | None]:
    if hundredths <= 0:
        return Cleaned(None, error=Note("面积要大于 0"))
    if hundredths > MAX_RESIDENCE_AREA and kind in ("residence", None):
        return Cleaned(
            None,
            error=Note("住宅面积 %(area)s ㎡ 超过 2000 ㎡，请核对小数点或房屋用途", area=f"{hundredths / 100:.2f}"),
        )
    if hundredths > MAX_AREA:
        return Cleaned(None, error=Note("面积大得不像一户，请核对"))
    return Cleaned(hundredths, warnings)


def _area_fault(number: str, text: str) -> Note:
    for sign, digit in _LETTERS.items():
        if sign in number and _AREA.fullmatch("".join(_LETTERS.get(c, c) for c in number)):
            if sign.isascii():
                return Note("面积里有字母 %(sign)s，请改成数字 %(digit)s", sign=sign, digit=digit)
            return Note("面积里有汉字“%(sign)s”，请改成数字 %(digit)s", sign=sign, digit=digit)
    if re.fullmatch(r"\d+,\d{1,2}", number):
        return Note("面积“%(text)s”里的逗号请改成小数点", text=short(text))
    return Note("面积“%(text)s”不是数字，请改成如 89.50", text=short(text))


_EPOCH = dt.date(1899, 12, 30)
_DAY = re.compile(r"(\d{4})(?:[./-]|年)(\d{1,2})(?:[./-]|月)(\d{1,2})日?(?:[ T]?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?")
_SHORT_YEAR = re.compile(r"'?\d{2}(?:[./-]|年)\d{1,2}(?:[./-]|月)\d{1,2}日?|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_DAY_LAST = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}")
_NO_DAY = re.compile(r"(?:19|20)\d{2}(?:(?:[./-]|年)\d{0,2}月?)?")


def date(cell: Cell | None) -> Cleaned[dt.date | None]:
    """2023.1.4, 2023/1/4, 2023-01-04, 2023年1月4日, 20230104, or a spreadsheet's own date or serial number."""
    if isinstance(cell, dt.datetime):
        return _sane_day(cell.date())
    if isinstance(cell, dt.date):
        return _sane_day(cell)
    if type(cell) is float and 10_000 < cell < 100_000:
        cell = int(cell)  # a serial number with a time of day
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if error := broken(text):
        return Cleaned(None, error=error)
    if text.isascii() and text.isdecimal():
        return _date_of_digits(text)
    if match := _DAY.fullmatch(text):
        return _day(int(match[1]), int(match[2]), int(match[3]), text)
    return Cleaned(None, error=_date_fault(text))


def _date_of_digits(text: str) -> Cleaned[dt.date | None]:
    if len(text) == 8:
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]), text)
    if len(text) == 5 and 14_611 <= int(text) <= 73_050:  # 1940 to 2099
        return Cleaned(_EPOCH + dt.timedelta(days=int(text)))
    return Cleaned(None, error=_date_fault(text))


def _day(year: int, month: int, day: int, text: str) -> Cleaned[dt.date | None]:
    try:
        return _sane_day(dt.date(year, month, day))
    except ValueError:
        return Cleaned(None, error=Note("没有“%(text)s”这一天", text=short(text)))


def _sane_day(day: dt.date) -> Cleaned[dt.date | None]:
    if 1900 <= day.year <= 2100:
        return Cleaned(day)
    return Cleaned(None, error=Note("日期是 %(year)s 年，请核对", year=day.year))


def _date_fault(text: str) -> Note:
    if len(text) == 6 and text.isdecimal() or _SHORT_YEAR.fullmatch(text):
        return Note("日期“%(text)s”的年份只有两位，请写四位，如 2023-01-04", text=short(text))
    if _DAY_LAST.fullmatch(text):
        return Note("日期“%(text)s”分不清日和月，请写成 2023-01-04", text=short(text))
    if _NO_DAY.fullmatch(text):
        return Note("日期“%(text)s”没有写到日，请写成 2023-01-04", text=short(text))
    return Note("日期“%(text)s”读不懂，请写成 2023-01-04", text=short(text))


_USAGE = (
    ("other", re.compile("非住宅|非居住")),
    ("parking_space", re.compile("车位|车库|停车")),
    ("storage", re.compile("储藏|仓库|仓储|杂物|储物|地下室|煤棚|柴棚")),
    ("residence", re.compile("住宅|居住|公寓|别墅|洋房|宿舍|成套|商住|住房|普通住|^住$|^民宅$|^民用$")),
    ("shop", re.compile("商铺|商业|门面|店|铺|商服|网点|营业|^商$|商用")),
    ("office", re.compile("办公|写字|^商务$")),
    ("other", re.compile("其他|其它|设备|配套|幼儿园|会所|用房|自行车|公建|工业|厂房|车间")),
)
_USAGE_CODES = {"110": "residence", "119": "residence", "120": "office"}  # MicroCommunity's


@lru_cache(maxsize=1024, typed=True)
def usage(cell: Cell | None) -> Cleaned[str | None]:
    """A home's kind; unknown words become `other`, with a warning."""
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if text in HOME_KINDS:
        return Cleaned(text)
    if text in _USAGE_CODES:
        return Cleaned(_USAGE_CODES[text])
    for kind, words in _USAGE:
        if words.search(text):
            return Cleaned(kind)
    return Cleaned("other", (Note("用途“%(text)s”没有对应的类别，按“其他”处理", text=short(text)),))


_SOURCES = (
    ("registered", re.compile("登记|产权证|不动产证|房产证|权证|证载|registered")),
    ("surveyed", re.compile("测绘|实测|预测|测量|surveyed")),
    ("contract", re.compile("合同|购房|网签|协议|contract")),
)


@lru_cache(maxsize=1024, typed=True)
def area_source(cell: Cell | None) -> Cleaned[str | None]:
    text = squeezed(cell).lower()
    if is_blank(text):
        return Cleaned(None)
    for source, words in _SOURCES:
        if words.search(text):
            return Cleaned(source)
    return Cleaned(None, (Note("面积依据“%(text)s”读不懂，应是登记、测绘或合同", text=short(text)),))


_EMPTY_HOME = re.compile(
    "未入住|没入住|空置|空房|空关|未住|没住|未交房|未装修|装修中|在装修|毛坯|^装修$|未收房|未售|未出租|无人|闲置"
)
_LIVED_IN = re.compile("已入住|入住|自住|常住|居住|出租|租户|租住|在住|已住|有人|使用|营业|借住")


@lru_cache(maxsize=1024, typed=True)
def occupied(cell: Cell | None) -> Cleaned[bool | None]:
    if isinstance(cell, bool):
        return Cleaned(cell)
    text = squeezed(cell)
    if text in ("是", "有", "√", "1", "Y", "y"):
        return Cleaned(True)
    if text in ("否", "无", "×", "0", "N", "n", "空"):
        return Cleaned(False)
    if is_blank(text):
        return Cleaned(None)
    if _EMPTY_HOME.search(text):
        return Cleaned(False)
    if _LIVED_IN.search(text):
        return Cleaned(True)
    return Cleaned(None, (Note("入住情况“%(text)s”读不懂，未采用", text=short(text)),))


_RELATIONS = (
    ("co_owner", re.compile("共有|共同|co_owner")),
    ("tenant", re.compile("租|承租|借住|使用人|tenant")),
    ("family", re.compile("配偶|妻|夫|子|女|父|母|儿|孙|兄|弟|姐|妹|媳|婿|祖|岳|公公|婆|亲属|家属|家人|family")),
    ("owner", re.compile("本人|户主|业主|产权人|房主|owner")),
)


@lru_cache(maxsize=1024, typed=True)
def relation(cell: Cell | None) -> Cleaned[str | None]:
    """owner, co_owner, family, tenant or other: only the first two own anything."""
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if text in ("本人", "户主", "业主", "业主本人", "产权人", "房主"):
        return Cleaned("owner")
    for name, words in _RELATIONS:
        if words.search(text):
            return Cleaned(name)
    return Cleaned("other", (Note("关系“%(text)s”读不懂，不按业主处理", text=short(text)),))


def yes_no(cell: Cell | None) -> Cleaned[bool | None]:
    return occupied(cell)._replace(warnings=())


_NUMBER = re.compile(r"(\d{1,6})(?:\.0+)?(?:层|个|户|年|票|人|单元)?")


@lru_cache(maxsize=4096, typed=True)
def count(cell: Cell | None) -> Cleaned[int | None]:
    """A small whole number: storeys, households, owners, votes."""
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if match := _NUMBER.fullmatch(text):
        return Cleaned(int(match[1]))
    number = figure(text)
    return (
        Cleaned(number)
        if number is not None
        else Cleaned(None, (Note("“%(text)s”不是整数，未采用", text=short(text)),))
    )


def year(cell: Cell | None) -> Cleaned[int | None]:
    if isinstance(cell, dt.date):
        return Cleaned(cell.year)
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    match = re.match(r"(1[89]\d\d|20\d\d|2100)(?!\d)", text)
    return Cleaned(int(match[1])) if match else Cleaned(None, (Note("年份“%(text)s”读不懂，未采用", text=short(text)),))


def words(cell: Cell | None) -> Cleaned[str]:
    """Free text, trimmed, with its full-width figures made half."""
    text = plain(cell)
    return Cleaned("" if text in ("-", "/", "无") else text)
