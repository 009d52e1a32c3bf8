"""One matter beside the list: sorting, giving out, merging, declining."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters import services
from linli.matters.models import Matter
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from ..makers import NOW
from .pages import HTMX, again, sort_data, url

pytestmark = pytest.mark.django_db


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


def test_what_would_be_late_as_soon_as_it_is_given_out_says_so(place, browser):
    m = place.matter(place.resident())
    assert "前办完" in browser.get(url(place, "panel", m.number), **HTMX).content.decode()
    Matter.objects.filter(pk=m.pk).update(reported_at=NOW - timedelta(days=60))
    assert "派出去就算超期" in browser.get(url(place, "panel", m.number), **HTMX).content.decode()


def test_secrecy_that_a_caller_asked_for_is_chosen_until_the_clerk_unchooses_it(place, browser):
    m = place.matter(place.resident())
    chosen = re.compile(r'name="privacy" value="secret"[^>]* checked')
    assert not chosen.search(browser.get(url(place, "panel", m.number), **HTMX).content.decode())
    Matter.objects.filter(pk=m.pk).update(caller_secret=True)
    assert chosen.search(browser.get(url(place, "panel", m.number), **HTMX).content.decode())


def test_category_from_the_whole_list_wins(place, browser):
    m = place.matter(place.resident())
    browser.post(url(place, "panel", m.number), sort_data(place, category="", category_more="0305"))
    assert again(m).category == "0305"


def test_a_returned_one_offers_the_proposed_body_first(place, browser, clerk):
    worker, chair = place.post(Role.ENGINEER), place.post(Role.COMMITTEE_CHAIR)
    m = services.triage(
        by=clerk, matter=place.matter(place.resident()), category="0101", level="building", urgency="normal", at=NOW
    )
    m = services.dispatch(by=clerk, matter=m, body=place.property, at=NOW)
    services.send_back(by=worker, matter=m, reason="不归我们", proposed_body=place.committee, at=NOW)
    page = browser.get(url(place, "panel", m.number))
    assert page.context["form"]["body"].value() == str(place.committee.pk)
    browser.post(
        url(place, "panel", m.number),
        sort_data(place, category="", body=str(place.committee.pk), post=str(chair.role_id)),
    )
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


def test_what_was_done_stays_said_when_the_next_line_opens(place, clerk, browser):
    first, second = place.matter(clerk, "灯不亮"), place.matter(clerk, "灯也不亮")
    done = browser.post(url(place, "panel-act", second.number, "merge"), {"target": first.number}, **HTMX)
    assert f'hx-swap-oob="true">{second.label} 并到一起了</b>' in done.content.decode()


def test_who_had_the_last_ones_of_its_kind_comes_first_then_the_fitting_post_then_who_has_less(place, browser, clerk):
    cleaner, busy, _free = (
        place.post(Role.CLEANER, name="甲"),
        place.post(Role.ENGINEER, name="乙"),
        place.post(Role.ENGINEER, name="丙"),
    )
    for hand, category in ((cleaner, "0101"), (busy, "0305")):
        services.dispatch(
            by=clerk, body=place.property, post=Post.objects.get(pk=hand.role_id), at=NOW,
            matter=services.triage(by=clerk, matter=place.matter(place.resident()), category=category, level="building", urgency="normal", at=NOW),
        )  # fmt: skip
    m = services.triage(
        by=clerk, matter=place.matter(place.resident()), category="0101", level="building", urgency="normal", at=NOW
    )
    form = browser.get(url(place, "panel", m.number)).context["form"]
    offered = dict(form.fields["post"].choices)[place.property.name]
    assert [words for _pk, words in offered] == ["甲 保洁，手上 1 件", "丙 维修工", "乙 维修工，手上 1 件"]
    assert form["post"].value() == str(cleaner.role_id)


def test_who_has_much_in_hand_costs_the_panel_no_more_questions(place, browser, clerk):
    m, counted = place.matter(place.resident()), []
    for hands in (1, 9):
        for n in range(hands):
            place.post(Role.ENGINEER, name=f"工{n}")
        browser.get(url(place, "panel", m.number), **HTMX)
        with CaptureQueriesContext(connection) as seen:
            browser.get(url(place, "panel", m.number), **HTMX)
        counted.append(len(seen))
    assert counted[0] == counted[1]
