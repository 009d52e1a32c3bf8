from pathlib import Path

import pytest

from linli.kernel.rosters.cells import Finding, State
from linli.kernel.rosters.plans import building_in, plan, replan
from linli.kernel.rosters.reading import Sheet, read_sheets
from linli.kernel.rosters.rows import parse

from .books import HOUSE_HEADER, SAMPLE, book_sheets, text_sheets

DATA = Path(__file__).parent / "data"
GOOD_ID, GOOD_ID_X = "110101199003070038", "11010119900307803X"


def states(parsed):
    return [r.state.value for r in parsed.rows]


def homes(parsed):
    return ["-".join(h.key) for r in parsed.rows for h in r.homes]


def one(header, *rows, kind="owners", **kw):
    return parse(text_sheets([header.split("|"), *(r.split("|") for r in rows)], **kw), kind=kind)


# The sample of domain.md 7.6


@pytest.fixture(params=["xlsx", "csv", "gb18030", "merged title"])
def sample(request):
    if request.param == "xlsx":
        return book_sheets(("名册", [HOUSE_HEADER, *SAMPLE]))
    if request.param == "merged title":
        return book_sheets(
            ("名册", [["某小区业主名册"], ["填表日期：2026年3月"], HOUSE_HEADER, *SAMPLE]), merge=["A1:G1"]
        )
    return text_sheets([HOUSE_HEADER, *SAMPLE], encoding=request.param.replace("csv", "utf-8-sig"))


def test_sample_has_four_homes_and_a_total(sample):
    parsed = parse(sample, kind="owners")
    assert states(parsed) == ["good"] * 4 + ["skipped"]
    assert homes(parsed) == ["1-1-101", "1-1-102", "2-1-301", "3-0-S-05"]
    assert parsed.rows[-1].note == "合计行"
    assert [(t.stated, t.found, t.agrees) for t in parsed.totals] == [(39266, 39266, True)]
    assert parsed.area == 39266


def test_sample_owners(sample):
    rows = parse(sample, kind="owners").rows
    assert [(o.name, [p.number for p in o.phones]) for o in rows[1].owners] == [
        ("李某乙", ["13800000002"]),
        ("王某丙", ["13800000003"]),
    ]
    assert [(o.name, o.is_company) for o in rows[2].owners] == [("××置业有限公司", True)]
    assert rows[2].owners[0].phones == (("0000-0000000", "fixed"),)
    assert [r.homes[0].kind for r in rows[:4]] == ["residence", "residence", "residence", "shop"]
    assert (rows[2].homes[0].entrance.display, rows[2].homes[0].room.display) == ("甲单元", "0301")


def test_sample_as_home_register_has_no_owners(sample):
    parsed = parse(sample, kind="homes")
    assert homes(parsed) == ["1-1-101", "1-1-102", "2-1-301", "3-0-S-05"]
    assert all(r.owners == () for r in parsed.rows)
    assert list(parsed.plans[0].ignored.values()) == ["业主姓名", "联系电话"]


def test_numbers_of_rows_are_those_of_the_file(sample):
    first = parse(sample, kind="owners").rows[0]
    assert sample[0].rows[first.number - 1][0] == "1#"


# Rows


def test_a_faulty_row_stays_beside_the_good_ones_with_where_and_why():
    parsed = one(
        "楼栋|单元|房号|业主姓名|建筑面积|身份证号",
        "1|1|101|张某甲|9o.5|",
        "1|1|102|李某乙|90|4.3E+17",
        "1|1|103|王某丙|90|",
    )
    assert states(parsed) == ["refused", "refused", "good"]
    assert parsed.rows[0].errors == (Finding("E 建筑面积", "面积里有字母 o，请改成数字 0"),)
    assert parsed.rows[1].reason.startswith("F 身份证号：身份证号被表格存成了数字")
    assert parsed.rows[1].raw == ["1", "1", "102", "李某乙", "90", "4.3E+17"]


