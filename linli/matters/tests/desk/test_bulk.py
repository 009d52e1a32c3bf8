"""Several at once, and the sheet that leaves."""

import io
from datetime import timedelta
from uuid import uuid4

import pytest
from openpyxl import load_workbook

from linli.matters import services
from linli.matters.queries.desk import Filters
from linli.plumbing.models import AuditEntry

from ..makers import NOW, at
from .pages import again, to_property, url

pytestmark = pytest.mark.django_db


def test_bulk_asks_once_and_does_each_on_its_own(place, browser, clerk):
    by = place.resident()
    a, b, c = (place.matter(by, w) for w in ("灯一", "灯二", "灯三"))
    asked = browser.post(url(place, "bulk"), {"act": "triage", "pick": [1, 2, 3]})
    assert "分类 3 件" in asked.content.decode()
    services.withdraw(by=by, matter=c, at=NOW)
    done = browser.post(
        url(place, "bulk"),
        {"act": "triage", "apply": 1, "pick": [1, 2, 3], "category": "0101", "urgency": "normal", "level": ""},
        follow=True,
    )
    assert [again(m).state for m in (a, b, c)] == ["triaged", "triaged", "withdrawn"]
    assert "2 件分类好了" in done.content.decode()
    browser.post(url(place, "bulk"), {"act": "dispatch", "apply": 1, "pick": [1, 2], **to_property(place)})
    assert {again(m).state for m in (a, b)} == {"dispatched"}


def test_bulk_sorting_keeps_the_secret_and_the_danger_and_is_done_once(place, browser, clerk):
    m = place.matter(place.resident(), "举报物业经理", hazard=True)
    given = {"category": "1101", "level": "community", "urgency": "complaint"}
    services.triage(by=clerk, matter=m, privacy="secret", at=NOW, **given)
    sent = {"act": "triage", "apply": 1, "pick": [1], "category": "0101", "urgency": "normal", "once": str(uuid4())}
    browser.post(url(place, "bulk"), sent)
    browser.post(url(place, "bulk"), sent)
    assert (again(m).privacy, again(m).hazard, again(m).category) == ("secret", True, "0101")
    entries = AuditEntry.objects.filter(subject_id=m.pk, act="triage").order_by("id")
    assert [e.data.get("privacy") for e in entries] == ["secret", None]


def test_bulk_merges_into_the_earliest_unless_told_otherwise(place, browser):
    by = place.resident()
    a, b, c = (place.matter(by, "灯坏了", when=at(24, 9, n)) for n in range(3))
    asked = browser.post(url(place, "bulk"), {"act": "merge", "pick": [3, 1, 2]})
    assert asked.context["form"]["target"].value() == "1"
    browser.post(url(place, "bulk"), {"act": "merge", "apply": 1, "pick": [3, 1, 2], "target": "1"})
    assert [again(m).merged_into_id for m in (a, b, c)] == [None, a.pk, a.pk]


def test_bulk_declines_with_a_reason(place, browser):
    m = place.matter(place.resident())
    assert browser.post(url(place, "bulk"), {"act": "decline", "apply": 1, "pick": [1]}).status_code == 422
    browser.post(url(place, "bulk"), {"act": "decline", "apply": 1, "pick": [1], "reason": "no_content"})
    assert again(m).state == "declined"


# ── the sheet ───────────────────────────────────────────────────────────────────────────────────────────────────────


def sheet(response) -> list[tuple]:
    book = load_workbook(io.BytesIO(b"".join(response.streaming_content)), read_only=True)
    return [tuple(row) for row in book.active.iter_rows(values_only=True)]


def test_export_holds_the_filtered_list_masked_and_is_written_down(place, browser, clerk):
    by = place.resident(phone="13800002046")
    place.matter(by, "=灯不亮，找我 13812345678")
    services.triage(
        by=clerk, matter=place.matter(by, "水管漏"), category="0202", level="compound", urgency="normal", at=NOW
    )
    rows = sheet(browser.get(url(place, "export", view="untriaged")))
    assert rows[0] == (
        "编号",
        "时间",
        "来源",
        "反映人",
        "房号",
        "电话",
        "类别",
        "内容",
        "紧急程度",
        "首接人",
        "承办",
        "时限",
        "办理情况",
        "回访",
        "满意度",
        "超时",
    )
    assert len(rows) == 2 and rows[1][-1] is None
    assert rows[1][:5] == ("0001", "2026-03-24 10:00", "手机", "李*", "7栋1单元")
    assert rows[1][5] is None and rows[1][7] == "=灯不亮，找我 [电话]"
    entry = AuditEntry.objects.get(act="export_list")
    assert (entry.account_id, entry.data) == (clerk.account_id, {"filters": {"view": "untriaged"}})


def test_export_pages_through_more_than_one_chunk(place, clerk, monkeypatch):
    from linli.matters.queries import register

    monkeypatch.setattr(register, "CHUNK", 2)
    for n in range(5):
        place.matter(place.resident(name=f"甲{n}"), f"灯{n}坏")
    assert [r[0] for r in register.rows(place.compound, clerk, Filters(), NOW)] == [
        "0005",
        "0004",
        "0003",
        "0002",
        "0001",
    ]
    assert len(list(register.rows(place.compound, clerk, Filters(q="7栋"), NOW))) == 5
    late = {row[-1] for row in register.rows(place.compound, clerk, Filters(), NOW + timedelta(days=3))}
    assert all(late) and late != {""}


def test_export_goes_on_where_the_first_found_do_not_fit(place, clerk, monkeypatch):
    from linli.matters.queries import register

    monkeypatch.setattr(register, "CHUNK", 2)
    made = [place.matter(place.resident(name=f"甲{n}"), f"灯{n}坏") for n in range(4)]
    fits = made[0]
    services.triage(by=clerk, matter=fits, category="0101", level="building", urgency="normal", at=NOW)
    found = register.rows(place.compound, clerk, Filters(view="all", q="7栋", category="0101"), NOW)
    assert [row[0] for row in found] == [fits.label]
