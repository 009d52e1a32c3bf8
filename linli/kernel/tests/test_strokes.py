import pytest

from linli.kernel.strokes import UNKNOWN, is_ordered, key, order


@pytest.mark.parametrize(
    ("sign", "count"),
    [("一", 1), ("丁", 2), ("马", 3), ("王", 4), ("田", 5), ("刘", 6), ("李", 7), ("周", 8), ("赵", 9), ("郭", 10)]
    + [("黄", 11), ("韩", 12), ("靳", 13), ("谭", 14), ("潘", 15), ("薛", 16), ("魏", 17), ("瞿", 18)],
)
def test_surnames_of_the_xinhua_dictionary(sign, count):
    assert key(sign)[0][0] == count


def test_by_the_surname_then_by_the_next_sign():
    names = ["魏明", "李四", "王五", "李二", "欧阳某", "丁一"]
    assert [names[n] for n in order([(name, "1-101") for name in names])] == [
        "丁一", "王五", "李二", "李四", "欧阳某", "魏明",
    ]  # fmt: skip


def test_of_the_same_name_the_home_decides():
    assert order([("李四", "2-101"), ("李四", "1-101")]) == [1, 0]


def test_what_no_table_knows_comes_last():
    names = ["Anna", "魏明", "𠮷田"]
    assert [names[n] for n in order([(name, "") for name in names])] == ["魏明", "Anna", "𠮷田"]
    assert key("A")[0][0] == UNKNOWN


def test_of_as_many_strokes_by_the_form_of_the_first():
    names = ["陈一", "张一", "宋一", "何一", "吴一", "杨一", "李一"]
    assert [names[n][0] for n in order([(name, "") for name in names])] == list("李杨吴何宋张陈")


def test_one_family_stands_together():
    names = ["张伟", "陈伟", "张一", "陈一", "吴一", "李一"]
    found = [names[n][0] for n in order([(name, "") for name in names])]
    assert sorted(found.index(one) + found.count(one) - 1 for one in set(found)) == [
        n for n, one in enumerate(found) if one not in found[n + 1 :]
    ]


def test_whether_a_list_stands_so():
    assert is_ordered(["丁一", "王五", "李四"])
    assert not is_ordered(["李四", "丁一"])
    assert not is_ordered([]) and not is_ordered(["丁一"])