def test_every_error_of_a_row_is_told_at_once():
    (row,) = one("楼栋|单元|房号|业主姓名|建筑面积|交房日期", "1|1|101|张某甲|0|23.1.4").rows
    assert [f.where for f in row.errors] == ["E 建筑面积", "F 交房日期"]


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ("||||", "空行"), ("楼栋|单元|房号|业主姓名|建筑面积", "重复的表头"), ("小计||||90", "合计行"), ("本页合计||||90", "合计行"),
        ("||合计||90", "合计行"), ("总计|||共1户|90", "合计行"), ("制表人：张某||||", "表尾说明"), ("填表日期：2026.3.1||||", "表尾说明"),
        ("审核：|||制表：|", "表尾说明"), ("备注：以上面积以产权证为准||||", "表尾说明"), ("以上名册由业委会筹备组于三月核对完毕||||", "表尾说明"),
    ],
)  # fmt: skip
def test_what_is_no_data_is_skipped_with_a_note(row, note):
    parsed = one("楼栋|单元|房号|业主姓名|建筑面积", "1|1|101|张某甲|90", row, "1|1|102|李某乙|90")
    assert states(parsed) == ["good", "skipped", "good"]
    assert parsed.rows[1].note == note


def test_rows_numbered_in_advance_are_blank():
    parsed = one("序号|楼栋|房号|业主姓名", "1|1|101|张某甲", "2|||")
    assert parsed.rows[1].note == "空行，只有序号"


def test_subtotals_and_total_are_checked():
    parsed = one("楼栋|房号|建筑面积", "1|101|90", "小计||90", "2|101|100.5", "小计||100", "合计||190.5", kind="homes")
    assert [(t.number, t.stated, t.found, t.agrees) for t in parsed.totals] == [
        (3, 9000, 9000, True), (5, 10000, 10050, False), (6, 19050, 19050, True),
    ]  # fmt: skip


def test_total_counts_refused_rows_too():
    parsed = one("楼栋|房号|建筑面积|交房日期", "1|101|90|23.1.4", "合计||90|", kind="homes")
    assert parsed.rows[0].state == State.REFUSED and parsed.totals[0].agrees


def test_the_total_on_the_last_sheet_may_be_of_all():
    header = ["房号", "业主姓名", "建筑面积"]
    sheets = book_sheets(
        ("1栋", [header, ["101", "张某甲", 90]]), ("2栋", [header, ["101", "李某乙", 80], ["总计", "", 170]])
    )
    assert parse(sheets, kind="owners").totals[0].agrees


def test_progress_is_told_every_thousand_rows():
    heard = []
    rows = [["楼栋", "房号", "业主姓名"], *([1, n, "张某甲"] for n in range(1, 2501))]
    parse([Sheet("a", False, rows)], kind="owners", tick=heard.append)
    assert heard == [1000, 2000]


# Places


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        ("楼栋|房号|业主姓名", "3栋|1-301|张", ["3-1-301"]),
        ("楼栋|单元|房号|业主姓名", "3|1|1-301|张", ["3-1-301"]),
        ("楼栋|单元|房号|业主姓名", "3|1|3-1-301|张", ["3-1-301"]),
        ("楼栋|单元|房号|业主姓名", "3|1|3-301|张", ["3-1-301"]),
        ("楼栋|单元|房号|业主姓名", "3||3栋1单元301室|张", ["3-1-301"]),
        ("楼栋|单元|房号|业主姓名", "3|1|301、302|张", ["3-1-301", "3-1-302"]),
        ("楼栋|单元|房号|业主姓名", "3|1|2-1|张", ["3-1-2-1"]),
        ("楼栋|单元|房号|业主姓名", "3||S-05|张", ["3-0-S-05"]),
        ("楼栋|单元|房号|业主姓名", "3||A-101|张", ["3-0-A-101"]),
        ("楼栋|单元|房号|业主姓名", "3||地下B023|张", ["3-0-地下B023"]),
        ("楼栋|单元|房号|业主姓名", "3|1|301室|张", ["3-1-301"]),
        ("楼栋|单元|房号|业主姓名", "3|1|1-301、302|张", ["3-1-301", "3-1-302"]),
        ("房号|业主姓名|电话", "1-101|张|", ["1-0-101"]),
        ("房号|业主姓名|电话", "3-1-301|张|", ["3-1-301"]),
        ("房屋坐落|业主姓名|电话", "幸福小区3栋1单元301室|张|", ["3-1-301"]),
        ("房屋坐落|业主姓名|电话", "1栋301、302|张|", ["1-0-301", "1-0-302"]),
        ("楼栋|单元|房号|房屋坐落|业主姓名", "3|1|301|幸福路8号|张", ["3-1-301"]),
        ("楼栋|单元|房号|房屋坐落|业主姓名", "3|||3栋1单元301|张", ["3-1-301"]),
    ],
)  # fmt: skip
def test_places_from_columns_and_words(header, row, expected):
    parsed = one(header, row)
    assert (homes(parsed), parsed.rows[0].errors) == (expected, ())


