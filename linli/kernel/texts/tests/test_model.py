import numpy as np
import pytest

from linli.kernel.texts import model as kernel
from linli.kernel.texts.model import Unreadable, load, train

TEXTS = {
    "电梯": ["电梯坏了好几天", "电梯困人没人管", "电梯门关不上", "三单元电梯又坏了", "电梯按钮失灵"],
    "停车": ["车位被外来车占了", "消防通道停车堵路", "停车收费太贵", "有人装地锁占车位", "停车位不够"],
    "噪音": ["楼上装修太吵", "半夜唱歌扰民太吵", "广场舞声音太大", "施工噪音到凌晨", "狗叫太吵睡不着"],
}


@pytest.fixture(scope="module")
def model():
    return train([t for ts in TEXTS.values() for t in ts], [label for label, ts in TEXTS.items() for _ in ts])


def test_model_names_the_label_with_an_honest_score_and_why(model):
    best, *others = model.predict("我们单元的电梯坏了")
    assert best.label == "电梯"
    assert best.score > others[0].score
    assert sum(g.score for g in [best, *others]) == pytest.approx(1, abs=1e-3)
    assert "电梯" in best.why


def test_model_comes_back_from_its_file_as_it_was(model, tmp_path):
    model.save(tmp_path / "m.npz")
    again = load(tmp_path / "m.npz")
    first, second = model.predict("车位被占"), again.predict("车位被占")
    assert [g.label for g in first] == [g.label for g in second]
    assert [g.score for g in first] == pytest.approx([g.score for g in second], abs=0.02)


def test_model_is_no_pickle(model, tmp_path):
    np.savez(tmp_path / "evil.npz", page=np.array([{"form": "x"}], dtype=object))
    (tmp_path / "text").write_text("message_id,text\n")
    for name in ("evil.npz", "text"):
        with pytest.raises(Unreadable):
            load(tmp_path / name)


def test_model_of_one_label_is_refused():
    with pytest.raises(ValueError, match="one label"):
        train(["一", "二"], ["a", "a"])


def test_model_says_something_of_an_empty_text(model):
    assert len(model.predict("", most=1)) == 1


def test_a_word_that_tells_a_label_weighs_more_than_one_as_rare_that_tells_none():
    texts = ["电梯有人", "电梯没人", "车位有人", "车位没人"] * 4
    made = train(texts, [text[:2] for text in texts])
    weight = {name: made.weight[at] for name, at in made.vocabulary.items()}
    assert weight["c电梯"] > 2 * weight["c有人"] > 0


def test_a_text_weighs_the_same_when_learning_and_when_asked(model):
    texts = [text for some in TEXTS.values() for text in some]
    found = [kernel.features(text) for text in texts]
    kinds = np.array([kernel.KINDS.index(name[0]) for name in model.vocabulary])
    rows = kernel._rows(kernel._said(found, model.vocabulary), kinds, model.weight).toarray()
    for one, row in zip(found, rows, strict=True):
        at, weight = kernel._vector(one, model.vocabulary, model.weight)
        assert row[at] == pytest.approx(weight, abs=1e-6)
        assert np.count_nonzero(row) == len(at)


def test_a_label_of_one_text_among_many_can_be_learned():
    texts = [text for some in TEXTS.values() for text in some]
    made = train([*texts, "水管爆了水管漏水"], [*(label for label, some in TEXTS.items() for _ in some), "水"])
    assert made.predict("电梯坏了")[0].label == "电梯"
    assert sum(guess.score for guess in made.predict("水管", most=4)) == pytest.approx(1, abs=1e-3)
