import datetime as dt

import pytest

from linli.kernel.rosters import clean
from linli.kernel.rosters.clean import Label

LOST = clean.DIGITS_LOST
GOOD_ID, GOOD_ID_X = "110101199003070038", "11010119900307803X"


# Places


@pytest.mark.parametrize(
    "cell",
    ["1", 1, 1.0, "1#", "1栋", "1幢", "1号楼", "一号楼", "１栋", " 1 栋 ", "01栋", "第1栋", "1#楼", "1座", "一栋"],
)
def test_building_forms_of_one(cell):
    assert clean.building_key(cell).value.key == "1"


@pytest.mark.parametrize(
    ("cell", "key", "display"),
    [
        ("A座", "A", "A座"), ("a座", "A", "a座"), ("十二栋", "12", "十二栋"), ("二十一号楼", "21", "二十一号楼"),
        ("10栋", "10", "10栋"), ("一期3栋", "1期3", "一期3栋"), ("B区3栋", "B区3", "B区3栋"), ("百合楼", "百合", "百合楼"),
        ("A1栋", "A1", "A1栋"), ("商业楼", "商业", "商业楼"),
    ],
)  # fmt: skip
def test_building_key_and_display(cell, key, display):
    assert clean.building_key(cell).value == Label(key, display)


@pytest.mark.parametrize("cell", ["", None, "  ", "-", "无", "/"])
def test_building_missing(cell):
    assert clean.building_key(cell) == (None, (), None)


@pytest.mark.parametrize("cleaner", [clean.building_key, clean.entrance_key, clean.room_no, clean.place])
def test_a_place_that_excel_made_a_date_is_refused(cleaner):
    assert "变成了日期" in cleaner(dt.date(2026, 3, 1)).error


def test_true_is_not_the_building_one():
    assert clean.building_key(True).error and clean.building_key(1).value.key == "1"
    assert clean.building_key(True).error


@pytest.mark.parametrize("cleaner", [clean.building_key, clean.entrance_key, clean.room_no, clean.area, clean.date])
def test_a_broken_formula_is_refused(cleaner):
    assert "公式出错" in cleaner("#REF!").error


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("1单元", "1"), ("一单元", "1"), ("甲单元", "1"), ("1门", "1"), (1.0, "1"), ("１", "1"), ("01", "1"), ("2梯", "2"),
        ("乙单元", "2"), ("十单元", "10"), ("东单元", "东"), ("A单元", "A"), ("", "0"), (None, "0"), ("无", "0"), ("0", "0"),
        (0.0, "0"), ("-", "0"),
    ],
)  # fmt: skip
def test_entrance_key(cell, key):
    assert clean.entrance_key(cell).value.key == key


def test_entrance_display_is_kept():
    assert clean.entrance_key("甲单元").value == Label("1", "甲单元")


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("0301", "301"), ("301", "301"), (301.0, "301"), (301, "301"), ("301室", "301"), ("3 01", "301"), ("０３０１", "301"),
        ("S-05", "S-05"), ("s-05", "S-05"), ("S－05", "S-05"), ("101a", "101A"), ("301房", "301"), ("0", "0"),
    ],
)  # fmt: skip
def test_room_no_key(cell, key):
    assert clean.room_no(cell).value.key == key


def test_room_no_keeps_the_written_form():
    assert clean.room_no("0301").value.display == "0301"


def keys(places):
    return [(p.building and p.building.key, p.entrance and p.entrance.key, p.room.key) for p in places]


