import pytest

from linli.matters.rules.likeness import LIKELY, likeliest, likeness, telling


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("二单元三楼的灯又坏了，晚上黑得看不见台阶，我妈昨天差点踩空。", "7栋2单元三楼楼道灯不亮，晚上看不见台阶"),
        ("电梯又停了，卡在 5 楼", "7栋电梯停了两天没人修"),
        ("垃圾桶满了三天没人清", "大门口垃圾桶满了"),
    ],
)
def test_likeness_of_the_same_thing_in_other_words(a, b):
    assert likeness(telling(a), telling(b)) >= LIKELY


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
    assert likeness(telling(a), telling(b)) < LIKELY


def test_likeliest_puts_the_nearest_first():
    others = [(1, "单元门关不上"), (2, "楼道灯不亮"), (3, "三楼楼道灯不亮两天了")]
    assert [number for number, _ in likeliest("楼道灯不亮", others)] == [3, 2]


def test_likeliest_in_one_building_needs_no_more_than_the_lamp():
    said = "二单元三楼的灯又坏了，晚上黑得看不见台阶，我妈昨天差点踩空"
    others = [(1, "单元门关不上"), (2, "7栋2单元楼道灯不亮"), (3, "电梯停了")]
    assert [number for number, _ in likeliest(said, others, topics=True)] == [2]
    assert likeliest(said, others) == []


def test_likeliest_reads_full_width_letters_as_the_others():
    assert likeliest("ATM机取款口漏水", [(1, "门口的ＡＴＭ机取款口在漏水"), (2, "树枝挡住路灯")]) == likeliest(
        "ATM机取款口漏水", [(1, "门口的ATM机取款口在漏水"), (2, "树枝挡住路灯")]
    )