@pytest.mark.parametrize(
    ("header", "row", "where", "words"),
    [
        ("楼栋|单元|房号|业主姓名", "3|1|2-301|张", "C 房号", "单元一列是“1”"),
        ("楼栋|单元|房号|业主姓名", "3|1|2栋1单元301|张", "C 房号", "楼栋一列是“3”"),
        ("楼栋|单元|房号|业主姓名", "3|1|101-103|张", "C 房号", "从几号到几号"),
        ("楼栋|单元|房号|业主姓名", "3|1||张", "C 房号", "缺房号"),
        ("房号|业主姓名|电话", "101|张|", "A 房号", "缺楼栋"),
        ("房屋坐落|业主姓名|电话", "幸福小区|张|", "A 房屋坐落", "读不出楼栋和房号"),
    ],
)  # fmt: skip
def test_places_refused(header, row, where, words):
    (found,) = one(header, row, kind="owners").rows
    assert found.state == State.REFUSED
    assert found.errors[0].where == where and words in found.errors[0].says


def test_rooms_that_repeat_their_building_on_the_whole_sheet():
    parsed = one("楼栋|房号|业主姓名", "3栋|3-301|张", "4栋|4-301|李")
    assert homes(parsed) == ["3-0-301", "4-0-301"]


def test_rooms_that_name_their_entrance():
    parsed = one("楼栋|房号|业主姓名", "3栋|3-301|张", "4栋|1-301|李")
    assert homes(parsed) == ["3-3-301", "4-1-301"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("1栋", "1"),
        ("1栋业主名册", "1"),
        ("3#", "3"),
        ("12", "12"),
        ("A座", "A"),
        ("十二号楼", "12"),
        ("Sheet1", None),
        ("业主信息", None),
        ("1栋和2栋", None),
    ],
)
def test_building_in_a_sheet_name(name, key):
    building, _ = building_in(name)
    assert (building and building.key) == key


def test_one_sheet_per_building():
    header = ["房号", "业主姓名", "建筑面积"]
    sheets = book_sheets(("1栋", [header, ["101", "张某甲", 90]]), ("2栋2单元", [header, ["101", "李某乙", 80]]))
    assert homes(parse(sheets, kind="owners")) == ["1-0-101", "2-2-101"]


def test_building_in_the_title_and_in_headings():
    sheets = book_sheets(
        (
            "Sheet1",
            [
                ["某小区3栋业主名册"],
                ["房号", "业主姓名", "建筑面积"],
                ["101", "张", 90],
                ["4栋2单元"],
                ["101", "李", 90],
            ],
        )
    )
    parsed = parse(sheets, kind="owners")
    assert homes(parsed) == ["3-0-101", "4-2-101"]
    assert parsed.rows[1].note == "分组标题"


def test_merged_cells_fill_down_for_building_and_entrance_only():
    rows = [
        ["楼栋", "单元", "房号", "业主姓名", "建筑面积"],
        ["1栋", 1, 101, "张", 90],
        ["", "", 102, "", 80],
        ["", 2, 101, "李", 70],
    ]
    parsed = parse(book_sheets(("a", rows), merge=["A2:A4", "B2:B3", "D2:D3"]), kind="owners")
    assert homes(parsed) == ["1-1-101", "1-1-102", "1-2-101"]
    assert parsed.rows[1].owners == ()
    assert Finding("D 业主姓名", "这是合并单元格的下半部分，这一行按空着处理") in parsed.rows[1].warnings


