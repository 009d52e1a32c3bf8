"""What a row of a register says, once its cells are clean."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from .clean import Identity, Label, Phone
from .notes import Note
from .reading import Cell
from .text import plain

NOTHING = Note("")


class State(StrEnum):
    GOOD = "good"
    REFUSED = "refused"  # a cell is wrong: `errors`
    CONFLICT = "conflict"  # another row says otherwise of the same home: `errors`
    REPEAT = "repeat"  # says the same as an earlier row: `note`
    SKIPPED = "skipped"  # no data: `note`


class Finding(NamedTuple):
    where: str  # "F 建筑面积", or "" for the row as a whole
    says: Note


@dataclass(slots=True)
class HomeCells:
    """None and "" mean that the file does not say: nothing is to be overwritten by them."""

    building: Label
    entrance: Label  # key "0": none
    room: Label
    floor: int | None = None
    kind: str | None = None
    area: int | None = None  # building area; all areas in 0.01 square metres
    inner_area: int | None = None
    shared_area: int | None = None
    area_source: str | None = None
    title_no: str = ""
    delivered_on: dt.date | None = None
    occupied: bool | None = None
    address: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return self.building.key, self.entrance.key, self.room.key


@dataclass(slots=True)
class OwnerCells:
    name: str
    identity: Identity | None = None
    phones: tuple[Phone, ...] = ()
    is_company: bool = False
    relation: str | None = None  # as clean.relation; None: not said, so an owner

    @property
    def owns(self) -> bool:
        return self.relation in (None, "owner", "co_owner")


@dataclass(slots=True)
class BuildingCells:
    building: Label
    entrance: Label | None = None  # where the sheet has a row per entrance
    floors_above: int | None = None
    floors_below: int | None = None
    entrances: int | None = None
    households: int | None = None
    area: int | None = None
    completed_year: int | None = None
    lift: bool | None = None
    captain: str = ""
    grid: str = ""


@dataclass(slots=True)
class Row:
    sheet: str
    number: int  # as the spreadsheet program shows it
    cells: Sequence[Cell]
    state: State = State.GOOD
    note: Note = NOTHING
    homes: tuple[HomeCells, ...] = ()
    owners: tuple[OwnerCells, ...] = ()
    building: BuildingCells | None = None
    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    owner_area: int | None = None  # the area of all homes of the row together, where the office gives only that
    co_form: str = ""
    owner_count: int | None = None
    voting_count: int | None = None
    remark: str = ""
    extra: Mapping[str, str] | None = None

    @property
    def raw(self) -> list[str]:
        """The cells as a person reads them, for the file of refused rows."""
        return [plain(c) for c in self.cells]

    @property
    def reason(self) -> str:
        """All that is wrong in one line, for the column that says why."""
        return "；".join(f"{f.where}：{f.says}" if f.where else f.says for f in self.errors) or self.note


class TotalCheck(NamedTuple):
    """The office's own total beside ours, both in 0.01 square metres."""

    sheet: str
    number: int
    stated: int
    found: int

    @property
    def agrees(self) -> bool:
        return self.stated == self.found


def row_area(row: Row) -> int:
    if row.building is not None:
        return row.building.area or 0
    return row.owner_area if row.owner_area is not None else sum(h.area or 0 for h in row.homes)


def refuse(row: Row, where: str, says: Note, state: State = State.REFUSED) -> None:
    row.state = state
    row.errors += (Finding(where, says),)
