"""Photos chosen once stay chosen while the form comes back."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from linli.matters.models import Attachment, Matter
from linli.matters.tests import makers
from linli.people.rules import Role
from linli.plumbing import vault

from .residents import photo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(makers.NOW, tick=False):
        yield tmp_path / "waiting"


@pytest.fixture
def browser(place):
    return place.client(place.post(Role.FRONT_DESK))


def chat(**more) -> dict:
    return {"once": str(uuid4()), "source": "chat_group", "words": "灯坏了", "group": "7栋群", "building": "", **more}


def marks(response) -> list[str]:
    return re.findall(r'name="kept" value="([0-9a-f]{32})"', response.content.decode())


def url(place, name):
    return reverse(f"matters:{name}", args=[place.slug])


def test_a_chat_message_keeps_its_photos_over_the_preview(place, browser, folder):
    data = chat()
    shown = browser.post(url(place, "record"), {**data, "photos": [photo("a.jpg"), photo("b.jpg", "black")]})
    kept = marks(shown)
    assert len(kept) == 2 and "选好的 2 个文件还在" in shown.content.decode()
    browser.post(url(place, "record"), {**data, "seen": 1, "kept": kept})
    assert Attachment.objects.filter(matter=Matter.objects.get()).count() == 2
    assert list(folder.iterdir()) == []


def test_looking_somebody_up_keeps_them_and_more_come_to_them(place, browser):
    data = chat(source="front_desk")
    kept = marks(browser.post(url(place, "record"), {**data, "find": 1, "photos": [photo("a.jpg")]}))
    more = {**data, "words": "", "kept": kept, "photos": [photo("b.jpg", "black")]}
    again = browser.post(url(place, "record"), more)
    assert (again.status_code, len(marks(again))) == (422, 2)
    browser.post(url(place, "record"), {**data, "kept": marks(again)})
    assert Attachment.objects.count() == 2


def test_they_can_be_dropped(place, browser):
    data = chat(source="front_desk")
    kept = marks(browser.post(url(place, "record"), {**data, "find": 1, "photos": [photo("a.jpg")]}))
    browser.post(url(place, "record"), {**data, "kept": kept, "kept_drop": "1"})
    assert Matter.objects.count() == 1 and not Attachment.objects.exists()


def test_nobody_else_opens_them(place, browser, folder):
    kept = marks(browser.post(url(place, "record"), {**chat(), "photos": [photo("a.jpg")]}))
    other = place.client(place.post(Role.COMMUNITY_WORKER))
    other.post(url(place, "record"), chat(source="front_desk", kept=[*kept, "../../x", "0" * 32]))
    assert Matter.objects.count() == 1 and not Attachment.objects.exists()
    assert len(list(folder.iterdir())) == 1


def test_a_bad_file_is_not_kept(place, browser):
    bad = photo("a.jpg")
    bad.file.truncate(40)
    refused = browser.post(url(place, "record"), {**chat(source="front_desk"), "photos": [bad]})
    assert (refused.status_code, marks(refused)) == (422, [])


def test_a_refused_report_keeps_them(place):
    browser = place.client(place.resident())
    data = {"once": str(uuid4()), "words": "", "photos": [photo("a.jpg")]}
    refused = browser.post(url(place, "report"), data)
    assert (refused.status_code, len(marks(refused))) == (422, 1)
    browser.post(
        url(place, "report"), {"once": data["once"], "words": "楼道灯坏了", "where": "-", "kept": marks(refused)}
    )
    assert Attachment.objects.filter(matter=Matter.objects.get()).count() == 1


def test_what_was_left_lying_goes_after_some_hours(place, browser, folder):
    browser.post(url(place, "record"), {**chat(), "photos": [photo("a.jpg")]})
    with time_machine.travel(0):
        now = timezone.datetime.fromtimestamp(next(folder.iterdir()).stat().st_mtime, tz=makers.SHANGHAI)
    assert vault.sweep_waiting(now + timedelta(hours=5)) == 0
    assert vault.sweep_waiting(now + timedelta(hours=7)) == 1
    assert list(folder.iterdir()) == []
