import pytest

from linli.kernel.rosters.headers import KIND_FIELDS, field_of, find_header, is_sensitive

# domain.md 7.5, items 1 to 7: header row -> field of each column ("" is kept as extra).
LAYOUTS = {
    "company": (
        "序号 | 楼栋 | 单元 | 房号 | 业主姓名 | 性别 | 身份证号码 | 联系电话 | 建筑面积(㎡) | 房屋用途 | 产权证号 | 交房日期 | 入住情况 | 备注",
        "serial building entrance room_no owner_name - identity_no phone building_area usage title_no delivered_on occupied remark",
    ),
    "e-vote": (
        "专有部分座落 | 业主姓名 | 手机号码 | 手机号码2 | 专有部分面积总和 | 身份证号码 | 备注",
        "full_address owner_name phone phone2 owner_area identity_no remark",
    ),
    "platform": (
        "楼栋 | 单元 | 房号 | 房屋属性 | 房屋面积 | 房屋坐落 | 业主姓名 | 性别 | 业主手机号 | 证件类型 | 证件号码 | 与户主关系 | 政治面貌 | 紧急联系人 | 紧急联系人电话 | 交房时间",
        "building entrance room_no usage building_area full_address owner_name - phone - identity_no relation - - - delivered_on",
    ),
    "simple": (
        "业主姓名 | 楼栋号 | 单元号 | 房间号 | 电话 | 面积(㎡) | 入住日期(yyyy-MM-dd) | 状态",
        "owner_name building entrance room_no phone building_area - occupied",
    ),
    "voters": (
        "序号 | 专有部分座落 | 业主姓名 | 共有人 | 共有方式 | 专有部分面积 | 业主人数 | 投票权数 | 面积依据 | 备注",
        "serial full_address owner_name co_owner co_form building_area owner_count voting_count area_source remark",
    ),
    "homes": (
        "幢号 | 单元 | 层 | 室号 | 房屋用途 | 户型 | 建筑面积 | 套内建筑面积 | 分摊面积 | 产权人 | 不动产单元号 | 不动产权证号 | 登记日期 | 交付日期 | 是否已售 | 备注",
        "building entrance floor room_no usage - building_area inner_area shared_area owner_name - title_no - delivered_on - remark",
    ),
    "buildings": (
        "楼栋 | 地上层数 | 地下层数 | 单元数 | 户数 | 建筑面积 | 竣工年份 | 有无电梯 | 楼栋长 | 网格",
        "building floors_above floors_below entrances households building_area completed_year lift captain grid",
    ),
}


def cells(line: str) -> list[str]:
    return [c.strip() for c in line.split("|")]


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("above", range(6))
def test_every_layout_on_every_row(name, above):
    line, fields = LAYOUTS[name]
    rows = [["某某小区登记表", *[""] * 8]] * above + [cells(line), ["1"] * 16]
    found = find_header(rows)
    assert found is not None
    assert [found.mapping.get(i, "-") for i in range(len(cells(line)))] == fields.split()
    assert (found.row_index, found.row_span, found.first_row) == (above, 1, above + 1)
    assert set(found.unknown) == {i for i, f in enumerate(fields.split()) if f == "-"}


def test_every_field_belongs_to_a_kind():
    used = {f for _, fields in LAYOUTS.values() for f in fields.split()} - {"-"}
    assert used <= {f for fields in KIND_FIELDS.values() for f in fields}


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("　楼　栋　", "building"), ("建筑面积（㎡）", "building_area"), ("建筑面积\n(平方米)", "building_area"),
        ("建筑面积㎡", "building_area"), ("专有部分建筑面积(平方米)", "building_area"), ("*业主姓名：", "owner_name"),
        ("手机号码２", "phone2"), ("身份证号/统一社会信用代码", "identity_no"), ("业主姓名/单位名称", "owner_name"),
        ("产权证号(选填)", "title_no"), ("套内建筑面积", "inner_area"), ("专有建筑面积", "inner_area"), ("座", "building"),
        ("房屋", "room_no"), ("楼层", "floor"), ("业主编号", "owner_ref"), ("编号", "serial"),
        ("户型", None), ("性别", None), ("业主类型", None), ("证号", None), ("紧急联系人电话", None), ("政治面貌", None),
        ("", None),
    ],
)  # fmt: skip
def test_field_of(header, field):
    found = field_of(header)
    assert (found and found[0]) == field


