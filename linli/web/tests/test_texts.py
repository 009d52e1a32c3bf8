import csv
import io

import pytest

from linli.web.cli import main

ROWS = """message_id,title,text,label,author,created_at
a,福满新城二期夜间施工噪音扰民,福满新城二期工地每天晚上施工到凌晨两点噪音太大孩子睡不好,噪音,u1,2026-01-02
b,福满新城二期施工噪音谁能管,福满新城二期工地天天晚上施工到凌晨噪音扰民打电话也没人管,噪音,u2,2026-01-05
c,山水嘉园路灯不亮,晚上老人看不清台阶,公共设施,u3,2026-01-06
d,北辰奥城电梯困人,电梯按钮失灵困了半小时,公共设施,u4,2026-01-06
e,银杏家园车位被占,外来车停了半个月,停车,u5,2026-01-06
f,天马公寓停车收费贵,停车收费没有公示,停车,u6,2026-01-06
"""


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text(ROWS, encoding="utf-8-sig")
    return str(path)


def said(capsys, *argv):
    assert main(list(argv)) == 0
    return list(csv.reader(io.StringIO(capsys.readouterr().out)))


def test_triage_learns_and_gives_labels(table, tmp_path, capsys):
    model = str(tmp_path / "model")
    assert said(capsys, "triage", "train", table, "--text", "title,text", "--label", "label", "--out", model) == []
    rows = said(capsys, "triage", "predict", model, table)
    assert rows[0] == ["message_id", "label", "score"]
    assert [row[0] for row in rows[1:]] == list("abcdef")


def test_duplicates_and_hot_write_their_tables_alone(table, capsys):
    rows = said(capsys, "duplicates", table)
    assert (rows[0], rows[1][:2], len(rows)) == (["message_id_a", "message_id_b", "score"], ["a", "b"], 2)
    rows = said(capsys, "hot", table)
    assert rows[0] == ["rank", "issue", "messages", "distinct_authors", "message_ids"]
    assert (rows[1][0], rows[1][2:]) == ("1", ["2", "2", "a b"])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["duplicates", "nowhere.csv"], "cannot read nowhere.csv"),
        (["hot", "TABLE2"], "has no column message_id"),
        (["triage", "train", "TABLE", "--label", "kind", "--out", "x"], "has no column kind"),
        (["triage", "predict", "TABLE", "TABLE"], "is not a model"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_sentence(argv, sentence, table, tmp_path, capsys):
    other = tmp_path / "other.csv"
    other.write_text("id\n1\n")
    argv = [table if a == "TABLE" else str(other) if a == "TABLE2" else a for a in argv]
    assert main(argv) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
