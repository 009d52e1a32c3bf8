"""One sheet under one plan: each row cleaned, or skipped with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import clean, headers
from .cells import BuildingCells, HomeCells, Row, State, TotalCheck
from .clean import Cleaned
from .notes import Note
from .plans import SheetPlan, building_in, cell_at, header_at
from .reading import Cell, Sheet
from .sheetowners import People, SheetOwners
from .sheetplaces import SheetPlaces
from .text import plain, squeezed

_TOTAL = re.compile(r"(?:本页|本栋|本表|本单元|全部|面积)?(?:合计|小计|总计|共计|累计)")

_FOOT = re.compile(
    r"(?:制表|填表|审核|复核|打印|统计|编制|制单|负责|经办)(?:人|日期|时间|单位|员)?(?:签[名字])?(?::|$)|(?:日期|说明|备注|注|填表说明|单位)[:]"
)

_HEADING = re.compile(
    r"(?:第)?[\dA-Z一二三四五六七八九十]{1,4}(?:号楼|栋|幢|座|#楼?)(?:[\d一二三四五六七八九十甲乙丙丁]{1,2}单元)?$"
)

# Column, attribute of HomeCells, cleaner: those that need nothing but their own cell.
_HOME_FIELDS: tuple[tuple[str, str, Callable[..., Cleaned[Any]]], ...] = (
    ("area_source", "area_source", clean.area_source),
    ("title_no", "title_no", clean.words),
    ("delivered_on", "delivered_on", clean.date),
    ("occupied", "occupied", clean.occupied),
    ("full_address", "address", clean.words),
    ("floor", "floor", clean.floor),
)

# A first cell that begins with none of these starts no total, no footnote.
_FIRST_SIGNS = frozenset("合小总共累本全面制填审复打统编单负经日说备注")


def _is_empty(cell: Cell) -> bool:
    return cell == "" or (isinstance(cell, str) and cell.isspace())


class SheetReader(SheetOwners, SheetPlaces):
    """One sheet under one plan. Holds what the rows above said: building, entrance, sums."""

    def __init__(self, sheet: Sheet, sheet_plan: SheetPlan, people: People) -> None:
        super().__init__(sheet, sheet_plan, people)
        self.used = sorted(sheet_plan.columns.values())
        self.totals: list[TotalCheck] = []
        self.sum_all = self.sum_part = 0
        self.place_column = self.col("room_no") if self.col("room_no") is not None else self.col("full_address")
        self.home_fields = [f for f in _HOME_FIELDS if f[0] in sheet_plan.columns]
        self.has_parts = not {"inner_area", "shared_area"}.isdisjoint(sheet_plan.columns)
        self.across = {top for (top, left), (_, right) in sheet.merged if right - left >= 2}

    def read(self) -> Iterator[Row]:
        read_one = {"buildings": self._building, "people": self._person}.get(self.plan.layout, self._home)
        for index in range(self.header.first_row, len(self.sheet.rows)):
            cells = self.sheet.rows[index]
            row = Row(self.plan.name, index + 1, cells)
            note = self._skip(cells, index)
            if note:
                row.state, row.note = State.SKIPPED, note
            else:
                self.errors, self.warnings = [], []
                read_one(row, cells, index)
                row.errors, row.warnings = tuple(self.errors), tuple(self.warnings)
                if self.errors:
                    row.state = State.REFUSED
            yield row

    def _skip(self, cells: Sequence[Cell], index: int) -> Note | None:
        """Why the row holds no data, or None. Most rows do, so the cheap test comes first."""
        place = cell_at(cells, self.place_column)
        first_column = next((c for c in self.used if not _is_empty(cell_at(cells, c))), None)
        if first_column is None:
            return Note("空行")
        first = cells[first_column]
        if place != "" and first_column != self.place_column and self._is_plainly_data(first, first_column, place):
            return None
        if isinstance(first, str) and first == header_at(self.header, first_column) and self._is_header_again(cells):
            return Note("重复的表头")
        filled = [c for c in self.used if not _is_empty(cell_at(cells, c))]
        looked_at = filled if not place or place == first or len(filled) <= 4 else filled[:1]
        if note := self._skip_by_words(cells, looked_at, index):
            return note
        if len(filled) == 1:
            return self._skip_lone_cell(first_column, first, index)
        return None

    def _is_plainly_data(self, first: Cell, column: int, place: Cell) -> bool:
        """A place with a figure in it, and a first cell that is a number or no word of totals and headers."""
        if isinstance(place, str) and not any(map(str.isdigit, place)):
            return False
        return not isinstance(first, str) or (first[0] not in _FIRST_SIGNS and first != header_at(self.header, column))

    def _skip_by_words(self, cells: Sequence[Cell], looked_at: list[int], index: int) -> Note | None:
        texts = [(c, squeezed(cells[c])) for c in looked_at if isinstance(cells[c], str)]
        for column, text in texts:
            if _TOTAL.match(text) and column != self.col("remark"):
                self._total(text, cells, index)
                return Note("合计行")
            if _FOOT.match(text) and column != self.col("remark"):
                return Note("表尾说明")
        return None

    def _skip_lone_cell(self, column: int, cell: Cell, index: int) -> Note | None:
        if column == self.col("serial"):
            return Note("空行，只有序号")
        text = squeezed(cell) if isinstance(cell, str) else ""
        if _HEADING.fullmatch(text) and self._is_heading(column, index):
            if self.col("building") is None:
                self.building, self.entrance = building_in(text)
            return Note("分组标题")
        return Note("表尾说明") if column != self.place_column and len(text) > 12 else None

    def _is_heading(self, column: int, index: int) -> bool:
        """A lone "1栋" in the building column is a row without a room, unless it is merged across."""
        if self.plan.layout == "buildings":
            return False
        return column != self.col("building") or index in self.across

    def _is_header_again(self, cells: Sequence[Cell]) -> bool:
        same = sum(1 for c in self.used if plain(cell_at(cells, c)) == header_at(self.header, c))
        return same >= min(headers.MIN_HITS, len(self.used))

    def _total(self, text: str, cells: Sequence[Cell], index: int) -> None:
        column = self.col("building_area") if self.col("building_area") is not None else self.col("owner_area")
        stated = clean.area(cell_at(cells, column), "other").value
        partial = "小计" in text or "本页" in text or "本栋" in text or "本单元" in text
        if stated is not None:
            self.totals.append(
                TotalCheck(self.plan.name, index + 1, stated, self.sum_part if partial else self.sum_all)
            )
        if partial:
            self.sum_part = 0

    def _add_area(self, area: int) -> None:
        self.sum_all += area
        self.sum_part += area

    def _home(self, row: Row, cells: Sequence[Cell], index: int) -> None:
        places = self._places(cells, index)
        kind = self._clean("usage", cells, clean.usage)
        area = self._clean("building_area", cells, clean.area, kind if len(places) < 2 else "other")
        owner_area = self._clean("owner_area", cells, clean.area, "other")
        self._add_area(area or owner_area or 0)
        if len(places) > 1 and area is not None:
            owner_area, area = owner_area or area, None
        if len(places) == 1 and area is None:
            area, owner_area = owner_area, None
        row.owner_area = owner_area if len(places) > 1 else None
        if row.owner_area is not None:
            self._warn(
                "owner_area" if self.col("owner_area") is not None else "building_area",
                Note("%(places)s 套房屋只有一个面积，按合计处理，每套的面积仍缺", places=len(places)),
            )
        rest = {attribute: self._clean(name, cells, by) for name, attribute, by in self.home_fields}
        floor = rest.pop("floor", None)
        if self.has_parts:
            rest |= self._parts(cells, kind, area)
        row.homes = tuple(
            HomeCells(
                p.building,
                p.entrance or clean.NO_ENTRANCE,
                p.room,
                p.floor if floor is None else floor,
                kind,
                area,
                **rest,
            )
            for p in places
            if p.building is not None
        )
        if self.plan.layout == "owners":
            self._owners(row, cells)
        row.remark = self._clean("remark", cells, clean.words)
        if index in self.swallowed:
            self._swallowed(index)
        if self.plan.kept:
            row.extra = self._extra(cells)

    def _parts(self, cells: Sequence[Cell], kind: str | None, area: int | None) -> dict[str, int | None]:
        """Inner and shared area. Some homes share nothing: a zero is an answer there."""
        inner = self._clean("inner_area", cells, clean.area, kind)
        if area and inner and inner > area:
            self._warn("inner_area", Note("套内面积大于建筑面积，请核对"))
        nothing = squeezed(cell_at(cells, self.col("shared_area"))) in ("0", "0.0", "0.00")
        return {
            "inner_area": inner,
            "shared_area": 0 if nothing else self._clean("shared_area", cells, clean.area, kind),
        }

    def _building(self, row: Row, cells: Sequence[Cell], index: int) -> None:
        label = self._building_cell(cells, index)
        if label is None:
            if not self.errors:
                self._error("building", Note("缺楼栋"))
            return
        entrance = self._entrance_cell(cells, index) if self.col("entrance") is not None else None
        row.building = BuildingCells(
            label,
            entrance,
            self._clean("floors_above", cells, clean.count),
            self._clean("floors_below", cells, clean.count),
            self._clean("entrances", cells, clean.count),
            self._clean("households", cells, clean.count),
            self._clean("building_area", cells, clean.area, "other"),
            self._clean("completed_year", cells, clean.year),
            self._clean("lift", cells, clean.yes_no),
            self._clean("captain", cells, clean.words),
            self._clean("grid", cells, clean.words),
        )
        self._add_area(row.building.area or 0)
        row.remark = self._clean("remark", cells, clean.words)
        row.extra = self._extra(cells)

    def _person(self, row: Row, cells: Sequence[Cell], index: int) -> None:
        ref = plain(cell_at(cells, self.col("owner_ref")))
        self.people.refs[id(row)] = ref
        if not ref:
            self._error("owner_ref", Note("缺业主编号，找不到他的房屋"))
        self._owners(row, cells)
        if not row.owners and not self.errors:
            self._error("owner_name", Note("缺业主姓名"))
        row.extra = self._extra(cells)

    def _extra(self, cells: Sequence[Cell]) -> dict[str, str] | None:
        found = {h: t for c, h in self.plan.kept.items() if c < len(cells) and (t := plain(cells[c]))}
        return found or None
