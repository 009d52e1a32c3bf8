import csv

import pytest

from linli.matters.models import Clock, Matter
from linli.matters.services.imports import mapping_of, moment_of
from linli.matters.tests.makers import compound
from linli.notices.models import Message
from linli.plumbing import search
from linli.plumbing.tenancy import compound_scope
from linli.web.cli import main

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place():
    return compound("liuxi")


def write(tmp_path, rows, header=("工单编号", "留言时间", "留言主题", "留言详情", "反映人"), encoding="utf-8-sig"):
    path = tmp_path / "export.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


ROWS = [
    ("H1", "2026-01-05 08:30:00", "楼道灯不亮", "三楼晚上看不见", "住户甲"),
    ("H2", "2026/1/6 9:00", "下水道堵了", "厨房返水", "住户乙"),
]


def run(path, *more):
    return main(["import", "matters", str(path), "--compound", "liuxi", *more])


def test_history_keeps_dates_starts_no_clock_and_tells_nobody(place, tmp_path):
    assert run(write(tmp_path, ROWS), "--history") == 0
    with compound_scope(place.compound.pk):
        first, second = Matter.objects.order_by("number")
        assert first.words == "楼道灯不亮\n三楼晚上看不见"
        assert f"{first.reported_at:%Y-%m-%d %H:%M}" == "2026-01-05 00:30"
        assert (first.source, first.source_ref, second.title) == ("resident_online", "H1", "下水道堵了")
        assert Clock.objects.count() == Message.objects.count() == 0


def test_without_history_a_clock_starts(place, tmp_path):
    assert run(write(tmp_path, ROWS)) == 0
    with compound_scope(place.compound.pk):
        assert Clock.objects.count() == 2


def test_same_file_twice_adds_nothing(place, tmp_path, capsys):
    path = write(tmp_path, ROWS)
    assert (run(path), run(path)) == (0, 0)
    with compound_scope(place.compound.pk):
        assert Matter.objects.count() == 2
    assert "新收 0 件，已有 2 件" in capsys.readouterr().out


def test_refused_rows_come_back_with_the_reason_and_stop_nothing(place, tmp_path):
    path = write(tmp_path, [*ROWS, ("H3", "昨天下午", "吵", "太吵", ""), ("H4", "2026-01-07", "", "", "")])
    assert run(path) == 1
    with open(path.with_suffix(".refused.csv"), encoding="utf-8-sig") as file:
        back = list(csv.reader(file))
    assert [row[:1] + row[-2:] for row in back[1:]] == [
        ["H3", "4", "时间“昨天下午”看不懂，请写成 2026-03-25 18:00"],
        ["H4", "5", "请先说说是什么事"],
    ]
    with compound_scope(place.compound.pk):
        assert Matter.objects.count() == 2


def test_gb18030_and_own_headers_are_read(place, tmp_path):
    path = write(tmp_path, [("甲-1", "门口积水")], header=("单子", "说的话"), encoding="gb18030")
    assert run(path, "--map", "ref=单子,words=说的话") == 0
    with compound_scope(place.compound.pk):
        assert search.find(
            compound_id=place.compound.pk, ordinal=place.compound.ordinal, kind="matter", text="积水"
        ) == [1]


@pytest.mark.parametrize("more", [("--map", "words=没有这列"), ("--map", "什么=单子")])
def test_unreadable_says_why_and_exits_2(place, tmp_path, capsys, more):
    path = write(tmp_path, [("1", "x")], header=("单子", "说"))
    assert run(path, *more) == 2
    assert capsys.readouterr().err.strip()


def test_unknown_compound_and_missing_file_exit_2(place, tmp_path):
    assert main(["import", "matters", str(tmp_path / "none.csv"), "--compound", "liuxi"]) == 2
    assert main(["import", "matters", str(write(tmp_path, ROWS)), "--compound", "other"]) == 2


def test_columns_are_recognised_by_the_names_exports_use():
    assert mapping_of(["message_id", "author", "created_at", "title", "text", "likes"]) == {
        "ref": 0,
        "name": 1,
        "at": 2,
        "title": 3,
        "words": 4,
    }


@pytest.mark.parametrize("cell", ["2026-01-05", "2026/1/5", "2026年1月5日", "20260105", "2026.1.5"])
def test_dates_in_five_spellings(cell):
    assert f"{moment_of(cell):%F}" == "2026-01-05"


@pytest.mark.parametrize("column", ["是否保密", "办理时限"])
def test_an_order_of_the_hotline_is_sent_to_its_own_door(place, tmp_path, capsys, column):
    header = ("工单编号", "来电时间", "诉求内容", "来电人", "联系电话", column)
    path = write(tmp_path, [("A1", "2026-01-05 08:30", "楼道灯不亮", "欧阳青禾", "13900007788", "是")], header)
    assert run(path) == 2
    assert "12345" in capsys.readouterr().err
    with compound_scope(place.compound.pk):
        assert not Matter.objects.exists()


def test_who_called_is_not_filed_by_name_as_a_message_board_s(place, tmp_path, capsys):
    header = ("工单编号", "来电时间", "诉求内容", "来电人", "联系电话")
    path = write(tmp_path, [("A1", "2026-01-05 08:30", "楼道灯不亮", "欧阳青禾", "13900007788")], header)
    assert run(path) == 2
    assert "12345" in capsys.readouterr().err
    rows = [
        (f"A{n}", "2026-01-05 08:30", "楼道灯不亮", "欧阳青禾", "", said) for n, said in enumerate(["", "热线一号"])
    ]
    path = write(tmp_path, [*rows, ("A9", "2026-01-05 08:30", "灯不亮", "周一", "", "front_desk")], (*header, "来源"))
    assert run(path) == 1
    with compound_scope(place.compound.pk):
        assert [(m.source_ref, m.source) for m in Matter.objects.all()] == [("A9", "front_desk")]


def test_a_row_of_the_hotline_is_sent_to_its_own_door(place, tmp_path):
    """Here it would have no second clock, no answer and no secrecy."""
    header = ("工单编号", "来电时间", "诉求内容", "来电人", "联系电话", "来源")
    rows = [
        ("A1", "2026-01-05 08:30", "楼道灯不亮", "欧阳青禾", "13900007788", kind) for kind in ("hotline", "front_desk")
    ]
    assert run(write(tmp_path, rows, header)) == 1
    with compound_scope(place.compound.pk):
        assert [m.source for m in Matter.objects.all()] == ["front_desk"]
