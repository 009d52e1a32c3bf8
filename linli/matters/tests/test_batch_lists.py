"""The office's lists of a batch case: judged, taken, late, back again, taken back."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest

from linli.kernel.refusal import Refused
from linli.matters.models import BatchMove
from linli.matters.queries.batches import homes
from linli.matters.rules.batches import Step
from linli.matters.services import batches
from linli.matters.services.batches.moving import values_of
from linli.people.rules import Role

from .batching import GOOD, HEAD, NOW, S, agree, load, rows, stepped, taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]


# ── the office's list ───────────────────────────────────────────────────────────────────────────────────────────────


def test_list_is_judged_before_it_is_taken(batch, chair):
    roster = load(batch, chair)
    assert roster.counts == {"new": 4}
    assert rows(batch) == {}


def test_list_is_taken(batch, chair):
    taken(batch, chair)
    found = rows(batch)
    states = {label: row.state for label, row in found.items()}
    assert states == {
        "7栋1单元301": S.CERTIFIED,
        "7栋2单元301": S.MISSING,
        "8栋1单元301": S.MISSING,
        "8栋2单元301": S.BLOCKED,
    }
    first, third = found["7栋1单元301"], found["8栋1单元301"]
    assert (first.certified_on, first.title_no, first.lacks) == (date(2025, 11, 3), "湘001", "")
    assert (third.lacks, third.remark, third.contract_no) == ("|deed_tax|survey|", "已打电话", "HT-3")
    assert found["8栋2单元301"].reason == "land"
    agree(batch)


def test_same_file_twice_changes_nothing(batch, chair):
    taken(batch, chair)
    before = BatchMove.objects.filter(compound_id=batch.compound_id).count()
    again = load(batch, chair)
    assert again.counts == {"same": 4}
    batches.apply_import(by=chair, batch=batch, roster=again, at=NOW)
    batches.apply_import(by=chair, batch=batch, roster=again, at=NOW)
    assert BatchMove.objects.filter(compound_id=batch.compound_id).count() == before
    agree(batch)


def test_later_list_moves_homes_on(batch, chair):
    taken(batch, chair)
    roster = load(batch, chair, HEAD + "7,2,301,李某,,,√,,材料齐了,,,\n8,1,301,王某,,,,,已报上去,,,\n")
    assert roster.counts == {"changed": 2}
    batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    found = rows(batch)
    assert (found["7栋2单元301"].state, found["7栋2单元301"].lacks) == (S.READY, "")
    assert (found["8栋1单元301"].state, found["8栋1单元301"].contract_no) == (S.SUBMITTED, "HT-3")
    agree(batch)


def test_faulty_rows_come_back_with_why(batch, chair):
    text = HEAD + (
        "7,1,301,张某,13800000001,,,,天晓得,,,\n"
        "9,1,301,张某,13800000001,,,,,,,\n"
        "7,2,301,李某,,,√,,缺资料,,,\n"
        "7,2,301,李某,,,未交,,缺资料,,,\n"
        "8,1,301,王某,,,√,,,,,\n"
        "8,1,301,王某,,,√,,,,,\n"
        "合计,,,,,,,,,,,\n"
    )
    roster = load(batch, chair, text)
    assert roster.counts == {"refused": 2, "conflict": 2, "new": 1, "repeat": 1, "skipped": 1}
    lines = batches.refused_file(roster, "csv").decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[-2:] == ["行号", "没有收进的原因"]
    why = [line.split(",")[-1] for line in lines[1:]]
    assert why == [
        "当前环节一栏看不懂：“天晓得”",
        "房屋台账里没有这一户，先补到房屋台账里",
        "同一户在第 5 行说的不一样，请核对后只留一行",
        "同一户在第 4 行说的不一样，请核对后只留一行",
    ]
    assert "13800000001" not in "".join(lines)
    # Mended, the file goes in as it came back, its two columns left alone.
    mended = lines[1].replace("天晓得", "缺资料")
    assert load(batch, chair, lines[0] + "\n" + mended + "\n").counts == {"new": 1}


def test_certificate_is_not_taken_back_by_a_list(batch, chair):
    taken(batch, chair)
    roster = load(batch, chair, HEAD + "7,1,301,张某,,,,,登记中,,,\n")
    assert roster.counts == {"conflict": 1}
    batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    assert rows(batch)["7栋1单元301"].state == S.CERTIFIED


def test_workbook_reads_as_the_text_does(batch, chair):
    from linli.plumbing.sheets import Table, as_xlsx

    lines = [line.split(",") for line in GOOD.splitlines()]
    book = as_xlsx([Table("办证", lines[0], lines[1:])])
    roster = batches.check_import(by=chair, batch=batch, filename="办证.xlsx", data=book, at=NOW)
    assert roster.counts == {"new": 4}


@pytest.mark.parametrize(("text", "name"), [("", "a.csv"), ("甲,乙\n1,2\n", "a.csv"), ("x", "a.docx")])
def test_unreadable_file_is_refused(batch, chair, text, name):
    with pytest.raises(Refused) as no:
        load(batch, chair, text, name)
    assert no.value.field == "file"


def test_dropped_list_is_not_taken(batch, chair):
    roster = load(batch, chair)
    batches.drop_import(by=chair, batch=batch, roster=roster, at=NOW)
    with pytest.raises(Refused, match="不要了"):
        batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)


# ── a list that comes late, comes back, is taken back ───────────────────────────────────────────────────────────────


def test_a_list_taken_late_does_not_undo_what_was_done_since(place, chair, batch):
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n7,2,301,李某,,HT-2,,契税,,,,\n")
    home = place.homes[0]
    roster = load(batch, chair, HEAD + "7,1,301,张某,,HT-1,,契税,缺资料,,,\n7,2,301,李某,,HT-2,,齐全,,,,\n")
    assert roster.counts == {"changed": 2}
    stepped(batch, chair, home, Step.SUBMIT, Step.PAY_TAX)
    roster = batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    found = rows(batch)
    assert (found[home.label].state, found["7栋2单元301"].state) == (S.TAX_DONE, S.READY)
    assert roster.counts == {"changed": 1, "conflict": 1}
    (left,) = batches.shown(roster, lambda st: st == "conflict", 9)
    assert left["p"] == home.label and "又办过，现在是“税办好了”" in left["lines"][0]
    assert "又办过" in batches.refused_file(roster, "csv").decode("utf-8-sig")
    agree(batch)


def test_a_home_that_came_in_or_was_certified_meanwhile_is_left(place, chair, batch):
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n")
    roster = load(batch, chair, HEAD + "7,1,301,张某,,HT-1,,契税,缺资料,,,\n8,1,301,王某,,HT-3,,契税,,,,\n")
    assert roster.counts == {"changed": 1, "new": 1}
    stepped(batch, chair, place.homes[0], Step.SUBMIT, Step.PAY_TAX, Step.REGISTER)
    stepped(batch, chair, place.homes[0], Step.CERTIFY, day=NOW.date())
    batches.add_buildings(by=chair, batch=batch, buildings=[place.homes[2].building_id], at=NOW)
    roster = batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    assert roster.counts == {"conflict": 2}
    assert rows(batch)[place.homes[0].label].state == S.CERTIFIED


def test_an_export_that_comes_back_unchanged_changes_nothing(place, chair, batch):
    taken(
        batch, chair, HEAD + "7,1,301,张某,,HT-1,未交,,,,,打张某13812345678问过\n7,2,301,李某,,HT-2,,,已发证,2025.11.3,湘001,\n8,1,301,王某,,,,契税,,,,\n8,2,301,陈某,,HT-4,,,受阻：土地,,,\n",
    )  # fmt: skip
    home = place.homes[3]
    stepped(batch, chair, home, Step.UNBLOCK)
    stepped(batch, chair, home, Step.BLOCK, reason="developer_tax", words="欠了三百万，问13812345679")
    before = [values_of(row) for row in rows(batch).values()]
    data = batches.export_file(by=place.post(Role.FRONT_DESK), batch=batch, filters=homes.Filters(), at=NOW)
    back = batches.check_import(by=chair, batch=batch, filename="back.xlsx", data=data, at=NOW)
    assert (back.counts, back.sheets[0]["kept"]) == ({"same": 4}, [])
    batches.apply_import(by=chair, batch=batch, roster=back, at=NOW)
    assert [values_of(row) for row in rows(batch).values()] == before


def test_another_reason_comes_without_the_words_of_the_old_one(place, chair, batch):
    taken(batch, chair, HEAD + "8,2,301,陈某,,HT-4,,,受阻：开发商欠税三百万,,,\n")
    taken(batch, chair, HEAD.replace("备注", "原因") + "8,2,301,陈某,,HT-4,,,卡住了,,,法院查封着\n")
    row = rows(batch)["8栋2单元301"]
    assert (row.reason, row.reason_words) == ("frozen", "")
    taken(batch, chair, HEAD.replace("备注", "原因") + "8,2,301,陈某,,HT-4,,,卡住了,,,法院查封着：一案\n")
    row = rows(batch)["8栋2单元301"]
    assert (row.reason, row.reason_words) == ("frozen", "一案")


def test_columns_nobody_knows_are_kept_and_said(place, chair, batch):
    roster = load(
        batch, chair, "序号,税务金额,身份证号," + HEAD + "1,5000,430102199001011234,7,1,301,张某,,HT-1,,齐全,,,,\n"
    )
    assert roster.sheets[0]["kept"] == ["税务金额"] and set(roster.sheets[0]["left"]) >= {"身份证号", "电话"}
    batches.apply_import(by=chair, batch=batch, roster=roster, at=NOW)
    home = place.homes[0]
    assert rows(batch)[home.label].extra == {"税务金额": "5000"}
    browser = place.client(chair)
    assert "税务金额" in browser.get(f"/c/{place.slug}/batches/{batch.number}/homes/{home.pk}/").content.decode()
    page = browser.get(f"/c/{place.slug}/batches/{batch.number}/imports/{roster.pk}/").content.decode()
    assert "原样留着的栏目" in page and "税务金额" in page


def test_sheets_that_were_not_read_are_said_with_why(place, chair, batch):
    book = openpyxl.Workbook()
    for title, lines, hidden in (
        ("一", (HEAD + "7,1,301,张某,,HT-1,,齐全,,,,").split("\n"), False),
        ("补充", ["门牌,谁,怎么样", "7-2-301,李某,缺契税"], False),
        ("藏着", (HEAD + "8,1,301,王某,,HT-3,,齐全,,,,").split("\n"), True),
    ):
        sheet = book.create_sheet(title)
        sheet.sheet_state = "hidden" if hidden else "visible"
        for line in lines:
            sheet.append(line.split(","))
    book.remove(book.worksheets[0])
    out = BytesIO()
    book.save(out)
    roster = batches.check_import(by=chair, batch=batch, filename="x.xlsx", data=out.getvalue(), at=NOW)
    page = place.client(chair).get(f"/c/{place.slug}/batches/{batch.number}/imports/{roster.pk}/").content.decode()
    assert page.count("这张工作表没有读") == 2 and "补充" in page and "藏着" in page


def test_a_list_is_taken_back_whole(place, chair, batch):
    taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n7,2,301,李某,,HT-2,,契税,,,,先写的\n")
    before = {label: values_of(row) for label, row in rows(batch).items()}
    roster = taken(batch, chair, GOOD)
    assert len(rows(batch)) == 4
    with pytest.raises(Refused, match="为什么"):
        batches.undo_import(by=chair, batch=batch, roster=roster, reason=" ", at=NOW)
    with pytest.raises(Refused, match="不归您办"):
        batches.undo_import(by=place.resident(), batch=batch, roster=roster, reason="拿错表了", at=NOW)
    for _ in range(2):
        roster = batches.undo_import(by=chair, batch=batch, roster=roster, reason="拿错表了", at=NOW)
    assert {label: values_of(row) for label, row in rows(batch).items()} == before
    assert (roster.state, roster.counts["undone"], roster.counts["stay"]) == ("undone", 3, 0)
    agree(batch)
    again = taken(batch, chair, GOOD)
    assert (again.counts["new"], len(rows(batch))) == (2, 4)
    agree(batch)


def test_two_lists_are_taken_back_the_later_first(place, chair, batch):
    first = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,甲\n")
    between = {label: values_of(row) for label, row in rows(batch).items()}
    second = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,契税,,,,乙\n7,2,301,李某,,HT-2,,契税,,,,\n")
    second = batches.undo_import(by=chair, batch=batch, roster=second, reason="错了", at=NOW)
    assert {label: values_of(row) for label, row in rows(batch).items()} == between
    first = batches.undo_import(by=chair, batch=batch, roster=first, reason="也错了", at=NOW)
    assert [(r.counts["undone"], r.counts["stay"]) for r in (second, first)] == [(2, 0), (1, 0)]
    assert rows(batch) == {}
    agree(batch)


def test_what_was_done_between_two_lists_stays_when_both_are_taken_back(place, chair, batch):
    first = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,甲\n")
    stepped(batch, chair, place.homes[0], Step.SUBMIT)
    between = {label: values_of(row) for label, row in rows(batch).items()}
    second = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,乙\n")
    for roster in (second, first):
        batches.undo_import(by=chair, batch=batch, roster=roster, reason="错了", at=NOW)
    assert {label: values_of(row) for label, row in rows(batch).items()} == between


def test_what_was_done_since_stays_when_a_list_is_taken_back(place, chair, batch):
    roster = taken(batch, chair, HEAD + "7,1,301,张某,,HT-1,,齐全,,,,\n7,2,301,李某,,HT-2,,契税,,,,\n")
    stepped(batch, chair, place.homes[0], Step.SUBMIT)
    browser, page = place.client(chair), f"/c/{place.slug}/batches/{batch.number}/imports/{roster.pk}/"
    assert "整份撤回" in browser.get(page).content.decode()
    browser.post(page + "act/", {"undo": "1", "words": "拿错表了"})
    assert list(rows(batch)) == [place.homes[0].label]
    words = browser.get(page).content.decode()
    assert "1 户回到了收进以前的样子" in words and f"没有动的：{place.homes[0].label}" in words
    gone = browser.get(f"/c/{place.slug}/batches/{batch.number}/homes/{place.homes[1].pk}/")
    assert gone.status_code == 404
    agree(batch)
