"""What a resident reads: home, the list, one matter, the inbox, a printed page."""

import re

import pytest
import segno
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from linli.matters import services
from linli.notices.models import Message
from linli.people.rules import Role

from . import makers
from .residents import photo, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


# ── home and list ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_home_with_nothing_invites_to_say_something(place):
    page = place.client(place.resident()).get(url(place, "home"))
    assert "今天没有要您回答的" in text(page)
    assert "您还没说过什么" in text(page)


def test_home_asks_whether_it_is_fixed(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    page = place.client(me).get(url(place, "home"))
    assert "有1件事等您回答" in text(page)
    assert "物业说办好了" in text(page)
    assert url(place, "act", m.number, "confirm") in page.content.decode()
    assert url(place, "act", m.number, "reopen") in page.content.decode()


def test_home_asks_the_open_question_until_it_is_answered(place, desk, engineer):
    me = place.resident()
    m = makers.in_progress(place, me, desk, engineer)
    services.ask(by=engineer, matter=m, words="今晚七点在家吗", at=makers.NOW)
    client = place.client(me)
    assert "今晚七点在家吗" in text(client.get(url(place, "home")))
    client.post(url(place, "act", m.number, "answer"), {"words": "在"})
    assert "今晚七点在家吗" not in text(client.get(url(place, "home")))


def test_home_of_a_follower_does_not_ask_them(place, desk, engineer):
    reporter, neighbour = place.resident(), place.resident(place.homes[1])
    m = place.matter(reporter)
    services.me_too(by=neighbour, matter=m, at=makers.NOW)
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=makers.NOW)
    m = services.dispatch(by=desk, matter=m, body=place.property, at=makers.NOW)
    m = services.take(by=engineer, matter=m, words="来", at=makers.NOW)
    services.resolve(by=engineer, matter=m, words="好了", evidence=True, at=makers.NOW)
    page = text(place.client(neighbour).get(url(place, "home")))
    assert "今天没有要您回答的" in page
    assert "等报告人看" in page


@pytest.mark.parametrize("n", [1, 3])
def test_mine_takes_three_queries_whatever_the_number(place, n):
    me = place.resident()
    for i in range(n):
        place.matter(me, f"第{i}件")
    client = place.client(me)
    with assertNumQueries(3):
        client.get(url(place, "mine"))


@pytest.mark.parametrize("n", [1, 3])
def test_home_takes_the_same_queries_whatever_the_number(place, n):
    me = place.resident()
    for i in range(n):
        place.matter(me, f"第{i}件")
    client = place.client(me)
    with assertNumQueries(10):
        client.get(url(place, "home"))


def test_mine_goes_on_where_the_page_ended(place):
    me = place.resident()
    for i in range(22):
        place.matter(me, f"第{i:02d}件事")
    client = place.client(me)
    first = client.get(url(place, "mine"))
    link = re.search(r'href="(\?after=[^"]+)"', first.content.decode())[1]
    second = client.get(url(place, "mine") + link)
    assert [f"第{i:02d}件事" in text(first) for i in (21, 2, 1)] == [True, True, False]
    assert [f"第{i:02d}件事" in text(second) for i in (1, 0, 2)] == [True, True, False]


def test_mine_with_a_broken_place_starts_at_the_top(place):
    assert place.client(place.resident()).get(url(place, "mine") + "?after=xx").status_code == 200


# ── one matter ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_matter_says_whose_turn_since_when_and_what_was_promised(place, desk, engineer):
    me = place.resident()
    m = makers.in_progress(place, me, desk, engineer, when=makers.at(23, 10, 20))
    page = text(place.client(me).get(url(place, "matter", m.number)))
    assert "轮到物业" in page
    assert "昨天10:20起·已经23小时" in page
    assert "答应3月26日周四17:30前办完" in page
    assert "打过电话了，今天下午来" in page
    assert "物业把这件事派给清和物业" in page
    assert "您说了这件事" in page


def test_matter_never_shows_internal_notes_codes_or_states_to_residents(place, desk, engineer):
    me = place.resident()
    m = makers.in_progress(place, me, desk, engineer)
    services.internal_note(by=engineer, matter=m, words="这户老是投诉", at=makers.NOW)
    for name in ("matter", "print"):
        page = place.client(me).get(url(place, name, m.number)).content.decode()
        page = re.sub("[0-9a-f]{8}-[0-9a-f-]{27}", "", page)  # a key may hold any digits
        assert "老是投诉" not in page
        assert "0101" not in page
        assert "in_progress" not in page
    assert "内部：这户老是投诉" in place.client(engineer).get(url(place, "matter", m.number)).content.decode()


def test_matter_of_a_stranger_or_another_compound_is_not_found(place):
    m = place.matter(place.resident())
    elsewhere = makers.compound("taoyuan")
    stranger, outsider = place.resident(place.homes[1]), elsewhere.resident()
    assert place.client(stranger).get(url(place, "matter", m.number)).status_code == 404
    assert elsewhere.client(outsider).get(url(place, "matter", m.number)).status_code == 404
    assert elsewhere.client(outsider).get(url(elsewhere, "matter", m.number)).status_code == 404
    assert place.client().get(url(place, "matter", m.number)).status_code == 302
    assert place.client(stranger).get(url(place, "matter", 10**20)).status_code == 404


def test_matter_for_a_neighbour_hides_home_and_numbers(place):
    reporter, neighbour = place.resident(), place.resident(place.homes[1])
    m = place.matter(reporter, "7栋1单元301漏水，电话13900001111。厨房也漏", spot=services.Spot(home=place.home))
    services.me_too(by=neighbour, matter=m, at=makers.NOW)
    page = text(place.client(neighbour).get(url(place, "matter", m.number)))
    assert "301" not in page
    assert "13900001111" not in page
    assert "厨房也漏" in page
    own = text(place.client(reporter).get(url(place, "matter", m.number)))
    assert "7栋1单元301" in own