@pytest.mark.parametrize(
    "cell", ["3-1-301", "3栋1单元301室", "3#1-301", "3#-1-301", "３－１－３０１", "3—1—301", "3号楼一单元0301", "三幢1门301", "3栋 1单元 301",
             "幸福小区3栋1单元301", "幸福路8号3栋1单元301室", "人民路88号3-1-301", "3栋甲单元301", "3栋1单元3层301", "3号1单元301", "3栋-1单元-301"],
)  # fmt: skip
def test_place_of_three_parts(cell):
    assert keys(clean.place(cell).value) == [("3", "1", "301")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("1-101", [("1", None, "101")]),
        ("101室", [(None, None, "101")]),
        ("101", [(None, None, "101")]),
        (101.0, [(None, None, "101")]),
        ("1单元101", [(None, "1", "101")]),
        ("3栋301", [("3", None, "301")]),
        ("A座1201", [("A", None, "1201")]),
        ("B区3栋301", [("B区3", None, "301")]),
        ("一期3栋301", [("1期3", None, "301")]),
        ("2幢S-05", [("2", None, "S-05")]),
        ("1栋1单元3-1", [("1", "1", "3-1")]),
        ("101室/1-101", [("1", None, "101")]),
        ("1栋301、302", [("1", None, "301"), ("1", None, "302")]),
        ("1栋301，302室；303", [("1", None, "301"), ("1", None, "302"), ("1", None, "303")]),
        ("1栋301和2栋302", [("1", None, "301"), ("2", None, "302")]),
        ("1-101、102", [("1", None, "101"), ("1", None, "102")]),
        ("1-101、1-102", [("1", None, "101"), ("1", None, "102")]),
        ("3-1-301、2-302", [("3", "1", "301"), ("3", "2", "302")]),
        ("3-1-301/302", [("3", "1", "301"), ("3", "1", "302")]),
        ("1栋1单元301、302室、2单元101", [("1", "1", "301"), ("1", "1", "302"), ("1", "2", "101")]),
        ("1栋301、301", [("1", None, "301")]),
        ("", []),
    ],
)
def test_place(cell, expected):
    cleaned = clean.place(cell)
    assert (keys(cleaned.value), cleaned.error) == (expected, None)


@pytest.mark.parametrize(
    "cell", ["1-2-3-301", "地下车位B-023", "1栋、2栋", "幸福小区", "101-103", "1栋101-103", "1栋地下一层"]
)
def test_place_unreadable_is_refused_with_an_example(cell):
    cleaned = clean.place(cell)
    assert cleaned.value == () and "3栋1单元301" in cleaned.error


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3", 3),
        (3.0, 3),
        ("3层", 3),
        ("3F", 3),
        ("三楼", 3),
        ("-1", -1),
        ("负一层", -1),
        ("B1", -1),
        ("地下二层", -2),
        ("3/18", 3),
        ("", None),
    ],
)
def test_floor(cell, value):
    assert clean.floor(cell) == (value, (), None)


@pytest.mark.parametrize("cell", ["跃层", "999", "0"])
def test_floor_unreadable_is_only_a_warning(cell):
    assert clean.floor(cell).value is None and clean.floor(cell).warnings


# Areas


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (89.5, 8950), (89, 8900), ("89.50", 8950), ("89.5㎡", 8950), ("89.5平方米", 8950), ("89.5 m2", 8950), ("89.5M²", 8950),
        ("８９．５０", 8950), ("1,234.56", 123456), ("89.5平米", 8950), (89.49999999999999, 8950), (112.36000000000001, 11236),
        (0.1 + 0.2, 30), ("2000", 200000), (0.01, 1), ("", None), (None, None), ("-", None),
    ],
)  # fmt: skip
def test_area(cell, value):
    assert clean.area(cell) == (value, (), None)


@pytest.mark.parametrize(
    ("cell", "value"), [("89.505", 8951), (89.505, 8951), ("89.504", 8950), (89.125, 8913), ("89.125", 8913)]
)
def test_area_of_more_decimals_is_rounded_half_up_with_a_warning(cell, value):
    cleaned = clean.area(cell)
    assert cleaned.value == value and "四舍五入" in cleaned.warnings[0]


