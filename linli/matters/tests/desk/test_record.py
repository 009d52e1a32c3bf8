"""Raising for somebody."""

import pytest

from linli.matters.models import Matter
from linli.people.models import Organisation, Ownership, Person
from linli.people.rules import Body, Role

from .pages import record_data, url

pytestmark = pytest.mark.django_db


def test_a_clerk_raises_for_somebody_of_the_register(place, browser):
    person = Person.objects.create(compound=place.compound, name="孙奶奶", phone="", no_phone=True)
    Ownership.objects.create(compound=place.compound, home=place.home, person=person)
    found = browser.post(url(place, "record"), record_data(room="7-1-301", find=1))
    assert "孙*" in found.content.decode() and "孙奶奶" not in found.content.decode()
    assert not Matter.objects.exists()
    browser.post(url(place, "record"), record_data(room="7-1-301", person=str(person.pk)))
    m = Matter.objects.get()
    assert (m.reporter_person_id, m.source, m.home_id, m.reporter_account_id) == (
        person.pk,
        "front_desk",
        place.home.pk,
        None,
    )


def test_an_unknown_caller_is_kept_by_name_and_number(place, browser):
    browser.post(url(place, "record"), record_data(source="resident_phone", name="吴某", phone="13900001111"))
    m = Matter.objects.get()
    assert (m.reporter_name, m.reporter_phone, m.reporter_person_id) == ("吴某", "13900001111", None)


def test_a_chat_message_is_shown_as_it_will_be_kept_before_it_is(place, browser):
    data = record_data(source="chat_group", words="灯坏了打我 13812345678", group="7栋群", said_at="2026-03-24T09:41")
    shown = browser.post(url(place, "record"), data)
    assert "灯坏了打我 [电话]" in shown.content.decode() and not Matter.objects.exists()
    browser.post(url(place, "record"), {**data, "seen": 1})
    assert Matter.objects.get().words == "灯坏了打我 [电话]"
    late = browser.post(url(place, "record"), {**data, "said_at": "2026-03-25T09:41"})
    assert late.status_code == 422


@pytest.mark.parametrize(
    ("role", "source"),
    [
        (Role.COMMITTEE_MEMBER, "committee"),
        (Role.BRANCH_SECRETARY, "party_branch"),
        (Role.STEWARD, "patrol"),
        (Role.GRID_WORKER, "patrol"),
        (Role.COMMUNITY_WORKER, "front_desk"),
    ],
)
def test_what_somebody_finds_is_theirs_unless_they_say_otherwise(place, role, source):
    body = Organisation.objects.create(kind=Body.BRANCH, name="党支部", compound=place.compound)
    browser = place.client(place.post(role, body=body if role == Role.BRANCH_SECRETARY else None))
    form = browser.get(url(place, "record")).context["form"]
    assert form["source"].value() == source
    browser.post(url(place, "record"), record_data(source=source))
    assert Matter.objects.get().source == source
    assert browser.post(url(place, "record"), record_data(source="hotline")).status_code == 422


def test_the_same_record_twice_is_one_matter(place, browser):
    data = record_data()
    browser.post(url(place, "record"), data)
    browser.post(url(place, "record"), data)
    assert Matter.objects.count() == 1
