"""From the sealed file to sheets, from sheets to what each column is taken for, and from a row to its clean cells."""

import io
import json
import re
import zipfile
from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.utils import translation

from linli.kernel import masks
from linli.kernel.rosters import plans as planning
from linli.kernel.rosters.cells import BuildingCells, HomeCells, OwnerCells, Row, State
from linli.kernel.rosters.headers import FIELD_LABELS, KIND_FIELDS
from linli.kernel.rosters.notes import Note
from linli.kernel.rosters.plans import SheetPlan
from linli.kernel.rosters.reading import Cell, Sheet, Unreadable, read_sheets
from linli.kernel.rosters.text import letter, plain
from linli.people.queries.chunks import Rec
from linli.people.rules.imports import Became
from linli.people.words.imports import keep
from linli.plumbing import vault
from linli.plumbing.labels import label as in_words

REASON_HEADER, NUMBER_HEADER = Note("没有收进的原因"), Note("行号")
GONE = Note("原件已按期删除，要再看请重新上传。")
TOP_ROWS, TOP_COLUMNS, TOP_TEXT = 10, 30, 16
Headers = Mapping[str, Sequence[int]]  # index of the sheet -> row of its header from 0, how many rows it has
KEEP, DROP = "", "-"  # what a column may be besides a field: kept under its header, or left out

# A second column of identity numbers is no "further column": it stays out unless somebody says why.
_IDENTITY = re.compile("身份证|证件号|护照")
# Cells of these columns are hidden even in the examples beside the header.
_HIDDEN_FIELDS = {"identity_no": masks.identity_no}
LARGE_BOOK, LARGE_TEXT = 3_000_000, 300_000


def is_large(data: bytes) -> bool:
    """Whether reading it takes more than a moment, so that a request should not wait (about 3,000 rows)."""
    if data[:4] != b"PK\x03\x04":
        return len(data) > LARGE_TEXT
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return sum(i.file_size for i in package.infolist()) > LARGE_BOOK
    except (zipfile.BadZipFile, ValueError):
        return False


def first_plans(sheets: Sequence[Sheet], kind: str, headers: Headers = MappingProxyType({})) -> list[SheetPlan]:
    """As the headers are recognised, or where a person has said where a sheet's header is."""
    plans = [_tamed(p, ()) for p in planning.plan(sheets, kind)]
    for index, (row, span) in headers.items():
        cells = sheets[int(index)].rows[row : row + span]
        mapping = planning.headers.joined(cells, row).mapping
        plans[int(index)] = _tamed(planning.replan(sheets[int(index)], kind, row, mapping, row_span=span), ())
    return plans