@pytest.mark.parametrize(
    ("cell", "sentence"),
    [
        ("9o.5", "面积里有字母 o，请改成数字 0"),
        ("9O", "面积里有字母 O，请改成数字 0"),
        ("l2.5㎡", "面积里有字母 l，请改成数字 1"),
        ("89,5", "面积“89,5”里的逗号请改成小数点"),
        ("约89", "面积“约89”不是数字，请改成如 89.50"),
        ("89+12", "面积“89+12”不是数字，请改成如 89.50"),
        (0, "面积要大于 0"), (0.0, "面积要大于 0"), ("0", "面积要大于 0"), (-5.0, "面积要大于 0"), ("-5", "面积要大于 0"),
        (2000.01, "住宅面积 2000.01 ㎡ 超过 2000 ㎡，请核对小数点或房屋用途"),
        (dt.date(2026, 1, 1), "面积这一格是日期或是否，请改成数字"),
        (True, "面积这一格是日期或是否，请改成数字"),
    ],
)  # fmt: skip
def test_area_refused(cell, sentence):
    assert clean.area(cell) == (None, (), sentence)


def test_area_over_the_limit_is_fine_for_a_shop():
    assert clean.area(2500.0, "shop").value == 250000


def test_area_of_what_is_not_yet_measured():
    cleaned = clean.area("待测")
    assert (cleaned.value, cleaned.error, len(cleaned.warnings)) == (None, None, 1)


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), 1e300])
def test_area_of_an_absurd_number_is_refused(cell):
    assert clean.area(cell, "other").error


# Phones


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13800000001", ["13800000001"]), (13800000001.0, ["13800000001"]), (13800000001, ["13800000001"]),
        ("138 0000 0001", ["13800000001"]), ("138-0000-0001", ["13800000001"]), ("+86 13800000001", ["13800000001"]),
        ("8613800000001", ["13800000001"]), ("１３８００００００００１"[:11], ["13800000000"]),
        ("13800000002/13800000003", ["13800000002", "13800000003"]), ("13800000002、13800000003", ["13800000002", "13800000003"]),
        ("13800000002；13800000003", ["13800000002", "13800000003"]), ("13800000002 13800000003", ["13800000002", "13800000003"]),
        ("13800000002/13800000002", ["13800000002"]), ("0731-82345678", ["0731-82345678"]), ("(0731)82345678", ["0731-82345678"]),
        ("073182345678", ["0731-82345678"]), ("010-12345678-801", ["010-12345678-801"]), ("0000-0000000", ["0000-0000000"]),
        ("", []), ("无", []),
    ],
)  # fmt: skip
def test_phones(cell, numbers):
    cleaned = clean.phones(cell)
    assert [p.number for p in cleaned.value] == numbers
    assert (cleaned.warnings, cleaned.error) == ((), None)
    assert all(p.kind in ("mobile", "fixed") for p in cleaned.value)


@pytest.mark.parametrize(
    ("cell", "number", "words"),
    [
        ("1380000000", "1380000000", "10 位"), ("138****0001", "138****0001", "星号"), ("1.38E+10", "1.38E+10", "丢失"),
        ("问邻居", "问邻居", "原样保留"), ("12345678901", "12345678901", "11 位"),
    ],
)  # fmt: skip
def test_a_bad_phone_is_flagged_and_kept(cell, number, words):
    cleaned = clean.phones(cell)
    assert cleaned.value == ((number, "bad"),) and words in cleaned.warnings[0] and cleaned.error is None


def test_a_fixed_line_without_area_code_is_flagged():
    cleaned = clean.phones("82345678")
    assert cleaned.value == (("82345678", "fixed"),) and "区号" in cleaned.warnings[0]


# Identity numbers


@pytest.mark.parametrize("cell", [GOOD_ID, GOOD_ID_X, GOOD_ID_X.lower(), f" {GOOD_ID} ", "110101 19900307 0038"])
def test_identity_number(cell):
    cleaned = clean.identity_numbers(cell)
    assert (cleaned.error, cleaned.warnings) == (None, ())
    assert cleaned.value[0].kind == "resident" and cleaned.value[0].number in (GOOD_ID, GOOD_ID_X)


