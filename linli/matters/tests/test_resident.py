import re
from datetime import timedelta

import pytest
import segno
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django.asserts import assertNumQueries

from linli.matters import services
from linli.matters.models import Attachment, Follower, Matter
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.test_images import recorded

from . import makers

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def url(place, name, *args):
    return reverse(f"matters:{name}", args=[place.slug, *args])


def text(response) -> str:
    """The words of the page's main part, without spaces."""
    page = response.content.decode()
    main = page.partition("<main")[2].partition("</main>")[0] or page
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", "<main" + main))


# ── saying something ────────────────────────────────────────────────────────────────────────────────────────────────


def test_report_asks_words_place_and_photos_but_no_category(place):
    page = place.client(place.resident()).get(url(place, "report")).content.decode()
    assert 'name="words"' in page
    assert 'name="photos"' in page
    assert 'name="where"' in page
    assert "category" not in page


def test_report_becomes_a_matter_and_says_who_has_it(place):
    client = place.client(place.resident())
    sent = client.post(
        url(place, "report"),
        {
            "words": "三楼楼道灯不亮。晚上看不见",
            "where": "own",
            "entrance": str(place.home.entrance_id),
            "spot": "楼道",
        },
        follow=True,
    )
    m = Matter.objects.get(compound_id=place.compound.pk)
    assert sent.redirect_chain == [(url(place, "sent", m.number), 302)]
    assert (m.title, m.place, m.entrance_id, m.source) == (
        "三楼楼道灯不亮",
        "7栋1单元 楼道",
        place.home.entrance_id,
        "resident_online",
    )
    assert "已交给物业，今天12:00前回您" in text(sent)
    assert "data-draft-clear" in sent.content.decode()


@pytest.mark.parametrize(
    ("where", "place_label", "has_home"),
    [("home", "7栋1单元301", True), ("ground", "绿地", False), ("", "", False)],
)
def test_report_place_may_be_home_grounds_or_open(place, where, place_label, has_home):
    place.client(place.resident()).post(url(place, "report"), {"words": "有水", "where": where, "ground": "绿地"})
    m = Matter.objects.get(compound_id=place.compound.pk)
    assert (m.place, m.home_id is not None) == (place_label, has_home)


def test_report_of_another_building_takes_building_or_entrance(place):
    client, other = place.client(place.resident()), place.homes[-1]
    client.post(url(place, "report"), {"words": "单元门坏了", "where": "other", "elsewhere": f"e:{other.entrance_id}"})
    client.post(
        url(place, "report"), {"words": "屋顶漏", "where": "other", "elsewhere": f"b:{other.building_id}", "asked": "0"}
    )
    rows = (
        Matter.objects.filter(compound_id=place.compound.pk)
        .order_by("number")
        .values_list("building_id", "entrance_id")
    )
    assert list(rows) == [(other.building_id, other.entrance_id), (other.building_id, None)]


def test_report_without_words_keeps_everything_typed(place):
    data = {"words": "  ", "where": "own", "entrance": str(place.home.entrance_id), "spot": "单元门"}
    response = place.client(place.resident()).post(url(place, "report"), data)
    page = response.content.decode()
    assert response.status_code == 422
    assert "请先说说是什么事" in page
    assert re.search(r'value="own"[^>]*checked', page)
    assert re.search(r'value="单元门"[^>]*checked', page)
    assert not Matter.objects.filter(compound_id=place.compound.pk).exists()


def test_report_too_long_is_refused_with_its_words(place):
    words = "长" * 10_001
    response = place.client(place.resident()).post(url(place, "report"), {"words": words})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "最多写 10000 个字" in response.content.decode()