@cache
def _own_headers() -> frozenset[str]:
    """In every language that the file may have been downloaded in."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {in_words(REASON_HEADER), in_words(NUMBER_HEADER)}
    return frozenset(found)


def _tamed(plan: SheetPlan, keep: Sequence[str]) -> SheetPlan:
    """No identity numbers by the back door, and no column that we wrote ourselves into a file of refused rows."""
    hidden = {c: h for c, h in plan.kept.items() if _IDENTITY.search(h) and h not in keep}
    ours = {c for c, h in plan.kept.items() if h in _own_headers()}
    kept = {c: h for c, h in plan.kept.items() if c not in hidden and c not in ours}
    return replace(plan, kept=kept, sensitive={**plan.sensitive, **hidden})


# ── the proposal, as the page shows it and the database keeps it ────────────────────────────────────────────────────


def proposal(sheets: Sequence[Sheet], plans: Sequence[SheetPlan], kind: str) -> list[dict[str, Any]]:
    return [_sheet_proposal(s, p, kind) for s, p in zip(sheets, plans, strict=True)]


def _sheet_proposal(sheet: Sheet, plan: SheetPlan, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": plan.name, "hidden": plan.hidden, "layout": plan.layout, "why_not": plan.why_not,
        "looks_like": plan.looks_like, "read": plan.is_read, "rows": 0, "columns": [],
        "place": _place_words(plan), "lines": len(sheet.rows), "top": _top(sheet),
    }  # fmt: skip
    if plan.header is None:
        return found
    found |= {
        "row": plan.header.row_index, "span": plan.header.row_span, "rows": len(sheet.rows) - plan.header.first_row,
    }  # fmt: skip
    for column, header in enumerate(plan.header.headers):
        field = plan.header.mapping.get(column, "")
        if not header and not field:
            continue
        state = (
            "sensitive" if column in plan.sensitive
            else "ignored" if column in plan.ignored
            else "dropped" if not field and column not in plan.kept
            else "known" if field
            else "kept"
        )  # fmt: skip
        examples = [] if state == "sensitive" else _examples(sheet, plan, column, field)
        if state == "ignored":
            examples = []
        found["columns"].append([column, letter(column), header, field, state, examples])
    return found


def _top(sheet: Sheet) -> str:
    """The first rows, sealed, for choosing the header by hand: they may hold people."""
    shown = [[plain(cell)[:TOP_TEXT] for cell in cells[:TOP_COLUMNS]] for cells in sheet.rows[:TOP_ROWS]]
    return vault.seal(json.dumps(shown, ensure_ascii=False)).hex()


def _place_words(plan: SheetPlan) -> str:
    return "".join(label.display for label in (plan.building, plan.entrance) if label is not None)


def _examples(sheet: Sheet, plan: SheetPlan, column: int, field: str) -> list[str]:
    assert plan.header is not None
    hide = _HIDDEN_FIELDS.get(field)
    found: list[str] = []
    for cells in sheet.rows[plan.header.first_row : plan.header.first_row + 40]:
        text = plain(planning.cell_at(cells, column))[:24]
        text = hide(text) if hide else masks.scrub(text) if not field else text
        if text and text not in found:
            found.append(text)
        if len(found) == 2:
            break
    return found


def fields_for(kind: str) -> list[tuple[str, str]]:
    """What a column may be taken for: (field, the word for it)."""
    return [(f, in_words(FIELD_LABELS[f])) for f in KIND_FIELDS[kind]]


def plans_as_chosen(sheets: Sequence[Sheet], kind: str, chosen: Sequence[Mapping[str, Any]]) -> list[SheetPlan]:
    """`chosen` is the proposal with each column's field as a person left it; see `proposal`."""
    plans = []
    for sheet, first, choice in zip(sheets, first_plans(sheets, kind), chosen, strict=True):
        if sheet.hidden or "row" not in choice:
            plans.append(first)
            continue
        mapping = {c: f for c, _, _, f, _, _ in choice["columns"] if f not in (KEEP, DROP)}
        keep = choice.get("keep", [])
        plan = planning.replan(
            sheet, kind, choice["row"], mapping, row_span=choice["span"], keep_sensitive=frozenset(keep)
        )
        plan = _tamed(plan, keep)
        dropped = {c for c, _, _, f, _, _ in choice["columns"] if f == DROP}
        plan = replace(plan, kept={c: h for c, h in plan.kept.items() if c not in dropped})
        if not choice["read"]:
            plan = replace(plan, layout="", why_not=plan.why_not or "没有选这张工作表。")
        plans.append(plan)
    return plans


# ── one row ─────────────────────────────────────────────────────────────────────────────────────────────────────────

_BECAME = {
    State.REFUSED: Became.REFUSED,
    State.CONFLICT: Became.CONFLICT,
    State.REPEAT: Became.REPEAT,
    State.SKIPPED: Became.SKIPPED,
}


def hidden_columns(plan: SheetPlan) -> set[int]:
    """Columns that are not even kept in the file of refused rows."""
    mapping = plan.header.mapping if plan.header else {}
    return {*plan.sensitive, *(c for c in plan.ignored if mapping.get(c) == "identity_no")}


