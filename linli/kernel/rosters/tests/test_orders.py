from datetime import datetime

import pytest

from linli.kernel.clock import SHANGHAI, Calendar
from linli.kernel.rosters.orders import moment, read
from linli.kernel.rosters.reading import Sheet

NOW = datetime(2026, 3, 24, 10, tzinfo=SHANGHAI)


def book(*rows, header=("工单号", "受理时间", "反映内容", "联系电话", "办理期限", "保密")):
    return read([Sheet("工单", False, [["某市政务热线"], list(header), *map(list, rows)])], NOW, Calendar())


def at(day, hour=0, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


def test_an_order_is_read_by_its_headers_wherever_they_stand():
    found = book(("20260323001", "2026-03-23 16:20", "3号楼没水", "13900007788", "2026/3/30", "是"))
    (line,) = found.lines
    order = line.order
    assert (line.row, order.number, order.at, order.due) == (3, "20260323001", at(23, 16, 20), at(30, 17, 30))
    assert (order.words, order.phone, order.secret, order.building) == ("3号楼没水", "13900007788", True, "3")


@pytest.mark.parametrize(
    ("said", "due"),
    [
        ("5个工作日", at(30, 17, 30)),
        ("五个工作日内", at(30, 17, 30)),
        ("十 个工作日", datetime(2026, 4, 7, 17, 30, tzinfo=SHANGHAI)),  # 清明 between
        ("48小时", at(25, 16, 20)),
        ("3天", at(26, 17, 30)),
        ("两个工作日内办结", at(25, 17, 30)),
        ("一周", at(30, 17, 30)),
        ("0个工作日", None),
        ("5个", None),
    ],
)
def test_a_limit_may_be_a_span_from_the_call_on(said, due):
    (line,) = book(("1", "2026-03-23 16:20", "没水", "", said, "")).lines
    assert (line.order.due if line.order else None) == due


def test_a_column_that_nothing_is_kept_of_is_said_to_be_of_no_use():
    header = ("工单号", "受理时间", "反映内容", "紧急程度", "备注")
    found = book(("1", "2026-03-23", "没水", "特急", "快"), header=header)
    assert dict(found.columns)["紧急程度"] == dict(found.columns)["备注"] == "" and found.lines[0].order


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("", "2026-03-23", "没水", "", "", ""), "没有编号"),
        (("2.02603E+16", "2026-03-23", "没水", "", "", ""), "编号存成了数字，末尾的位数丢了，请把这一列设成文本再导出"),
        (("1", "2026-03-23", "", "139", "", ""), "没有内容"),
        (("1", "前天", "没水", "", "", ""), "时间“前天”看不懂，请写成 2026-03-25 18:00"),
        (("1", "2026-03-25 08:00", "没水", "", "", ""), "时间“2026-03-25 08:00”还没到"),
        (
            ("1", "2026-03-23", "没水", "", "下周", ""),
            "期限“下周”看不懂，请写成 2026-03-25 18:00，或者 5个工作日、48小时",
        ),
        (("1", "2026-03-23 10:00", "没水", "", "2026-03-22", ""), "期限“2026-03-22”比来电还早"),
    ],
)
def test_a_faulty_row_says_why(cells, why):
    (line,) = book(cells).lines
    assert (line.order, line.faults) == (None, (why,))


def test_a_row_with_several_faults_says_them_all_and_keeps_its_number():
    (line,) = book(("7", "前天", "", "", "下周", "")).lines
    assert line.number == "7" and line.faults == (
        "没有内容",
        "时间“前天”看不懂，请写成 2026-03-25 18:00",
        "期限“下周”看不懂，请写成 2026-03-25 18:00，或者 5个工作日、48小时",
    )


def test_the_same_number_twice_in_one_file_is_refused_the_second_time():
    first, second = book(("1", "", "没水", "", "", ""), ("1", "", "又没水", "", "", "")).lines
    assert first.order and (second.order, second.faults, second.number) == (None, ("和第 3 行是同一个编号",), "1")


def test_totals_empty_and_repeated_header_rows_are_no_orders():
    header = ("工单号", "受理时间", "反映内容", "联系电话", "办理期限", "保密")
    assert book(("合计", "", "", "", "", ""), ("", "", "", "", "", ""), header).lines == ()


@pytest.mark.parametrize(
    ("cell", "words", "secret"),
    [
        ("否", "没水", False), ("", "没水", False), ("不保密", "没水", False), ("是", "没水", True), ("保密", "没水", True),
        ("看情况", "没水", True), ("", "没水，来电人要求保密", True), ("否", "不愿透露身份", True),
    ],
)  # fmt: skip
def test_in_doubt_a_caller_asks_for_secrecy(cell, words, secret):
    (line,) = book(("1", "", words, "", "", cell)).lines
    assert line.order.secret is secret


def test_a_list_of_owners_is_no_book_of_orders():
    assert (
        book(("1栋", "1", "101", "张某", "139", ""), header=("楼栋", "单元", "房号", "业主姓名", "电话", "备注"))
        is None
    )


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2026年3月23日 16时20分", at(23, 16, 20)), ("2026.3.23 16:20:05", at(23, 16, 20)), ("2026-03-23T16:20:05", at(23, 16, 20)),
        ("20260323", at(23)), (datetime(2026, 3, 23, 16, 20), at(23, 16, 20)), ("2026-02-30", None), ("2026-03-23 25:00", None), ("", None),
    ],
)  # fmt: skip
def test_moments(cell, found):
    assert moment(cell) == found
