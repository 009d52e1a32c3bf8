"""The desk as a clerk meets it: the table, the panel, several at once, the sheet, raising for somebody."""

import io
import json
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from linli.matters import services
from linli.matters.models import Matter
from linli.matters.queries import desk as reads
from linli.matters.queries.desk import Filters
from linli.people.models import Ownership, Person
from linli.people.rules import Role
from linli.plumbing import search
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from . import makers
from .makers import NOW, at

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def place():
    made = makers.compound()
    with compound_scope(made.compound.pk), time_machine.travel(NOW, tick=False):
        yield made


@pytest.fixture
def clerk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def browser(place, clerk):
    return place.client(clerk)


def url(place, name: str, *args, **query) -> str:
    from urllib.parse import urlencode

    return reverse(f"matters:{name}", args=[place.slug, *args]) + (f"?{urlencode(query)}" if query else "")


def again(m: Matter) -> Matter:
    return Matter.objects.get(pk=m.pk)


def numbers(response) -> list[int]:
    return [row.number for row in response.context["page"].rows]


def sort_data(place, **more) -> dict:
    return {
        "once": str(uuid4()), "category": "0101", "urgency": "normal", "level": "", "body": str(place.property.pk), "post": "", "due_at": "", **more,
    }  # fmt: skip


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_costs_the_same_for_one_and_three_and_no_more_than_three_queries(place, browser):
    by = place.resident()
    counted = []
    for _n in range(2):
        place.matter(by)
        browser.get(url(place, "desk"))
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert browser.get(url(place, "desk")).status_code == 200
        counted.append(len(seen))
        place.matter(by)
    assert counted[0] == counted[1] <= 3


def test_rows_say_words_place_turn_state_and_time_left(place, browser):
    m = place.matter(place.resident())
    services.me_too(by=place.resident(name="王大明"), matter=m, at=NOW)
    row = browser.get(url(place, "desk")).context["page"].rows[0]
    assert (row.label, row.title, row.more, row.place, row.mark, row.party, row.state, row.due, row.source) == (
        "0001", "楼道灯不亮，晚上看不见", "+1", "7栋1单元", "inner", "物业", "待受理", "今天 12:00", "手机",
    )  # fmt: skip


def test_open_ones_come_by_due_time_without_one_last_and_pages_join(place, clerk):
    by = place.resident()
    made = [place.matter(by, f"第 {n} 件", when=at(24, 9, n)) for n in range(5)]
    Matter.objects.filter(pk=made[0].pk).update(next_due_at=None)
    Matter.objects.filter(pk=made[4].pk).update(next_due_at=at(24, 8))
    f, got = Filters(), []
    for _n in range(5):
        page = reads.page(place.compound, clerk, f, NOW, size=2)
        got += [r.number for r in page.rows]
        if not page.next:
            break
        from django.http import QueryDict

        f = Filters.read(QueryDict(page.next[1:]))
    assert got == [5, 2, 3, 4, 1]


def test_views_and_filters_narrow_and_stay_in_the_address(place, browser, clerk):
    by = place.resident()
    a, b, c = (place.matter(by, words) for words in ("灯不亮", "水管漏", "电梯停"))
    services.triage(by=clerk, matter=b, category="0202", level="compound", urgency="normal", at=NOW)
    services.decline(by=clerk, matter=c, reason="no_content", at=NOW)
    assert numbers(browser.get(url(place, "desk"))) == [1, 2]
    assert numbers(browser.get(url(place, "desk", view="untriaged"))) == [1]
    assert numbers(browser.get(url(place, "desk", view="ended"))) == [3]
    assert numbers(browser.get(url(place, "desk", category="02"))) == [2]
    assert numbers(browser.get(url(place, "desk", category="--"))) == [1]
    assert numbers(browser.get(url(place, "desk", turn="community"))) == []
    assert numbers(browser.get(url(place, "desk", building=str(place.homes[0].building_id)))) == [1, 2]
    page = browser.get(url(place, "desk", view="untriaged", turn="property"))
    assert "view=untriaged&amp;category=06&amp;turn=property" in page.content.decode()
    assert page.context["page"].counts == {"open": 2, "untriaged": 1, "overdue": 0, "sorted": 1}
    assert numbers(browser.get(url(place, "desk", view="nonsense", building="x", category="77", after="~"))) == [1, 2]


