"""One sheet under one plan: each row cleaned, or skipped with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import clean, headers
from .cells import BuildingCells, Finding, HomeCells, OwnerCells, Row, State, TotalCheck, refuse
from .clean import Cleaned, Identity, Label, Phone, Place
from .headers import FIELD_LABELS
from .notes import Note
from .plans import SheetPlan, building_in, cell_at, header_at
from .reading import Cell, Sheet
from .text import is_blank, letter, plain, squeezed

UNUSED = Note("业主编号 %(ref)s 没有对应的房屋")


class People:
    """Owners listed by number on one sheet and referred to from another."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.refs: dict[int, str] = {}
        self.by_ref: dict[str, tuple[OwnerCells, ...]] = {}
        self.used: set[str] = set()

    def index(self) -> None:
        for row in self.rows:
            ref = self.refs.get(id(row))
            if ref and row.state is State.GOOD:
                if ref in self.by_ref:
                    refuse(row, "", Note("业主编号 %(ref)s 前面已经用过", ref=ref))
                else:
                    self.by_ref[ref] = row.owners

    def find(self, ref: str) -> tuple[OwnerCells, ...] | None:
        self.used.add(ref)
        return self.by_ref.get(ref)

    def flag_unused(self) -> None:
        for row in self.rows:
            ref = self.refs.get(id(row))
            if row.state is State.GOOD and ref not in self.used:
                row.warnings += (Finding("", Note(UNUSED, ref=ref)),)


_TOTAL = re.compile(r"(?:本页|本栋|本表|本单元|全部|面积)?(?:合计|小计|总计|共计|累计)")
_FOOT = re.compile(
    r"(?:制表|填表|审核|复核|打印|统计|编制|制单|负责|经办)(?:人|日期|时间|单位|员)?(?:签[名字])?(?::|$)|(?:日期|说明|备注|注|填表说明|单位)[:]"
)
_HEADING = re.compile(
    r"(?:第)?[\dA-Z一二三四五六七八九十]{1,4}(?:号楼|栋|幢|座|#楼?)(?:[\d一二三四五六七八九十甲乙丙丁]{1,2}单元)?$"
)
_DITTO = frozenset(("〃", "″", "同上", '"', "''", "”"))
_PLAIN_ROOM = re.compile(r"[A-Z]{0,2}\d{1,5}[A-Z]?", re.IGNORECASE)
_PREFIXED = re.compile(r"(\d{1,4}[A-Z]?)-(\d{3,5}[A-Z]?)(?:号房|室|房|号)?", re.IGNORECASE)
_KEPT_ROOM = re.compile(r"(?:[A-Z]{1,3}\d{0,2}-\d{1,5}|\d{1,5}[A-Z]?-\d{1,2})[A-Z]?(?:号房|室|房|号)?", re.IGNORECASE)


# What an empty cell means, kept because most fields of most rows are empty.
_NOTHING: dict[Callable[..., Cleaned[Any]], Any] = {
    by: by("").value
    for by in (
        clean.usage, clean.area, clean.area_source, clean.words, clean.date, clean.occupied, clean.floor, clean.count,
        clean.year, clean.yes_no, clean.names, clean.phones, clean.identity_numbers, clean.relation,
    )
}  # fmt: skip


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


