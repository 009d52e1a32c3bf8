"""From a file to sheets of cells, or one sentence that says why not."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import python_calamine as calamine

from .notes import Note

Cell = str | int | float | bool | dt.date | dt.datetime | dt.time | dt.timedelta
Merge = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merged block: ((row, column), (row, column)), both from 0."""

MAX_BYTES = 60_000_000
MAX_UNPACKED_BYTES = 1_500_000_000
# calamine keeps a dense grid of about 32 bytes a cell: one stray cell at XFD1048576 would take half a terabyte.
MAX_CELLS = 8_000_000
MAX_ROWS = 300_000

_TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
_BOOK_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Unreadable(Exception):
    """The whole file cannot be read; `sentence` is shown to the person who sent it."""

    def __init__(self, sentence: Note) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(slots=True)
class Sheet:
    name: str
    hidden: bool
    rows: list[list[Cell]]
    merged: tuple[Merge, ...] = ()
    # A text file has lost its merged cells: blanks under a building may stand for the one above.
    is_text: bool = False


def read_sheets(source: str | Path | bytes, filename: str) -> list[Sheet]:
    """All sheets in order; hidden ones are named but empty. Row 0 of `rows` is row 1 of the file."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    suffix = Path(filename.lower()).suffix
    if not data.strip(b"\x00\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise Unreadable(Note("文件是空的。"))
    if len(data) > MAX_BYTES:
        raise Unreadable(Note("文件超过 %(most)s MB，请分成几个文件。", most=MAX_BYTES // 1_000_000))
    if suffix not in _TEXT_SUFFIXES + _BOOK_SUFFIXES:
        raise Unreadable(Note("不认识“%(kind)s”这种文件，请用 .xlsx、.xls 或 .csv。", kind=suffix or filename))
    if data[:4] == b"PK\x03\x04":
        sheets = _read_book(data, _check_package(data))
    elif data[:8] == _OLE:
        sheets = _read_book(data, ())
    else:
        sheets = [_read_text(data, Path(filename).stem, suffix)]
    if not any(s.rows for s in sheets if not s.hidden):
        raise Unreadable(Note("文件里没有内容：看得见的工作表都是空的。"))
    return sheets


def _check_package(data: bytes) -> tuple[str, ...]:
    """Names of the sheet parts; refuses what is not a workbook or would swell beyond memory."""
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError) as broken:
        raise Unreadable(Note("文件已损坏，打不开。请重新另存为 .xlsx 再上传。")) from broken
    with package:
        if "xl/workbook.xml" not in package.namelist():
            raise Unreadable(Note("这不是 Excel 表格，请另存为 .xlsx 再上传。"))
        if sum(i.file_size for i in package.infolist()) > MAX_UNPACKED_BYTES:
            raise Unreadable(Note("文件解开后太大，请分成几个文件。"))
        parts = tuple(n for n in package.namelist() if n.startswith("xl/worksheets/") and n.endswith(".xml"))
        try:
            for part in parts:
                with package.open(part) as stream:
                    _check_extent(stream)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as broken:
            raise Unreadable(Note("文件已损坏，打不开。请重新另存为 .xlsx 再上传。")) from broken
    return parts


_WIDE = re.compile(rb'\br="([A-Z]{2,3})\d')
_ROW = re.compile(rb'<(?:\w+:)?row [^>]*?\br="(\d+)"')
_FULL = re.compile(rb'<(?:\w+:)?c [^>]*?\br="([A-Z]{1,3})(\d+)"(?:[^>]*[^/])?>')


def _check_extent(stream: IO[bytes]) -> None:
    rows, columns = _extent(stream, exact=False)
    if rows * columns <= MAX_CELLS:
        return
    stream.seek(0)
    rows, columns = _extent(stream, exact=True)  # formatted but empty cells do not count
    if rows > MAX_ROWS:
        raise Unreadable(
            Note("表格有 %(rows)s 行，一次最多 %(most)s 行。若下面都是空行，请删除后再上传。", rows=rows, most=MAX_ROWS)
        )
    if rows * columns > MAX_CELLS:
        raise Unreadable(
            Note("表格有 %(rows)s 行、%(columns)s 列，太大了。请删去多余的行和列再上传。", rows=rows, columns=columns)
        )


def _extent(stream: IO[bytes], *, exact: bool) -> tuple[int, int]:
    rows, columns, tail = 0, 26, b""
    while chunk := stream.read(1 << 20):
        text = tail + chunk
        if exact:
            for letters, number in _FULL.findall(text):
                rows, columns = max(rows, int(number)), max(columns, _column(letters))
        else:
            if found := set(_WIDE.findall(text)):
                columns = max(columns, *map(_column, found))
            if numbers := _ROW.findall(text):
                rows = max(rows, *map(int, numbers))
        tail = text[text.rfind(b"<") :][-4096:]
    return rows, columns


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _read_book(data: bytes, parts: tuple[str, ...]) -> list[Sheet]:
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            return [_read_sheet(book, i, m) for i, m in enumerate(book.sheets_metadata) if _is_table(m)]
    except calamine.PasswordError as locked:
        raise Unreadable(Note("文件有打开密码。请先取消密码，再上传。")) from locked
    except (calamine.CalamineError, OSError, ValueError) as broken:
        if not parts and b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P" in data:
            raise Unreadable(Note("文件有打开密码。请先取消密码，再上传。")) from broken
        raise Unreadable(Note("文件已损坏或不是 Excel 表格，打不开。请另存为 .xlsx 再上传。")) from broken


def _is_table(meta: calamine.SheetMetadata) -> bool:
    return meta.typ == calamine.SheetTypeEnum.WorkSheet


def _read_sheet(book: calamine.CalamineWorkbook, index: int, meta: calamine.SheetMetadata) -> Sheet:
    if meta.visible != calamine.SheetVisibleEnum.Visible:
        return Sheet(meta.name, True, [])
    sheet = book.get_sheet_by_index(index)
    if sheet.start is None:
        return Sheet(meta.name, False, [])
    rows = sheet.to_python(skip_empty_area=False)
    return Sheet(meta.name, False, rows, tuple(sheet.merged_cell_ranges or ()))


def _read_text(data: bytes, name: str, suffix: str) -> Sheet:
    text = _decode(data)
    start = text[:2000].lstrip().lower()
    if start.startswith(("<html", "<!doctype", "<table", "<?xml", "<meta")):
        raise Unreadable(Note("这是网页格式的表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再上传。"))
    if suffix in (".xlsx", ".xlsm", ".et"):
        raise Unreadable(Note("文件已损坏或不是 Excel 表格，打不开。请另存为 .xlsx 再上传。"))
    text, delimiter = _delimiter(text)
    try:
        rows: list[list[Cell]] = [
            [_plain(c) for c in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)
        ]
    except csv.Error as broken:
        raise Unreadable(Note("文本表格读不下去：可能有一处引号没有成对。")) from broken
    if len(rows) > MAX_ROWS:
        raise Unreadable(Note("表格有 %(rows)s 行，一次最多 %(most)s 行。", rows=len(rows), most=MAX_ROWS))
    return Sheet(name, False, rows, is_text=True)


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Unreadable(Note("文件的文字编码认不出来。请另存为 .xlsx，或 UTF-8、GBK 编码的 .csv。"))


def _delimiter(text: str) -> tuple[str, str]:
    """The one that cuts the first lines into the same number of columns most often."""
    first, _, rest = text.partition("\n")
    if (named := re.fullmatch(r"sep=(.)\r?", first.strip('"'))) is not None:
        return rest, named[1]
    sample = "\n".join(text.splitlines()[:40])
    best, best_score = ",", (0, 0)
    for delimiter in (",", "\t", ";"):
        try:
            widths = Counter(len(r) for r in csv.reader(io.StringIO(sample), delimiter=delimiter) if len(r) > 1)
        except csv.Error:
            continue
        if widths:
            width, lines = widths.most_common(1)[0]
            best, best_score = max((best, best_score), (delimiter, (lines, width)), key=lambda b: b[1])
    return text, best


def _plain(cell: str) -> str:
    """Exports guard digits as ="0301" or with a leading tab or apostrophe: not part of the value."""
    if cell[:2] == '="' and cell[-1:] == '"':
        return cell[2:-1]
    return cell.strip().removeprefix("'") if cell[:1] in ("\t", "'") else cell