def test_search_finds_two_characters_a_number_and_ended_ones(place, browser, clerk):
    by = place.resident()
    place.matter(by, "门禁刷不开")
    services.decline(by=clerk, matter=place.matter(by, "刷卡机坏，门禁也坏"), reason="no_content", at=NOW)
    assert numbers(browser.get(url(place, "desk", q="门禁"))) == [2, 1]
    assert "“门禁”找到 2 件，新的在前" in browser.get(url(place, "desk", q="门禁")).content.decode()
    assert numbers(browser.get(url(place, "desk", q="0001"))) == [1]
    assert numbers(browser.get(url(place, "desk", q="7栋"))) == [2, 1]
    assert numbers(browser.get(url(place, "desk", q="没有的词"))) == []
    assert numbers(browser.get(url(place, "desk", view="untriaged", q="门禁"))) == [1]


def test_panel_says_a_hotlines_heading_once(place, browser):
    m = place.matter(place.resident(), "二期电梯何时修好？\n停了两周，老人下不了楼")
    page = browser.get(url(place, "panel", m.number))
    assert page.context["said_words"] == "停了两周，老人下不了楼"
    short = place.matter(place.resident(), "电梯停了")
    assert browser.get(url(place, "panel", short.number)).context["said_words"] == "电梯停了"


def test_secret_ones_are_listed_for_the_community_only(place, browser, clerk):
    m = place.matter(place.resident())
    services.triage(
        by=clerk, matter=m, category="1101", level="community", urgency="complaint", privacy="secret", at=NOW
    )
    assert numbers(browser.get(url(place, "desk"))) == [1]
    assert numbers(place.client(place.post(Role.FRONT_DESK)).get(url(place, "desk"))) == []
    assert numbers(place.client(place.post(Role.GRID_WORKER)).get(url(place, "desk"))) == []


@pytest.mark.parametrize("name", ["desk", "record", "work", "visits", "export"])
def test_pages_are_closed_to_strangers_and_residents(place, name):
    anonymous = place.client().get(url(place, name))
    assert anonymous.status_code == 302 and "sign-in" in anonymous["Location"]
    assert place.client(place.resident()).get(url(place, name)).status_code == 404


def test_find_keeps_between_numbers_and_to_its_compound(place):
    other = makers.compound("other")
    for where in (place.compound, other.compound):
        texts = [(n, "楼顶漏水") for n in range(1, 10)]
        search.put_many(compound_id=where.pk, ordinal=where.ordinal, kind="trial", texts=texts)
    asked = {"compound_id": place.compound.pk, "ordinal": place.compound.ordinal, "kind": "trial", "text": "漏水"}
    assert search.find(**asked, above=5, before=8) == [7, 6]
    assert search.find(**asked, limit=3) == [9, 8, 7]


def test_another_compounds_clerk_finds_nothing(place, clerk):
    other = makers.compound("other")
    with compound_scope(other.compound.pk):
        stranger = other.post(Role.FRONT_DESK)
    m = place.matter(place.resident())
    away = other.client(stranger)
    for path in (url(place, "desk"), url(place, "panel", m.number), url(place, "panel-act", m.number, "accept")):
        assert away.get(path).status_code == 404


# ── the panel ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_panel_is_a_part_for_htmx_and_a_page_for_others(place, browser):
    m = place.matter(place.resident(phone="13800002046"))
    part = browser.get(url(place, "panel", m.number), **HTMX).content.decode()
    page = browser.get(url(place, "panel", m.number)).content.decode()
    assert "<html" not in part and "<html" in page
    for text in (part, page):
        assert "李*" in text and "138****2046" in text and "13800002046" not in text and "李小满" not in text
        assert "受理并派单" in text


def test_one_submit_accepts_sorts_and_gives_out(place, browser):
    m = place.matter(place.resident())
    answer = browser.post(url(place, "panel", m.number), sort_data(place))
    assert answer.status_code == 302 and answer["Location"] == url(place, "desk") + "?"
    m = again(m)
    assert (m.state, m.category, m.level, m.urgency, m.handler_body_id) == (
        "dispatched", "0101", "building", "normal", place.property.pk,
    )  # fmt: skip