def test_merged_cells_of_an_old_workbook():
    parsed = parse(read_sheets(DATA / "merged.xls", "merged.xls"), kind="owners")
    assert homes(parsed) == ["1-1-101", "1-1-102"]


def test_a_blank_building_that_is_not_merged_is_refused_in_a_workbook():
    rows = [["楼栋", "房号", "业主姓名"], ["1栋", 101, "张"], ["", 102, "李"]]
    assert states(parse(book_sheets(("a", rows)), kind="owners")) == ["good", "refused"]


def test_a_text_file_that_lost_its_merged_cells_is_filled_with_a_warning():
    parsed = one("楼栋|单元|房号|业主姓名", "1栋|1|101|张", "||102|李", "|2|101|王", "||102|赵", "2栋||101|钱")
    assert homes(parsed) == ["1-1-101", "1-1-102", "1-2-101", "1-2-102", "2-0-101"]
    assert "按上一行的“1栋”" in parsed.rows[1].warnings[0].says


def test_ditto_marks():
    rows = [["楼栋", "单元", "房号", "业主姓名"], ["1栋", 1, 101, "张"], ["〃", "同上", 102, "李"]]
    assert homes(parse(book_sheets(("a", rows)), kind="owners")) == ["1-1-101", "1-1-102"]


def test_hidden_sheets_are_listed_and_not_read():
    rows = [["楼栋", "房号", "业主姓名"], ["1", 101, "张"]]
    parsed = parse(book_sheets(("看", rows), ("藏", rows), hidden="藏"), kind="owners")
    assert homes(parsed) == ["1-0-101"]
    assert [(p.name, p.hidden, p.is_read, p.why_not) for p in parsed.plans][1] == (
        "藏",
        True,
        False,
        "隐藏的工作表，没有读。",
    )


# Areas of several homes


def test_one_area_for_several_homes_is_the_owners_total():
    (row,) = one("专有部分座落|业主姓名|专有部分面积总和", "1栋301、302|张|200.5").rows
    assert [h.area for h in row.homes] == [None, None] and row.owner_area == 20050
    assert "2 套房屋只有一个面积" in row.warnings[0].says


def test_the_owners_total_of_one_home_is_its_area():
    (row,) = one("专有部分座落|业主姓名|专有部分面积总和", "1栋301|张|90").rows
    assert row.homes[0].area == 9000 and row.owner_area is None


def test_a_large_area_is_fine_for_a_shop_only():
    parsed = one("楼栋|房号|建筑面积|房屋用途", "1|101|3000|商铺", "1|102|3000|住宅", "1|103|3000|", kind="homes")
    assert states(parsed) == ["good", "refused", "refused"]


def test_home_register_of_a_compound():
    header = "幢号|单元|层|室号|房屋用途|户型|建筑面积|套内建筑面积|分摊面积|产权人|不动产权证号|交付日期|备注"
    (row,) = one(header, "3|1|3|0301|住宅|三室|90.5㎡|70|20.5|张某甲|湘001|2023年1月4日|好", kind="homes").rows
    home = row.homes[0]
    assert (home.floor, home.kind, home.area, home.inner_area, home.shared_area) == (3, "residence", 9050, 7000, 2050)
    assert (home.title_no, str(home.delivered_on), row.remark, row.extra) == (
        "湘001",
        "2023-01-04",
        "好",
        {"户型": "三室"},
    )


def test_building_table():
    header = "楼栋|地上层数|地下层数|单元数|户数|建筑面积|竣工年份|有无电梯|楼栋长|网格"
    parsed = one(header, "1栋|18|1|2|72|6500.5|2009|有|赵某|一网格", "合计||||72|6500.5||||", kind="homes")
    found = parsed.rows[0].building
    assert (found.building.key, found.floors_above, found.floors_below, found.entrances, found.households) == (
        "1",
        18,
        1,
        2,
        72,
    )
    assert (found.area, found.completed_year, found.lift, found.captain, found.grid) == (
        650050,
        2009,
        True,
        "赵某",
        "一网格",
    )
    assert parsed.totals[0].agrees


# Owners


