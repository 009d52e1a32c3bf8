from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Attachment, Matter
from linli.matters.services import attach, photos
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.test_images import exif, opened, saved, tone, two_halves

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def matter(place, owner) -> Matter:
    return place.matter(owner)


def picture(colour: int = 0, name: str = "photo.jpg", **kw) -> SimpleUploadedFile:
    image = two_halves()
    image.paste((colour * 8, 90, 90), (40, 40, 80, 80))
    return SimpleUploadedFile(name, saved(image, exif=exif(6), **kw), "image/jpeg")


def text(name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "不是照片".encode(), "image/jpeg")


def add(matter, by, *files, phase="before", at=NOW, **kw) -> list[Attachment]:
    return attach(by=by, matter=matter, files=list(files), phase=phase, at=at, **kw)


def refused(matter, by, *files, **kw) -> str:
    with pytest.raises(Refused) as caught:
        add(matter, by, *files, **kw)
    assert caught.value.field == "photos"
    return str(caught.value)


def files_in(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file()]


def test_attach_keeps_small_thumb_and_sealed_original(matter, owner, folder):
    original = picture()
    (row,) = add(matter, owner, original)
    row.refresh_from_db()
    assert (row.kind, row.phase, row.width, row.height, row.added_by) == ("photo", "before", 200, 400, owner.account_id)
    assert opened(vault.path(row.small).read_bytes()).size == (200, 400)
    assert opened(vault.path(row.thumb).read_bytes()).size == (320, 320)
    original.seek(0)
    assert vault.open_sealed(row.sealed) == original.read()
    assert len(files_in(folder)) == 3
    assert all(p.is_relative_to(folder / matter.compound_id.hex) for p in files_in(folder))


def test_attach_belongs_to_the_act_done_at_that_moment(matter, owner):
    (row,) = add(matter, owner, picture())
    assert row.entry_id == AuditEntry.objects.get(compound_id=matter.compound_id, act="raise").pk


def test_attach_at_another_time_is_a_note_of_its_own(matter, owner):
    (row,) = add(matter, owner, picture(), at=NOW + timedelta(hours=1))
    entry = AuditEntry.objects.get(compound_id=matter.compound_id, pk=row.entry_id)
    assert (entry.act, entry.words, entry.internal) == ("note", "补充了照片", False)


def test_attach_internal_stays_internal_and_covers_nothing(matter, desk):
    (row,) = add(matter, desk, picture(), at=NOW + timedelta(hours=1), internal=True)
    assert row.internal
    assert AuditEntry.objects.get(compound_id=matter.compound_id, pk=row.entry_id).internal
    assert matter.photo_before == ""


def test_attach_names_each_bad_file_and_keeps_none(matter, owner, folder):
    heavy = SimpleUploadedFile("big.jpg", b"\xff\xd8\xff" + b"\x00" * (12 * 1024 * 1024 - 3))
    sentence = refused(matter, owner, picture(), text(), picture(1), heavy)
    assert sentence == "第 2 张：这个文件不是照片，是文字文件；第 4 张：照片有 12 MB，最多 10 MB"
    assert not Attachment.objects.filter(compound_id=matter.compound_id).exists()
    assert files_in(folder) == []


def test_attach_takes_nine_photos_and_no_tenth(matter, owner):
    assert refused(matter, owner, *[picture(n) for n in range(10)]) == "一次最多 9 张照片，现在有 10 张"
    assert len(add(matter, owner, *[picture(n) for n in range(9)])) == 9


def test_attach_keeps_thirty_photos_on_a_matter(matter, owner):
    for start in (0, 9, 18):
        add(matter, owner, *[picture(n) for n in range(start, start + 9)])
    assert refused(matter, owner, *[picture(n) for n in range(27, 31)]) == "一件事最多 30 张照片，已经有 27 张"
    assert len(add(matter, owner, *[picture(n) for n in range(27, 30)])) == 3
    assert len(add(matter, owner, picture(0))) == 1, "one that is there already needs no room"


def test_attach_keeps_the_same_file_once(matter, owner, folder):
    first = add(matter, owner, picture(), picture(name="again.jpg"))
    assert len(first) == 1
    assert [a.pk for a in add(matter, owner, picture())] == [first[0].pk]
    assert Attachment.objects.filter(compound_id=matter.compound_id).count() == 1
    assert len(files_in(folder)) == 3


def test_attach_keeps_the_same_file_on_another_matter_too(place, matter, owner):
    other = place.matter(owner, "电梯异响")
    (first,), (second,) = add(matter, owner, picture()), add(other, owner, picture())
    assert first.pk != second.pk
    assert first.sealed == second.sealed
    assert first.small != second.small


