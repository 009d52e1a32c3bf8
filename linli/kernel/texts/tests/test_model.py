import numpy as np
import pytest

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
