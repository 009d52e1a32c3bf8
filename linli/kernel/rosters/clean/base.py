"""What cleaning a cell gives: the value it means, or a sentence that tells what to put right.

Sentences are shown to the clerk beside the row, so they say what stands there and what should.
"""

from __future__ import annotations

import datetime as dt
from typing import Generic, NamedTuple, TypeVar

from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.reading import Cell
from linli.kernel.rosters.text import EXCEL_ERRORS

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

DATES = (dt.date, dt.time, dt.timedelta)
BECAME_DATE = Note("这一格被表格软件变成了日期，请把格式改为文本后重新填写")


def short(text: str) -> str:
    return text if len(text) <= 24 else text[:24] + "…"


def misfit_of(cell: Cell | None) -> Note | None:
    """A place that the spreadsheet program has turned into something else: "3-1" into 1 March."""
    if isinstance(cell, bool):
        return Note("这一格是“是/否”，请把格式改为文本后重新填写")
    return BECAME_DATE if isinstance(cell, DATES) else None


def broken(text: str) -> Note | None:
    return Note("公式出错（%(text)s），请填上数值", text=text) if text in EXCEL_ERRORS else None