def test_after_the_submit_htmx_gets_the_line_anew_and_the_script_goes_on(place, browser):
    m = place.matter(place.resident())
    answer = browser.post(url(place, "panel", m.number), sort_data(place), **HTMX)
    assert json.loads(answer["HX-Trigger"]) == {"desk-done": {"number": 1}}
    assert 'id="row-1" hx-swap-oob="outerHTML"' in answer.content.decode()
    n = place.matter(place.resident(name="王大明"))
    answer = browser.post(url(place, "panel", n.number, view="untriaged"), sort_data(place), **HTMX)
    assert 'id="row-2" hx-swap-oob="delete"' in answer.content.decode()


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(place, browser):
    m = place.matter(place.resident())
    answer = browser.post(
        url(place, "panel", m.number), sort_data(place, category="", urgency="urgent", body=""), **HTMX
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "请选类别" in text and "请选派给谁" in text
    assert 'value="urgent" id="sort_urgency_1" checked' in text.replace(" required", "")
    assert again(m).state == "submitted"


def test_category_from_the_whole_list_wins(place, browser):
    m = place.matter(place.resident())
    browser.post(url(place, "panel", m.number), sort_data(place, category="", category_more="0305"))
    assert again(m).category == "0305"


def test_a_returned_one_offers_the_proposed_body_first(place, browser, clerk):
    worker = place.post(Role.ENGINEER)
    m = services.triage(
        by=clerk, matter=place.matter(place.resident()), category="0101", level="building", urgency="normal", at=NOW
    )
    m = services.dispatch(by=clerk, matter=m, body=place.property, at=NOW)
    services.send_back(by=worker, matter=m, reason="不归我们", proposed_body=place.committee, at=NOW)
    page = browser.get(url(place, "panel", m.number))
    assert page.context["form"]["body"].value() == str(place.committee.pk)
    browser.post(url(place, "panel", m.number), sort_data(place, category="", body=str(place.committee.pk)))
    assert (again(m).state, again(m).handler_body_id) == ("dispatched", place.committee.pk)


def test_panel_shows_what_sounds_alike_at_the_same_place_and_merges_it(place, browser):
    a = place.matter(place.resident(), "二单元三楼的灯不亮，楼道黑")
    place.matter(place.resident(name="赵一"), "物业费怎么算的")
    b = place.matter(place.resident(name="王大明"), "三楼的灯不亮，看不见台阶")
    page = browser.get(url(place, "panel", b.number))
    assert [found.one.number for found in page.context["alike"]] == [a.number]
    assert "都说到：三楼的灯不亮" in page.content.decode()
    assert "都在7栋" in page.content.decode()
    answer = browser.post(url(place, "panel-act", b.number, "merge"), sort_data(place, target=a.number), **HTMX)
    assert answer.status_code == 200
    assert again(b).merged_into_id == a.pk


def test_merge_target_is_found_by_number_and_by_words(place, browser):
    a, b = place.matter(place.resident(), "水泵房有味道"), place.matter(place.resident(name="王大明"), "自来水有怪味")
    found = browser.post(url(place, "panel-act", b.number, "merge"), {"number": "水泵"}, **HTMX)
    assert found.status_code == 422 and "水泵房有味道" in found.content.decode()
    nothing = browser.post(url(place, "panel-act", b.number, "merge"), {"number": "9999"}, **HTMX)
    assert nothing.status_code == 422 and "没有这一件" in nothing.content.decode()
    browser.post(url(place, "panel-act", b.number, "merge"), {"number": "1"})
    assert again(b).merged_into_id == a.pk


def test_undo_takes_the_last_merge_apart_and_says_why_it_cannot(place, browser):
    a, b = place.matter(place.resident()), place.matter(place.resident(name="王大明"))
    browser.post(url(place, "panel-act", b.number, "merge"), {"target": a.number}, **HTMX)
    browser.post(url(place, "undo"))
    assert again(b).state == "submitted"
    assert "没有可以撤回的" in browser.post(url(place, "undo"), **HTMX).content.decode()
    browser.post(url(place, "panel", b.number), sort_data(place), **HTMX)
    assert "已经派出" in browser.post(url(place, "undo"), **HTMX).content.decode()


def test_declining_needs_a_listed_reason(place, browser):
    m = place.matter(place.resident())
    path = url(place, "panel-act", m.number, "decline")
    assert browser.get(path, **HTMX).status_code == 200
    assert browser.post(path, {"reason": "rude"}, **HTMX).status_code == 422
    assert browser.post(path, {"reason": "hotline"}, **HTMX).status_code == 200
    assert again(m).state == "declined"


def test_an_act_that_is_not_allowed_now_is_not_there(place, browser):
    m = place.matter(place.resident())
    assert browser.get(url(place, "panel-act", m.number, "resolve")).status_code == 404
    assert browser.post(url(place, "panel-act", m.number, "resolve"), {}).status_code == 422
    assert browser.get(url(place, "panel-act", m.number, "nonsense")).status_code == 404


def test_number_is_asked_for_with_a_reason(place, browser):
    m = place.matter(place.resident(phone="13800002046"))
    asked = browser.get(url(place, "contact", m.number), **HTMX)
    assert "13800002046" not in asked.content.decode()
    assert browser.post(url(place, "contact", m.number), {}, **HTMX).status_code == 422
    shown = browser.post(url(place, "contact", m.number), {"reason": "ask"}, **HTMX)
    assert "13800002046" in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert AuditEntry.objects.filter(subject_id=m.pk, act="see_contact", words="问清情况").count() == 1


# ── several at once ─────────────────────────────────────────────────────────────────────────────────────────────────


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
    browser.post(
        url(place, "bulk"), {"act": "dispatch", "apply": 1, "pick": [1, 2], "body": str(place.property.pk), "post": ""}
    )
    assert {again(m).state for m in (a, b)} == {"dispatched"}


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
    )
    assert len(rows) == 2
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


