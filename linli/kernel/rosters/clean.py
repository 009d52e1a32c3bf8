"""One function per kind of cell: the value it means, or a sentence that tells what to put right.

Sentences are shown to the clerk beside the row, so they say what stands there and what should.
Nothing here knows of rows, columns or the database.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from operator import mul
from typing import Generic, NamedTuple, TypeVar

from .notes import Note
from .reading import Cell
from .text import EXCEL_ERRORS, NUMERAL, figure, is_blank, plain, squeezed

T = TypeVar("T")


class Cleaned(NamedTuple, Generic[T]):
    value: T
    warnings: tuple[Note, ...] = ()
    error: Note | None = None


class Label(NamedTuple):
    """What two spellings of one place share, and what the office wrote."""

    key: str
    display: str


class Place(NamedTuple):
    building: Label | None
    entrance: Label | None  # None: the text does not say; "0": it has none
    room: Label
    floor: int | None = None


class Phone(NamedTuple):
    number: str
    kind: str  # "mobile", "fixed" or "bad": a bad one is kept as written and flagged


class Identity(NamedTuple):
    number: str
    kind: str  # "resident" (18), "resident15", "credit_code" (organisations) or "other"


NO_ENTRANCE = Label("0", "")
HOME_KINDS = ("residence", "shop", "office", "parking_space", "storage", "other")
AREA_SOURCES = ("registered", "surveyed", "contract")

_DATES = (dt.date, dt.time, dt.timedelta)
_BECAME_DATE = Note("这一格被表格软件变成了日期，请把格式改为文本后重新填写")


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:24] + "…"


def _misfit(cell: Cell | None) -> Note | None:
    """A place that the spreadsheet program has turned into something else: "3-1" into 1 March."""
    if isinstance(cell, bool):
        return Note("这一格是“是/否”，请把格式改为文本后重新填写")
    return _BECAME_DATE if isinstance(cell, _DATES) else None


def _broken(text: str) -> Note | None:
    return Note("公式出错（%(text)s），请填上数值", text=text) if text in EXCEL_ERRORS else None


# Places

_BUILDING_TAIL = re.compile(r"(?:号楼栋|栋号|幢号|楼栋|号楼|号栋|号幢|#楼|#栋|#幢|楼幢|栋|幢|座|楼|号|#)$")
_ENTRANCE_TAIL = re.compile(r"(?:单元门|单元号|单元|号门|门栋|门洞|号梯|门|梯|号|#)$")
_ROOM_TAIL = re.compile(r"(?:号房|房号|室|房|号|户)$")
_STEMS = {c: i + 1 for i, c in enumerate("甲乙丙丁戊己庚辛壬癸")}
_PART = re.compile(rf"({NUMERAL}+)(?=期|区|组团|栋|幢|号|座|$)")


def _key(text: str) -> str:
    """Figures for numerals, no leading zeros, capital letters."""
    text = _PART.sub(lambda m: str(figure(m[1])), text)
    return re.sub(r"(?<![\d.])0+(?=\d)", "", text).upper()


_LETTER_FIRST, _NO_NUMBER = 100_000_000, 200_000_000


def order_of(key: str) -> int:
    """Where a building or an entrance stands among its neighbours: 1, 2, 10, then A, B; 1期2 before 1期10. Ties go by key."""
    numbers = [int(n) for n in re.findall(r"\d{1,4}", key)][:2]
    if re.match(r"[A-Z]", key):
        return _LETTER_FIRST + ord(key[0]) * 10_000 + (numbers or [0])[0]
    if not numbers:
        return _NO_NUMBER
    return numbers[0] if len(numbers) == 1 else numbers[0] * 10_000 + numbers[1]


# The caches are typed: to a dict TRUE and 1 are one key, to an office they are not.
@lru_cache(maxsize=8192, typed=True)
def building_key(cell: Cell | None) -> Cleaned[Label | None]:
    """1, 1#, 1栋, 1幢, 1号楼, 一号楼 are one building; A座 is A."""
    if misfit := _misfit(cell):
        return Cleaned(None, error=misfit)
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if error := _broken(text):
        return Cleaned(None, error=error)
    bare = _BUILDING_TAIL.sub("", text.removeprefix("第")) or text
    if len(bare) > 20:
        return Cleaned(None, error=Note("楼栋太长，读不懂：“%(text)s”", text=_short(text)))
    return Cleaned(Label(_key(bare), text))


