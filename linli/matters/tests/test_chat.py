"""A message of the building's group: captured, acknowledged there, answered there (M4)."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from linli.matters import services
from linli.matters.models import ChatMessage, Matter
from linli.matters.services import together
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from . import makers
from .makers import NOW
from .residents import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def heard(place, by, words="三楼灯坏了，找我 13812345678"):
    said = together.Heard("7栋业主群", NOW - timedelta(minutes=19), words)
    return together.record_for(
        by=by, compound=place.compound, words=said.words, source="chat_group", heard=said, at=NOW
    )


def url(place, m, act=""):
    return reverse(f"matters:{'act' if act else 'matter'}", args=[place.slug, m.number, *([act] if act else [])])


def test_the_group_hears_back_and_how_soon_is_kept(place):
    clerk = place.post(Role.COMMUNITY_WORKER)
    m = heard(place, clerk)
    browser = place.client(clerk)
    assert url(place, m, "chat_acknowledge") in browser.get(url(place, m)).content.decode()
    page = browser.get(url(place, m, "chat_acknowledge")).content.decode()
    assert "三楼灯坏了" in page and m.label in page and "13812345678" not in page
    for _twice in range(2):
        browser.post(url(place, m, "chat_acknowledge"))
    row = ChatMessage.objects.get(compound=place.compound)
    assert (row.group, row.said_at, row.acknowledged_at) == ("7栋业主群", NOW - timedelta(minutes=19), NOW)
    assert AuditEntry.objects.filter(subject_id=m.pk, act="chat_acknowledge", internal=True).count() == 1
    assert "隔了19分钟" in text(browser.get(url(place, m)))
    assert browser.post(url(place, m, "chat_answer")).status_code == 422
    services.decline(by=clerk, matter=m, reason="no_content", at=NOW)
    assert browser.post(url(place, m, "chat_answer")).status_code == 302
    row.refresh_from_db()
    assert row.answered_at == NOW


def pasted(place, m, act="chat_answer", by=None):
    page = place.client(by or place.post(Role.COMMUNITY_WORKER)).get(url(place, m, act))
    return re.search(r"<textarea[^>]*>(.*?)</textarea>", page.content.decode(), re.S)[1].strip()


def test_what_is_pasted_names_nobody_and_says_what_became_of_it(place):
    clerk, engineer = place.post(Role.COMMUNITY_WORKER), place.post(Role.ENGINEER)
    place.resident(place.homes[1], name="王建国")
    declined, merged, done = (heard(place, clerk, words) for words in ("王建国家漏水", "三楼灯坏了", "门口积水"))
    assert "王建国" not in pasted(place, declined, "chat_acknowledge")
    services.decline(by=clerk, matter=declined, reason="no_content", at=NOW)
    assert pasted(place, declined) == f"第 {declined.label} 号“某人家漏水”没有受理：没有说清是什么事。"
    services.triage(by=clerk, matter=done, category="0101", level="building", urgency="normal", at=NOW)
    services.merge(by=clerk, matter=merged, target=done, at=NOW)
    assert pasted(place, merged).endswith(f"和第 {done.label} 号是同一件事，一起办。")
    body, post = Organisation.objects.get(pk=engineer.body_id), Post.objects.get(pk=engineer.role_id)
    services.dispatch(by=clerk, matter=done, body=body, post=post, at=NOW)
    services.take(by=engineer, matter=done, words="就来", at=NOW)
    services.resolve(by=engineer, matter=done, words="王建国帮着疏通了", evidence=True, at=NOW)
    assert pasted(place, done) == f"第 {done.label} 号“门口积水”办好了：某人帮着疏通了"


@pytest.mark.parametrize("kept", [{"privacy": "secret"}, {"caller_secret": True}, {"category": "0801"}])
def test_what_is_not_public_is_not_said_in_the_group(place, kept):
    clerk = place.post(Role.COMMUNITY_SECRETARY)
    m = heard(place, clerk)
    Matter.objects.filter(pk=m.pk, compound=place.compound).update(state="declined", open=False, **kept)
    browser = place.client(clerk)
    page = browser.get(url(place, m)).content.decode()
    for act in ("chat_acknowledge", "chat_answer"):
        assert url(place, m, act) not in page
        assert browser.get(url(place, m, act)).status_code == 302
        refused = browser.post(url(place, m, act))
        assert refused.status_code == 422 and "<textarea" not in refused.content.decode()
    row = ChatMessage.objects.get(compound=place.compound)
    assert (row.acknowledged_at, row.answered_at) == (None, None)


def test_nobody_else_says_so_and_the_group_is_not_shown_to_residents(place):
    m = heard(place, place.post(Role.FRONT_DESK))
    for by in (place.post(Role.GUARD), place.post(Role.BUILDING_CAPTAIN)):
        assert place.client(by).post(url(place, m, "chat_acknowledge")).status_code == 422
    assert place.client(place.resident()).post(url(place, m, "chat_acknowledge")).status_code == 404
    other = makers.compound("elsewhere")
    assert other.client(other.post(Role.COMMUNITY_WORKER)).post(url(place, m, "chat_acknowledge")).status_code == 404
    assert ChatMessage.objects.get(compound=place.compound).acknowledged_at is None
    plain = place.matter(place.resident())
    assert (
        place.client(place.post(Role.COMMUNITY_WORKER)).post(url(place, plain, "chat_acknowledge")).status_code == 422
    )