@pytest.mark.parametrize(
    ("line", "header", "field"),
    [
        ("房号|业主姓名|建筑面积|面积", "面积", None),
        ("房号|业主姓名|面积", "面积", "building_area"),
        ("房号|业主姓名|房屋用途|类型", "类型", None),
        ("房号|业主姓名|类型", "类型", "usage"),
        ("房号|车位号|电话|业主姓名|类型", "类型", None),
        ("房号|业主姓名|入住情况|状态", "状态", None),
        ("房号|业主姓名|状态", "状态", "occupied"),
        ("楼栋|房号|姓名", "姓名", "owner_name"),
        ("楼栋|房号|业主姓名|姓名", "姓名", None),
        ("楼栋|房号|业主|电话", "电话", "phone"),
        ("楼栋|房号|业主|联系电话|电话", "电话", "phone2"),
        ("楼栋|房号|业主|紧急联系人|电话", "电话", None),
        ("楼栋|房号|业主|住址", "住址", None),
        ("业主|住址|电话", "住址", "full_address"),
    ],
)
def test_an_ambiguous_word_is_judged_by_its_company(line, header, field):
    row = line.split("|")
    found = find_header([row])
    assert found is not None
    assert found.mapping.get(row.index(header)) == field


@pytest.mark.parametrize(
    "rows", [[], [["通知"]], [["楼栋", "房号"]], [["单价", "面积", "用途", "备注"]], [["1", "2", "3"]] * 20]
)
def test_no_header(rows):
    assert find_header(rows) is None


def test_header_too_far_down_is_not_taken():
    assert find_header([["x"]] * 10 + [["楼栋", "房号", "业主姓名"]]) is None


def test_two_rows_make_one_header():
    rows = [
        ["序号", "房屋", "", "", "产权人", "", "建筑面积"],
        ["", "楼栋", "单元", "房号", "姓名", "电话", ""],
        ["1", "1栋", "1", "101", "张某甲", "13800000001", "89.5"],
    ]
    found = find_header(rows)
    assert found is not None
    assert list(found.mapping.values()) == [
        "serial",
        "building",
        "entrance",
        "room_no",
        "owner_name",
        "phone",
        "building_area",
    ]
    assert (found.row_index, found.row_span, found.first_row) == (0, 2, 2)


def test_a_row_of_data_is_not_half_a_header():
    rows = [["楼栋", "房号", "业主姓名", "与户主关系"], ["1", "101", "张某甲", "户主"]]
    found = find_header(rows)
    assert found is not None and found.row_span == 1


@pytest.mark.parametrize(
    ("line", "book"),
    [
        ("房号 | 业主姓名 | 建筑面积 | 单价(元/㎡·月) | 费用项目 | 应收金额 | 实收金额 | 欠费金额", "收费台账"),
        ("车位号 | 区域 | 类型 | 产权人/承租人 | 房号 | 车牌号 | 电话 | 起始日期", "车位台账"),
        ("日期 | 时间 | 房号 | 姓名 | 电话 | 事项类别 | 内容 | 接单人 | 派工 | 满意度", "报修投诉台账"),
        ("姓名 | 性别 | 年龄 | 房号 | 电话 | 特长 | 队伍 | 加入日期 | 累计时长 | 积分", "志愿者名册"),
        (LAYOUTS["company"][0], ""),
    ],
)
def test_another_book_of_the_office_is_recognised(line, book):
    found = find_header([cells(line)])
    assert found is not None and found.looks_like == book


@pytest.mark.parametrize(
    ("header", "sensitive"), [("政治面貌", True), ("是否党员", True), ("民族", True), ("性别", False), ("户型", False)]
)
def test_sensitive_headers(header, sensitive):
    assert is_sensitive(header) is sensitive
