import pickle
from dataclasses import FrozenInstanceError

import pytest

from linli.kernel.refusal import Refusal, Refused, ask, written

LATE = Refusal("objection.late", "异议期已过", "民法典 280")


def test_refusal_is_a_value():
    assert Refusal("objection.late", "异议期已过", "民法典 280") == LATE
    assert Refusal("a", "不行").article == ""
    with pytest.raises(FrozenInstanceError):
        LATE.key = "other"


def test_refused_carries_its_refusal_and_reads_as_its_sentence():
    no = Refused(LATE, "words")
    assert (no.refusal, no.field, str(no)) == (LATE, "words", "异议期已过")
    assert Refused(LATE).field == ""


def test_refused_survives_a_trip_to_a_worker():
    back = pickle.loads(pickle.dumps(Refused(LATE, "words")))
    assert (back.refusal, back.field) == (LATE, "words")


def test_ask_raises_what_the_rules_refused():
    no = Refusal("closed", "已经结束")
    with pytest.raises(Refused) as refused:
        ask(no, "words")
    assert (refused.value.refusal, refused.value.field) == (no, "words")
    ask(None)


@pytest.mark.parametrize(("text", "key"), [("  ", "no_words"), ("一二三四", "too_many_words")])
def test_words_are_asked_for_and_bounded(text, key):
    with pytest.raises(Refused) as refused:
        written(text, "reason", 3)
    assert (refused.value.refusal.key, refused.value.field) == (key, "reason")
    assert written(" 一二三 ", "reason", 3) == "一二三"
