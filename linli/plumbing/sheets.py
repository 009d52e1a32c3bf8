"""Tables as files for office programs. Everything is text: a cell that begins with "=" is no formula, 18 digits keep them all."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FOOTER_MOST = 250  # of the 255 that a printed footer may have
FORBIDDEN = dict.fromkeys(c for c in range(32) if c not in (9, 10, 13))  # what a workbook may not hold


class Table(NamedTuple):
    name: str
    headers: Sequence[str]
    rows: Iterable[Sequence[str]]
    mark: str = ""  # whose it is and what for: above the headers, and below each printed page
    widths: Sequence[int] = ()


def as_xlsx(tables: Iterable[Table], *, nameless: str = "表") -> bytes:
    # Here and not above: half a second that no process should wait for when it starts.
    from openpyxl import Workbook
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet("".join(c for c in table.name if c not in "[]:*?/\\")[:31] or nameless)
        for i, width in enumerate(table.widths):
            sheet.column_dimensions[chr(ord("A") + i)].width = width
        sheet.freeze_panes = "A3" if table.mark else "A2"
        bold = Font(bold=True)
        if table.mark:
            sheet.oddFooter.center.text = _footer(table.mark)
            above = _text(sheet, table.mark)
            above.font = Font(bold=True, color="C00000")
            sheet.append([above])
        head = [_text(sheet, h) for h in table.headers]
        for cell in head:
            cell.font = bold
        sheet.append(head)
        for row in table.rows:
            sheet.append([_text(sheet, c) for c in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _footer(mark: str) -> str:
    line = " ".join(mark.translate(FORBIDDEN).split())
    return line[: FOOTER_MOST - line.count("&")].replace("&", "&&")


def _text(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value.translate(FORBIDDEN)[:32767])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell


def as_csv(tables: Iterable[Table]) -> bytes:
    """UTF-8 with its mark, so that office programs read it; sheets one below the other."""
    out = io.StringIO()
    writer = csv.writer(out)
    for table in tables:
        writer.writerow(map(_harmless, table.headers))
        writer.writerows(map(_harmless, row) for row in table.rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _harmless(value: str) -> str:
    """A leading apostrophe, which our own reader takes away again, keeps office programs from running a cell."""
    return (
        f"'{value}"
        if value[:1] in ("=", "+", "@", "\t", "\r") or (value[:1] == "-" and not value[1:2].isdigit())
        else value
    )