@lru_cache(maxsize=8192, typed=True)
def entrance_key(cell: Cell | None) -> Cleaned[Label]:
    """1单元, 一单元, 甲单元, 1门 are one entrance; none is "0"."""
    if misfit := _misfit(cell):
        return Cleaned(NO_ENTRANCE, error=misfit)
    text = squeezed(cell)
    if is_blank(text) or text in ("无单元", "没有"):
        return Cleaned(NO_ENTRANCE)
    if error := _broken(text):
        return Cleaned(NO_ENTRANCE, error=error)
    bare = _ENTRANCE_TAIL.sub("", text.removeprefix("第")) or text
    if len(bare) > 20:
        return Cleaned(NO_ENTRANCE, error=Note("单元太长，读不懂：“%(text)s”", text=_short(text)))
    key = str(_STEMS[bare]) if bare in _STEMS else _key(bare)
    return Cleaned(Label(key, text) if key != "0" else NO_ENTRANCE)


@lru_cache(maxsize=16384, typed=True)
def room_no(cell: Cell | None) -> Cleaned[Label | None]:
    """0301, 301, 301室 are one room; S-05 stays as it is."""
    if misfit := _misfit(cell):
        return Cleaned(None, error=misfit)
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    if error := _broken(text):
        return Cleaned(None, error=error)
    bare = _ROOM_TAIL.sub("", text) or text
    if len(bare) > 30:
        return Cleaned(None, error=Note("房号太长，读不懂：“%(text)s”", text=_short(text)))
    return Cleaned(Label(_room_key(bare), bare))


def _room_key(bare: str) -> str:
    return (bare.lstrip("0") or "0") if bare.isdecimal() else re.sub(r"^0+(?=\d)", "", bare).upper()


_SIGN = rf"(?:\d{{1,4}}[A-Z]?|[A-Z]{{1,2}}-?\d{{0,3}}|{NUMERAL}{{1,4}}|[甲乙丙丁东西南北中])"
_PHASE = rf"(?:(?:\d{{1,2}}|{NUMERAL}{{1,3}}|[A-Z东南西北中])(?:期|区|组团)-?)"
_BUILDING = rf"(?P<b>{_PHASE}?(?:第)?{_SIGN})(?:号楼|栋|幢|号栋|#楼|#|座|{{weak}})-?"
_ENTRANCE = rf"(?:(?P<e>\d{{1,2}}|[A-Z]|{NUMERAL}{{1,3}}|[甲乙丙丁戊己庚辛东西南北中])(?:单元门|单元|门栋|号门|门|梯)-?|(?P<e2>\d{{1,2}})-(?=\w))?"
_FLOOR = rf"(?:(?P<f>-?\d{{1,2}}|{NUMERAL}{{1,3}}|负{NUMERAL}{{1,2}})(?:层|楼)-?)?"
_ROOM = r"(?P<r>[A-Z]{0,3}-?\d{1,5}[A-Z]?(?:-\d{1,2})?|[A-Z]\d{0,4})(?:号房|室|房|号|户)?"
_WRITTEN = re.compile(_BUILDING.replace("{weak}", "(?!)") + _ENTRANCE + _FLOOR + _ROOM + "$")
_WRITTEN_HAO = re.compile(_BUILDING.replace("{weak}", "号") + _ENTRANCE + _FLOOR + _ROOM + "$")
_WITHIN = re.compile(_ENTRANCE.removesuffix("?") + _FLOOR + _ROOM + "$")
_THREE = re.compile(
    r"(?:.*[^\dA-Z-])?([A-Z]?\d{1,4}[A-Z]?|[A-Z])-(\d{1,2})-([A-Z]?\d{1,5}[A-Z]?)(?:号房|室|房|号|户)?$"
)
_TWO = re.compile(r"([A-Z]?\d{1,4}|[A-Z])-([A-Z]?\d{1,5}[A-Z]?)(?:号房|室|房|号|户)?$")
_ONE = re.compile(r"([A-Z]{0,3}-?\d{1,5}[A-Z]?)(?:号房|室|房|号|户)?$")
_HOMES = re.compile(r"[、,;/;\n和及]|,")


