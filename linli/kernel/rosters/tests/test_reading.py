import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest

from linli.kernel.rosters import reading
from linli.kernel.rosters.reading import Unreadable, read_sheets

from .books import workbook

DATA = Path(__file__).parent / "data"
TEXT = "楼栋,房号,业主姓名\n1栋,0301,张某甲\n"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (TEXT.encode(), "a.csv"),
        (TEXT.encode("utf-8-sig"), "a.csv"),
        (TEXT.encode("gb18030"), "a.csv"),
        (TEXT.replace(",", "\t").encode("utf-16"), "a.txt"),
        (TEXT.replace(",", "\t").encode("gb18030"), "a.txt"),
        (TEXT.replace(",", ";").encode(), "a.CSV"),
        (TEXT.replace("\n", "\r\n").encode(), "a.csv"),
        (b"sep=;\r\n" + TEXT.replace(",", ";").encode(), "a.csv"),
        (TEXT.replace("0301", '="0301"').encode(), "a.csv"),
        (TEXT.replace("0301", "\t0301").encode(), "a.csv"),
        (TEXT.replace(",", "\t").encode("gbk"), "export.xls"),
    ],
)
def test_text_in_every_encoding_and_delimiter(data, name):
    (sheet,) = read_sheets(data, name)
    assert sheet.rows == [["楼栋", "房号", "业主姓名"], ["1栋", "0301", "张某甲"]]
    assert (sheet.is_text, sheet.hidden) == (True, False)


def test_text_keeps_commas_within_quotes_and_lines_within_cells():
    (sheet,) = read_sheets('房号,业主\n301,"张某,李某"\n302,"王\n某"\n'.encode(), "a.csv")
    assert sheet.rows[1:] == [["301", "张某,李某"], ["302", "王\n某"]]


def test_text_with_a_rare_character():
    assert read_sheets("楼栋,业主\n1,𠮷某\n".encode("gb18030"), "a.csv")[0].rows[1] == ["1", "𠮷某"]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "空的"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "空的"),
        (b"hello", "a.pdf", "不认识“.pdf”"),
        (b"hello", "roster", "不认识“roster”"),
        (b"hello, world", "a.xlsx", "已损坏"),
        (b"PK\x03\x04 broken", "a.xlsx", "已损坏"),
        (reading._OLE + b"\x00" * 600, "a.xls", "打不开"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a.xls", "网页格式"),
        (b"\x81\x00\xff\xff\x00\x01", "a.csv", "编码"),
        ((DATA / "locked.xlsx").read_bytes(), "locked.xlsx", "打开密码"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(data, name, words):
    with pytest.raises(Unreadable) as refused:
        read_sheets(data, name)
    assert words in refused.value.sentence


def test_a_word_document_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("word/document.xml", "<x/>")
    with pytest.raises(Unreadable, match="不是 Excel 表格"):
        read_sheets(out.getvalue(), "a.xlsx")


def test_a_workbook_cut_short_is_refused():
    whole = workbook(("a", [["x"] * 8] * 500))
    with pytest.raises(Unreadable, match="已损坏"):
        read_sheets(whole[: len(whole) // 2], "a.xlsx")


def test_an_empty_workbook_is_refused():
    with pytest.raises(Unreadable, match="没有内容"):
        read_sheets(workbook(("a", [])), "a.xlsx")


def test_one_stray_cell_far_away_is_refused_before_it_fills_the_memory():
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = "楼栋"
    book.active["XFD1048576"] = "x"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(Unreadable, match="1048576 行"):
        read_sheets(out.getvalue(), "a.xlsx")


def test_formatted_but_empty_cells_far_away_are_not_counted():
    import openpyxl
    from openpyxl.styles import Font

    book = openpyxl.Workbook()
    book.active["A1"] = "楼栋"
    book.active["XFD1048576"].font = Font(bold=True)
    out = io.BytesIO()
    book.save(out)
    assert read_sheets(out.getvalue(), "a.xlsx")[0].rows == [["楼栋"]]


def test_too_large_a_file_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="请分成几个文件"):
        read_sheets(b"x" * 11, "a.csv")


def test_rows_keep_their_numbers_under_leading_blanks():
    (sheet,) = read_sheets(workbook(("a", [[], [], ["", "楼栋"]])), "a.xlsx")
    assert sheet.rows[2][1] == "楼栋"


def test_hidden_sheets_are_named_and_not_read():
    data = workbook(("看", [["楼栋"]]), ("藏", [["秘密"]]), hidden="藏")
    assert [(s.name, s.hidden, s.rows) for s in read_sheets(data, "a.xlsx")] == [
        ("看", False, [["楼栋"]]),
        ("藏", True, []),
    ]


def test_dates_and_numbers_keep_their_types():
    (sheet,) = read_sheets(workbook(("a", [[dt.date(2023, 1, 4), 89.5, "0301", 4.30102199001011e17]])), "a.xlsx")
    assert sheet.rows == [[dt.date(2023, 1, 4), 89.5, "0301", 4.30102199001011e17]]


def test_an_old_workbook_with_merged_cells():
    shown, hidden = read_sheets(DATA / "merged.xls", "merged.xls")
    assert hidden.hidden and shown.rows[1][:3] == ["楼栋", "单元", "房号"]
    assert shown.rows[2] == ["1栋", 1.0, 101.0, "张某甲", 89.5, dt.date(2023, 1, 4)]
    assert ((2, 0), (3, 0)) in shown.merged


def test_a_path_reads_like_bytes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(TEXT, encoding="utf-8")
    assert read_sheets(path, "a.csv")[0].rows[1] == ["1栋", "0301", "张某甲"]
