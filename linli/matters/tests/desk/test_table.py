"""The desk's table as a clerk meets it: its lines, its filters, and who may not."""

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from linli.matters import services
from linli.matters.models import Matter
from linli.matters.queries import desk as reads
from linli.matters.queries.desk import Filters
from linli.people.rules import Role
from linli.plumbing import search
from linli.plumbing.tenancy import compound_scope

from .. import makers
from ..makers import NOW, at
from .pages import numbers, record_data, url

pytestmark = pytest.mark.django_db


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
        f = Filters.read(QueryDict(page.next[1:]))
    assert got == [5, 2, 3, 4, 1]


def test_ended_ones_come_by_number_and_pages_join(place, clerk):
    by = place.resident()
    for n in range(5):
        services.decline(by=clerk, matter=place.matter(by, f"第 {n} 件"), reason="no_content", at=NOW)
    f, got = Filters(view="ended"), []
    while True:
        page = reads.page(place.compound, clerk, f, NOW, size=2)
        got += [r.number for r in page.rows]
        assert page.counts == {"open": 0, "untriaged": 0, "overdue": 0, "sorted": 0}
        if not page.next:
            break
        f = Filters.read(QueryDict(page.next[1:]))
    assert got == [5, 4, 3, 2, 1]


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