def place(cell: Cell | None) -> Cleaned[tuple[Place, ...]]:
    """An address as offices write it, one home or several: "3-1-301", "3栋1单元301室", "1栋301、302".

    "1-101" without more is building 1, room 101; the row decides otherwise if its building has a column.
    """
    if misfit := _misfit(cell):
        return Cleaned((), error=misfit)
    text = squeezed(cell).upper()
    if is_blank(text):
        return Cleaned(())
    if error := _broken(text):
        return Cleaned((), error=error)
    places: list[Place] = []
    for part in filter(None, _HOMES.split(text)):
        found = _one_place(part, places[-1] if places else None)
        if found is None:
            return Cleaned(
                (), error=Note("从“%(text)s”读不出楼栋和房号，请写成“3栋1单元301”或“3-1-301”", text=_short(text))
            )
        if places and places[-1].building is None and found.room.key == places[-1].room.key:
            places[-1] = found  # "101室/1-101": one room twice, the fuller form counts
        elif found not in places:
            places.append(found)
    return Cleaned(tuple(places))


def _one_place(part: str, before: Place | None) -> Place | None:
    if written := _WRITTEN.search(part):
        return _written(written, building_key(written["b"]).value, None)
    if three := _THREE.fullmatch(part):
        return Place(building_key(three[1]).value, entrance_key(three[2]).value, _room(three[3]))
    if written := _WRITTEN_HAO.search(part):
        return _written(written, building_key(written["b"]).value, None)
    within = _WITHIN.fullmatch(part)
    # A bare "1-" is an entrance only after a home whose entrance was said; else "1-101、1-102" are in building 1.
    if within is not None and (within["e"] or (before is not None and before.entrance is not None)):
        return _written(within, before and before.building, before)
    if (two := _TWO.fullmatch(part)) and not is_range(part):
        return Place(building_key(two[1]).value, None, _room(two[2]))
    if one := _ONE.fullmatch(part):
        return Place(before and before.building, before and before.entrance, _room(one[1]))
    return None


_RANGE = re.compile(r"(\d{3,5})-(\d{3,5})")


def is_range(text: str) -> bool:
    """The text "101-103" means rooms 101 to 103, not building 101: to be written out."""
    match = _RANGE.fullmatch(text)
    return match is not None and len(match[1]) == len(match[2]) and int(match[1]) < int(match[2])


def _written(match: re.Match[str], building: Label | None, before: Place | None) -> Place:
    said = match["e"] or match["e2"]
    entrance = _entrance_as_written(match, said) if said else (before.entrance if before else None)
    return Place(building, entrance, _room(match["r"]), floor(match["f"]).value if match["f"] else None)


def _entrance_as_written(match: re.Match[str], said: str) -> Label:
    return entrance_key(said + "单元" if match["e"] else said).value


def _room(text: str) -> Label:
    return Label(_room_key(text), text)


_FLOOR_FORM = re.compile(
    rf"(?:第)?(?P<down>地下|负|-|B(?=\d))?(?P<n>\d{{1,3}}|{NUMERAL}{{1,4}})(?:层|楼|F)?(?:/\d+.*)?$"
)


@lru_cache(maxsize=1024, typed=True)
def floor(cell: Cell | None) -> Cleaned[int | None]:
    """3, 3层, 3F, 三楼, -1, 负一层, B1; "3/18" is the third of eighteen."""
    text = squeezed(cell).upper()
    if is_blank(text):
        return Cleaned(None)
    if misfit := _misfit(cell):
        return Cleaned(None, error=misfit)
    match = _FLOOR_FORM.fullmatch(text)
    number = None if match is None else int(match["n"]) if match["n"].isdecimal() else figure(match["n"])
    if match is None or number is None or number > 150 or (number == 0):
        return Cleaned(None, (Note("楼层“%(text)s”读不懂，未采用", text=_short(text)),))
    return Cleaned(-number if match["down"] else number)