def test_report_twice_with_one_mark_is_one_matter(place):
    client = place.client(place.resident())
    data = {"words": "楼道灯不亮", "once": "018f0000-0000-7000-8000-000000000001", "asked": "0"}
    answers = [client.post(url(place, "report"), data) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 1


def test_report_with_a_broken_mark_is_taken(place):
    response = place.client(place.resident()).post(url(place, "report"), {"words": "楼道灯不亮", "once": "no-uuid"})
    assert response.status_code == 302


def test_report_shows_a_likely_duplicate_once_and_takes_the_second_submit(place):
    neighbour, me = place.resident(), place.resident(place.homes[1])
    known = place.matter(neighbour, "7栋1单元楼道灯不亮，晚上看不见")
    client, data = place.client(me), {"words": "楼道灯不亮好几天了", "where": "own"}
    asked = client.post(url(place, "report"), data)
    assert asked.status_code == 200
    assert "是不是这件事" in text(asked)
    assert "楼道灯不亮好几天了" in asked.content.decode()
    assert f'name="asked" value="{known.number}"' in asked.content.decode()
    assert client.post(url(place, "report"), {**data, "asked": known.number}).status_code == 302
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 2


def test_report_me_too_joins_and_keeps_the_words_as_a_note(place):
    known = place.matter(place.resident(), "7栋1单元楼道灯不亮")
    me = place.resident(place.homes[1])
    data = {"words": "楼道灯不亮好几天了", "where": "own", "me_too": known.number}
    response = place.client(me).post(url(place, "report"), data)
    assert response["Location"].startswith(url(place, "matter", known.number))
    known.refresh_from_db()
    assert (known.voices, Matter.objects.filter(compound_id=place.compound.pk).count()) == (2, 1)
    notes = AuditEntry.objects.filter(compound_id=place.compound.pk, subject_id=known.pk, act="note")
    assert list(notes.values_list("words", flat=True)) == ["楼道灯不亮好几天了"]


def test_report_me_too_to_a_secret_matter_is_not_found(place):
    secret = place.matter(place.resident(), "楼上的事", privacy="secret")
    response = place.client(place.resident(place.homes[1])).post(
        url(place, "report"), {"words": "我也是", "me_too": secret.number}
    )
    assert response.status_code == 404
    assert Follower.objects.filter(compound_id=place.compound.pk, matter=secret).count() == 1


def test_similar_says_nothing_of_secret_matters_homes_or_other_buildings(place):
    place.matter(place.resident(), "7栋1单元301电梯坏了，电话13900001111", privacy="secret")
    place.matter(place.resident(place.homes[-1]), "电梯坏了", spot=services.Spot(building=place.homes[-1].building))
    client = place.client(place.resident(place.homes[1]))
    answer = client.get(url(place, "similar"), {"words": "电梯坏了两天", "where": "own"})
    assert "是不是这件事" not in text(answer)
    place.matter(place.resident(), "7栋1单元301门口电梯坏了，电话13900001111")
    answer = client.get(url(place, "similar"), {"words": "电梯坏了两天", "where": "own"})
    assert "是不是这件事" in text(answer)
    assert "301" not in text(answer)
    assert "13900001111" not in text(answer)
    denied = client.get(url(place, "similar"), {"words": "电梯坏了两天", "where": "own", "denied": "3"})
    assert text(denied) == ""
    assert 'value="3"' in denied.content.decode()


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
    with assertNumQueries(9):
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


# ── acts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("act", ["note", "ask", "urge", "withdraw", "correct_category"])
def test_act_has_a_page_without_script(place, act):
    me = place.resident()
    m = place.matter(me)
    page = place.client(me).get(url(place, "act", m.number, act))
    assert page.status_code == 200
    assert f'action="{url(place, "act", m.number, act)}"' in page.content.decode()


def test_act_unknown_or_of_somebody_else_is_not_found(place):
    m = place.matter(place.resident())
    stranger = place.client(place.resident(place.homes[1]))
    assert stranger.get(url(place, "act", m.number, "urge")).status_code == 404
    assert stranger.post(url(place, "act", m.number, "urge")).status_code == 404
    assert place.client(place.resident()).get(url(place, "act", m.number, "burn")).status_code == 404


def test_act_that_is_no_longer_possible_leads_back_with_the_reason(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    response = place.client(me).get(url(place, "act", m.number, "withdraw"), follow=True)
    assert response.redirect_chain[0][0] == url(place, "matter", m.number)
    assert "这件事已经变了" in text(response)


def test_act_post_out_of_turn_changes_nothing_and_says_why(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    response = place.client(me).post(url(place, "act", m.number, "withdraw"), {"words": "不办了"})
    assert response.status_code == 422
    assert "这件事已经变了" in text(response)
    assert "不办了" in response.content.decode()
    m.refresh_from_db()
    assert m.state == "resolved"


def test_urge_twice_in_half_a_day_is_refused_with_the_words_kept(place):
    me = place.resident()
    m = place.matter(me)
    client = place.client(me)
    assert client.post(url(place, "act", m.number, "urge"), {"why": "不安全"}).status_code == 302
    again = client.post(url(place, "act", m.number, "urge"), {"words": "还是没人来"})
    assert again.status_code == 422
    assert "半天里已经催过了" in text(again)
    assert "还是没人来" in again.content.decode()
    m.refresh_from_db()
    assert m.urges == 1


def test_urged_matter_offers_a_note_and_says_when_to_urge_again(place):
    me = place.resident()
    m = place.matter(me)
    client = place.client(me)
    assert url(place, "act", m.number, "urge") in client.get(url(place, "matter", m.number)).content.decode()
    client.post(url(place, "act", m.number, "urge"), {"why": "不安全"})
    page = client.get(url(place, "matter", m.number))
    assert "您催过了，今天22:00起可以再催" in text(page)
    assert url(place, "act", m.number, "urge") not in page.content.decode()
    assert [row["act"] for row in page.context["foot"]] == ["note"]


def test_answer_page_shows_what_was_asked(place, desk):
    me = place.resident()
    m = place.matter(me)
    services.ask(by=desk, matter=m, words="家里下午有人吗？", at=makers.NOW)
    assert "家里下午有人吗？" in text(place.client(me).get(url(place, "act", m.number, "answer")))


def test_neighbours_words_are_a_neighbours_to_the_reporter(place):
    me, other = place.resident(), place.resident()
    m = place.matter(me)
    services.me_too(by=other, matter=m, at=makers.NOW)
    services.note(by=other, matter=m, words="我家也是", at=makers.NOW)
    lines = place.client(me).get(url(place, "matter", m.number)).context["lines"]
    assert {line.who for line in lines} == {"您", "邻居"}


def test_inbox_calls_a_matter_by_its_words_to_those_who_may_read_them(place, desk):
    me, other = place.resident(), place.resident()
    m = place.matter(me, "1栋1单元101马大姐半夜唱歌")
    services.me_too(by=other, matter=m, at=makers.NOW)
    services.note(by=desk, matter=m, words="下午来看", at=makers.NOW)
    inbox = reverse("notices:inbox", args=[place.slug])
    assert "101马大姐" in text(place.client(me).get(inbox))
    heard = text(place.client(other).get(inbox))
    assert "101" not in heard
    assert "马大姐半夜唱歌”下午来看" in heard


def test_note_without_words_or_photos_is_refused(place):
    me = place.resident()
    m = place.matter(me)
    response = place.client(me).post(url(place, "act", m.number, "note"), {"words": " "})
    assert response.status_code == 422
    assert "请写几个字，或者拍一张照片" in text(response)


def test_note_twice_with_one_mark_is_one_note(place):
    me = place.resident()
    m = place.matter(me)
    for _ in range(2):
        place.client(me).post(
            url(place, "act", m.number, "note"), {"words": "灯罩也裂了", "once": "018f0000-0000-7000-8000-000000000002"}
        )
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, subject_id=m.pk, act="note").count() == 1


def test_confirm_closes_and_the_matter_asks_how_it_was(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    client = place.client(me)
    page = client.post(url(place, "act", m.number, "confirm"), follow=True)
    m.refresh_from_db()
    assert (m.state, m.outcome) == ("closed", "fixed")
    assert "您说修好了" in text(page)
    client.post(url(place, "act", m.number, "rate"), {"rating": "basically"})
    m.refresh_from_db()
    assert m.rating == "basically"


def test_confirm_by_a_neighbour_is_refused(place, desk, engineer):
    reporter, neighbour = place.resident(), place.resident(place.homes[1])
    m = place.matter(reporter)
    services.me_too(by=neighbour, matter=m, at=makers.NOW)
    response = place.client(neighbour).post(url(place, "act", m.number, "confirm"))
    assert response.status_code == 422
    m.refresh_from_db()
    assert m.state == "submitted"


def test_after_fifteen_days_the_page_offers_a_new_report_instead(place, desk, engineer):
    reporter = place.resident()
    m = makers.in_progress(place, reporter, desk, engineer)
    m = services.resolve(by=engineer, matter=m, words="好了", evidence=True, at=makers.NOW)
    services.confirm(by=reporter, matter=m, at=makers.NOW)
    for later, again in ((timedelta(days=14), True), (timedelta(days=16), False)):
        with time_machine.travel(makers.NOW + later, tick=False):
            page = place.client(reporter).get(url(place, "matter", m.number)).content.decode()
        assert (url(place, "act", m.number, "reopen") in page) == again
        assert ("又有问题，再说一件" in page) != again


def test_reopen_needs_a_reason_and_goes_back_to_the_desk(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    client = place.client(me)
    assert client.post(url(place, "act", m.number, "reopen"), {"reason": " "}).status_code == 422
    client.post(url(place, "act", m.number, "reopen"), {"why": "修了又坏", "reason": "一小时就灭了"})
    m.refresh_from_db()
    assert (m.state, m.turn, m.reopens) == ("reopened", "property", 1)
    assert "修了又坏，一小时就灭了" in text(client.get(url(place, "matter", m.number)))


def test_withdraw_of_a_hazard_is_refused(place):
    me = place.resident()
    m = place.matter(me, "外墙皮要掉下来", hazard=True)
    response = place.client(me).post(url(place, "act", m.number, "withdraw"))
    assert response.status_code == 422
    assert "不能撤回" in text(response)


def test_correct_category_reaches_the_desk(place):
    me = place.resident()
    m = place.matter(me)
    place.client(me).post(url(place, "act", m.number, "correct_category"), {"category": "0205"})
    m.refresh_from_db()
    assert m.category == "0205"


def test_unfollow_leads_home_when_the_matter_is_no_longer_ones_own(place):
    reporter, neighbour = place.resident(), place.resident(place.homes[1])
    m = place.matter(reporter)
    services.me_too(by=neighbour, matter=m, at=makers.NOW)
    response = place.client(neighbour).post(url(place, "act", m.number, "unfollow"))
    assert response["Location"] == url(place, "home")


def test_act_next_stays_on_this_site(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    response = place.client(me).post(url(place, "act", m.number, "confirm"), {"next": "https://evil.example/"})
    assert response["Location"] == url(place, "matter", m.number)


# ── merged ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def merged(place, desk):
    first, second = place.resident(), place.resident(place.homes[1])
    main, other = place.matter(first, "7栋1单元301楼道灯不亮"), place.matter(second, "楼道没有灯")
    other = services.merge(by=desk, matter=other, target=main, at=makers.NOW)
    main.refresh_from_db()
    return main, other, first, second


def test_merged_number_opens_and_points_to_the_main_one(place, merged):
    main, other, _first, second = merged
    response = place.client(second).get(url(place, "matter", other.number))
    assert f"并到第{main.label}号一起办" in text(response)
    assert f'href="{url(place, "matter", main.number)}"' in response.content.decode()


def test_merged_pointer_is_safe_without_rights_on_the_main_one(place, merged):
    main, other, _first, second = merged
    services.unfollow(by=second, matter=main, at=makers.NOW)
    client = place.client(second)
    assert client.get(url(place, "matter", main.number)).status_code == 404
    response = client.get(url(place, "matter", other.number))
    assert f"并到第{main.label}号一起办" in text(response)
    assert "轮到物业" in text(response)
    assert "301" not in text(response)
    assert url(place, "matter", main.number) not in response.content.decode()


def test_merged_number_forwards_later_words(place, merged):
    main, other, _first, second = merged
    place.client(second).post(url(place, "act", other.number, "note"), {"words": "今晚还是黑的"})
    assert AuditEntry.objects.filter(
        compound_id=place.compound.pk, subject_id=main.pk, act="note", words="今晚还是黑的"
    ).exists()


def test_merged_both_reporters_find_it_in_their_list(place, merged):
    main, _other, first, second = merged
    for who in (first, second):
        assert url(place, "matter", main.number) in place.client(who).get(url(place, "mine")).content.decode()


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


# ── photos ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def photo(name="a.jpg", colour="red"):
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def test_report_with_photos_shows_them_to_the_reporter_alone(place):
    me, stranger = place.resident(), place.resident(place.homes[1])
    place.client(me).post(url(place, "report"), {"words": "漏水", "photos": [photo(), photo("b.jpg", "blue")]})
    m = Matter.objects.get(compound_id=place.compound.pk)
    rows = list(Attachment.objects.filter(compound_id=place.compound.pk, matter=m))
    assert len(rows) == 2
    address = url(place, "file", rows[0].pk, "thumb")
    client = place.client(me)
    assert address in client.get(url(place, "matter", m.number)).content.decode()
    answer = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in answer["Cache-Control"]
    assert "private" in answer["Cache-Control"]
    assert answer.content[:2] == b"\xff\xd8"
    part = client.get(address, headers={"Range": "bytes=0-1"})
    assert (part.status_code, part.content, part["Content-Range"][:10]) == (206, b"\xff\xd8", "bytes 0-1/")
    assert client.get(url(place, "file", rows[0].pk, "sealed")).status_code == 404
    assert place.client(stranger).get(address).status_code == 404
    assert place.client().get(address).status_code == 302


def test_report_with_what_is_no_photo_is_refused_and_nothing_is_raised(place):
    from django.core.files.uploadedfile import SimpleUploadedFile

    bad = SimpleUploadedFile("a.jpg", b"MZ not a picture", "image/jpeg")
    response = place.client(place.resident()).post(url(place, "report"), {"words": "漏水", "photos": [bad]})
    assert response.status_code == 422
    assert "漏水" in response.content.decode()
    assert not Matter.objects.filter(compound_id=place.compound.pk).exists()


def test_report_with_ten_photos_is_refused_in_words(place):
    files = [photo(f"{i}.jpg") for i in range(10)]
    response = place.client(place.resident()).post(url(place, "report"), {"words": "漏水", "photos": files})
    assert response.status_code == 422
    assert "最多 9 张" in response.content.decode()


def test_note_with_a_photo_joins_its_line(place):
    me = place.resident()
    m = place.matter(me)
    place.client(me).post(url(place, "act", m.number, "note"), {"words": "又大了", "photos": [photo()]})
    row = Attachment.objects.get(compound_id=place.compound.pk, matter=m)
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, subject_id=m.pk, act="note")
    assert (row.entry_id, row.phase) == (entry.pk, "before")


def test_print_has_whole_dates_and_no_today(place, desk, engineer):
    me = place.resident()
    m = makers.in_progress(place, me, desk, engineer)
    page = place.client(me).get(url(place, "print", m.number))
    assert page.status_code == 200
    assert "答应的时间：2026年3月27日17:30" in text(page)
    assert "3月24日10:00" in text(page)
    assert "今天" not in text(page).replace("今天下午来", "")


@pytest.mark.parametrize(
    ("container", "codec", "name"),
    [("webm", "libopus", "voice"), ("ogg", "libopus", "voice"), ("ipod", "aac", "voice"), ("mp4", "aac", "voice.m4a")],
)
def test_a_recording_of_any_browser_comes_with_the_report(place, settings, tmp_path, container, codec, name):
    settings.MEDIA_ROOT = tmp_path
    me = place.resident()
    voice = SimpleUploadedFile(name, recorded(container, codec, 48_000))
    place.client(me).post(url(place, "report"), {"words": "楼道里有怪声音", "voice": voice})
    row = Attachment.objects.get(compound_id=place.compound.pk)
    assert (row.kind, row.seconds, row.phase) == ("voice", 2, "before")


def test_a_recording_over_a_minute_is_refused_and_the_words_stay(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    voice = SimpleUploadedFile("voice.webm", recorded("webm", "libopus", 48_000, seconds=62))
    answer = place.client(place.resident()).post(url(place, "report"), {"words": "怪声音", "voice": voice})
    assert (answer.status_code, Matter.objects.count()) == (422, 0)
    assert "录音超过60秒" in text(answer) and "怪声音" in answer.content.decode()


def test_print_carries_the_address_for_a_camera(place):
    me = place.resident()
    m = place.matter(me)
    page = place.client(me).get(url(place, "print", m.number)).content.decode()
    modules = re.search(r'<path[^>]* d="([^"]+)"', page)[1]
    expected = segno.make(f"http://testserver{url(place, 'matter', m.number)}", error="m", micro=False)
    assert modules in expected.svg_inline(border=0)
    assert "style=" not in page
