import pickle
from dataclasses import FrozenInstanceError

import pytest

from linli.kernel.refusal import Refusal, Refused

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
