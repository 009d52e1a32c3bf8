"""A body ends with its posts, on a day and for a reason; not while something is still to be done by it."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services as matters
from linli.matters.tests import makers
from linli.people import services
from linli.people.access import standings
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.labels import said
from linli.plumbing.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = makers.NOW
TODAY = date(2026, 3, 24)


@pytest.fixture
def place():
    return makers.compound()


@pytest.fixture
def secretary(place):
    return place.post(Role.COMMUNITY_SECRETARY)


def end(place, by, body=None, last_day=TODAY, reason="合同到期"):
    return services.end_body(by=by, body=body or place.property, last_day=last_day, reason=reason, at=NOW)


def test_body_ends_with_its_posts_and_nothing_is_deleted(place, secretary):
    manager = place.post(Role.PROPERTY_MANAGER)
    body = end(place, secretary, last_day=TODAY - timedelta(days=3))
    assert (body.ended_on, body.ended_reason) == (date(2026, 3, 21), "合同到期")
    post = Post.objects.get(pk=manager.role_id)
    assert (post.to_day, post.ended_reason) == (date(2026, 3, 21), "合同到期")
    assert standings(manager.account_id, place.compound, TODAY) == []
    entry = AuditEntry.objects.get(compound=place.compound, act="end_body")
    assert (entry.words, entry.data) == ("合同到期", {"last_day": "2026-03-21", "posts": 1})
    assert AuditEntry.objects.filter(compound=place.compound, act="end_post", subject_id=post.pk).count() == 1


def test_post_loses_its_rights_at_once(place, secretary):
    manager = place.post(Role.PROPERTY_MANAGER)
    end(place, secretary)
    assert Post.objects.get(pk=manager.role_id).to_day == TODAY - timedelta(days=1)


def test_ended_twice_is_ended_once(place, secretary):
    end(place, secretary)
    body = end(place, secretary, last_day=TODAY - timedelta(days=9), reason="又一次")
    assert (body.ended_on, body.ended_reason) == (TODAY, "合同到期")


def test_nobody_is_appointed_in_an_ended_body(place, secretary):
    end(place, secretary)
    with pytest.raises(Refused, match="已经结束了"):
        services.appoint(
            by=secretary, organisation=Organisation.objects.get(pk=place.property.pk), kind=Role.PROPERTY_MANAGER,
            phone="13900000001", name="新人", from_day=TODAY, at=NOW,
        )  # fmt: skip


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.PROPERTY_MANAGER, Role.COMMITTEE_CHAIR])
def test_only_the_secretary_ends_a_body(place, role):
    with pytest.raises(Refused, match="社区书记"):
        end(place, place.post(role))


def test_community_s_own_body_does_not_end_here(place, secretary):
    with pytest.raises(Refused, match="社区书记"):
        end(place, secretary, place.community)


@pytest.mark.parametrize(
    ("given", "key"), [({"reason": " "}, "no_reason"), ({"last_day": TODAY + timedelta(days=1)}, "future")]
)
def test_reason_and_day_are_asked_for(place, secretary, given, key):
    with pytest.raises(Refused) as no:
        end(place, secretary, **given)
    assert no.value.refusal.key == key


def test_body_with_open_matters_does_not_end(place, secretary):
    post = place.post(Role.ENGINEER)
    makers.in_progress(place, place.resident(), place.post(Role.PROPERTY_MANAGER), post)
    with pytest.raises(Refused) as no:
        end(place, secretary)
    assert said(no.value.refusal) == "还有 1 件诉求在它手上没办完，先转给别的组织"
    assert Organisation.objects.get(pk=place.property.pk).ended_on is None
    assert Post.objects.get(pk=post.role_id).to_day is None
    matters.refuse_with_open_matters(body=place.committee, compound_ids=[place.compound.pk])


def test_ended_through_the_page(place, secretary):
    place.post(Role.PROPERTY_MANAGER)
    browser = place.client(secretary)
    page = reverse("people:bodies", args=[place.slug])
    address = reverse("people:end-body", args=[place.slug, place.property.pk])
    assert address in browser.get(page).content.decode()
    assert "物业经理" in browser.get(address).content.decode()
    answer = browser.post(address, {"last_day": "2026-03-20", "reason": ""})
    assert answer.status_code == 422 and "2026-03-20" in answer.content.decode()
    assert browser.post(address, {"last_day": "2026-03-20", "reason": "合同到期"}).url == page
    shown = browser.get(page).content.decode()
    assert "已经结束的" in shown and "合同到期" in shown and address not in shown
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize("role", [Role.COMMUNITY_WORKER, Role.PROPERTY_MANAGER, Role.COMMITTEE_CHAIR, Role.GUARD])
def test_page_is_for_the_secretary(place, role):
    address = reverse("people:end-body", args=[place.slug, place.property.pk])
    assert place.client(place.post(role)).get(address).status_code == 404
    assert place.client(place.post(role)).post(address).status_code == 404


def test_page_of_the_community_s_body_is_unknown(place, secretary):
    address = reverse("people:end-body", args=[place.slug, place.community.pk])
    assert place.client(secretary).get(address).status_code == 404
    other = makers.compound("other")
    address = reverse("people:end-body", args=[other.slug, place.property.pk])
    assert other.client(other.post(Role.COMMUNITY_SECRETARY)).get(address).status_code == 404


def test_body_of_the_same_name_may_come_again(place, secretary):
    end(place, secretary)
    body = services.create_body(
        by=secretary, kind=Body.PROPERTY, name=place.property.name, compound=place.compound, at=NOW
    )
    assert body.pk != place.property.pk


def _officer(place):
    street = Organisation.objects.create(
        kind=Body.SUBDISTRICT, name="临溪街道办", subdistrict=place.compound.community.subdistrict
    )
    return place.post(Role.SUBDISTRICT_OFFICER, body=street)


def test_the_subdistrict_sets_up_a_pmc_with_its_chair_and_nobody_elects_into_it(place, secretary):
    new, officer = reverse("people:new-body", args=[place.slug]), _officer(place)
    given = {"kind": Body.PMC, "name": "物管会", "head_name": "王主任", "head_phone": "13900000007"}
    assert place.client(secretary).post(new, given).status_code == 422
    assert place.client(officer).post(new, given).status_code == 302
    chair = Post.objects.get(kind=Role.PMC_CHAIR)
    appoint = reverse("people:appoint", args=[place.slug, chair.organisation_id])
    assert place.client(secretary).get(appoint).status_code == 404
    member = {"kind": Role.PMC_MEMBER, "name": "李", "phone": "13900000008", "from_day": "2026-03-24"}
    page = place.client(officer).post(appoint, {**member, "obtained": "elected"})
    assert (page.status_code, Post.objects.filter(kind=Role.PMC_MEMBER).count()) == (422, 0)
    assert place.client(officer).post(appoint, {**member, "obtained": "appointed"}).status_code == 302
    assert Post.objects.filter(kind=Role.PMC_MEMBER, organisation=chair.organisation).count() == 1