def test_matter_overdue_and_suspended_say_so(place, desk, engineer):
    me, manager = place.resident(), place.post(Role.PROPERTY_MANAGER)
    late = makers.in_progress(place, me, desk, engineer, when=makers.at(16))
    page = text(place.client(me).get(url(place, "matter", late.number)))
    assert "超" in page
    stopped = makers.in_progress(place, me, desk, engineer, words="灯要换")
    services.suspend(by=manager, matter=stopped, pause_reason="parts", review_at=makers.at(27), at=makers.at(24, 9))
    page = text(place.client(me).get(url(place, "matter", stopped.number)))
    assert "等配件，3月27日周五再看" in page
    assert "等配件，停了1小时" in page


def test_matter_resolved_shows_what_was_done_who_paid_and_equal_answers(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    response = place.client(me).get(url(place, "matter", m.number))
    assert "换了3盏声控灯费用186元，物业费出。" in text(response)
    page = response.content.decode()
    assert re.search(r'class="btn btn-secondary"[^>]*>还没修好', page)
    assert re.search(r'class="btn btn-secondary"[^>]*>修好了', page)
    assert "满意" in page


def test_what_the_reporter_may_answer_stands_before_the_photos(place, desk, engineer, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    me = place.resident()
    m = makers.in_progress(place, me, desk, engineer)
    services.photos.attach(by=me, matter=m, files=[photo("a.jpg")], phase="before", at=makers.NOW)
    services.photos.attach(by=engineer, matter=m, files=[photo("b.jpg", "white")], phase="after", at=makers.NOW)
    m = services.resolve(by=engineer, matter=m, words="换了 3 盏声控灯", at=makers.NOW)
    browser = place.client(me)
    page = browser.get(url(place, "matter", m.number)).content.decode()
    assert 0 < page.index(">还没修好<") < page.index(">修好了<") < page.index('class="compare"')
    services.confirm(by=me, matter=m, at=makers.NOW)
    page = browser.get(url(place, "matter", m.number)).content.decode()
    assert 0 < page.index(">还没修好<") < page.index("办结 15 天内可以重新办") < page.index('class="compare"')


ACTS_BY_PART = {
    "reporter": {"note", "ask", "urge", "withdraw", "correct_category"},
    "neighbour": {"note", "urge", "unfollow"},
}


@pytest.mark.parametrize("part", ["reporter", "neighbour"])
def test_matter_offers_each_part_its_acts(place, part):
    who = {"reporter": place.resident(), "neighbour": place.resident(place.homes[1])}
    m = place.matter(who["reporter"])
    services.me_too(by=who["neighbour"], matter=m, at=makers.NOW)
    page = place.client(who[part]).get(url(place, "matter", m.number)).content.decode()
    found = set(re.findall(rf'(?:href|action)="{re.escape(url(place, "matter", m.number))}([a-z_]+)/"', page))
    assert found - {"print"} == ACTS_BY_PART[part]


def test_matter_page_fits_the_first_view(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    assert len(place.client(me).get(url(place, "matter", m.number)).content) < 60_000
    assert len(place.client(me).get(url(place, "report")).content) < 60_000


# ── workers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_report_and_home_are_for_residents(place, desk):
    for name in ("home", "report", "mine", "similar"):
        assert place.client(desk).get(url(place, name)).status_code == 404
        assert place.client().get(url(place, name)).status_code == 302


def test_matter_for_workers_masks_the_name_and_offers_the_next_step(place, desk):
    m = place.matter(place.resident(name="李小满"))
    response = place.client(desk).get(url(place, "matter", m.number))
    assert "李*" in text(response)
    assert "李小满" not in text(response)
    assert url(place, "act", m.number, "accept") in response.content.decode()


# ── inbox ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_inbox_shows_and_marks_as_read(place):
    me = place.resident()
    m = place.matter(me)
    client = place.client(me)
    page = client.get(reverse("notices:inbox", args=[place.slug]))
    assert f"第{m.label}号已交给物业" in text(page)
    assert url(place, "matter", m.number) in page.content.decode()
    assert not Message.objects.filter(compound_id=place.compound.pk, account_id=me.account_id, read_at=None).exists()


def test_inbox_is_ones_own(place):
    place.matter(place.resident())
    page = place.client(place.resident(place.homes[1])).get(reverse("notices:inbox", args=[place.slug]))
    assert "还没有消息" in text(page)


def test_council_is_empty_until_there_is_something(place):
    page = place.client(place.resident()).get(reverse("notices:council", args=[place.slug]))
    assert "现在没有要大家一起定的事" in text(page)


def test_print_has_whole_dates_and_no_today(place, desk, engineer):
    me = place.resident()
    m = makers.in_progress(place, me, desk, engineer)
    page = place.client(me).get(url(place, "print", m.number))
    assert page.status_code == 200
    assert "答应的时间：2026年3月27日17:30" in text(page)
    assert "3月24日10:00" in text(page)
    assert "今天" not in text(page).replace("今天下午来", "")


def test_print_carries_the_address_for_a_camera(place):
    me = place.resident()
    m = place.matter(me)
    page = place.client(me).get(url(place, "print", m.number)).content.decode()
    modules = re.search(r'<path[^>]* d="([^"]+)"', page)[1]
    expected = segno.make(f"http://testserver{url(place, 'matter', m.number)}", error="m", micro=False)
    assert modules in expected.svg_inline(border=0)
    assert "style=" not in page
