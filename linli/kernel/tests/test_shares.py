import pytest

from linli.kernel.shares import NotAShare, Opener, Unopened, is_of, make, read_sheet, seal

MADE = make("s1")
TEXTS = [sheet.text for sheet in MADE.sheets]


@pytest.mark.parametrize("two", [(0, 1), (0, 2), (1, 2), (2, 0)])
def test_any_two_sheets_open(two):
    sealed = seal(b"approve", MADE.public_key, "ballot b1")
    assert Opener((TEXTS[two[0]], TEXTS[two[1]]), "s1", MADE.public_key).open(sealed, "ballot b1") == b"approve"


def test_one_sheet_twice_or_sheets_of_two_votes_open_nothing():
    other = [sheet.text for sheet in make("s1").sheets]
    for pair in ((TEXTS[0], TEXTS[0]), (TEXTS[0], other[1])):
        with pytest.raises(NotAShare):
            Opener(pair, "s1", MADE.public_key)
    with pytest.raises(NotAShare):
        Opener((TEXTS[0], TEXTS[1]), "s2", MADE.public_key)


def test_what_is_sealed_about_one_thing_does_not_open_about_another():
    opener = Opener((TEXTS[0], TEXTS[1]), "s1", MADE.public_key)
    sealed = seal(b"approve", MADE.public_key, "ballot b1")
    for data, about in (
        (sealed, "ballot b2"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "ballot b1"),
        (b"", "ballot b1"),
    ):
        with pytest.raises(Unopened):
            opener.open(data, about)


def test_a_sheet_is_read_as_people_type_it():
    place, share = read_sheet(TEXTS[1])
    typed = TEXTS[1].lower().replace("-", " ").replace("o", "0").replace("i", "1")
    assert read_sheet(typed) == (place, share) and is_of(typed, "s1", MADE.digests) == 2


def test_a_mistyped_sheet_is_told():
    wrong = TEXTS[0][:-1] + ("A" if TEXTS[0][-1] != "A" else "B")
    for typed in ("", "AAAA", "号码", TEXTS[0][:-1], wrong):
        with pytest.raises(NotAShare):
            read_sheet(typed)


def test_a_sheet_of_another_vote_is_told():
    with pytest.raises(NotAShare):
        is_of(TEXTS[0], "s2", MADE.digests)


def test_nothing_that_is_kept_holds_a_share():
    for text in TEXTS:
        share = read_sheet(text)[1].hex()
        assert all(share not in kept for kept in (MADE.public_key, *MADE.digests))
