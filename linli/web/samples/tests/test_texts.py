import re
from string import Formatter

import pytest

from linli.matters.rules import categories, states, times
from linli.web.samples import photos, texts

KINDS = list(texts.kinds().values())
ALL = [(kind, text) for kind in KINDS for text in kind.texts]


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_kinds_are_the_categories_of_matters():
    assert {k.code: k.sub for k in KINDS} == {c.code: c.zh for c in categories.known().values()}


def test_kinds_have_three_to_five_texts():
    assert [k.sub for k in KINDS if not 3 <= len(k.texts) <= 5] == []


def test_kinds_speak_the_words_of_the_rules():
    for kind in KINDS:
        assert kind.urgency in times.URGENCIES
        assert kind.level in {"building", "compound", "community", "agency"}
        assert kind.body in {"property", "committee", "community", "volunteers"}
        assert kind.wait is None or kind.wait[0] in states.PAUSE_REASONS
        assert not kind.motif or kind.motif in photos.MOTIFS


@pytest.mark.parametrize(("kind", "text"), ALL, ids=[f"{k.code}-{i}" for i, (k, _) in enumerate(ALL)])
def test_text_is_whole(kind, text):
    said = (text.words, text.first, text.done, text.comment)
    assert all(said)
    assert set().union(*map(fields, said)) <= texts.PLACEHOLDERS[kind.place]
    assert text.payer in texts.PAYERS
    assert isinstance(text.cost_fen, int) and text.cost_fen >= 0
    assert text.payer != "none" or text.cost_fen == 0
    assert not re.search("[！!]|1[3-9][0-9]{9}", "".join(said))


def test_declined_have_a_reason_of_the_list():
    assert {d.reason for d in texts.declined()} == set(states.DECLINE_REASONS)
    assert all(fields(d.words) <= {"building", "spot"} and d.answer for d in texts.declined())


def test_no_two_reporters_use_the_same_words():
    words = [t.words for _, t in ALL]
    assert len(words) == len(set(words))
