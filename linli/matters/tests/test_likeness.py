import pytest

from linli.matters.rules.likeness import LIKELY, headed_alike, likeliest, likeness, sharing, telling


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


# Invented, in the manner of letters to a mayor's box: a heading, then half a page.
SHUTTLE = (
    "建议松岭片区接驳巴士延长到晚上十点",
    "我在高新园上班，每天加班到九点多，末班接驳巴士八点就收车，只能走四十分钟回家，冬天路灯又暗，女同事都结伴走。盼望延长。",
)
SHUTTLE_AGAIN = (
    "再提松岭片区接驳巴士延长运营时间",
    "去年写过一次信，答复说正在研究客流。如今园区又搬来三家企业，末班接驳巴士还是老钟点，打车要二十多元，补贴何时能定？",
)
MARKET = (
    "建议松岭片区增设菜市场",
    "片区住进来六千多户，买菜要坐三站车。原来规划图上画着一处农贸市场，现在那里围着围挡。老人提着菜走不动，请规划部门看看。",
)


def pages(a: tuple[str, str], b: tuple[str, str]) -> tuple[int, bool]:
    """How alike the whole texts are, and whether the headings agree."""
    words = likeness(telling("\n".join(a)), telling("\n".join(b)))
    return words, headed_alike(words, telling(a[0]), telling(b[0]))


def test_two_pages_about_one_thing_are_alike_by_their_headings():
    words, headed = pages(SHUTTLE, SHUTTLE_AGAIN)
    assert words < LIKELY
    assert headed


def test_two_pages_about_one_neighbourhood_are_not():
    assert not pages(SHUTTLE, MARKET)[1]


def test_headings_alone_say_nothing():
    heading = telling("请加快松岭片区建设步伐")
    assert not headed_alike(10, heading, heading)
    assert not headed_alike(40, telling("松岭拆迁"), telling("松岭拆迁"))


def test_sharing_names_all_beside_a_page_of_words():
    page = telling("".join(chr(0x4E00 + i) for i in range(200)))
    assert sharing(page, ["楼道灯不亮", "电梯停了"]) == {0, 1}
    assert sharing(telling("电梯又停"), ["楼道灯不亮", "电梯停了"]) == {1}