class SheetCleaner:
    """Rows of one sheet as records; `st` is empty where the row is good and still to be compared."""

    def __init__(self, index: int, plan: SheetPlan, extras: Mapping[int, Mapping[str, str] | None]) -> None:
        self.index, self.plan, self.extras = index, plan, extras
        self.sensitive = {h for h in plan.kept.values() if planning.headers.is_sensitive(h) or _IDENTITY.search(h)}
        self.hidden = hidden_columns(plan)
        self.address_apart = {"room_no", "full_address"} <= plan.columns.keys()

    def clean_row(self, row: Row) -> Rec:
        rec: Rec = {"s": self.index, "n": row.number, "st": ""}
        if row.owners:
            rec["q"] = "、".join([o.name for o in row.owners])
        if row.warnings:
            rec["w"] = [keep(f.says, f.where) for f in row.warnings]
        if row.homes:
            rec["p"] = "、".join([_place(h) for h in row.homes])
        if row.state is not State.GOOD:
            rec["st"] = _BECAME[row.state]
            rec["e"] = [keep(f.says, f.where) for f in row.errors] or [keep(row.note)]
            if row.state in (State.REFUSED, State.CONFLICT):
                rec["raw"] = self.raw(row)
            return rec
        if row.homes:
            rec["h"] = [_home(h) for h in row.homes]
            if row.owners:
                rec["o"] = [_owner(o) for o in row.owners]
        elif row.building is not None:
            rec["b"] = _building(row.building)
            rec["p"] = row.building.building.display + (row.building.entrance.display if row.building.entrance else "")
        self._extras(rec, row)
        return rec

    def raw(self, row: Row) -> list[str]:
        return raw_cells(row.cells, self.hidden)

    def _extras(self, rec: Rec, row: Row) -> None:
        found = dict(row.extra or {})
        if row.owners and (of_person := self.extras.get(id(row.owners))):
            found |= of_person
        if row.remark:
            found["备注"] = row.remark
        if row.co_form:
            found["共有方式"] = row.co_form
        if row.voting_count is not None:
            found["投票权数"] = str(row.voting_count)
        if self.address_apart and row.homes and row.homes[0].address:
            found["房屋坐落"] = row.homes[0].address
        if self.sensitive:
            if sealed := {h: t for h, t in found.items() if h in self.sensitive}:
                rec["sx"] = sealed
            found = {h: t for h, t in found.items() if h not in self.sensitive}
        if found:
            rec["x"] = {h: t.replace("；", "，")[:200] for h, t in found.items()}


def raw_cells(cells: Sequence[Cell], hidden: Container[int]) -> list[str]:
    return ["" if c in hidden else plain(cell) for c, cell in enumerate(cells)]


def _place(home: HomeCells) -> str:
    return f"{place_label(home.building.display)}{entrance_label(home.entrance.display)}{home.room.display}"


def place_label(display: str) -> str:
    """The "7" of a sheet is 7栋; 7#, 7号楼 and A座 stay as the office writes them."""
    return display + "栋" if re.fullmatch(r"[0-9A-Z]{1,5}", display) else display


def entrance_label(display: str) -> str:
    return display + "单元" if re.fullmatch(r"[0-9A-Z]{1,3}", display) else display


def _home(home: HomeCells) -> list[Any]:
    """Four names of the place and its room, then the values in the order of `register.HOME_FIELDS`."""
    return [
        home.building.key, home.building.display, home.entrance.key, home.entrance.display, home.room.key,
        home.floor, home.kind, home.area, home.inner_area, home.shared_area, home.area_source, home.title_no or None,
        home.delivered_on.isoformat() if home.delivered_on else None, home.occupied,
    ]  # fmt: skip


def _owner(owner: OwnerCells) -> list[Any]:
    """name, identity number, phones, bad phones, whether a company, and how they live there if they do not own it."""
    good = [p.number for p in owner.phones if p.kind != "bad" and len(p.number) <= 20]
    bad = [p.number[:40] for p in owner.phones if p.kind == "bad" or len(p.number) > 20]
    return [
        owner.name, owner.identity.number if owner.identity else "", good, bad, owner.is_company,
        "" if owner.owns else owner.relation,
    ]  # fmt: skip


def _building(cells: BuildingCells) -> list[Any]:
    entrance = cells.entrance
    return [
        cells.building.key, cells.building.display, entrance.key if entrance else "", entrance.display if entrance else "",
        cells.floors_above, cells.floors_below, cells.completed_year, cells.lift, cells.grid, cells.captain,
    ]  # fmt: skip


def sheets_of(stored: str, filename: str) -> list[Sheet]:
    """Raises Unreadable, also where the file was deleted in its time."""
    try:
        data = vault.open_sealed(stored)
    except (FileNotFoundError, ValueError):
        raise Unreadable(GONE) from None
    return read_sheets(data, filename)