class SheetReader:
    """One sheet under one plan. Holds what the rows above said: building, entrance, sums."""

    def __init__(self, sheet: Sheet, sheet_plan: SheetPlan, people: People) -> None:
        assert sheet_plan.header is not None
        self.sheet, self.plan, self.people = sheet, sheet_plan, people
        self.header = sheet_plan.header
        self.col: Callable[[str], int | None] = sheet_plan.columns.get
        self.used = sorted(sheet_plan.columns.values())
        self.where = {
            f: f"{letter(c)} {header_at(self.header, c) or FIELD_LABELS[f]}" for f, c in sheet_plan.columns.items()
        }
        self.totals: list[TotalCheck] = []
        self.sum_all = self.sum_part = 0
        self.building: Label | None = sheet_plan.building
        self.entrance: Label | None = sheet_plan.entrance
        self.filled, self.swallowed = self._merged()
        self.place_column = self.col("room_no") if self.col("room_no") is not None else self.col("full_address")
        self.home_fields = [f for f in _HOME_FIELDS if f[0] in sheet_plan.columns]
        self.has_parts = not {"inner_area", "shared_area"}.isdisjoint(sheet_plan.columns)
        self.has_shares = not {"co_form", "owner_count", "voting_count"}.isdisjoint(sheet_plan.columns)
        self.across = {top for (top, left), (_, right) in sheet.merged if right - left >= 2}
        self.prefix_is_building = self._prefix_is_building()
        self.errors: list[Finding] = []
        self.warnings: list[Finding] = []

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

    # What is not data

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

    # Cells

    def _clean(self, name: str, cells: Sequence[Cell], by: Callable[..., Cleaned[Any]], *args: Any, **kw: Any) -> Any:
        column = self.col(name)
        cell = cells[column] if column is not None and column < len(cells) else ""
        if cell == "":
            return _NOTHING[by]
        return self._note(name, by(cell, *args, **kw))

    def _note(self, name: str, cleaned: Cleaned[Any]) -> Any:
        if cleaned.error:
            self.errors.append(Finding(self.where.get(name, ""), cleaned.error))
        elif cleaned.warnings:
            where = self.where.get(name, "")
            self.warnings.extend(Finding(where, w) for w in cleaned.warnings)
        return cleaned.value

    def _error(self, name: str, says: Note) -> None:
        self.errors.append(Finding(self.where.get(name, ""), says))

    def _warn(self, name: str, says: Note) -> None:
        self.warnings.append(Finding(self.where.get(name, ""), says))

    # Kinds of rows

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

    # Places

    def _merged(self) -> tuple[dict[tuple[int, int], int], dict[int, list[str]]]:
        """Cells below the first of a merged block: where to look for a place; for other fields, only to warn."""
        fill = {c: f for f, c in self.plan.columns.items() if f in ("building", "entrance")}
        names = {c: f for f, c in self.plan.columns.items() if f not in fill.values()}
        filled: dict[tuple[int, int], int] = {}
        swallowed: dict[int, list[str]] = {}
        for (top, left), (bottom, _) in self.sheet.merged:
            for index in range(max(top + 1, self.header.first_row), min(bottom + 1, len(self.sheet.rows))):
                if left in fill:
                    filled[index, left] = top
                elif left in names and names[left] in (
                    "owner_name",
                    "building_area",
                    "owner_area",
                    "phone",
                    "identity_no",
                ):
                    swallowed.setdefault(index, []).append(names[left])
        return filled, swallowed

    def _swallowed(self, index: int) -> None:
        for name in self.swallowed.get(index, ()):
            self._warn(name, Note("这是合并单元格的下半部分，这一行按空着处理"))

    def _cell(self, name: str, cells: Sequence[Cell], index: int) -> Cell:
        column = self.col(name)
        if column is None:
            return ""
        cell = cell_at(cells, column)
        if cell == "" and (top := self.filled.get((index, column))) is not None:
            return cell_at(self.sheet.rows[top], column)
        return cell

    def _building_cell(self, cells: Sequence[Cell], index: int) -> Label | None:
        if self.col("building") is None:
            return self.building
        cell = self._cell("building", cells, index)
        same = isinstance(cell, str) and squeezed(cell) in _DITTO
        if same or (self.sheet.is_text and self.building is not None and is_blank(plain(cell))):
            if self.building is not None:
                self._warn("building", Note("楼栋空着，按上一行的“%(building)s”填写", building=self.building.display))
            return self.building
        label: Label | None = self._note("building", clean.building_key(cell))
        if label != self.building:
            self.building, self.entrance = label, self.plan.entrance
        return label

    def _entrance_cell(self, cells: Sequence[Cell], index: int) -> Label | None:
        """None where nothing says; "0" only where a cell says so."""
        if self.col("entrance") is None:
            return self.entrance
        cell = self._cell("entrance", cells, index)
        blank = cell == "" or (isinstance(cell, str) and not cell.strip())
        same = isinstance(cell, str) and squeezed(cell) in _DITTO
        lost_merge = (
            self.sheet.is_text
            and blank
            and not plain(cell_at(cells, self.col("building")))
            and self.col("building") is not None
        )
        if same or lost_merge:
            return self.entrance
        self.entrance = None if blank else self._note("entrance", clean.entrance_key(cell))
        return self.entrance

    def _places(self, cells: Sequence[Cell], index: int) -> tuple[Place, ...]:
        building = self._building_cell(cells, index)
        entrance = self._entrance_cell(cells, index)
        if self.errors:
            return ()
        name = "room_no" if not is_blank(plain(cell_at(cells, self.col("room_no")))) else "full_address"
        cell = cell_at(cells, self.col(name))
        if name == "room_no" or building is not None:
            found = self._room(name, cell, building, entrance)
        else:
            found = self._note(name, clean.place(cell))
        if not self.errors:
            self._check_complete(name, found)
        return () if self.errors else found

    def _check_complete(self, name: str, found: Sequence[Place]) -> None:
        if not found:
            self._error(name if name in self.where else "room_no", Note("缺房号"))
        elif any(p.building is None for p in found):
            missing = "building" if "building" in self.where else name
            self._error(
                missing, Note("缺楼栋：没有楼栋这一列，房号和工作表名里也没有") if missing == name else Note("缺楼栋")
            )

    def _room(self, name: str, cell: Cell, building: Label | None, entrance: Label | None) -> tuple[Place, ...]:
        text = squeezed(cell)
        if not isinstance(cell, str) or is_blank(text) or _PLAIN_ROOM.fullmatch(text):
            room = self._note(name, clean.room_no(cell))
            return (Place(building, entrance, room),) if room is not None else ()
        if building is not None:
            if clean.is_range(text):
                self._error(name, Note("“%(text)s”像是从几号到几号，请一户一行，或写成“101、102”", text=text))
                return ()
            if prefixed := _PREFIXED.fullmatch(text):
                return self._prefixed(name, prefixed[1], prefixed[2], building, entrance)
            if _KEPT_ROOM.fullmatch(text):
                return (Place(building, entrance, self._note(name, clean.room_no(cell))),)
        cleaned = clean.place(cell)
        if building is not None and cleaned.error and not re.search("栋|幢|号楼|单元|、", text) and len(text) <= 20:
            room = self._note(name, clean.room_no(cell))  # "地下B023", "商铺3": a name of its own
            return (Place(building, entrance, room),) if room is not None else ()
        found = self._note(name, cleaned)
        return tuple(filter(None, (self._agree(name, p, building, entrance) for p in found)))

    def _prefixed(
        self, name: str, prefix: str, rest: str, building: Label, entrance: Label | None
    ) -> tuple[Place, ...]:
        """The "1-101" in a row that has its building: the entrance is said again, or the building, or it is said here."""
        room = clean.room_no(rest).value
        key = clean.entrance_key(prefix).value
        assert room is not None
        if entrance is not None and key.key == entrance.key:
            return (Place(building, entrance, room),)
        again = building.key == key.key
        if again and (entrance is not None or self.prefix_is_building):
            return (Place(building, entrance, room),)
        if entrance is None:
            return (Place(building, key, room),)
        self._error(
            name,
            Note(
                "房号里写的是%(said)s单元，单元一列是“%(entrance)s”，请核对",
                said=prefix,
                entrance=entrance.display or Note("空"),
            ),
        )
        return ()

    def _agree(self, name: str, found: Place, building: Label | None, entrance: Label | None) -> Place | None:
        """The place as read from text, filled from the row's columns; refused where they differ."""
        if building is not None:
            found = _within(found, building)
        if building is not None and found.building is not None and found.building.key != building.key:
            self._error(
                name,
                Note(
                    "这里写的是“%(building)s”，楼栋一列是“%(column)s”，请核对",
                    building=found.building.display,
                    column=building.display,
                ),
            )
            return None
        if entrance is not None and found.entrance is not None and found.entrance.key != entrance.key:
            self._error(
                name,
                Note(
                    "这里写的是“%(entrance)s”单元，单元一列是“%(column)s”，请核对",
                    entrance=found.entrance.display,
                    column=entrance.display,
                ),
            )
            return None
        return Place(building or found.building, entrance or found.entrance, found.room, found.floor)

    def _prefix_is_building(self) -> bool:
        """Rooms "3-301" in building 3 without entrances: does the whole sheet repeat its building so?"""
        column, building = self.col("room_no"), self.col("building")
        if column is None or (building is None and self.plan.building is None):
            return False
        seen, fixed = 0, self.plan.building
        for index in range(self.header.first_row, len(self.sheet.rows)):
            cells = self.sheet.rows[index]
            cell = cell_at(cells, column)
            if not isinstance(cell, str) or "-" not in plain(cell):
                continue
            match = _PREFIXED.fullmatch(squeezed(cell))
            if match is None:
                continue
            label = fixed or clean.building_key(self._cell("building", cells, index)).value
            if label is not None:
                if clean.entrance_key(match[1]).value.key != label.key:
                    return False
                seen += 1
        return seen > 0

    # Owners

    def _owners(self, row: Row, cells: Sequence[Cell]) -> None:
        identities: tuple[Identity, ...] = self._clean("identity_no", cells, clean.identity_numbers)
        phones: tuple[Phone, ...] = self._clean("phone", cells, clean.phones)
        if self.col("phone2") is not None:
            second: tuple[Phone, ...] = self._clean("phone2", cells, clean.phones)
            phones += tuple(p for p in second if p not in phones)
        names: tuple[str, ...] = self._clean("owner_name", cells, clean.names, len(identities), len(phones))
        others: tuple[str, ...] = ()
        if self.col("co_owner") is not None:
            cleaned = clean.names(cell_at(cells, self.col("co_owner")), column_is_co_owner=True)
            others = tuple(n for n in self._note("co_owner", cleaned) if n not in names)
        relation = self._clean("relation", cells, clean.relation)
        row.owners = self._people(names, others, identities, phones, relation)
        if self.has_shares:
            self._shares(row, cells)
        if not row.owners and self.plan.layout == "owners":
            self._by_reference(row, cells)

    def _shares(self, row: Row, cells: Sequence[Cell]) -> None:
        row.co_form = self._clean("co_form", cells, clean.words)
        row.owner_count = self._clean("owner_count", cells, clean.count)
        row.voting_count = self._clean("voting_count", cells, clean.count)
        if row.owner_count and row.owners and row.owner_count != len(row.owners):
            self._warn(
                "owner_count",
                Note("写的是 %(count)s 人，读出 %(owners)s 个姓名", count=row.owner_count, owners=len(row.owners)),
            )

    def _by_reference(self, row: Row, cells: Sequence[Cell]) -> None:
        ref = plain(cell_at(cells, self.col("owner_ref")))
        if is_blank(ref) or ref == "0":
            if not self.errors:
                self._warn("owner_name", Note("没有业主姓名，只登记房屋"))
            return
        found = self.people.find(ref)
        if found is None:
            self._error("owner_ref", Note("业主编号 %(ref)s 在业主信息表里找不到，或那一行有错", ref=ref))
        else:
            row.owners = found

    def _people(
        self, names: Sequence[str], others: Sequence[str], identities: Sequence[Identity], phones: Sequence[Phone],
        relation: str | None,
    ) -> tuple[OwnerCells, ...]:  # fmt: skip
        if len(names) == 1 and not others:
            if len(identities) > 1:
                self._warn("identity_no", Note("一个姓名有 %(n)s 个身份证号，只用第一个", n=len(identities)))
            return (
                OwnerCells(
                    names[0], identities[0] if identities else None, tuple(phones), clean.is_company(names[0]), relation
                ),
            )
        everyone = [*names, *others]
        if not everyone:
            if identities or phones:
                self._warn("owner_name", Note("有电话或证件号，没有姓名，未采用"))
            return ()
        shared_ids = _deal(identities, len(everyone), len(names))
        shared_phones = _deal(phones, len(everyone), len(names))
        if shared_ids is None:
            self._warn("identity_no", Note("身份证号的个数和姓名对不上，未采用，请核对"))
        if shared_phones is None:
            self._warn("phone", Note("电话的个数和姓名对不上，都记在第一人名下"))
            shared_phones = [tuple(phones)]
        return tuple(
            OwnerCells(
                name,
                next(iter(_item(shared_ids, i)), None),
                _item(shared_phones, i),
                clean.is_company(name),
                relation if i < len(names) else "co_owner",
            )
            for i, name in enumerate(everyone)
        )


def _within(found: Place, building: Label) -> Place:
    """The "1-101" read as building 1 is entrance 1 in a row that has another building."""
    said = found.building
    if said is None or found.entrance is not None or said.key == building.key or not said.display.isdecimal():
        return found
    return found._replace(building=building, entrance=clean.entrance_key(said.display).value)


def _deal(items: Sequence[Any], people: int, first: int) -> list[tuple[Any, ...]] | None:
    """One each, if there is one for everyone or for those of the owner's column; None if the count fits neither."""
    if len(items) in (0, people, first):
        return [(i,) for i in items]
    return None


def _item(dealt: list[tuple[Any, ...]] | None, index: int) -> tuple[Any, ...]:
    return dealt[index] if dealt is not None and index < len(dealt) else ()
