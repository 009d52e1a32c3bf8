from random import Random

from linli.web.samples.names import BLOCKS, RARE, Names


def test_phones_never_repeat_and_stay_in_the_blocks():
    names = Names(Random(1))
    phones = [names.phone() for _ in range(12_000)]
    assert len(set(phones)) == 12_000
    assert all(p[:7] in BLOCKS and len(p) == 11 for p in phones)


def test_names_have_two_to_four_characters():
    names = Names(Random(1))
    assert {len(names.person()) for _ in range(3_000)} == {2, 3, 4}


def test_rare_character_is_outside_the_basic_plane():
    assert ord(RARE) == 0x20BB7
