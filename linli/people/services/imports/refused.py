"""The rows that were not taken, as a file: the columns as they came, and two more that say which row and why."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from linli.kernel.rosters.reading import Sheet, Unreadable
from linli.people.models import RosterChunk, RosterImport
from linli.people.queries.chunks import Rec, unpack
from linli.people.rules import NOT_TAKEN
from linli.people.words.imports import said
from linli.plumbing import vault

from .reading import NUMBER_HEADER, REASON_HEADER, raw_cells, sheets_of

_FORBIDDEN = dict.fromkeys(c for c in range(32) if c not in (9, 10, 13))  # what a workbook may not hold


def rows_not_taken(compound_id: UUID, roster_id: UUID) -> Iterator[Rec]:
    chunks = RosterChunk.objects.filter(compound_id=compound_id, roster_id=roster_id).order_by("position")
    wanted = [p for p, counts in chunks.values_list("position", "counts") if any(counts.get(b) for b in NOT_TAKEN)]
    for sealed in chunks.filter(position__in=wanted).values_list("rows", flat=True).iterator(chunk_size=10):
        yield from (r for r in unpack(sealed) if r["st"] in NOT_TAKEN)


class _File:
    """The rows that looked good in the file and met something in the register: read again, if the file is still here."""

    def __init__(self, roster: RosterImport) -> None:
        self.roster = roster
        self.sheets: list[Sheet] | None = None

    def row(self, sheet: int, number: int) -> list[str]:
        if self.sheets is None:
            try:
                self.sheets = sheets_of(self.roster.stored, self.roster.filename)
            except (OSError, vault.Unopened, Unreadable):
                self.sheets = []
        if not self.sheets:
            return []
        return raw_cells(self.sheets[sheet].rows[number - 1], self.roster.summary["plans"][sheet]["hidden"])


def _tables(roster: RosterImport) -> dict[int, tuple[str, list[str], list[list[str]]]]:
    """sheet -> (name, headers, rows)."""
    found: dict[int, tuple[str, list[str], list[list[str]]]] = {}
    plans, file = roster.summary["plans"], _File(roster)
    for rec in rows_not_taken(roster.compound_id, roster.pk):
        plan = plans[rec["s"]]
        _name, headers, rows = found.setdefault(rec["s"], (plan["name"], plan["headers"], []))
        cells = rec.get("raw") or file.row(rec["s"], rec["n"])
        cells = [*cells, *[""] * (len(headers) - len(cells))][: max(len(headers), 1)]
        rows.append([*cells, str(rec["n"]), _("；").join(map(said, rec.get("e", [])))])
    return found


def _headed(headers: Sequence[str]) -> list[str]:
    return [*headers, _(NUMBER_HEADER), _(REASON_HEADER)]


def as_xlsx(roster: RosterImport) -> bytes:
    # Here and not above: half a second that no process should wait for when it starts.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for name, headers, rows in _tables(roster).values() or [(_("没有收进的行"), [], [])]:
        sheet = book.create_sheet("".join(c for c in name if c not in "[]:*?/\\")[:31] or _("表"))
        sheet.freeze_panes = "A2"
        bold = Font(bold=True)
        head = [_text(sheet, h) for h in _headed(headers)]
        for cell in head:
            cell.font = bold
        sheet.append(head)
        for row in rows:
            sheet.append([_text(sheet, c) for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text(sheet: Any, value: str) -> Any:
    """Always text: a cell that begins with "=" is no formula, and 18 digits keep them all."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value.translate(_FORBIDDEN)[:32767])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def as_csv(roster: RosterImport) -> bytes:
    """UTF-8 with its mark, so that office programs read it; sheets one below the other."""
    out = io.StringIO()
    writer = csv.writer(out)
    for _name, headers, rows in _tables(roster).values():
        writer.writerow(map(_harmless, _headed(headers)))
        writer.writerows(map(_harmless, row) for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value: str) -> str:
    """A leading apostrophe, which our own reader takes away again, keeps office programs from running a cell."""
    return (
        f"'{value}"
        if value[:1] in ("=", "+", "@", "\t", "\r") or (value[:1] == "-" and not value[1:2].isdigit())
        else value
    )
