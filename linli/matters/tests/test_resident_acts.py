"""What a resident does with a matter, and with one that was joined to another."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from linli.matters import services
from linli.matters.models import Attachment, Clock
from linli.matters.queries.voices import to_hear
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from . import makers
from .residents import photo, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


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


def test_an_urge_and_a_note_reach_the_desk_and_the_head_where_posts_have_terms(place):
    me, desk, manager = place.resident(), place.post(Role.FRONT_DESK), place.post(Role.PROPERTY_MANAGER)
    ended = place.post(Role.ENGINEER)
    m = place.matter(me)
    m = services.triage(by=desk, matter=m, category="0101", level="compound", urgency="normal", at=makers.NOW)
    m = services.dispatch(by=desk, matter=m, body=place.property, at=makers.NOW)
    Post.objects.update(to_day=date(2027, 12, 31))
    Post.objects.filter(pk=ended.role_id).update(to_day=date(2026, 3, 1))
    for act, words in ((services.urge, ""), (services.note, "还在滴")):
        Message.objects.all().delete()
        act(by=me, matter=m, words=words, at=makers.NOW)
        told = set(Message.objects.values_list("account_id", flat=True))
        assert told == {desk.account_id, manager.account_id}


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


def test_nothing_stands_at_the_foot_while_the_reporter_is_asked_whether_it_is_mended(place):
    me = place.resident()
    m = place.matter(me)
    client = place.client(me)
    client.post(url(place, "act", m.number, "urge"), {"why": "不安全"})
    m.refresh_from_db()
    m.state = "resolved"
    m.save(update_fields=["state"])
    page = client.get(url(place, "matter", m.number))
    assert page.context["foot"] == []
    assert page.context["judge"]["confirm"]
    assert "note" in [row["act"] for row in page.context["rest"]]


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


def test_after_fifteen_days_the_page_offers_a_new_report_and_the_same_fault_goes_on_here(place, desk, engineer):
    reporter = place.resident()
    m = makers.in_progress(place, reporter, desk, engineer)
    m = services.resolve(by=engineer, matter=m, words="好了", evidence=True, at=makers.NOW)
    services.confirm(by=reporter, matter=m, at=makers.NOW)
    for later, again in ((timedelta(days=14), True), (timedelta(days=16), False)):
        with time_machine.travel(makers.NOW + later, tick=False):
            page = place.client(reporter).get(url(place, "matter", m.number)).content.decode()
        assert url(place, "act", m.number, "reopen") in page
        assert ("又有问题，再说一件" in page) != again
    with time_machine.travel(makers.NOW + timedelta(days=60), tick=False):
        client, act = place.client(reporter), url(place, "act", m.number, "reopen")
        no = client.post(act, {"reason": "又灭了"})
        assert (no.status_code, "是同样的毛病，请勾上" in no.content.decode()) == (422, True)
        assert client.post(act, {"reason": "又灭了", "same_fault": "on"}).status_code == 302
    m.refresh_from_db()
    assert (m.state, m.label) == ("reopened", "0001-2")


def test_reopen_needs_a_reason_and_goes_back_to_the_desk(place, desk, engineer):
    me = place.resident()
    m = makers.resolved(place, me, desk, engineer)
    client = place.client(me)
    assert client.post(url(place, "act", m.number, "reopen"), {"reason": " "}).status_code == 422
    client.post(url(place, "act", m.number, "reopen"), {"why": "修了又坏", "reason": "一小时就灭了"})
    m.refresh_from_db()
    assert (m.state, m.turn, m.reopens) == ("reopened", "property", 1)
    assert "修了又坏，一小时就灭了" in text(client.get(url(place, "matter", m.number)))


def test_a_question_reaches_the_reporter_alone(place, desk, engineer):
    me, too = place.resident(), place.resident(place.homes[1])
    m = makers.in_progress(place, me, desk, engineer)
    services.me_too(by=too, matter=m, at=makers.NOW)
    services.ask(by=engineer, matter=m, words="您哪天在家？", at=makers.NOW)
    asked = Message.objects.filter(kind="ask", subject_id=m.pk).values_list("account_id", "title")
    assert list(asked) == [(me.account_id, f"第 {m.label} 号有人问您")]
    services.ask(by=me, matter=m, words="几点来？", at=makers.NOW)
    back = Message.objects.filter(kind="ask", account_id=engineer.account_id).values_list("title", flat=True)
    assert list(back) == [f"第 {m.label} 号有人问"]


def test_who_takes_it_back_leaves_it_to_the_neighbours_who_raised_it_too(place, desk):
    me, too = (
        place.resident(name="甲", phone="13911110001"),
        place.resident(place.homes[1], name="乙", phone="13911110002"),
    )
    m = services.me_too(by=too, matter=place.matter(me), at=makers.NOW)
    browser, page = place.client(me), url(place, "matter", m.number)
    assert browser.post(url(place, "act", m.number, "withdraw"), {"words": "我家好了"}).status_code == 302
    m.refresh_from_db()
    assert (m.state, m.voices, m.closed_at) == ("submitted", 1, None)
    assert Clock.objects.filter(matter=m, done_at=None).exists()
    assert browser.get(page).status_code == 404 and place.client(too).get(page).status_code == 200
    assert "报告人退出了，别人还在等，接着办：我家好了" in place.client(desk).get(page).content.decode()
    assert to_hear(m).phone == "13911110002"
    services.me_too(by=me, matter=m, at=makers.NOW)
    m.refresh_from_db()
    assert m.voices == 2 and browser.get(page).status_code == 200


def test_a_question_reaches_who_it_was_left_to_and_they_answer(place, desk, engineer):
    me, too, third = (place.resident(place.homes[n], name=name) for n, name in enumerate("甲乙丙"))
    m = place.matter(me)
    for by in (too, third):
        services.me_too(by=by, matter=m, at=makers.NOW)
    services.withdraw(by=me, matter=m, at=makers.NOW)
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=makers.NOW)
    services.ask(by=desk, matter=m, words="您哪天在家？", at=makers.NOW)
    asked = Message.objects.filter(kind="ask", subject_id=m.pk).values_list("account_id", flat=True)
    assert list(asked) == [too.account_id]
    answering = url(place, "act", m.number, "answer")
    for by in (too, third):
        page = place.client(by).get(url(place, "matter", m.number)).content.decode()
        assert "您哪天在家？" in page and answering in page
    assert place.client(me).post(answering, {"words": "不在"}).status_code == 404
    assert place.client(too).post(answering, {"words": "周六"}).status_code == 302
    m.refresh_from_db()
    assert m.asked == ""
    assert Message.objects.filter(kind="answer", account_id=desk.account_id).exists()


def test_what_the_desk_asks_one_household_no_neighbour_reads_or_answers(place, desk):
    me, too = (place.resident(place.homes[n], name=name) for n, name in enumerate("甲乙"))
    m = place.matter(me)
    services.me_too(by=too, matter=m, at=makers.NOW)
    services.ask(by=desk, matter=m, words="您母亲刚出院，周六方便进门吗？", at=makers.NOW)
    page = url(place, "matter", m.number)
    assert "出院" in place.client(me).get(page).content.decode()
    assert "出院" not in place.client(too).get(page).content.decode()
    m.refresh_from_db()
    services.answer(by=me, matter=m, words="可以，门禁 1234", at=makers.NOW)
    assert "1234" not in place.client(too).get(page).content.decode()
    services.ask(by=desk, matter=m, words="您母亲周日也在吗？", at=makers.NOW)
    m.refresh_from_db()
    services.withdraw(by=me, matter=m, at=makers.NOW)
    assert "周日" not in place.client(too).get(page).content.decode()
    assert place.client(too).post(url(place, "act", m.number, "answer"), {"words": "在，直接进"}).status_code == 422
    m.refresh_from_db()
    assert m.asked == "" and "周日" in place.client(desk).get(page).content.decode()


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


def test_note_with_a_photo_joins_its_line(place):
    me = place.resident()
    m = place.matter(me)
    place.client(me).post(url(place, "act", m.number, "note"), {"words": "又大了", "photos": [photo()]})
    row = Attachment.objects.get(compound_id=place.compound.pk, matter=m)
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, subject_id=m.pk, act="note")
    assert (row.entry_id, row.phase) == (entry.pk, "before")