# Areas: integers in 0.01 square metres

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
    if error := _broken(text):
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
        return Note("面积“%(text)s”里的逗号请改成小数点", text=_short(text))
    return Note("面积“%(text)s”不是数字，请改成如 89.50", text=_short(text))


# Phones

_PHONE_CUT = re.compile(r"[/、;,\n|]|\s(?=1\d{10}(?:\D|$))")
_COUNTRY = re.compile(r"\+86[\s-]*")
_MOBILE = re.compile(r"(?:86)?(1[3-9]\d{9})")
_FIXED = re.compile(r"\(?(0\d{2,3})\)?-?(\d{7,8})(?:(?:-|转|EXT\.?)(\d{1,6}))?", re.IGNORECASE)


def phones(cell: Cell | None) -> Cleaned[tuple[Phone, ...]]:
    """Every number in the cell, in order, without doubles. A bad one is flagged, never dropped."""
    if isinstance(cell, _DATES):
        return Cleaned((), (Note("电话这一格被表格软件变成了日期，请把格式改为文本后重新填写"),))
    text = plain(cell)
    if is_blank(text):
        return Cleaned(())
    if len(text) == 11 and _MOBILE.fullmatch(text):
        return Cleaned((Phone(text, "mobile"),))
    found: dict[str, Phone] = {}
    warnings: list[Note] = []
    for part in _PHONE_CUT.split(_COUNTRY.sub("", text)):
        part = part.strip()
        if is_blank(part):
            continue
        phone, warning = _phone(part)
        found.setdefault(phone.number, phone)
        if warning:
            warnings.append(warning)
    return Cleaned(tuple(found.values()), tuple(warnings))


def _phone(part: str) -> tuple[Phone, Note | None]:
    joined = re.sub(r"[\s]", "", part)
    bare = joined.replace("-", "")
    if mobile := _MOBILE.fullmatch(bare):
        return Phone(mobile[1], "mobile"), None
    if fixed := _FIXED.fullmatch(joined):
        return Phone(f"{fixed[1]}-{fixed[2]}" + (f"-{fixed[3]}" if fixed[3] else ""), "fixed"), None
    if re.fullmatch(r"[2-9]\d{6,7}", bare):
        return Phone(bare, "fixed"), Note("电话“%(bare)s”没有区号，请补上", bare=bare)
    if "*" in joined:
        return Phone(joined, "bad"), Note("电话打了星号，用不了，请补全")
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", bare, re.IGNORECASE):
        return Phone(joined, "bad"), Note("电话被表格存成了数字，后几位已丢失，请改成文本后重填")
    if bare.isdecimal() and bare.startswith("1"):
        return Phone(bare, "bad"), Note("手机号“%(bare)s”是 %(n)s 位，应为 11 位", bare=_short(bare), n=len(bare))
    return Phone(joined, "bad"), Note("“%(joined)s”不像电话号码，已照原样保留", joined=_short(joined))


# Identity numbers

