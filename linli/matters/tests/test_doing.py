import pytest

from linli.matters.views.doing import hand


def verb(*, by, matter, at, once=None, words, target=None):
    return by, matter, at, once, words, target


def test_hand_gives_the_form_s_values_under_the_service_s_names():
    run = hand(verb, "words", target="into")
    done = run(by=1, matter=2, at=3, once=4, data={"words": "好", "into": 5, "other": 6})
    assert done == (1, 2, 3, 4, "好", 5)


@pytest.mark.parametrize("names", [("word",), ("words", "reason"), ()])
def test_hand_refuses_what_the_service_does_not_take(names):
    with pytest.raises(TypeError):
        hand(verb, *names)
