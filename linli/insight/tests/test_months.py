"""The month that ended becomes a draft, once; its body's chair issues it; nobody is named in it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from linli.insight.tasks import draft_months
from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.tests import makers
from linli.matters.tests.makers import at
from linli.notices import services as notices
from linli.notices.models import Message, Posting
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
FIRST = at(1, 9, month=4)


@pytest.fixture
def crew(place):
    with compound_scope(place.compound.pk):
        yield {
            "owner": place.resident(name="欧阳青禾", phone="13800001234"),
            "worker": place.post(Role.COMMUNITY_WORKER, name="周一平"),
            "secretary": place.post(Role.COMMUNITY_SECRETARY, name="何明"),
            "engineer": place.post(Role.ENGINEER, name="陈建国"),
            "chair": place.post(Role.COMMITTEE_CHAIR, name="孙红"),
        }


@pytest.fixture
def posting(place, crew):
    m = makers.resolved(
        place, crew["owner"], crew["worker"], crew["engineer"], words="7栋2单元403门口灯不亮，打13800001234"
    )
    services.confirm(by=crew["owner"], matter=m, at=at(24, 11))
    late = makers.in_progress(place, crew["owner"], crew["worker"], crew["engineer"])
    late.overdue = True
    late.save(update_fields=["overdue"])
    assert draft_months(FIRST) == 1
    return Posting.objects.get()


def test_the_month_is_told_without_anybody(posting, place):
    assert (posting.state, posting.by_body, posting.title) == ("draft", place.community, "2026年3月大家的事办得怎么样")
    assert "受理 2 件，办结 1 件：办好了 1 件" in posting.body and "清和物业 1 件" in posting.body
    assert "公共设施维修受理 2 件、办好 1 件" in posting.body and "楼栋里 1 件" in posting.body
    for personal in ("欧阳青禾", "陈建国", "周一平", "13800001234", "403"):
        assert personal not in posting.body
    assert not re.search(r"\d{7,}", posting.body)


def test_who_must_sign_it_hears_of_it_and_the_word_leads_to_it(posting, place, crew):
    draft_months(FIRST)
    told = Message.objects.filter(compound_id=place.compound.pk, subject_kind="posting", channel="inbox")
    assert [m.account_id for m in told] == [crew["secretary"].account_id]
    page = place.client(crew["secretary"]).get(reverse("notices:inbox", args=[place.slug])).content.decode()
    assert posting.title in page and reverse("notices:posting", args=[place.slug, posting.pk]) in page


def test_once_a_month_however_often_the_clock_comes(posting):
    assert draft_months(FIRST) == draft_months(FIRST + timedelta(days=20)) == 0
    assert Posting.objects.count() == 1


def test_a_month_without_anything_drafts_nothing(place, crew):
    assert draft_months(FIRST) == 0


def test_the_secretary_edits_the_chair_issues_and_then_nobody_edits(posting, crew):
    notices.edit_draft(by=crew["worker"], posting=posting, title="三月", words="改过的", at=FIRST)
    for wrong in ("worker", "chair", "owner", "engineer"):
        with pytest.raises(Refused):
            notices.issue(by=crew[wrong], posting=posting, at=FIRST)
    notices.issue(by=crew["secretary"], posting=posting, at=FIRST)
    with pytest.raises(Refused):
        notices.edit_draft(by=crew["worker"], posting=posting, title="四月", words="再改", at=FIRST)
    posting.refresh_from_db()
    assert (posting.state, posting.title, posting.body) == ("issued", "三月", "改过的")
    acts = AuditEntry.objects.filter(subject_id=posting.pk).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["draft", "edit", "issue"]


def test_it_is_read_by_residents_once_issued_and_its_taking_down_is_seen(posting, place, crew):
    url = reverse("notices:posting", args=[place.slug, posting.pk])
    reader, chair = place.client(crew["owner"]), place.client(crew["secretary"])
    assert reader.get(url).status_code == place.client(crew["chair"]).get(url).status_code == 404
    assert chair.post(url, {"do": "issue"}).status_code == 302
    assert "受理 2 件" in reader.get(url).content.decode()
    assert posting.title in reader.get(reverse("notices:council", args=[place.slug])).content.decode()
    assert chair.post(url, {"do": "take_down", "reason": " "}).status_code == 422
    assert chair.post(url, {"do": "take_down", "reason": "有一个数写错了"}).status_code == 302
    said = reader.get(url).content.decode()
    assert "有一个数写错了" in said and "受理 2 件" not in said


def test_a_resident_cannot_do_it_by_hand(posting, place, crew):
    notices.issue(by=crew["secretary"], posting=posting, at=FIRST)
    url = reverse("notices:posting", args=[place.slug, posting.pk])
    for what in ("issue", "take_down", "edit"):
        assert (
            place.client(crew["owner"]).post(url, {"do": what, "reason": "x", "title": "x", "words": "x"}).status_code
            == 422
        )
    posting.refresh_from_db()
    assert posting.state == "issued"


def test_the_draft_is_edited_on_its_page(posting, place, crew):
    url = reverse("notices:posting", args=[place.slug, posting.pk])
    worker = place.client(crew["worker"])
    assert "存草稿" in worker.get(url).content.decode()
    assert worker.post(url, {"do": "edit", "title": "三月", "words": "写过的"}).status_code == 302
    assert worker.post(url, {"do": "edit", "title": "三月", "words": " "}).status_code == 422
