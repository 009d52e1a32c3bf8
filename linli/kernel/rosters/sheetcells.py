"""One cell of a sheet under its column, and what to say of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import clean
from .cells import Finding
from .clean import Cleaned
from .headers import FIELD_LABELS
from .notes import Note
from .plans import SheetPlan, header_at
from .reading import Cell, Sheet
from .text import letter

# What an empty cell means, kept because most fields of most rows are empty.
_NOTHING: dict[Callable[..., Cleaned[Any]], Any] = {
    by: by("").value
    for by in (
        clean.usage, clean.area, clean.area_source, clean.words, clean.date, clean.occupied, clean.floor, clean.count,
        clean.year, clean.yes_no, clean.names, clean.phones, clean.identity_numbers, clean.relation,
    )
}  # fmt: skip


class SheetCells:
    """The sheet, its plan, and what was found wrong in the row that is being read."""

    def __init__(self, sheet: Sheet, sheet_plan: SheetPlan) -> None:
        assert sheet_plan.header is not None
        self.sheet, self.plan = sheet, sheet_plan
        self.header = sheet_plan.header
        self.col: Callable[[str], int | None] = sheet_plan.columns.get
        self.where = {
            f: f"{letter(c)} {header_at(self.header, c) or FIELD_LABELS[f]}" for f, c in sheet_plan.columns.items()
        }
        self.errors: list[Finding] = []
        self.warnings: list[Finding] = []

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
