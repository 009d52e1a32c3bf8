"""The file of an import: what cannot be read, the header by hand, its words in each language, the original's end, how far it is."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.utils import translation

from linli.kernel.refusal import Refused
from linli.people.models import Ownership, RosterChunk, RosterImport
from linli.people.queries import imports as pages
from linli.people.rules import Role
from linli.people.rules.imports import Stage
from linli.people.services import imports
from linli.people.tasks import forget_originals, run_imports
from linli.places.models import Home
from linli.plumbing import progress, vault
from linli.plumbing.models import AuditEntry

from .rosters import HOMES, NOW, OWNERS, again, applied, checked, home, rows, run, undone

pytestmark = pytest.mark.django_db


# ── files and work ──────────────────────────────────────────────────────────────────────────────────────────────────


def refused_rows(by, roster):
    data = imports.download_refused(by=by, roster=roster, form="csv", at=NOW)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_refused_rows_come_back_with_row_and_reason(place, clerk, second):
    applied(place, clerk, OWNERS + "7,1,301,张三,13800000001,\n", "owners", second)
    text = "楼栋,单元,房号,业主姓名,政治面貌,建筑面积\n7,1,301,李四,中共党员,90\n7,1,,=cmd(),群众,80\n"
    roster = checked(place, clerk, text, "owners")
    assert refused_rows(clerk, roster) == [
        ["楼栋", "单元", "房号", "业主姓名", "政治面貌", "建筑面积", "行号", "没有收进的原因"],
        [
            "7",
            "1",
            "301",
            "李四",
            "",
            "90",
            "2",
            "7栋1单元301：名册里的业主是“张三”，文件里是“李四”，没有改名册，请核对",
        ],
        ["7", "1", "", "'=cmd()", "", "80", "3", "C 房号：缺房号"],
    ]
    book = openpyxl.load_workbook(io.BytesIO(imports.download_refused(by=clerk, roster=roster, form="xlsx", at=NOW)))
    assert book.active["D3"].value == "=cmd()" and book.active["D3"].data_type == "s"
    assert AuditEntry.objects.filter(compound=place.compound, act="download_refused").count() == 2


def test_mended_file_of_refused_rows_is_taken(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,501,9o\n")
    data = imports.download_refused(by=clerk, roster=roster, form="xlsx", at=NOW)
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active["D2"].value = "90"
    out = io.BytesIO()
    book.save(out)
    applied(place, clerk, out.getvalue(), name="back.xlsx")
    assert home(place, "7栋1单元501").building_area == 9000
    assert home(place, "7栋1单元501").extra == {}


@pytest.mark.parametrize(
    ("data", "name", "says"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"x", "a.pdf", "不认识"),
        (b"PK\x03\x04broken", "a.xlsx", "已损坏"),
        (b"<html>", "a.xls", "网页格式"),
    ],
)
def test_unreadable_file_is_refused_in_words(place, clerk, data, name, says):
    with pytest.raises(Refused, match=says) as no:
        imports.upload(by=clerk, compound=place.compound, kind="homes", filename=name, data=data, once=None, at=NOW)
    assert no.value.field == "file"
    assert not RosterImport.objects.filter(compound=place.compound).exists()


def test_a_book_of_fees_must_be_asked_about(place, clerk):
    text = "房号,业主姓名,建筑面积,应收金额,实收金额,欠费金额\n3-1-301,张三,90,1,1,0\n"
    with pytest.raises(Refused, match="收费台账"):
        checked(place, clerk, text, "owners")
    assert checked(place, clerk, text, "owners", sure=True).state == Stage.CHECKED


def test_columns_chosen_by_hand_are_obeyed(place, clerk):
    text = "楼栋,单元,房号,面积A,面积B,杂项\n7,1,501,90,80,x\n"
    roster = checked(place, clerk, text, fields={(0, 3): "inner_area", (0, 4): "building_area", (0, 5): "-"})
    assert rows(roster)[0]["h"][0][7:9] == [8000, 9000]
    assert "x" not in rows(roster)[0]
    with pytest.raises(Refused, match="选成了同一项"):
        again(roster, clerk, fields={(0, 3): "building_area"})


def test_five_thousand_rows_wait_for_the_worker(place, clerk, second):
    lines = "".join(f"{b},1,{f}01,业主{b}{f},139{b:04d}{f:04d},\n" for b in range(20, 120) for f in range(1, 51))
    roster = imports.upload(
        by=clerk,
        compound=place.compound,
        kind="owners",
        filename="a.csv",
        data=(OWNERS + lines).encode(),
        once=None,
        at=NOW,
    )
    assert run_imports(NOW) == (1 if roster.state == Stage.READING else 0)
    roster.refresh_from_db()
    roster = imports.choose_columns(
        by=clerk, roster=roster, fields={}, sheets=[0], keep=[], reason="", sure=False, at=NOW
    )
    assert not imports.is_small(roster)
    assert run_imports(NOW) == 1
    assert run_imports(NOW) == 0
    roster.refresh_from_db()
    assert roster.summary["counts"] == {"new": 5000}
    imports.confirm(by=second, roster=imports.confirm(by=clerk, roster=roster, at=NOW), at=NOW)
    assert run_imports(NOW) == 1
    assert Ownership.objects.filter(compound=place.compound).count() == 5000
    roster.refresh_from_db()
    shown, more = pages.preview(roster, "new", 99, Role.REGISTER_CLERK)
    assert (len(shown), more, shown[0]["number"]) == (50, False, 4952)


def test_step_that_fails_leaves_the_register_and_says_so(place, clerk, monkeypatch):
    roster = checked(place, clerk, HOMES + "7,1,501,92\n")
    roster = imports.confirm(by=clerk, roster=roster, at=NOW)
    monkeypatch.setattr("linli.people.services.imports.applying.write", lambda *a: (_ for _ in ()).throw(RuntimeError))
    roster = run(roster)
    assert roster.state == Stage.CHECKED
    assert "名册没有动" in roster.failure
    assert Home.objects.filter(compound=place.compound).count() == 4


def test_dropped_import_keeps_no_rows(place, clerk):
    roster = imports.drop(by=clerk, roster=checked(place, clerk, HOMES + "7,1,501,92\n"), at=NOW)
    assert roster.state == Stage.DROPPED
    assert not RosterChunk.objects.filter(compound=place.compound).exists()


# ── in the reader's language ────────────────────────────────────────────────────────────────────────────────────────


def test_remarks_are_said_in_the_language_of_whoever_reads(place, clerk):
    text = HOMES + "7,1,301,8O\n7,1,302,91.255\n7,,301,89\n,,,\n9,1,101,80\n9,1,101,81\n"
    roster = checked(place, clerk, text)
    with translation.override("en"):
        found = rows(roster)
        file = list(
            csv.reader(
                io.StringIO(imports.download_refused(by=clerk, roster=roster, form="csv", at=NOW).decode("utf-8-sig"))
            )
        )
    assert found[0]["e"] == ["D 建筑面积: There is a letter O in the area; please make it the figure 0"]
    assert found[1]["w"] == ["D 建筑面积: The area “91.255” has more than two decimals; rounded to 91.26"]
    assert found[2]["e"] == ["In 7栋, 2 entrances have a 301; write which entrance"]
    assert found[3]["e"] == ["Empty row"]
    assert found[4]["e"] == ["9-1-101: Building area differs from row 7; check and keep one row only"]
    assert file[0][-2:] == ["Row number", "Why not taken in"]
    assert file[1][-1] == found[0]["e"][0]
    assert rows(roster)[4]["e"] == ["9-1-101 和第 7 行的建筑面积不一样，请核对后只留一行"]


def test_a_file_downloaded_in_english_comes_back_without_its_remarks(place, clerk):
    with translation.override("en"):
        roster = checked(place, clerk, HOMES + "7,1,301,8O\n")
        file = imports.download_refused(by=clerk, roster=roster, form="csv", at=NOW)
    again = checked(place, clerk, file.replace(b"8O", b"90"))
    assert rows(again)[0]["st"] == "changed" and "x" not in rows(again)[0]


def test_what_undoing_kept_is_said_in_english(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,301,92\n")
    Home.objects.filter(compound=place.compound, label="7栋1单元301").update(building_area=9300)
    roster = undone(roster, clerk)
    with translation.override("en"):
        assert pages.kept_back(roster) == ["7栋1单元301: Building area has been changed to “93.00” since; kept"]
    assert pages.kept_back(roster) == ["7栋1单元301 的建筑面积后来又改成了“93.00”，没有动"]


def test_why_a_file_cannot_be_read_is_said_in_english(place, clerk):
    with translation.override("en"), pytest.raises(Refused, match=r"“\.doc” is not a kind of file"):
        imports.upload(by=clerk, compound=place.compound, kind="homes", filename="a.doc", data=b"x", once=None, at=NOW)


# ── the original ────────────────────────────────────────────────────────────────────────────────────────────────────


def later(days):
    return NOW + timedelta(days=days)


def test_original_is_deleted_thirty_days_after_it_was_taken_in(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,302,80\n7,1,9,8O\n")
    file = vault.path(roster.stored)
    assert forget_originals(later(29)) == 0 and file.exists()
    assert pages.original(roster) == "原件留到 2026年4月23日"
    assert forget_originals(later(30)) == 1
    roster.refresh_from_db()
    assert (file.exists(), roster.stored, roster.state) == (False, "", Stage.APPLIED)
    assert pages.original(roster) == "原件已按期删除"
    entry = AuditEntry.objects.get(compound=place.compound, act="forget_original")
    assert (entry.subject_id, entry.role, entry.data) == (roster.pk, "clock", {"abandoned": False})
    assert forget_originals(later(60)) == 0
    file = imports.download_refused(by=clerk, roster=roster, form="csv", at=later(31))
    assert "8O" in file.decode()


def test_undoing_needs_no_original(place, clerk):
    roster = applied(place, clerk, HOMES + "7,1,302,80\n")
    forget_originals(later(30))
    undone(roster, clerk)
    assert not Home.objects.filter(compound=place.compound, label="7栋1单元302").exists()


def test_import_that_nobody_went_on_with_goes_with_its_file(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,302,80\n")
    file = vault.path(roster.stored)
    assert forget_originals(later(30)) == 1
    roster.refresh_from_db()
    assert (roster.state, file.exists()) == (Stage.DROPPED, False)
    assert not RosterChunk.objects.filter(compound=place.compound, roster=roster).exists()


def test_same_file_uploaded_again_keeps_its_own_time(place, clerk):
    first = applied(place, clerk, HOMES + "7,1,302,80\n")
    second = imports.upload(
        by=clerk, compound=place.compound, kind="homes", filename="表.csv", once=None, at=later(20),
        data=(HOMES + "7,1,302,80\n").encode(),
    )  # fmt: skip
    assert second.stored == first.stored
    assert forget_originals(later(30)) == 1
    assert vault.path(second.stored).exists()
    assert forget_originals(later(50)) == 1
    assert not vault.path(second.stored).exists()


def test_deleted_original_is_said_and_nothing_breaks(place, clerk):
    roster = checked(place, clerk, HOMES + "7,1,302,80\n")
    vault.forget_sealed(roster.stored)
    roster = again(roster, clerk)
    assert (roster.state, pages.failure(roster)) == (Stage.FAILED, "原件已按期删除，要再看请重新上传。")


# ── the header, by hand ─────────────────────────────────────────────────────────────────────────────────────────────

ODD = "柳溪苑\n甲,乙,丙,丁\n幢数,门洞号,几零几,平米数\n7,1,301,89\n7,1,309,77\n"


def chosen_header(roster, by, row, span=1):
    return run(imports.choose_header(by=by, roster=roster, sheet=0, row=row, span=span, at=NOW))


def uploaded(place, by, text):
    return imports.upload(
        by=by, compound=place.compound, kind="homes", filename="表.csv", data=text.encode(), once=None, at=NOW
    )


def test_header_and_columns_are_chosen_by_hand_where_not_recognised(place, clerk):
    roster = uploaded(place, clerk, ODD)
    assert roster.mapping["sheets"][0]["columns"] == []
    roster = chosen_header(roster, clerk, 2)
    assert [c[2] for c in roster.mapping["sheets"][0]["columns"]] == ["幢数", "门洞号", "几零几", "平米数"]
    fields = {(0, 0): "building", (0, 1): "entrance", (0, 2): "room_no", (0, 3): "building_area"}
    roster = again(roster, clerk, fields=fields)
    assert [r["st"] for r in rows(roster)] == ["same", "new"]
    roster = run(imports.confirm(by=clerk, roster=roster, at=NOW))
    assert home(place, "7栋1单元309").building_area == 7700


def test_other_sheets_keep_what_was_chosen(place, clerk):
    book = openpyxl.Workbook()
    for name in ("一", "二"):
        sheet = book.active if name == "一" else book.create_sheet()
        sheet.title = name
        for row in (("楼栋", "单元", "房号", "面积"), (7, 1, 301, 89)):
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    roster = checked(place, clerk, out.getvalue(), name="表.xlsx", fields={(1, 3): "-"})
    roster = chosen_header(roster, clerk, 0)
    assert roster.mapping["sheets"][1]["columns"][3][3] == "-"
    assert roster.mapping["sheets"][0]["columns"][3][3] == "building_area"


def test_header_of_two_rows(place, clerk):
    roster = uploaded(place, clerk, "房屋,,,\n楼栋,单元,房号,面积\n甲,乙,丙,丁\n7,1,302,80\n")
    roster = chosen_header(roster, clerk, 1, 2)
    assert [c[2] for c in roster.mapping["sheets"][0]["columns"]] == ["甲", "乙", "丙", "丁"]
    assert roster.mapping["sheets"][0]["rows"] == 1


@pytest.mark.parametrize(("sheet", "row", "span"), [(0, 5, 1), (0, -1, 1), (0, 4, 2), (1, 0, 1), (0, 0, 3)])
def test_no_such_header_is_refused(place, clerk, sheet, row, span):
    roster = uploaded(place, clerk, ODD)
    with pytest.raises(Refused):
        imports.choose_header(by=clerk, roster=roster, sheet=sheet, row=row, span=span, at=NOW)


# ── how far it is ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_applying_tells_how_far_it_is(place, clerk, monkeypatch):
    heard, rosters = [], []

    def tell(compound_id, pk, *told):
        progress_tell(compound_id, pk, *told)
        if not rosters:  # later the connection is busy: PostgreSQL waits for the rows of a COPY
            rosters.append(RosterImport.objects.get(compound_id=compound_id, pk=pk))
        heard.append(pages.working(rosters[0])["words"])

    progress_tell = progress.tell
    monkeypatch.setattr(progress, "tell", tell)
    roster = applied(place, clerk, HOMES + "".join(f"9,1,{f}{r:02d},80\n" for f in range(1, 30) for r in range(1, 80)))
    assert heard[:3] == ["对了 1,000 / 2,291 行", "对了 2,000 / 2,291 行", "对了 2,291 / 2,291 行"]
    assert heard[3:] == ["已写入 2,000 / 2,293 条"]
    assert progress.heard(roster.compound_id, roster.pk) is None