def test_two_identity_numbers_in_one_cell():
    assert [i.number for i in clean.identity_numbers(f"{GOOD_ID}、{GOOD_ID_X}").value] == [GOOD_ID, GOOD_ID_X]


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (1.10101199003070038e17, LOST), (110101199003070038, LOST), ("1.10101E+17", LOST), ("4.30E+17", LOST),
        ("110101199003070039", "校验不对"), ("110101199003070000", "末尾是 000"), ("11010119900307003", "17 位"),
        ("1101011990030700388", "19 位"), ("问本人", "读不懂"), ("110101991332001", "出生日期"), (True, "日期或是否"),
    ],
)  # fmt: skip
def test_identity_number_refused(cell, words):
    cleaned = clean.identity_numbers(cell)
    assert cleaned.value == () and words in cleaned.error


def test_an_identity_number_with_a_true_check_digit_and_no_such_day_is_refused():
    head = "11010119901331003"
    check = clean.people._CHECKS[sum(int(c) * w for c, w in zip(head, clean.people._WEIGHTS, strict=True)) % 11]
    assert "出生日期" in clean.identity_numbers(head + check).error


@pytest.mark.parametrize(
    ("cell", "kind"), [("110101900307003", "resident15"), (110101900307003.0, "resident15"), ("H12345678", "other")]
)
def test_other_papers_are_taken_with_a_warning(cell, kind):
    cleaned = clean.identity_numbers(cell)
    assert cleaned.error is None and len(cleaned.warnings) == 1 and cleaned.value[0].kind == kind


def test_a_masked_identity_number_is_not_stored():
    cleaned = clean.identity_numbers("110101********0038")
    assert cleaned.value == () and cleaned.error is None and "星号" in cleaned.warnings[0]


def test_a_credit_code_of_an_organisation():
    assert clean.identity_numbers("91350100M000100Y43").value[0].kind == "credit_code"


# Dates


@pytest.mark.parametrize(
    "cell",
    ["2023.1.4", "2023/1/4", "2023-01-04", "2023年1月4日", "20230104", 20230104.0, 44930, 44930.0, 44930.5, "44930", "２０２３．１．４",
     dt.date(2023, 1, 4), dt.datetime(2023, 1, 4, 8), "2023-01-04 08:00:00", "2023 年 1 月 4 日"],
)  # fmt: skip
def test_date_spellings(cell):
    assert clean.date(cell) == (dt.date(2023, 1, 4), (), None)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("23.1.4", "两位"), ("23/1/4", "两位"), ("23年1月4日", "两位"), ("230104", "两位"), ("1/4/23", "两位"),
        ("1/4/2023", "分不清"), ("2023.1", "没有写到日"), (2023.1, "没有写到日"), ("2023年", "没有写到日"), (2023.0, "没有写到日"),
        ("2023-02-30", "没有“2023-02-30”这一天"), ("20231301", "没有"), ("去年", "读不懂"), ("1023-01-04", "1023 年"),
    ],
)  # fmt: skip
def test_date_refused(cell, words):
    cleaned = clean.date(cell)
    assert cleaned.value is None and words in cleaned.error


@pytest.mark.parametrize("cell", ["", None, "-", "无"])
def test_date_missing(cell):
    assert clean.date(cell) == (None, (), None)


# People


@pytest.mark.parametrize(
    ("cell", "identities", "phones", "expected"),
    [
        ("张某甲", 0, 0, ("张某甲",)), ("李  丽", 0, 2, ("李丽",)), ("王 小明", 0, 0, ("王小明",)), ("　张三　", 0, 0, ("张三",)),
        ("李某乙、王某丙", 0, 2, ("李某乙", "王某丙")), ("李某乙、王某丙", 2, 0, ("李某乙", "王某丙")), ("李某乙,王某丙", 0, 2, ("李某乙", "王某丙")),
        ("李某乙/王某丙", 0, 2, ("李某乙", "王某丙")), ("李某乙；王某丙", 0, 2, ("李某乙", "王某丙")), ("李某乙 王某丙", 2, 1, ("李某乙", "王某丙")),
        ("阿依古丽·买买提", 0, 0, ("阿依古丽·买买提",)), ("John Smith", 0, 2, ("John Smith",)), ("", 0, 0, ()), ("无", 0, 0, ()),
        ("甲乙（湖南）置业有限公司", 0, 0, ("甲乙(湖南)置业有限公司",)), ("𠮷某", 0, 0, ("𠮷某",)),
    ],
)  # fmt: skip
def test_names(cell, identities, phones, expected):
    assert clean.names(cell, identities, phones) == (expected, (), None)


