from linli.kernel.texts.hot import hot
from linli.kernel.texts.message import Message

from .test_duplicates import OTHERS


def hot_messages(authors):
    return [
        Message(
            f"h{at}", "金晖花园捆绑销售车位", f"金晖花园开发商捆绑销售车位,第{at}次反映,请管一管。", 100 + at, author
        )
        for at, author in enumerate(authors)
    ]


def test_hot_counts_people_and_one_who_repeats_is_one():
    assert [(i.people, len(i.messages)) for i in hot([*OTHERS, *hot_messages("abcd")])] == [(4, 4)]
    assert hot([*OTHERS, *hot_messages("aaaaaa")]) == []


def test_hot_tells_the_trend_and_looks_at_the_last_days_alone():
    rising = hot_messages("abcdef")[1:]
    assert hot(rising)[0].trend in {"steady", "rising", "falling"}
    assert hot(rising, days=2)[0].messages == (3, 4)


def told(*rows):
    return [Message(str(at), title, text, 100 + at, author) for at, (author, title, text) in enumerate(rows)]


def groups(messages):
    return [{messages[at].id for at in issue.messages} for issue in hot(messages)]


HOSPITAL = told(
    ("a", "坚决反对在云栖雅苑门口建医院", "云栖雅苑门口要建医院,云栖雅苑的业主都不知道。"),
    ("b", "坚决反对在云栖雅苑门口建医院", "在云栖雅苑门口建医院,没有问过云栖雅苑的人。"),
    ("c", "云栖雅苑旁边的医院有没有批文", "云栖雅苑旁边在建医院,请公开批文,云栖雅苑业主等答复。"),
)


def test_hot_joins_what_names_one_place_in_other_words():
    (issue,) = hot([*OTHERS, *HOSPITAL])
    assert (issue.name, issue.people) == ("云栖雅苑", 3)


def test_hot_does_not_join_places_by_the_words_around_them():
    elsewhere = told(
        ("d", "坚决反对在锦绣南山门口建垃圾站", "锦绣南山门口要建垃圾站,夏天太臭,锦绣南山有三百户。"),
        ("e", "坚决反对在白鹭洲门口建变电站", "白鹭洲的变电站离窗户八米,请另外选址。"),
        ("f", "坚决反对在翠屏湾门口建加油站", "翠屏湾门口车多人多,加油站不安全,翠屏湾业主不同意。"),
    )
    messages = [*OTHERS, *HOSPITAL, *(Message(f"e{m.id}", m.title, m.text, m.day, m.author) for m in elsewhere)]
    assert groups(messages) == [{"0", "1", "2"}]


def test_hot_joins_different_troubles_of_one_place():
    messages = told(
        ("a", "云栖雅苑电梯坏了", "云栖雅苑电梯坏了三天,物业不修。"),
        ("b", "云栖雅苑地库收费贵", "云栖雅苑的地库停车费比别处贵一倍,物业不管。"),
        ("c", "云栖雅苑没有路灯", "云栖雅苑北边没有路灯,物业说等一等。"),
        ("d", "楼上装修太吵", "周末也装修,吵得睡不着。"),
    )
    assert groups([*OTHERS, *messages]) == [{"0", "1", "2"}]


def test_a_town_is_no_place_of_one_issue():
    messages = told(
        ("a", "青石镇小学校车太挤", "青石镇的校车坐了六十个孩子。"),
        ("b", "青石镇水泥路开裂", "青石镇修的水泥路一年就开裂。"),
        ("c", "青石镇卫生院不收医保卡", "青石镇卫生院看病只收现金。"),
        ("d", "青石镇河道里都是垃圾", "青石镇的河道没有人清理。"),
    )
    assert groups([*OTHERS, *messages]) == []


def test_most_who_name_part_of_a_longer_name_mean_it():
    messages = told(
        ("a", "瑞丰金域澜湾烟道装在窗口", "瑞丰金域澜湾商铺的烟道装在住户窗口,油烟进屋。"),
        ("b", "瑞丰金域澜湾烟道油烟太大", "瑞丰金域澜湾商铺的烟道对着住户,油烟进屋。"),
        ("c", "瑞丰金域澜湾商铺烟道谁管", "瑞丰金域澜湾商铺的烟道没有净化,油烟进屋。"),
        (
            "d",
            "瑞丰金域峰荟断头路何时能通",
            "瑞丰金域峰荟北边的路修到一半停了,孩子上学绕行三公里,早上公交车进不来,希望交通局给个日期。",
        ),
    )
    assert groups([*OTHERS, *messages]) == [{"0", "1", "2"}]


def test_one_who_repeats_ten_times_is_not_hot_though_another_names_the_place_in_passing():
    often = [("a", f"再次反映云栖雅苑麻将馆扰民第{at}次", "云栖雅苑的麻将馆夜里两点还在打。") for at in range(10)]
    passing = ("b", "公交站牌被撞歪", "离云栖雅苑不远的公交站牌被撞歪了。")
    assert hot([*OTHERS, *told(*often, passing)]) == []
