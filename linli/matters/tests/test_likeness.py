import pytest

from linli.matters.rules.likeness import WORTH_ASKING, Said, alike, likeness, shared, sharing, telling, worth_asking


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("二单元三楼的灯又坏了，晚上黑得看不见台阶，我妈昨天差点踩空。", "7栋2单元三楼楼道灯不亮，晚上看不见台阶"),
        ("电梯又停了，卡在 5 楼", "7栋电梯停了两天没人修"),
        ("垃圾桶满了三天没人清", "大门口垃圾桶满了"),
    ],
)
def test_likeness_of_the_same_thing_in_other_words(a, b):
    assert likeness(telling(a), telling(b)) >= WORTH_ASKING


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("楼道灯不亮", "单元门关不上"),
        ("今天晚上没有热水，麻烦尽快处理", "今天晚上有人在广场唱歌，麻烦尽快处理"),
        ("7栋2单元电梯停了", "7栋2单元单元门坏了"),
        ("坏了", "坏了"),
    ],
)
def test_likeness_of_different_things(a, b):
    assert likeness(telling(a), telling(b)) < WORTH_ASKING


def test_worth_asking_puts_the_nearest_first():
    assert worth_asking("楼道灯不亮", ["单元门关不上", "楼道灯不亮", "三楼楼道灯不亮两天了"]) == [1, 2]


def test_worth_asking_reads_full_width_letters_as_the_others():
    assert worth_asking("ATM机取款口漏水", ["门口的ＡＴＭ机取款口在漏水", "树枝挡住路灯"]) == [0]


OTHERS = [Said(words, "7栋1单元") for words in ("单元门关不上", "物业费怎么算的", "垃圾桶满了三天没人清")]


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("楼道灯不亮好几天了", "7栋1单元楼道灯不亮，晚上看不见"),
        ("三楼的灯不亮，看不见台阶", "二单元三楼的灯不亮，楼道黑"),
        ("大门口垃圾桶满了", "垃圾桶满了三天没人清"),
    ],
)
def test_alike_tells_the_same_trouble_at_the_same_place(new, known):
    looked_at = [*OTHERS[:2], Said(known, "7栋1单元")]
    assert [a.at for a in alike(Said(new, "7栋1单元"), looked_at, most=3)] == [2]


@pytest.mark.parametrize(
    ("new", "known"),
    [
        ("今天晚上没有热水，麻烦尽快处理", "今天晚上有人在广场唱歌，麻烦尽快处理"),
        ("7栋2单元电梯停了", "7栋2单元单元门坏了"),
        ("城投柏家塘小区垃圾桶太臭，苍蝇乱飞", "燕联家园小区垃圾桶太臭，苍蝇乱飞"),
    ],
)
def test_alike_is_not_another_trouble_nor_another_place(new, known):
    assert alike(Said(new, "7栋1单元"), [*OTHERS, Said(known, "7栋1单元")], most=3) == []


def test_alike_by_the_known_building_where_the_words_alone_would_not_do():
    new, known = "电梯又停了，卡在 5 楼", "7栋电梯停了两天没人修"
    assert alike(Said(new), [*OTHERS, Said(known)], most=1) == []
    assert [a.at for a in alike(Said(new, "7栋1单元"), [*OTHERS, Said(known, "7栋1单元")], most=1)] == [3]


def test_alike_says_which_words_both_say():
    assert shared("三楼的灯不亮，看不见台阶", "二单元三楼的灯不亮，楼道黑") == ("三楼的灯不亮",)
    assert shared("楼道灯不亮", "单元门关不上") == ()


def test_sharing_names_all_beside_a_page_of_words():
    page = telling("".join(chr(0x4E00 + i) for i in range(200)))
    assert sharing(page, ["楼道灯不亮", "电梯停了"]) == {0, 1}
    assert sharing(telling("电梯又停"), ["楼道灯不亮", "电梯停了"]) == {1}
