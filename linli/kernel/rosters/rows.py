"""From sheets to rows that say what they mean, or why they cannot be taken. Nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .cells import Row, State, TotalCheck, row_area
from .conflicts import compare
from .plans import SheetPlan, plan
from .reading import Sheet
from .sheetowners import People
from .sheetreader import SheetReader


@dataclass(slots=True)
class Parsed:
    kind: str
    plans: list[SheetPlan]
    rows: list[Row]
    totals: list[TotalCheck]

    def count(self, state: State) -> int:
        return sum(1 for r in self.rows if r.state is state)

    @property
    def area(self) -> int:
        """Of the good rows, in 0.01 square metres."""
        return sum(row_area(r) for r in self.rows if r.state is State.GOOD)


def parse(
    sheets: Sequence[Sheet],
    plans: Sequence[SheetPlan] | None = None,
    kind: str = "homes",
    tick: Callable[[int], None] | None = None,
) -> Parsed:
    """Every row of every sheet that is read, in the order of the file, with its state.

    `tick` hears how many rows are done, every thousand rows.
    """
    plans = list(plans) if plans is not None else plan(sheets, kind)
    people = People()
    for sheet, sheet_plan in zip(sheets, plans, strict=True):
        if sheet_plan.layout == "people":
            people.rows.extend(SheetReader(sheet, sheet_plan, people).read())
    people.index()
    parsed, everything = Parsed(kind, plans, [], []), 0
    for sheet, sheet_plan in zip(sheets, plans, strict=True):
        if sheet_plan.layout == "people":
            parsed.rows.extend(r for r in people.rows if r.sheet == sheet_plan.name)
        elif sheet_plan.is_read:
            reader = SheetReader(sheet, sheet_plan, people)
            for row in reader.read():
                parsed.rows.append(row)
                if tick is not None and len(parsed.rows) % 1000 == 0:
                    tick(len(parsed.rows))
            parsed.totals.extend(reader.totals)
            everything += reader.sum_all
    people.flag_unused()
    compare(parsed.rows)
    _settle_totals(parsed, everything)
    return parsed


def _settle_totals(parsed: Parsed, everything: int) -> None:
    """A grand total on the last sheet may stand for all sheets."""
    parsed.totals = [
        t._replace(found=everything) if not t.agrees and t.stated == everything else t for t in parsed.totals
    ]
