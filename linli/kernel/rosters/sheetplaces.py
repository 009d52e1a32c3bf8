"""Which homes a row is about: from its columns, its address, the rows above and the sheet's name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import clean
from .clean import Label, Place
from .notes import Note
from .plans import SheetPlan, cell_at
from .reading import Cell, Sheet
from .sheetcells import SheetCells
from .text import is_blank, plain, squeezed

_DITTO = frozenset(("〃", "″", "同上", '"', "''", "”"))

_PLAIN_ROOM = re.compile(r"[A-Z]{0,2}\d{1,5}[A-Z]?", re.IGNORECASE)

_PREFIXED = re.compile(r"(\d{1,4}[A-Z]?)-(\d{3,5}[A-Z]?)(?:号房|室|房|号)?", re.IGNORECASE)

_KEPT_ROOM = re.compile(r"(?:[A-Z]{1,3}\d{0,2}-\d{1,5}|\d{1,5}[A-Z]?-\d{1,2})[A-Z]?(?:号房|室|房|号)?", re.IGNORECASE)

_NAMED = re.compile("栋|幢|座|号楼")


class SheetPlaces(SheetCells):
    """Holds what the rows above said: building and entrance."""

    def __init__(self, sheet: Sheet, sheet_plan: SheetPlan) -> None:
        super().__init__(sheet, sheet_plan)
        self.building: Label | None = sheet_plan.building
        self.entrance: Label | None = sheet_plan.entrance
        self.filled, self.swallowed = self._merged()
        self.prefix_is_building = self._prefix_is_building()

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
        if building is not None and not _NAMED.search(text):
            found = tuple(_within(p, building) for p in found)
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
        if building is not None and found.building is not None and found.building.key != building.key:
            said = {"building": found.building.display, "column": building.display}
            if self.col("building") is None:
                self._error(name, Note("这里写的是“%(building)s”，表名或文件名里是“%(column)s”，请核对", **said))
            else:
                self._error(name, Note("这里写的是“%(building)s”，楼栋一列是“%(column)s”，请核对", **said))
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


def _within(found: Place, building: Label) -> Place:
    """The "1-101" read as building 1 is entrance 1 in a row that has another building; "1栋101" is not."""
    said = found.building
    if said is None or found.entrance is not None or said.key == building.key or not said.display.isdecimal():
        return found
    return found._replace(building=building, entrance=clean.entrance_key(said.display).value)
