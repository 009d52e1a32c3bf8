"""How each sheet will be read: proposed from its headers, confirmed or changed by a person."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from . import clean, headers
from .clean import Label
from .headers import KIND_FIELDS, HeaderGuess
from .reading import Cell, Sheet
from .text import plain, squeezed


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """How one sheet will be read: what the person confirms or changes."""

    name: str
    hidden: bool
    layout: str  # "homes", "owners", "buildings", "people" (owners by number, no homes), or "" if not read
    why_not: str = ""
    header: HeaderGuess | None = None
    columns: Mapping[str, int] = field(default_factory=dict)  # field -> column
    building: Label | None = None  # from the sheet's name or title, where no column has it
    entrance: Label | None = None
    kept: Mapping[int, str] = field(default_factory=dict)  # unknown columns that go to `extra`
    sensitive: Mapping[int, str] = field(default_factory=dict)  # not stored unless asked for
    ignored: Mapping[int, str] = field(default_factory=dict)  # known, but not for this kind of register
    looks_like: str = ""

    @property
    def is_read(self) -> bool:
        return bool(self.layout)


def plan(sheets: Sequence[Sheet], kind: str, *, keep_sensitive: Collection[str] = ()) -> list[SheetPlan]:
    """One plan per sheet, hidden ones too. `keep_sensitive` names headers that the person gave a reason for."""
    return [_plan_sheet(s, kind, None if s.hidden else headers.find_header(s.rows), keep_sensitive) for s in sheets]


def replan(
    sheet: Sheet, kind: str, row_index: int, mapping: Mapping[int, str], *, row_span: int = 1,
    keep_sensitive: Collection[str] = (),
) -> SheetPlan:  # fmt: skip
    """The plan when a person has said which row holds the headers and which column is what."""
    upper, lower = sheet.rows[row_index], sheet.rows[row_index + row_span - 1]
    width = max(map(len, (upper, lower)))
    cells = [plain(cell_at(lower, i)) or plain(cell_at(upper, i)) for i in range(width)]
    guess = headers.guess(cells, row_index, row_span)
    unknown = {i: h for i, h in enumerate(guess.headers) if h and i not in mapping}
    return _plan_sheet(sheet, kind, replace(guess, mapping=dict(mapping), unknown=unknown), keep_sensitive)


def _plan_sheet(sheet: Sheet, kind: str, header: HeaderGuess | None, keep: Collection[str]) -> SheetPlan:
    if sheet.hidden:
        return SheetPlan(sheet.name, True, "", "隐藏的工作表，没有读。")
    if not sheet.rows:
        return SheetPlan(sheet.name, False, "", "空的工作表。")
    if header is None:
        return SheetPlan(sheet.name, False, "", "前 10 行里找不到表头（至少要认出 3 列，如楼栋、房号、建筑面积）。")
    wanted = KIND_FIELDS[kind]
    columns = {f: c for c, f in header.mapping.items() if f in wanted}
    ignored = {c: header_at(header, c) for c, f in header.mapping.items() if f not in wanted}
    sensitive = {c: h for c, h in header.unknown.items() if headers.is_sensitive(h) and h not in keep}
    kept = {c: h for c, h in header.unknown.items() if c not in sensitive}
    building, entrance = _place_of_sheet(sheet, header) if "building" not in columns else (None, None)
    layout, why_not = _layout(kind, header)
    return SheetPlan(
        sheet.name, False, layout, why_not, header, columns, building, None if "entrance" in columns else entrance,
        kept, sensitive, ignored, header.looks_like,
    )  # fmt: skip


def header_at(header: HeaderGuess, column: int) -> str:
    return header.headers[column] if column < len(header.headers) else ""


def _layout(kind: str, header: HeaderGuess) -> tuple[str, str]:
    fields = set(header.mapping.values())
    if fields & {"room_no", "full_address"}:
        if kind == "owners" and not fields & {"owner_name", "co_owner", "owner_ref"}:
            return "", "没有业主姓名这一列。"
        return kind, ""
    if "building" in fields and fields & set(headers.BUILDING_FIELDS):
        return ("buildings", "") if kind == "homes" else ("", "这是楼栋表，请在导入房屋台账时使用。")
    if {"owner_name", "owner_ref"} <= fields:
        return ("people", "") if kind == "owners" else ("", "这是业主信息，请在导入业主名册时使用。")
    return "", "没有房号或房屋坐落这一列。"


_SHEET_BUILDING = re.compile(
    rf"((?:(?:\d{{1,2}}|{clean.NUMERAL}{{1,3}}|[A-Z])(?:期|区))?(?:\d{{1,4}}[A-Z]?|[A-Z]\d{{0,3}}|{clean.NUMERAL}{{1,4}})(?:号楼|栋|幢|座|#楼?))"
    rf"(?:(\d{{1,2}}|{clean.NUMERAL}{{1,3}}|[甲乙丙丁东西])单元)?"
)


def building_in(text: str) -> tuple[Label | None, Label | None]:
    """Building and entrance named in a sheet's name or a title: "1栋业主名册", "3#", "12"."""
    name = squeezed(text).upper()
    if re.fullmatch(r"\d{1,3}|[A-Z]", name):
        return clean.building_key(name).value, None
    found = _SHEET_BUILDING.findall(name)
    if len({b for b, _ in found}) != 1:
        return None, None
    building, entrance = found[0]
    return clean.building_key(building).value, clean.entrance_key(entrance + "单元").value if entrance else None


def _place_of_sheet(sheet: Sheet, header: HeaderGuess) -> tuple[Label | None, Label | None]:
    named = building_in(sheet.name)
    if named[0] is not None:
        return named
    titles = [c for row in sheet.rows[: header.row_index] for c in row if isinstance(c, str) and c]
    return next((b for b in map(building_in, titles) if b[0] is not None), (None, None))


def cell_at(cells: Sequence[Cell], column: int | None) -> Cell:
    return cells[column] if column is not None and column < len(cells) else ""
