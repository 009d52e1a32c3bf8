import subprocess
import sys

from linli.kernel.texts.message import Message
from linli.kernel.texts.nearest import Nearest, among

from .test_duplicates import OTHERS

A = Message("a", "福满新城二期夜间施工噪音扰民", "福满新城二期工地每天晚上施工到凌晨两点,噪音太大,孩子睡不好。")
B = Message("b", "福满新城二期施工噪音谁能管", "福满新城二期工地天天晚上施工到凌晨,噪音扰民,打电话也没人管。")


def ids(found):
    return [one.message.id for one in found]


def test_nearest_tells_the_same_trouble_in_other_words():
    assert ids(Nearest([*OTHERS, A]).nearest(B)) == ["a"]


def test_nearest_knows_what_was_added_and_no_longer_what_was_dropped():
    held = Nearest(OTHERS)
    assert held.nearest(B) == []
    held.add(A)
    assert ids(held.nearest(B)) == ["a"]
    held.drop("a")
    assert held.nearest(B) == []
    assert len(held) == len(OTHERS)


def test_nearest_is_never_the_message_itself_and_one_added_again_is_there_once():
    held = Nearest([*OTHERS, A])
    held.add(A)
    assert held.nearest(A) == []
    assert ids(held.nearest(B)) == ["a"]


def test_nearest_is_not_the_same_words_at_another_place():
    text = "小区的垃圾桶放在单元门口,天热气味很大,苍蝇乱飞,希望物业把垃圾桶挪到别处去。"
    held = Nearest([*OTHERS, Message("a", "柏家塘小区垃圾桶太臭", text)])
    assert held.nearest(Message("b", "燕联小区垃圾桶太臭", text)) == []


def test_nearest_of_nothing():
    assert Nearest().nearest(A) == []
    assert Nearest([Message("a", "", "")]).nearest(Message("b", "", "")) == []


def test_predicting_loads_neither_scipy_nor_sklearn():
    asked = "import sys; import linli.kernel.texts.model; print({'scipy', 'sklearn'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True).stdout == "set()\n"


def test_among_a_few_tells_the_same_as_among_all():
    assert ids(among(B, [A], [*OTHERS, A])) == ["a"]
    assert among(B, [], OTHERS) == []
    assert among(B, [OTHERS[0]], [*OTHERS, A]) == []