def test_co_owners_in_their_own_column_with_a_number_each():
    (row,) = one(
        "房屋坐落|业主姓名|共有人|身份证号|业主人数|投票权数|共有方式",
        f"1栋301|张某甲|李某乙|{GOOD_ID}、{GOOD_ID_X}|2|1|共同共有",
    ).rows
    assert [(o.name, o.identity.number, o.relation) for o in row.owners] == [
        ("张某甲", GOOD_ID, None),
        ("李某乙", GOOD_ID_X, "co_owner"),
    ]
    assert (row.owner_count, row.voting_count, row.co_form, row.warnings) == (2, 1, "共同共有", ())


def test_a_count_of_owners_that_disagrees_is_flagged():
    (row,) = one("房屋坐落|业主姓名|业主人数", "1栋301|张某甲|2").rows
    assert "写的是 2 人，读出 1 个姓名" in row.warnings[0].says


def test_second_phone_is_the_same_persons():
    (row,) = one("房屋坐落|业主姓名|手机号码|手机号码2", "1栋301|张某甲|13800000001|13800000002").rows
    assert [p.number for p in row.owners[0].phones] == ["13800000001", "13800000002"]


def test_a_home_without_owner_is_kept():
    (row,) = one("楼栋|房号|业主姓名", "1|101|").rows
    assert row.state == State.GOOD and row.owners == () and "没有业主姓名" in row.warnings[0].says


def test_family_and_tenants_own_nothing():
    header = "楼栋|单元|房号|业主姓名|与户主关系|房屋面积"
    parsed = one(header, "1|1|101|张|户主|90", "1|1|101|李|配偶|90", "1|1|101|王|租户|", "1|1|101|赵|共有人|90")
    assert states(parsed) == ["good"] * 4
    assert [o.owns for r in parsed.rows for o in r.owners] == [True, False, False, True]


# Columns


def test_unknown_columns_go_to_extra_and_sensitive_ones_do_not():
    header = "楼栋|房号|业主姓名|性别|政治面貌"
    sheets = text_sheets([header.split("|"), ["1", "101", "张", "男", "群众"]])
    parsed = parse(sheets, kind="owners")
    assert parsed.rows[0].extra == {"性别": "男"}
    assert (parsed.plans[0].kept, parsed.plans[0].sensitive) == ({3: "性别"}, {4: "政治面貌"})
    asked = parse(sheets, plan(sheets, "owners", keep_sensitive={"政治面貌"}), "owners")
    assert asked.rows[0].extra == {"性别": "男", "政治面貌": "群众"}


def test_a_person_can_say_which_column_is_what():
    sheets = text_sheets([["甲", "乙", "丙"], ["1栋", "101", "张"]])
    assert not plan(sheets, "owners")[0].is_read
    said = replan(sheets[0], "owners", 0, {0: "building", 1: "room_no", 2: "owner_name"})
    assert homes(parse(sheets, [said], "owners")) == ["1-0-101"]


def test_a_column_taken_off_goes_to_extra():
    sheets = text_sheets([["楼栋", "房号", "业主姓名"], ["1栋", "101", "张"]])
    said = replan(sheets[0], "homes", 0, {0: "building", 1: "room_no"})
    assert parse(sheets, [said], "homes").rows[0].extra == {"业主姓名": "张"}


@pytest.mark.parametrize(
    ("header", "kind", "why"),
    [
        ("楼栋|房号|建筑面积", "owners", "没有业主姓名"), ("楼栋|业主姓名|电话", "owners", "没有房号"), ("楼栋|户数|网格", "owners", "楼栋表"),
        ("业主编号|业主姓名|电话", "homes", "业主信息"), ("甲|乙|丙", "homes", "找不到表头"),
    ],
)  # fmt: skip
def test_a_sheet_of_another_kind_is_not_read_and_says_why(header, kind, why):
    (found,) = plan(text_sheets([header.split("|"), ["1", "2", "3"]]), kind)
    assert not found.is_read and why in found.why_not


# The same home twice


def test_the_same_row_twice_is_taken_once():
    parsed = one("楼栋|房号|业主姓名|建筑面积", "1|101|张|90", "1栋|0101|张|90.00")
    assert states(parsed) == ["good", "repeat"]
    assert parsed.rows[1].note == "和第 2 行相同，不重复导入"