_RESIDENT = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_CREDIT_SIGNS = {c: i for i, c in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
DIGITS_LOST = Note("身份证号被表格存成了数字，后几位已丢失，请把这一列改成文本后重新填写")


def identity_numbers(cell: Cell | None) -> Cleaned[tuple[Identity, ...]]:
    """Resident numbers with their check digit, credit codes of organisations, other papers with a warning."""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        # A spreadsheet number keeps 15 digits, so an 18-digit one has already lost its end.
        if abs(cell) >= 1e15:
            return Cleaned((), error=DIGITS_LOST)
    elif isinstance(cell, bool | dt.date | dt.time):
        return Cleaned((), error=Note("身份证号这一格是日期或是否，请改成文本"))
    text = plain(cell).upper()
    if is_blank(text):
        return Cleaned(())
    if error := _broken(text):
        return Cleaned((), error=error)
    if len(text) == 18 and _RESIDENT.fullmatch(text) and _resident(text) is None:
        return Cleaned((Identity(text, "resident"),))
    found: dict[str, Identity] = {}
    warnings: list[Note] = []
    for part in re.split(r"[/、;,\n|]|\s+(?=[\dA-Z]{15})", text):
        number = re.sub(r"\s", "", part)
        if is_blank(number):
            continue
        identity, warning, error = _identity(number)
        if error:
            return Cleaned((), error=error)
        if warning:
            warnings.append(warning)
        if identity:
            found.setdefault(identity.number, identity)
    return Cleaned(tuple(found.values()), tuple(warnings))


def _identity(number: str) -> tuple[Identity | None, Note | None, Note | None]:
    """(identity, warning, error), of which at most the first two or the last are set."""
    if "*" in number:
        return None, Note("身份证号打了星号，未保存"), None
    if re.fullmatch(r"\d(?:\.\d+)?E\+?\d+", number):
        return None, None, DIGITS_LOST
    number = re.sub(r"^([\d]{6})-?([\d]{8})-?([\dX]{4})$", r"\1\2\3", number)
    if _RESIDENT.fullmatch(number):
        fault = _resident(number)
        return (None, None, fault) if fault else (Identity(number, "resident"), None, None)
    if re.fullmatch(r"\d{15}", number):
        if not _is_day("19" + number[6:12]):
            return None, None, Note("15 位身份证号里的出生日期不对，请核对")
        return Identity(number, "resident15"), Note("身份证号是 15 位旧号，请尽量换成 18 位"), None
    if len(number) == 18 and _is_credit_code(number):
        return Identity(number, "credit_code"), None, None
    if re.fullmatch(r"\d{16,}", number):
        return None, None, Note("身份证号是 %(n)s 位，应为 18 位", n=len(number))
    if re.fullmatch(r"[A-Z0-9()]{6,20}", number) and not re.fullmatch(r"\d{13,}", number):
        return Identity(number, "other"), Note("“%(number)s”不是身份证号，按其他证件保存", number=_short(number)), None
    return None, None, Note("证件号“%(number)s”读不懂，请核对", number=_short(number))


def _resident(number: str) -> Note | None:
    """What is wrong with an 18-digit number, or None."""
    head = number[:17]
    if number[17] == _CHECKS[sum(map(mul, map(int, head), _WEIGHTS)) % 11]:
        return None if _is_day(number[6:14]) else Note("身份证号里的出生日期不对，请核对")
    if number.endswith("000"):
        return Note("身份证号末尾是 000，多半是被表格存成数字丢了几位，请改成文本后重填")
    return Note("身份证号最后一位校验不对，请逐位核对")


def _is_day(digits: str) -> bool:
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).year >= 1880
    except ValueError:
        return False


def _is_credit_code(number: str) -> bool:
    if number[17] not in _CREDIT_SIGNS or any(c not in _CREDIT_SIGNS for c in number[:17]):
        return False
    total = sum(_CREDIT_SIGNS[c] * w for c, w in zip(number[:17], _CREDIT_WEIGHTS, strict=True))
    return (31 - total % 31) % 31 == _CREDIT_SIGNS[number[17]]


# Dates

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
    if error := _broken(text):
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
        return Cleaned(None, error=Note("没有“%(text)s”这一天", text=_short(text)))


def _sane_day(day: dt.date) -> Cleaned[dt.date | None]:
    if 1900 <= day.year <= 2100:
        return Cleaned(day)
    return Cleaned(None, error=Note("日期是 %(year)s 年，请核对", year=day.year))


def _date_fault(text: str) -> Note:
    if len(text) == 6 and text.isdecimal() or _SHORT_YEAR.fullmatch(text):
        return Note("日期“%(text)s”的年份只有两位，请写四位，如 2023-01-04", text=_short(text))
    if _DAY_LAST.fullmatch(text):
        return Note("日期“%(text)s”分不清日和月，请写成 2023-01-04", text=_short(text))
    if _NO_DAY.fullmatch(text):
        return Note("日期“%(text)s”没有写到日，请写成 2023-01-04", text=_short(text))
    return Note("日期“%(text)s”读不懂，请写成 2023-01-04", text=_short(text))


# People

