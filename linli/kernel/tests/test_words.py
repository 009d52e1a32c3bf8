import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linli.kernel.words import pairs, query_tokens, tokens

mixed = st.text(
    st.one_of(
        st.sampled_from("停车棚漏水三号楼𠮷〇々 ，。·aB9éİßＡ１²①½"),
        st.characters(exclude_categories=["Cs", "Cn"]),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("停车", ["停车"]),
        ("停车棚漏水", ["停车", "车棚", "棚漏", "漏水"]),
        ("3号楼2单元", ["3", "号楼", "2", "单元"]),
        ("灯", ["灯"]),
        ("灯，坏了", ["灯", "坏了"]),
        ("ＷＩＦＩ Wi-Fi", ["wifi", "wi", "fi"]),
        ("停车停车", ["停车", "车停"]),
        ("𠮷野家", ["𠮷野", "野家"]),
        ("a" * 40, ["a" * 32]),
        ("，。 _ *", []),
        ("", []),
    ],
)
def test_tokens(text, cut):
    assert tokens(text) == cut


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("漏水", ["漏水"]),
        ("车棚漏水", ["车棚", "棚漏", "漏水"]),
        ("灯", ["灯*"]),
        ("3栋 漏水", ["3", "栋*", "漏水"]),
    ],
)
def test_query_tokens_mark_a_character_alone(text, cut):
    assert query_tokens(text) == cut


@given(mixed)
def test_tokens_are_distinct_short_and_plain(text):
    found = tokens(text)
    assert len(set(found)) == len(found)
    assert all(token.isalnum() and len(token) <= 32 for token in found)


@given(mixed, mixed, mixed)
def test_text_is_found_by_any_run_cut_from_it(before, middle, after):
    whole = set(tokens(f"{before} {middle} {after}"))
    assert {token.rstrip("*") for token in query_tokens(middle)} <= whole


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE VIRTUAL TABLE page USING fts5(words, tokenize='unicode61')")
    database.execute("CREATE VIRTUAL TABLE term USING fts5vocab(page, instance)")
    yield database
    database.close()


def _fill(index: sqlite3.Connection, *texts: str) -> None:
    index.execute("DELETE FROM page")
    index.executemany("INSERT INTO page VALUES (?)", [(" ".join(tokens(text)),) for text in texts])


@pytest.mark.parametrize("text", ["停车棚漏水", "𠮷野家", "〇五号楼", "\U0002b820\U0002b821", "3号楼WiFi", "鿿鿾"])
def test_fts5_keeps_each_token_whole(index, text):
    _fill(index, text)
    assert [term for (term,) in index.execute("SELECT term FROM term ORDER BY offset")] == tokens(text)


def test_fts5_finds_a_word_of_two_characters(index):
    _fill(index, "地下车库漏水", "水费单漏了", "or not 停车")

    def found(text: str) -> list[int]:
        match = " ".join(query_tokens(text))
        return [row - 1 for (row,) in index.execute("SELECT rowid FROM page WHERE page MATCH ?", [match])]

    assert found("漏水") == [0]
    assert found("车库漏水") == [0]
    assert found("水") == [1]
    assert found("or not") == [2]
    assert found("近") == []


@pytest.mark.parametrize(
    "text",
    [
        "7栋2单元电梯停了，ＡＴＭ旁边的灯也不亮；物业说“等配件”……",
        "㎡ ² ① Ⅳ ﬁ ㈱ 漏水x",
        "e\u0301tage 三楼",
        "灯 坏",
        "",
        "123456789012345678901234567890123456789 号",
    ],
)
def test_pairs_are_the_tokens_that_say_something(text):
    assert pairs(text) == {token for token in tokens(text) if len(token) > 1}