def test_attach_sets_first_cover_before_and_latest_after(matter, owner, desk):
    first, _ = add(matter, owner, picture(0), picture(1))
    add(matter, owner, picture(2))
    assert matter.photo_before == first.thumb
    add(matter, desk, picture(3), phase="after")
    _, last = add(matter, desk, picture(4), picture(5), phase="after")
    matter.refresh_from_db()
    assert (matter.photo_before, matter.photo_after) == (first.thumb, last.thumb)
    assert vault.owner(matter.photo_after) == last.pk


def test_attach_refuses_the_photo_of_the_trouble_as_proof(matter, owner, desk):
    add(matter, owner, picture())
    assert refused(matter, desk, picture(), phase="after") == "第 1 张：和办之前的照片一样，请拍办好后的"
    assert matter.photo_after == ""


def test_attach_voice(matter, owner):
    photo, voice = add(matter, owner, picture(), SimpleUploadedFile("voice.wav", tone(3)))
    assert (voice.kind, voice.seconds, voice.thumb) == ("voice", 3, "")
    assert photos.read(voice, "small") == (vault.path(voice.small), "audio/mp4")
    assert matter.photo_before == photo.thumb


def test_attach_refuses_two_voices_and_a_long_one(matter, owner):
    two = [SimpleUploadedFile("a.wav", tone(1)), SimpleUploadedFile("b.wav", tone(2))]
    assert refused(matter, owner, *two) == "一次最多一段录音"
    long = SimpleUploadedFile("long.wav", tone(61.5, 8000))
    assert (
        refused(matter, owner, long, text())
        == "录音：录音超过 60 秒，请说短一些；第 1 张：这个文件不是照片，是文字文件"
    )


def test_attach_takes_what_was_made_ready_before(matter, owner):
    found = photos.ready([picture(), SimpleUploadedFile("voice.wav", tone(1))])
    assert [a.kind for a in attach(by=owner, matter=matter, files=found, phase="before", at=NOW)] == ["photo", "voice"]
    assert attach(by=owner, matter=matter, files=[], phase="before", at=NOW) == []


@pytest.mark.django_db(transaction=True)
def test_rollback_leaves_only_files_that_nobody_knows(matter, owner, folder):
    with pytest.raises(RuntimeError), transaction.atomic():
        add(matter, owner, picture())
        raise RuntimeError
    assert not Attachment.objects.filter(compound_id=matter.compound_id).exists()
    assert len(add(matter, owner, picture())) == 1, "what lies there does not disturb the next try"


def test_hide_covers_the_photo_and_keeps_the_original(matter, owner):
    first, second = add(matter, owner, picture(0), picture(1))
    hidden = photos.hide(by=owner, attachment=first, reason="拍到了车牌", at=NOW + timedelta(minutes=5))
    assert hidden.hidden_at == NOW + timedelta(minutes=5)
    with pytest.raises(Refused, match="遮住"):
        photos.read(hidden, "small")
    assert vault.open_sealed(hidden.sealed)
    matter.refresh_from_db()
    assert matter.photo_before == second.thumb
    entry = AuditEntry.objects.get(compound_id=matter.compound_id, act="hide_photo")
    assert (entry.words, entry.data["attachment"]) == ("拍到了车牌", str(first.pk))
    photos.hide(by=owner, attachment=second, reason="也拍到了", at=NOW + timedelta(minutes=6))
    matter.refresh_from_db()
    assert matter.photo_before == ""


def test_reporter_covers_a_photo_on_the_page_and_the_desk_looks_at_what_lies_sealed(place, matter, owner, desk):
    first, second = add(matter, owner, picture(0), picture(1))
    there = reverse("matters:act", args=[place.slug, matter.number, "hide_photo"])
    browser = place.client(owner)
    assert there in browser.get(reverse("matters:matter", args=[place.slug, matter.number])).content.decode()
    for given in ({}, {"photo": first.pk}, {"photo": matter.pk, "reason": "车牌"}):
        assert browser.post(there, given).status_code == 422
    assert browser.post(there, {"photo": first.pk, "reason": "拍到了车牌"}).status_code == 302
    assert browser.get(reverse("matters:file", args=[place.slug, first.pk, "small"])).status_code == 404
    assert browser.get(reverse("matters:file", args=[place.slug, second.pk, "small"])).status_code == 200
    sealed = reverse("matters:photo-original", args=[place.slug, matter.number, first.pk])
    for by in (owner, place.post(Role.GUARD)):
        assert place.client(by).get(sealed).status_code == 404
        assert place.client(by).post(sealed, {"reason": "看看"}).status_code == 404
    desk_browser = place.client(desk)
    page = desk_browser.get(there).content.decode()
    assert "已遮住" in page and sealed in page and sealed not in browser.get(there).content.decode()
    assert desk_browser.post(sealed, {"reason": " "}).status_code == 422
    shown = desk_browser.post(sealed, {"reason": "核对车牌"})
    assert shown.content == vault.open_sealed(first.sealed) and "no-store" in shown["Cache-Control"]
    assert AuditEntry.objects.filter(compound_id=matter.compound_id, act="unseal_photo", words="核对车牌").count() == 1
    other = makers.compound("elsewhere")
    assert other.client(other.post(Role.FRONT_DESK)).get(sealed).status_code == 404


