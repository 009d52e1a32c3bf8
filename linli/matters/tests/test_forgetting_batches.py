"""Years after a batch case was closed its counts are left, and no home of it (domain §6.4)."""

import json
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.matters import tasks
from linli.matters.models import Batch, BatchHome, BatchImport, BatchMove, BatchVisit
from linli.matters.queries.batches import counting
from linli.matters.queries.due import due_batches
from linli.matters.rules.batches import Step
from linli.matters.services import batches, forgetting
from linli.notices.models import Message
from linli.people.models import Person
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from .batching import NOW, opened, rows, taken
from .crew import picture
from .test_forgetting import YEARS
from .test_forgetting_around import sealed_and_checked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("_at_ten")]
SECRETS = ("赵秀兰", "13800002222", "湘001", "HT-1", "吴海", "7栋1单元301")


@pytest.fixture
def closed(place, chair, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    Person.objects.create(compound=place.compound, name="赵秀兰", phone="13800002222")
    batch = opened(place, chair, words="赵秀兰家先办")
    taken(batch, chair)
    home = rows(batch)["7栋2单元301"].home_id
    batches.take_step(
        by=chair, batch=batch, homes=[home], step=Step.BLOCK, reason="land", words="赵秀兰的合同丢了", at=NOW
    )
    batches.log_visit(
        by=chair, batch=batch, day=date(2026, 3, 20), agency="税务局", persons="吴海、赵秀兰", result="7栋1单元301 先办契税",
        documents="赵秀兰的合同", files=[SimpleUploadedFile("a.jpg", picture().read(), "image/jpeg")], at=NOW,
    )  # fmt: skip
    return batches.close_batch(by=chair, batch=batch, words="四户都办好了", at=NOW)


def said(compound, batch) -> str:
    here = {"compound": compound}
    log = AuditEntry.objects.filter(**here, subject_id=batch.pk).values_list("words", "data")
    told = Message.objects.filter(**here, subject_id=batch.pk).values_list("title", "body", "phone")
    went = BatchVisit.objects.filter(**here).values_list("persons", "result", "next_step", "documents", "said")
    case = Batch.objects.filter(**here).values_list("title", "words", "closed_words")
    return json.dumps([*map(list, (*log, *told, *went, *case))], ensure_ascii=False)


def test_counts_ways_and_acts_stay_and_homes_go(place, chair, closed):
    here = {"compound": place.compound}
    before, photo = counting.counts(closed), BatchVisit.objects.get(**here).papers[0]
    acts = list(AuditEntry.objects.filter(**here, subject_id=closed.pk).order_by("pk").values_list("act", flat=True))
    assert sealed_and_checked(place.compound) == []
    assert "赵秀兰" in said(place.compound, closed) and vault.path(photo).exists()
    assert tasks.forget_people(NOW.replace(year=2031)) == 0
    assert [tasks.forget_people(YEARS) for _ in range(2)] == [1, 0]
    assert not any(table.objects.filter(**here).exists() for table in (BatchHome, BatchMove, BatchImport))
    assert not any(secret in said(place.compound, closed) for secret in SECRETS)
    visit = BatchVisit.objects.get(**here)
    assert (visit.agency, visit.day, visit.persons, visit.papers) == ("税务局", date(2026, 3, 20), "", [])
    assert "先办契税" in visit.result and not vault.path(photo).exists()
    assert counting.counts(closed) == before and before.homes == 4 and before.certified == 1
    log = AuditEntry.objects.filter(**here, subject_id=closed.pk).exclude(act__in=("forget", "erase"))
    assert list(log.order_by("pk").values_list("act", flat=True)) == acts and chair.account_id in log.values_list(
        "account_id", flat=True
    )
    assert sealed_and_checked(place.compound) == []


def test_its_pages_still_open(place, chair, closed):
    assert tasks.forget_people(YEARS) == 1
    browser, here = place.client(chair), f"/c/{place.slug}/batches/{closed.number}/"
    for page in ("", "desk/", "table/", "visits/", "imports/", "settings/"):
        shown = browser.get(here + page)
        assert shown.status_code == 200, page
        # The table of a building draws all its homes, in the case or not.
        assert not any(
            secret in shown.content.decode() for secret in SECRETS if page != "table/" or "单元" not in secret
        )
    desk = browser.get(here + "desk/").content.decode()
    assert "4 户，1 户拿到证" in desk and "只留下了数字" in desk and "加房屋" not in desk
    for page in ("tell/", "export.xlsx"):
        assert browser.get(here + page).status_code < 500


def test_one_that_runs_or_was_closed_lately_keeps_its_homes(place, chair, closed):
    opened(place, chair)
    assert [pk for pk, _home in due_batches(YEARS)] == [closed.pk]
    with compound_scope(place.compound.pk):
        lately = NOW + timedelta(days=9)
        assert forgetting.forget_batch(batch_id=closed.pk, compound_id=place.compound.pk, at=lately) is False
    assert BatchHome.objects.filter(compound=place.compound).count() == 4