def test_names_are_kept_whole_when_the_count_does_not_agree():
    cleaned = clean.names("李某乙、王某丙", 1, 1)
    assert cleaned.value == ("李某乙、王某丙",) and "像是几个人" in cleaned.warnings[0]


def test_names_are_split_in_the_column_of_co_owners():
    assert clean.names("李某乙、王某丙", column_is_co_owner=True).value == ("李某乙", "王某丙")


def test_an_unsold_home_has_no_owner():
    cleaned = clean.names("未售")
    assert cleaned.value == () and "未售" in cleaned.warnings[0]


@pytest.mark.parametrize("cell", [12.0, "#N/A", dt.date(2026, 1, 1)])
def test_a_name_that_is_no_text_is_refused(cell):
    assert clean.names(cell).error


@pytest.mark.parametrize(
    ("name", "company"),
    [
        ("××置业有限公司", True),
        ("某某机械厂", True),
        ("某市公安局", True),
        ("社区服务中心", True),
        ("某蔬菜合作社", True),
        ("张某甲", False),
        ("局某", False),
        ("李中心", False),
    ],
)
def test_is_company(name, company):
    assert clean.is_company(name) is company


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        ("住宅", "residence"), ("成套住宅", "residence"), ("居住", "residence"), ("商铺", "shop"), ("商业", "shop"), ("门面", "shop"), ("办公", "office"),
        ("写字楼", "office"), ("车位", "parking_space"), ("地下车库", "parking_space"), ("储藏间", "storage"), ("地下室", "storage"),
        ("其他", "other"), ("非住宅", "other"), ("", None), (110.0, "residence"), ("residence", "residence"),
    ],
)  # fmt: skip
def test_usage(cell, kind):
    assert clean.usage(cell) == (kind, (), None)


def test_unknown_usage_is_other_with_a_warning():
    assert clean.usage("神秘").value == "other" and clean.usage("神秘").warnings


@pytest.mark.parametrize(
    ("cell", "source"),
    [
        ("不动产登记", "registered"),
        ("产权证", "registered"),
        ("测绘报告", "surveyed"),
        ("购房合同", "contract"),
        ("", None),
    ],
)
def test_area_source(cell, source):
    assert clean.area_source(cell) == (source, (), None)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("已入住", True),
        ("入住", True),
        ("自住", True),
        ("出租", True),
        ("未入住", False),
        ("空置", False),
        ("是", True),
        ("否", False),
        (True, True),
        ("装修中", False),
        ("", None),
    ],
)
def test_occupied(cell, value):
    assert clean.occupied(cell) == (value, (), None)


def test_occupied_unknown_is_a_warning():
    assert clean.occupied("2001").value is None and clean.occupied("2001").warnings


@pytest.mark.parametrize(
    ("cell", "relation"),
    [
        ("本人", "owner"),
        ("户主", "owner"),
        ("业主", "owner"),
        ("共有人", "co_owner"),
        ("配偶", "family"),
        ("女儿", "family"),
        ("业主之妻", "family"),
        ("租户", "tenant"),
        ("承租人", "tenant"),
        ("", None),
    ],
)
def test_relation(cell, relation):
    assert clean.relation(cell) == (relation, (), None)


@pytest.mark.parametrize(("cell", "value"), [("33", 33), (33.0, 33), ("33层", 33), ("六", 6), ("", None)])
def test_count(cell, value):
    assert clean.count(cell) == (value, (), None)


@pytest.mark.parametrize(
    ("cell", "value"), [("1998", 1998), (1998.0, 1998), ("1998年", 1998), ("1998.5", 1998), (dt.date(1998, 1, 1), 1998)]
)
def test_year(cell, value):
    assert clean.year(cell).value == value


def test_order_of_keys_is_natural():
    keys = ["1", "2", "7A", "10", "1期2", "1期10", "2期1", "A", "B2", "东"]
    assert sorted(set(keys), key=lambda k: (clean.order_of(k), k)) == keys
