from linli.kernel.texts.cutting import bare, plain
from linli.kernel.texts.duplicates import Index, duplicates
from linli.kernel.texts.message import Message

OTHERS = [
    Message(f"o{at}", f"{name}小区{what}", f"{name}小区{what},{more}。请物业尽快来看一看。")
    for at, (name, what, more) in enumerate(
        [
            ("山水嘉园", "路灯不亮", "晚上老人看不清台阶"),
            ("北辰奥城", "水压太低", "三楼以上洗不了澡"),
            ("金地三千府", "垃圾没人清运", "门口堆了一个星期"),
            ("天马公寓", "门禁刷不开", "快递员随便进出"),
            ("银杏家园", "车位被占", "外来车停了半个月"),
            ("松雅安置房", "楼顶漏水", "墙皮掉了一地"),
            ("江山帝景", "健身器材坏了", "孩子容易夹手"),
            ("望兴家园", "有人养鸡", "清早打鸣吵得睡不着"),
        ]
    )
]


def together(messages):
    return {frozenset((messages[p.a].id, messages[p.b].id)) for p in duplicates(messages)}


def test_duplicates_are_the_same_trouble_at_the_same_page_in_other_words():
    two = [
        Message("a", "福满新城二期夜间施工噪音扰民", "福满新城二期工地每天晚上施工到凌晨两点,噪音太大,孩子睡不好。"),
        Message("b", "福满新城二期施工噪音谁能管", "福满新城二期工地天天晚上施工到凌晨,噪音扰民,打电话也没人管。"),
    ]
    assert together([*OTHERS, *two]) == {frozenset("ab")}


def test_duplicates_are_not_the_same_words_at_another_place():
    two = [
        Message(
            "a", "江山帝景大风车幼儿园为什么没改为普惠性幼儿园", "大风车幼儿园为什么没有按上级要求改为普惠性幼儿园。"
        ),
        Message("b", "三一街区三之三幼儿园为何没有改普惠", "三一街区小区内的三之三幼儿园为什么没有按上级要求改。"),
    ]
    assert together([*OTHERS, *two]) == set()


def test_duplicates_are_not_of_two_places_though_the_words_are_all_the_same():
    text = "小区的垃圾桶放在单元门口,天热气味很大,苍蝇乱飞,希望物业把垃圾桶挪到别处去。"
    two = [Message("a", "柏家塘小区垃圾桶太臭", text), Message("b", "燕联小区垃圾桶太臭", text)]
    cities = [Message("a", "C市到A市会开通地铁吗", text), Message("b", "B市到A市会开通地铁吗", text)]
    assert together([*OTHERS, *two]) == set()
    assert together([*OTHERS, *cities]) == set()
    assert together([*OTHERS, Message("a", "垃圾桶太臭", text), two[1]]) == {frozenset("ab")}


def test_duplicates_know_a_place_with_its_district_in_front_or_without():
    text = "工地每天施工到凌晨,噪音太大。"
    two = [Message("a", "投诉A7县福满新城半夜施工", text), Message("b", "福满新城半夜施工谁来管", text)]
    assert bare(plain(two[0].title)) == "投诉 福满新城半夜施工"
    assert together([*OTHERS, *two]) == {frozenset("ab")}


def test_the_sooner_it_is_told_again_the_likelier_it_is_the_same():
    text = "工地每天施工到凌晨,噪音太大。"

    def score(*days):
        two = [Message(str(at), "福满新城半夜施工", text, day) for at, day in enumerate(days)]
        return duplicates([*OTHERS, *two], shown=0)[0].score

    assert score(700, 701) > score(700, 0) > score(700, 1065)
    assert score(0, 0) == score(700, 0)


def test_duplicates_of_none_and_of_one():
    assert duplicates([]) == []
    assert duplicates(OTHERS[:1]) == []


def test_index_reads_empty_texts():
    assert Index([Message("a", "", ""), Message("b", "", "")]).whole.nnz == 0
