"""A small workbook whose cells are words, whatever they begin with."""

import io
from collections.abc import Iterable, Sequence
from typing import IO

from openpyxl import Workbook
from openpyxl.cell import Cell

_FORBIDDEN = dict.fromkeys(c for c in range(32) if c not in (9, 10, 13))


def workbook(title: str, rows: Iterable[Sequence[str]], widths: Sequence[int] = ()) -> IO[bytes]:
    """The first row is the header. As text: a number of 18 digits stays whole, "=1+1" stays words."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for i, width in enumerate(widths):
        sheet.column_dimensions[chr(ord("A") + i)].width = width
    sheet.freeze_panes = "A2"
    for number, cells in enumerate(rows, 1):
        for column, text in enumerate(cells, 1):
            cell = sheet.cell(number, column)
            assert isinstance(cell, Cell)
            cell.value = text.translate(_FORBIDDEN)
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out
