"""Saying something: words, a place, photos, a recording; what was said already."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.matters import services
from linli.matters.models import Attachment, Follower, Matter
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.test_images import recorded

from .residents import photo, text, url

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


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
    [("home", "7栋1单元301", True), ("ground", "绿地", False), ("-", "", False)],
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


def test_report_asks_where_once_nothing_is_chosen_and_keeps_the_words(place):
    browser = place.client(place.resident())
    asked = browser.post(url(place, "report"), {"words": "楼道灯不亮", "where": ""})
    assert asked.status_code == 422
    assert "请点一下在哪里；说不清就点“说不清”" in text(asked)
    assert "楼道灯不亮" in asked.content.decode()
    assert browser.post(url(place, "report"), {"words": "楼道灯不亮", "where": "-"}).status_code == 302


def test_report_too_long_is_refused_with_its_words(place):
    words = "长" * 10_001
    response = place.client(place.resident()).post(url(place, "report"), {"words": words, "where": "-"})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert "最多写 10000 个字" in response.content.decode()


def test_report_twice_with_one_mark_is_one_matter(place):
    client = place.client(place.resident())
    data = {"words": "楼道灯不亮", "where": "-", "once": "018f0000-0000-7000-8000-000000000001", "asked": "0"}
    answers = [client.post(url(place, "report"), data) for _ in range(2)]
    assert [a.status_code for a in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 1


def test_report_with_a_broken_mark_is_taken(place):
    response = place.client(place.resident()).post(
        url(place, "report"), {"words": "楼道灯不亮", "where": "-", "once": "no-uuid"}
    )
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


def test_report_with_photos_shows_them_to_the_reporter_alone(place):
    me, stranger = place.resident(), place.resident(place.homes[1])
    place.client(me).post(
        url(place, "report"), {"words": "漏水", "where": "-", "photos": [photo(), photo("b.jpg", "blue")]}
    )
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
    response = place.client(place.resident()).post(
        url(place, "report"), {"words": "漏水", "where": "-", "photos": [bad]}
    )
    assert response.status_code == 422
    assert "漏水" in response.content.decode()
    assert not Matter.objects.filter(compound_id=place.compound.pk).exists()


def test_report_with_ten_photos_is_refused_in_words(place):
    files = [photo(f"{i}.jpg") for i in range(10)]
    response = place.client(place.resident()).post(
        url(place, "report"), {"words": "漏水", "where": "-", "photos": files}
    )
    assert response.status_code == 422
    assert "最多 9 张" in response.content.decode()


@pytest.mark.parametrize(
    ("container", "codec", "name"),
    [("webm", "libopus", "voice"), ("ogg", "libopus", "voice"), ("ipod", "aac", "voice"), ("mp4", "aac", "voice.m4a")],
)
def test_a_recording_of_any_browser_comes_with_the_report(place, settings, tmp_path, container, codec, name):
    settings.MEDIA_ROOT = tmp_path
    me = place.resident()
    voice = SimpleUploadedFile(name, recorded(container, codec, 48_000))
    place.client(me).post(url(place, "report"), {"words": "楼道里有怪声音", "where": "-", "voice": voice})
    row = Attachment.objects.get(compound_id=place.compound.pk)
    assert (row.kind, row.seconds, row.phase) == ("voice", 2, "before")


def test_a_recording_over_a_minute_is_refused_and_the_words_stay(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    voice = SimpleUploadedFile("voice.webm", recorded("webm", "libopus", 48_000, seconds=62))
    answer = place.client(place.resident()).post(
        url(place, "report"), {"words": "怪声音", "where": "-", "voice": voice}
    )
    assert (answer.status_code, Matter.objects.count()) == (422, 0)
    assert "录音超过60秒" in text(answer) and "怪声音" in answer.content.decode()
