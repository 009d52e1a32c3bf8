"""Workbooks for tests, built in memory."""

from __future__ import annotations

import io
from collections.abc import Sequence

import openpyxl

from linli.kernel.rosters.reading import Sheet, read_sheets

HOUSE_HEADER = ["楼栋", "单元", "房号", "业主姓名", "联系电话", "建筑面积(㎡)", "房屋用途"]
SAMPLE = [
    ["1#", "1", "101", "张某甲", "13800000001", "89.50", "住宅"],
    ["1#", "1", "102", "李某乙、王某丙", "13800000002/13800000003", "112.36", "住宅"],
    ["2栋", "甲单元", "0301", "××置业有限公司", "0000-0000000", "134.00", "住宅"],
    ["3幢", "", "S-05", "陈某丁", "13800000004", "56.8", "商铺"],
    ["合计", "", "", "", "", "392.66", ""],
]


def workbook(*sheets: tuple[str, Sequence[Sequence[object]]], merge: Sequence[str] = (), hidden: str = "") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for block in merge:
            sheet.merge_cells(block)
        if name == hidden:
            sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_sheets(*sheets: tuple[str, Sequence[Sequence[object]]], **kw: object) -> list[Sheet]:
    return read_sheets(workbook(*sheets, **kw), "t.xlsx")  # type: ignore[arg-type]


def text_sheets(rows: Sequence[Sequence[str]], name: str = "名册.csv", encoding: str = "utf-8") -> list[Sheet]:
    import csv

    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return read_sheets(out.getvalue().encode(encoding), name)
