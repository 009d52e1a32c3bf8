from linli.kernel.rosters.notes import Note


def test_note_reads_as_its_sentence():
    note = Note("面积“%(text)s”不是数字", text="8x")
    assert note == "面积“8x”不是数字"
    assert (note.sentence, note.values) == ("面积“%(text)s”不是数字", {"text": "8x"})


def test_note_without_values_keeps_percent_signs():
    assert Note("100%") == "100%"


def test_note_of_notes():
    note = Note("%(other)s的%(what)s不一样", other=Note("第 %(n)s 行", n=3), what=(Note("用途"), Note("楼层")))
    assert note == "第 3 行的用途、楼层不一样"