def test_what_was_done_stays_said_when_the_next_line_opens(place, clerk, browser):
    first, second = place.matter(clerk, "灯不亮"), place.matter(clerk, "灯也不亮")
    done = browser.post(url(place, "panel-act", second.number, "merge"), {"target": first.number}, **HTMX)
    assert f'hx-swap-oob="true">{second.label} 并到一起了</b>' in done.content.decode()


# ── raising for somebody ────────────────────────────────────────────────────────────────────────────────────────────


def record_data(**more) -> dict:
    return {"once": str(uuid4()), "source": "front_desk", "words": "三楼灯坏了", "building": "", "place": "", **more}


def test_a_clerk_raises_for_somebody_of_the_register(place, browser):
    person = Person.objects.create(compound=place.compound, name="孙奶奶", phone="", no_phone=True)
    Ownership.objects.create(compound=place.compound, home=place.home, person=person)
    found = browser.post(url(place, "record"), record_data(room="7-1-301", find=1))
    assert "孙*" in found.content.decode() and "孙奶奶" not in found.content.decode()
    assert not Matter.objects.exists()
    browser.post(url(place, "record"), record_data(room="7-1-301", person=str(person.pk)))
    m = Matter.objects.get()
    assert (m.reporter_person_id, m.source, m.home_id, m.reporter_account_id) == (
        person.pk,
        "front_desk",
        place.home.pk,
        None,
    )


def test_an_unknown_caller_is_kept_by_name_and_number(place, browser):
    browser.post(url(place, "record"), record_data(source="resident_phone", name="吴某", phone="13900001111"))
    m = Matter.objects.get()
    assert (m.reporter_name, m.reporter_phone, m.reporter_person_id) == ("吴某", "13900001111", None)


def test_a_chat_message_is_shown_as_it_will_be_kept_before_it_is(place, browser):
    data = record_data(source="chat_group", words="灯坏了打我 13812345678", group="7栋群", said_at="2026-03-24T09:41")
    shown = browser.post(url(place, "record"), data)
    assert "灯坏了打我 [电话]" in shown.content.decode() and not Matter.objects.exists()
    browser.post(url(place, "record"), {**data, "seen": 1})
    assert Matter.objects.get().words == "灯坏了打我 [电话]"
    late = browser.post(url(place, "record"), {**data, "said_at": "2026-03-25T09:41"})
    assert late.status_code == 422


def test_the_same_record_twice_is_one_matter(place, browser):
    data = record_data()
    browser.post(url(place, "record"), data)
    browser.post(url(place, "record"), data)
    assert Matter.objects.count() == 1


@pytest.mark.parametrize("odd", ["²", "9" * 30])
def test_what_only_looks_like_a_number_breaks_no_page(place, browser, owner, odd):
    m = place.matter(owner)
    asked = [
        ("find", {"q": "灯", "before": odd}),
        ("orders", {"after": odd}),
        ("desk", {"view": "all", "after": odd}),
        ("hot", {"of": odd}),
    ]
    assert all(browser.get(url(place, name, **given)).status_code in (200, 404) for name, given in asked)
    chair, worker = place.client(place.post(Role.COMMITTEE_CHAIR)), place.client(place.post(Role.COMMUNITY_WORKER))
    assert chair.get(url(place, "order-add", pick=odd)).status_code == 200
    assert worker.get(url(place, "whistle-new", parent=odd, matter=odd)).status_code == 404
    assert "没有这一件" in browser.post(url(place, "record"), record_data(join=odd)).content.decode()
    assert browser.get(url(place, "act", m.number, "merge", target=odd)).status_code == 200
    for given in ({"target": odd}, {"number": odd}):
        assert browser.post(url(place, "act", m.number, "merge"), given).status_code == 422