@pytest.mark.parametrize(
    ("second", "what"), [("1|101|李|90", "业主"), ("1|101|张|91", "建筑面积"), ("1|101|李|91", "建筑面积、业主")]
)
def test_two_rows_that_contradict_both_stop(second, what):
    parsed = one("楼栋|房号|业主姓名|建筑面积", "1|101|张|90", "1|102|王|90", second)
    assert states(parsed) == ["conflict", "good", "conflict"]
    assert parsed.rows[0].reason == f"1-101 和第 4 行的{what}不一样，请核对后只留一行"
    assert parsed.rows[2].reason == f"1-101 和第 2 行的{what}不一样，请核对后只留一行"


def test_conflict_across_sheets_names_the_sheet():
    rows = [["楼栋", "房号", "业主姓名"], ["1", 101, "张"]]
    parsed = parse(book_sheets(("甲", rows), ("乙", [rows[0], ["1", 101, "李"]])), kind="owners")
    assert "和“乙”第 2 行的业主" in parsed.rows[0].reason


def test_two_rows_that_complete_each_other_are_both_taken():
    assert states(one("楼栋|房号|业主姓名|建筑面积", "1|101|张|", "1|101|张|90")) == ["good", "good"]


def test_a_row_of_two_homes_of_which_one_is_new_is_no_repeat():
    parsed = one("楼栋|房号|业主姓名", "1|101|张", "1|101|张", "1|101、102|张")
    assert states(parsed) == ["good", "repeat", "good"]


# Templates of another system


def test_homes_of_the_workbook_with_five_sheets():
    parsed = parse(read_sheets(DATA / "microcommunity_hc.xlsx", "hc.xlsx"), kind="homes")
    assert [(p.name, p.layout) for p in parsed.plans] == [
        ("楼栋单元", "buildings"),
        ("业主信息", ""),
        ("费用设置", ""),
        ("房屋信息", "homes"),
        ("车位信息", ""),
    ]
    assert homes(parsed) == [f"1-1-{r}" for r in (1011, 1012, 1013, 1014, 1021, 1022, 1023, 1024)]
    assert {h.area for r in parsed.rows for h in r.homes} == {9456}
    assert sum(1 for r in parsed.rows if r.building) == 26
    assert parsed.count(State.REFUSED) == 0


def test_owners_by_number_from_another_sheet():
    sheets = read_sheets(DATA / "microcommunity_hc.xlsx", "hc.xlsx")
    for sheet in sheets:
        if sheet.name == "业主信息":
            for row in sheet.rows[1:]:
                row[5] = ""  # the template's identity numbers are not valid
    parsed = parse(sheets, kind="owners")
    found = {h.room.key: [o.name for o in r.owners] for r in parsed.rows if r.state == State.GOOD for h in r.homes}
    assert found == {"1011": ["张某"], "1012": ["张三1"], "1013": ["张三2"], "1014": ["张三3"], "1021": ["张三4"]}
    assert "业主编号 6 在业主信息表里找不到" in next(
        r.reason for r in parsed.rows if r.homes and r.homes[0].room.key == "1022"
    )


def test_invalid_identity_numbers_of_the_template_are_refused_in_words():
    parsed = parse(read_sheets(DATA / "microcommunity_importRoom.xlsx", "importRoom.xlsx"), kind="owners")
    data = [r for r in parsed.rows if r.state is not State.SKIPPED]
    assert [(r.number, r.state) for r in data] == [(2, State.REFUSED)]
    assert data[0].reason.startswith("P 身份证号：身份证号末尾是 000")


@pytest.mark.parametrize(
    ("room", "kept"), [("2栋101", []), ("1栋301、302", []), ("3栋101", ["3-0-101"]), ("2-101", ["3-2-101"])]
)
def test_a_files_name_never_beats_the_building_that_a_row_names(room, kept):
    parsed = one("房号|业主姓名|建筑面积", f"{room}|张某甲|89.50", name="3号楼.csv")
    assert homes(parsed) == kept
    assert states(parsed) == (["good"] if kept else ["refused"])
    if not kept:
        assert "表名或文件名里是“3" in parsed.rows[0].reason
