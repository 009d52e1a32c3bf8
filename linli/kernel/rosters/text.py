"""A cell as plain text: half-width, trimmed; and Chinese numerals as figures."""

from __future__ import annotations

import datetime as dt
import re

from .reading import Cell

_HALF: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF |= {ord(c): " " for c in "\u3000\u00a0\u2002\u2003\u2009\ufeff\u200b\t\r\n"}
_HALF |= {ord(c): "-" for c in "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\ufe63"}
_HALF |= {ord(a): b for a, b in zip("〔〕【】［］", "()()()", strict=True)}

EXCEL_ERRORS = frozenset(("#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#GETTING_DATA"))
_BLANKS = frozenset(("", "-", "--", "/", "\\", "无", "空", "—", "——", "暂无", "未知", "不详", "null", "none", "n/a"))


def half_width(text: str) -> str:
    """Digits, letters, brackets, hyphens and spaces in their half-width form; everything else as it was."""
    return text if text.isascii() else text.translate(_HALF)


def plain(cell: Cell | None) -> str:
    """What a person reads in the cell. Whole numbers lose Excel's ".0"."""
    if isinstance(cell, str):
        return half_width(cell).strip()
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def squeezed(cell: Cell | None) -> str:
    return "".join(plain(cell).split())


def is_blank(text: str) -> bool:
    """Empty, or one of the ways people write that there is nothing."""
    return not text or text.lower() in _BLANKS


_NUMERALS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMERAL = "[零〇一二两三四五六七八九十百]"


def figure(numeral: str) -> int | None:
    """ "二十一" is 21, "一〇二" is 102; None if it is not a numeral below one thousand."""
    if not numeral or not re.fullmatch(NUMERAL + "+", numeral):
        return None
    if not re.search("[十百]", numeral):
        return int("".join(str(_NUMERALS[c]) for c in numeral))
    total, digit = 0, None
    for c in numeral:
        if c in "十百":
            total += (1 if digit is None else digit) * (10 if c == "十" else 100)
            digit = None
        else:
            digit = _NUMERALS[c]
    return total + (digit or 0)


def letter(column: int) -> str:
    """Column 0 is A, 26 is AA, as Excel shows them."""
    name, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
