"""Names, phones and identity numbers."""

from __future__ import annotations

import datetime as dt
import re
from operator import mul

from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Cell
from linli.kernel.rosters.text import EXCEL_ERRORS, is_blank, plain

from .base import (
    DATES,
    Cleaned,
    Identity,
    Phone,
    broken,
    short,
)

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
        return Cleaned((), error=Note("姓名“%(text)s”不是文字，请核对", text=short(plain(cell))))
    if is_blank(text) or text in _NO_OWNER:
        return _no_owner(text)
    parts = _name_parts(text)
    if len(parts) == 1:
        return Cleaned((parts[0],), _masked(text))
    if column_is_co_owner or len(parts) in (identities, phone_count):
        return Cleaned(tuple(dict.fromkeys(parts)), _masked(text))
    return Cleaned(
        (text,),
        (Note("“%(text)s”像是几个人，身份证号或电话的个数对不上，先按一个名字保存，请核对", text=short(text)),),
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


_PHONE_CUT = re.compile(r"[/、;,\n|]|\s(?=1\d{10}(?:\D|$))")
_COUNTRY = re.compile(r"\+86[\s-]*")
_MOBILE = re.compile(r"(?:86)?(1[3-9]\d{9})")
_FIXED = re.compile(r"\(?(0\d{2,3})\)?-?(\d{7,8})(?:(?:-|转|EXT\.?)(\d{1,6}))?", re.IGNORECASE)


def phones(cell: Cell | None) -> Cleaned[tuple[Phone, ...]]:
    """Every number in the cell, in order, without doubles. A bad one is flagged, never dropped."""
    if isinstance(cell, DATES):
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
        return Phone(bare, "bad"), Note("手机号“%(bare)s”是 %(n)s 位，应为 11 位", bare=short(bare), n=len(bare))
    return Phone(joined, "bad"), Note("“%(joined)s”不像电话号码，已照原样保留", joined=short(joined))


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
    if error := broken(text):
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
        return Identity(number, "other"), Note("“%(number)s”不是身份证号，按其他证件保存", number=short(number)), None
    return None, None, Note("证件号“%(number)s”读不懂，请核对", number=short(number))


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
