"""Whatever stands in a cell: an answer or a sentence, never an exception, and no row lost."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linli.kernel.rosters import clean
from linli.kernel.rosters.cells import State
from linli.kernel.rosters.reading import Sheet
from linli.kernel.rosters.rows import parse

OFFICE_SIGNS = "0123456789-－—.,，、/;；()（）栋幢号楼座单元室层甲乙一二三十百零张李王某公司合计小总制表人：:㎡平方米oOlXx#*+E年月日 \t\n\u3000A𠮷"
texts = st.text(alphabet=OFFICE_SIGNS, max_size=24) | st.text(max_size=12)
cells = (
    texts
    | st.floats()
    | st.integers(-(10**20), 10**20)
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)
CLEANERS = (
    clean.building_key, clean.entrance_key, clean.room_no, clean.place, clean.floor, clean.area, clean.phones,
    clean.identity_numbers, clean.date, clean.names, clean.usage, clean.area_source, clean.occupied, clean.relation,
    clean.yes_no, clean.count, clean.year, clean.words,
)  # fmt: skip
HEADERS = [
    "楼栋",
    "单元",
    "房号",
    "房屋坐落",
    "业主姓名",
    "共有人",
    "身份证号",
    "联系电话",
    "建筑面积",
    "房屋用途",
    "交房日期",
    "户型",
]


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda c: c.__name__)
@settings(max_examples=150, deadline=None)
@given(cell=cells)
def test_every_cleaner_answers_any_cell(cleaner, cell):
    cleaned = cleaner(cell)
    assert cleaned.error is None or (cleaned.error and not cleaned.error.endswith("。"))
    assert all(cleaned.warnings)


@pytest.mark.parametrize("kind", ["homes", "owners"])
@settings(max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(cells, max_size=len(HEADERS)), max_size=8))
def test_no_row_is_lost(kind, rows):
    parsed = parse([Sheet("名册", False, [HEADERS, *rows])], kind=kind)
    assert [r.number for r in parsed.rows] == list(range(2, len(rows) + 2))
    for row in parsed.rows:
        assert (row.state in (State.REFUSED, State.CONFLICT)) == bool(row.errors)
        assert bool(row.note) == (row.state in (State.SKIPPED, State.REPEAT))
        assert all(isinstance(t, str) for t in row.raw)
        if row.state is State.GOOD:
            assert row.homes and all(h.building.key and h.room.key and h.entrance.key for h in row.homes)
            assert all(h.area is None or h.area > 0 for h in row.homes)


@given(day=st.dates(dt.date(1940, 1, 1), dt.date(2099, 12, 31)))
def test_every_spelling_of_a_day_is_that_day(day):
    serial = (day - dt.date(1899, 12, 30)).days
    spellings = [
        f"{day.year}.{day.month}.{day.day}", f"{day.year}/{day.month}/{day.day}", day.isoformat(),
        f"{day.year}年{day.month}月{day.day}日", day.strftime("%Y%m%d"), serial, float(serial), day,
    ]  # fmt: skip
    assert {clean.date(s).value for s in spellings} == {day}


@given(hundredths=st.integers(1, 200_000))
def test_every_area_survives_the_spreadsheet(hundredths):
    assert clean.area(hundredths / 100) == clean.area(f"{hundredths / 100:.2f}㎡") == (hundredths, (), None)