def test_reporter_never_covers_the_proof_of_who_did_it(place, owner, desk):
    engineer = place.post(Role.ENGINEER)
    matter = makers.in_progress(place, owner, desk, engineer)
    services.resolve(by=engineer, matter=matter, words="换了灯", evidence=True, at=NOW)
    (proof,) = attach(by=engineer, matter=matter, files=[picture(3)], phase="after", at=NOW)
    there = reverse("matters:act", args=[place.slug, matter.number, "hide_photo"])
    browser = place.client(owner)
    page = browser.get(there).content.decode()
    assert str(proof.pk) not in page and "请打电话给前台" in page
    assert browser.post(there, {"photo": proof.pk, "reason": "不想看"}).status_code == 422
    with pytest.raises(Refused, match="不是您放上来的"):
        photos.hide(by=owner, attachment=proof, reason="不想看", at=NOW)
    matter.refresh_from_db()
    assert matter.photo_after == proof.thumb
    assert place.client(desk).post(there, {"photo": proof.pk, "reason": "拍到了车牌"}).status_code == 302


def test_hide_twice_is_one_entry(matter, owner):
    (row,) = add(matter, owner, picture())
    photos.hide(by=owner, attachment=row, reason="人脸", at=NOW)
    photos.hide(by=owner, attachment=row, reason="人脸", at=NOW)
    assert AuditEntry.objects.filter(compound_id=matter.compound_id, act="hide_photo").count() == 1


def test_hide_on_a_joined_matter_uncovers_the_main_one(place, matter, owner, desk):
    main = place.matter(place.resident(name="王大海"), "楼道灯坏了")
    (row,) = add(matter, owner, picture())
    services.merge(by=desk, matter=matter, target=main, at=NOW)
    main.refresh_from_db()
    assert main.photo_before == row.thumb
    photos.hide(by=desk, attachment=row, reason="车牌", at=NOW)
    main.refresh_from_db()
    assert main.photo_before == ""


@pytest.mark.parametrize(("who", "reason", "sentence"), [("stranger", "x", "不归您办"), ("owner", " ", "原因")])
def test_hide_is_refused(place, matter, owner, who, reason, sentence):
    (row,) = add(matter, owner, picture())
    by = owner if who == "owner" else place.resident(name="路人")
    with pytest.raises(Refused, match=sentence):
        photos.hide(by=by, attachment=row, reason=reason, at=NOW)


def test_hide_of_an_internal_photo_is_not_the_reporters(matter, owner, desk):
    (row,) = add(matter, desk, picture(), internal=True)
    with pytest.raises(Refused, match="不是您放上来的"):
        photos.hide(by=owner, attachment=row, reason="不想看", at=NOW)


def test_read_gives_path_and_type(matter, owner):
    (row,) = add(matter, owner, picture())
    assert photos.read(row, "small") == (vault.path(row.small), "image/jpeg")
    assert photos.read(row, "thumb") == (vault.path(row.thumb), "image/jpeg")


def test_unseal_original_is_the_desks_and_recorded(matter, owner, desk):
    original = picture()
    (row,) = add(matter, owner, original)
    original.seek(0)
    assert photos.unseal_original(by=desk, attachment=row, reason="核对车牌", at=NOW) == original.read()
    entry = AuditEntry.objects.get(compound_id=matter.compound_id, act="unseal_photo")
    assert (entry.words, entry.internal, entry.account_id) == ("核对车牌", True, desk.account_id)


def test_unseal_original_is_refused_without_the_desk_or_a_reason(place, matter, owner, desk):
    (row,) = add(matter, owner, picture())
    for by in (owner, place.post(Role.GUARD), makers.compound("other").post(Role.FRONT_DESK)):
        with pytest.raises(Refused, match="不归您办"):
            photos.unseal_original(by=by, attachment=row, reason="看看", at=NOW)
    with pytest.raises(Refused) as caught:
        photos.unseal_original(by=desk, attachment=row, reason=" ", at=NOW)
    assert caught.value.field == "reason"


def test_attach_of_a_large_photo_is_small(matter, owner):
    data = BytesIO()
    two_halves(4000, 3000).save(data, "PNG")
    (row,) = add(matter, owner, SimpleUploadedFile("x.png", data.getvalue()))
    assert (row.width, row.height) == (1600, 1200)


def test_attach_asks_the_same_number_of_questions_for_one_and_for_nine(
    matter, owner, django_assert_max_num_queries, django_assert_num_queries
):
    """Save for one insert each."""
    with django_assert_max_num_queries(9):
        add(matter, owner, picture(0))
    with django_assert_num_queries(5 + 3):
        add(matter, owner, *[picture(n) for n in range(1, 4)])
