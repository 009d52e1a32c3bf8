"""The photo of a paper: only for who took it and who confirms persons, for a reason, and the person sees who looked."""

import io

import pytest
from django.urls import reverse
from PIL import Image

from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.people import queries, services
from linli.people.models import Assistance, Binding, Ownership, Person
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = makers.NOW


@pytest.fixture
def worker(place):
    return place.post(Role.GRID_WORKER)


@pytest.fixture
def person(place):
    made = Person.objects.create(compound=place.compound, name="赵奶奶", no_phone=True)
    Ownership.objects.create(compound=place.compound, home=place.home, person=made)
    return made


@pytest.fixture
def helped(place, worker, person):
    return start(worker, person)


def start(by, person, paper=True):
    out = io.BytesIO()
    Image.new("RGB", (300, 200), (200, 190, 170)).save(out, "JPEG")
    return services.start_assistance(
        by=by, person=person, purpose="灯不亮", channel="visit", paper=out.getvalue() if paper else None, at=NOW
    )


def address(place, helped):
    return reverse("people:paper", args=[place.slug, helped.pk])


GIVEN = {"reason": "本人来问", "more": "想看当时怎么写的"}


def test_paper_is_shown_for_a_reason_and_the_look_is_on_record(place, worker, person, helped):
    browser = place.client(worker)
    page = browser.get(address(place, helped)).content.decode()
    assert "data:image" not in page and "灯不亮" in page and "赵*" in page and "赵奶奶" not in page
    assert browser.post(address(place, helped), {"more": "看看"}).status_code == 422
    assert not AuditEntry.objects.filter(compound=place.compound, act="show_paper").exists()
    answer = browser.post(address(place, helped), GIVEN)
    assert answer.status_code == 200 and 'src="data:image/jpeg;base64,' in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    entry = AuditEntry.objects.get(compound=place.compound, act="show_paper")
    assert (entry.subject_id, entry.person_id, entry.words) == (person.pk, person.pk, "本人来问：想看当时怎么写的")
    assert entry.data["paper"] == str(helped.pk)
    assert "data:image" not in browser.get(address(place, helped)).content.decode()


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.COMMUNITY_WORKER, 200),
        (Role.REGISTER_CLERK, 200),
        (Role.GRID_WORKER, 404),
        (Role.FRONT_DESK, 404),
        (Role.COMMITTEE_CHAIR, 404),
    ],
)
def test_paper_is_for_few(place, helped, role, status):
    browser = place.client(place.post(role))
    assert browser.get(address(place, helped)).status_code == status
    assert browser.post(address(place, helped), GIVEN).status_code == status


def test_residents_and_neighbours_do_not_see_it(place, helped):
    other = makers.compound("other")
    assert place.client(place.resident()).get(address(place, helped)).status_code == 404
    assert other.client(other.post(Role.COMMUNITY_WORKER)).get(address(other, helped)).status_code == 404


def test_without_paper_there_is_no_page(place, worker, person):
    helped = start(worker, person, paper=False)
    assert place.client(worker).get(address(place, helped)).status_code == 404


def test_lost_photo_is_said_and_no_look_recorded(place, worker, helped):
    vault.forget_sealed(Assistance.objects.get(compound=place.compound, pk=helped.pk).paper)
    answer = place.client(worker).post(address(place, helped), GIVEN)
    assert answer.status_code == 422 and "打不开了" in answer.content.decode()
    assert not AuditEntry.objects.filter(compound=place.compound, act="show_paper").exists()


def test_reason_is_asked_for_by_the_service_too(worker, helped):
    with pytest.raises(Refused):
        services.show_paper(by=worker, kept=helped, reason=" ", at=NOW)


def test_person_sees_who_looked(place, worker, person, helped):
    services.show_paper(by=worker, kept=helped, reason="本人来问", at=NOW)
    account = makers.account()
    Binding.objects.create(
        compound=place.compound, account=account, home=place.home, person=person, relation="owner", state="confirmed",
        asked_at=NOW,
    )  # fmt: skip
    assert [row["note"] for row in queries.looks_at(account.pk, NOW)] == ["今天 10:00 · 看了纸质单 · 本人来问"]


def test_pages_lead_to_the_paper_only_those_who_may(place, worker, helped):
    link = address(place, helped)
    home = reverse("people:home", args=[place.slug, place.home.pk])
    assert link in place.client(worker).get(home).content.decode()
    assert link in place.client(worker).get(reverse("people:assist", args=[place.slug])).content.decode()
    assert link in place.client(place.post(Role.COMMUNITY_WORKER)).get(home).content.decode()
    desk = place.client(place.post(Role.FRONT_DESK)).get(home).content.decode()
    assert "灯不亮" in desk and link not in desk
