import json

import pytest

from linli.gateways import sms, wechat


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path / "outbox"


def test_recorded_text_is_one_line_with_its_reference(media):
    references = [sms.gateway().send("13800000001", word) for word in ("一", "二")]
    rows = [json.loads(line) for line in (media / "sms.jsonl").read_text("utf-8").splitlines()]
    assert [(r["reference"], r["phone"], r["text"]) for r in rows] == [
        (references[0], "13800000001", "一"),
        (references[1], "13800000001", "二"),
    ]


def test_recorded_wechat_keeps_template_and_values(media):
    reference = wechat.gateway().send("o-1", "step", {"thing": "楼道灯"})
    row = json.loads((media / "wechat.jsonl").read_text("utf-8"))
    assert (row["reference"], row["openid"], row["values"]) == (reference, "o-1", {"thing": "楼道灯"})
    assert oct((media / "wechat.jsonl").stat().st_mode)[-3:] == "600"
