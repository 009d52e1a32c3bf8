import random

import pytest

from linli.assembly.rules.numbers import SIGNS, drawn, read

NUMBERS = [drawn(random.Random(seed).choice) for seed in range(40)]


def test_numbers_are_groups_of_three_without_signs_that_look_alike():
    assert all(len(n) == 11 and n[3] == n[7] == "-" for n in NUMBERS)
    assert not set("01OIL") & set("".join(NUMBERS))


def test_a_number_is_read_however_it_was_typed():
    number = NUMBERS[0]
    for typed in (
        number,
        number.lower(),
        number.replace("-", ""),
        f" {number.replace('-', ' ')} ",
        number.replace("-", "－"),
    ):
        assert read(typed) == number


def test_any_one_wrong_sign_is_told():
    for number in NUMBERS[:5]:
        plain = number.replace("-", "")
        for place, sign in enumerate(plain):
            for other in SIGNS:
                assert other == sign or read(plain[:place] + other + plain[place + 1 :]) is None


def test_two_neighbours_changed_about_are_told():
    for number in NUMBERS:
        plain = number.replace("-", "")
        for a in range(len(plain) - 1):
            if plain[a] != plain[a + 1]:
                assert read(plain[:a] + plain[a + 1] + plain[a] + plain[a + 2 :]) is None


@pytest.mark.parametrize("text", ["", "ABC", "ABC-DEF-GH0", "ABCDEFGHJKMN", "表决票"])
def test_what_is_no_number_is_none(text):
    assert read(text) is None