_COMPANY_ANYWHERE = re.compile("公司|合作社")
_COMPANY_END = re.compile("(?:厂|局|中心|集团|银行|医院|学校|委员会|办事处|事务所|协会|政府|支行|分行)$")
_NAME_CUT = re.compile(r"[、,;/\n]")
_NO_OWNER = ("未售", "空置", "未出售", "待售", "未售出")


def is_company(name: str) -> bool:
    bare = re.sub(r"\(.*?\)$", "", name)
    return bool(_COMPANY_ANYWHERE.search(bare) or (len(bare) >= 4 and _COMPANY_END.search(bare)))


def names(
    cell: Cell | None, identities: int = 0, phone_count: int = 0, *, column_is_co_owner: bool = False
) -> Cleaned[tuple[str, ...]]:
    """Owners named in one cell. Split only if as many identity numbers or phones say so, or in the 共有人 column."""
    if type(cell) is str and len(cell) < 4 and cell.isalpha():
        return Cleaned((cell,)) if not is_blank(cell) and cell not in _NO_OWNER else _no_owner(cell)
    if isinstance(cell, float | int | dt.date | dt.time) or (text := _tidy(plain(cell))) in EXCEL_ERRORS:
        return Cleaned((), error=Note("姓名“%(text)s”不是文字，请核对", text=_short(plain(cell))))
    if is_blank(text) or text in _NO_OWNER:
        return _no_owner(text)
    parts = _name_parts(text)
    if len(parts) == 1:
        return Cleaned((parts[0],), _masked(text))
    if column_is_co_owner or len(parts) in (identities, phone_count):
        return Cleaned(tuple(dict.fromkeys(parts)), _masked(text))
    return Cleaned(
        (text,),
        (Note("“%(text)s”像是几个人，身份证号或电话的个数对不上，先按一个名字保存，请核对", text=_short(text)),),
    )


def _no_owner(text: str) -> Cleaned[tuple[str, ...]]:
    return Cleaned((), (Note("业主写的是“%(text)s”，按还没有业主处理", text=text),) if text in _NO_OWNER else ())


def _masked(text: str) -> tuple[Note, ...]:
    return (Note("姓名打了星号，请补全"),) if "*" in text else ()


def _tidy(text: str) -> str:
    """A name padded to width ("李  丽") is one person."""
    return re.sub(r"(?<![A-Za-z])\s+(?![A-Za-z])", " ", text).strip(" 、,;/")


def _name_parts(text: str) -> list[str]:
    parts = [p.strip() for p in _NAME_CUT.split(text) if p.strip()]
    if len(parts) == 1 and " " in text and not text.isascii():
        spaced = text.split()
        if any(len(p) == 1 for p in spaced) or is_company(text):
            return ["".join(spaced)]
        return spaced
    return [_joined(p) for p in parts]


def _joined(part: str) -> str:
    return part if part.isascii() else "".join(part.split())


# Words with a fixed meaning

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
    return Cleaned("other", (Note("用途“%(text)s”没有对应的类别，按“其他”处理", text=_short(text)),))


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
    return Cleaned(None, (Note("面积依据“%(text)s”读不懂，应是登记、测绘或合同", text=_short(text)),))


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
    return Cleaned(None, (Note("入住情况“%(text)s”读不懂，未采用", text=_short(text)),))


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
    return Cleaned("other", (Note("关系“%(text)s”读不懂，不按业主处理", text=_short(text)),))


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
        else Cleaned(None, (Note("“%(text)s”不是整数，未采用", text=_short(text)),))
    )


def year(cell: Cell | None) -> Cleaned[int | None]:
    if isinstance(cell, dt.date):
        return Cleaned(cell.year)
    text = squeezed(cell)
    if is_blank(text):
        return Cleaned(None)
    match = re.match(r"(1[89]\d\d|20\d\d|2100)(?!\d)", text)
    return (
        Cleaned(int(match[1])) if match else Cleaned(None, (Note("年份“%(text)s”读不懂，未采用", text=_short(text)),))
    )


def words(cell: Cell | None) -> Cleaned[str]:
    """Free text, trimmed, with its full-width figures made half."""
    text = plain(cell)
    return Cleaned("" if text in ("-", "/", "无") else text)
