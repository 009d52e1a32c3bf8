"""A message of the building's group: captured, acknowledged there, answered there (M4)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from linli.matters import services
from linli.matters.models import ChatMessage
from linli.matters.services import together
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from . import makers
from .makers import NOW
from .residents import text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def heard(place, by):
    said = together.Heard("7栋业主群", NOW - timedelta(minutes=19), "三楼灯坏了，找我 13812345678")
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
