"""Whom no wire reaches is on a list, and somebody goes or calls (traps 11)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services as matters
from linli.matters.models import Matter
from linli.matters.tests import makers
from linli.notices import services
from linli.notices.models import Message
from linli.people.models import Binding, Ownership, Person
from linli.people.queries import looks_at
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
NOW = makers.NOW


@pytest.fixture
def place():
    return makers.compound()


def aunt(place, n=0, **more):
    person = Person.objects.create(compound=place.compound, name=f"孟阿婆{n or ''}", no_phone=True, **more)
    Ownership.objects.create(compound=place.compound, home=place.homes[n % 4], person=person, from_day=NOW.date())
    return person


def raised(place, person, **more):
    return place.matter(place.post(Role.FRONT_DESK), "厨房水管漏水", source="front_desk", person=person, **more)


def there(place, pk=None):
    return reverse("notices:told", args=[place.slug, pk]) if pk else reverse("notices:in-person", args=[place.slug])


def test_who_has_no_phone_is_told_by_somebody_who_says_so(place):
    m = raised(place, aunt(place))
    row = Message.objects.get(compound=place.compound, channel="visit")
    grid = place.client(place.post(Role.GRID_WORKER))
    page = grid.get(there(place)).content.decode()
    assert "7栋1单元301 孟阿婆" in page and row.title in page
    assert there(place) in grid.get(reverse("matters:work", args=[place.slug])).content.decode()
    assert grid.post(there(place, row.pk), {"how": "missed"}).status_code == 302
    assert "去过 1 次" in grid.get(there(place)).content.decode()
    once = str(uuid7())
    for _twice in range(2):
        assert grid.post(there(place, row.pk), {"how": "visited", "once": once}).status_code == 302
    assert row.title not in grid.get(there(place)).content.decode()
    row.refresh_from_db()
    assert (row.state, row.reference, row.sent_at) == ("done", "visited", NOW)
    entries = AuditEntry.objects.filter(subject_id=m.pk, act="tell_in_person").order_by("id")
    assert [(e.data["how"], e.person_id) for e in entries] == [
        ("missed", m.reporter_person_id),
        ("visited", m.reporter_person_id),
    ]
    worker = place.client(place.post(Role.COMMUNITY_WORKER))
    story = worker.get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
    assert "社区上门告诉了本人" in story


def test_a_text_that_did_not_arrive_is_called_and_the_person_sees_who_looked(place):
    person = aunt(place, phone="13833334444")
    raised(place, person)
    row = Message.objects.get(compound=place.compound, channel="sms")
    Message.objects.filter(pk=row.pk).update(state="failed")
    browser = place.client(place.post(Role.COMMUNITY_WORKER))
    page = browser.get(there(place)).content.decode()
    assert "138****4444" in page and "13833334444" not in page
    assert "13833334444" in browser.post(there(place, row.pk), {"how": "number"}).content.decode()
    account = makers.account()
    Binding.objects.create(
        compound=place.compound,
        account=account,
        person=person,
        home=place.home,
        relation="owner",
        state="confirmed",
        asked_at=NOW,
    )
    assert "短信没发到" in looks_at(account.pk, NOW)[0]["note"]
    browser.post(there(place, row.pk), {"how": "called"})
    assert Message.objects.get(pk=row.pk).state == "done"


def test_a_look_at_a_number_of_nobody_in_the_register_is_written_down_too(place):
    desk, clerk = place.post(Role.FRONT_DESK), place.post(Role.COMMUNITY_WORKER)
    place.matter(desk, "厨房水管漏水", source="front_desk", reporter_name="过路人", reporter_phone="13866667777")
    row = Message.objects.get(compound=place.compound, channel="sms")
    Message.objects.filter(pk=row.pk).update(state="failed")
    browser, once = place.client(clerk), str(uuid7())
    for _twice in range(2):
        assert "13866667777" in browser.post(there(place, row.pk), {"how": "number", "once": once}).content.decode()
    entry = AuditEntry.objects.get(compound=place.compound, act="show_phone")
    assert (entry.subject_kind, entry.subject_id, entry.account_id) == ("message", row.pk, clerk.account_id)
    assert "短信没发到" in entry.words and "13866667777" not in f"{entry.words}{entry.data}"


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.COMMITTEE_CHAIR, Role.BUILDING_CAPTAIN, Role.ENGINEER])
def test_nobody_else_reads_the_list(place, role):
    raised(place, aunt(place))
    row = Message.objects.get(compound=place.compound, channel="visit")
    other = makers.compound("elsewhere")
    for browser in (
        place.client(place.post(role)),
        place.client(place.resident()),
        other.client(other.post(Role.GRID_WORKER)),
    ):
        assert browser.get(there(place)).status_code == 404
        assert browser.post(there(place, row.pk), {"how": "visited"}).status_code == 404
    assert other.client(other.post(Role.GRID_WORKER)).post(there(other, row.pk), {"how": "visited"}).status_code == 404
    assert Message.objects.get(pk=row.pk).state == "todo"


def test_a_secret_matter_is_told_by_the_community_alone(place):
    m, clerk = raised(place, aunt(place)), place.post(Role.COMMUNITY_WORKER)
    matters.triage(
        by=clerk, matter=m, category="1101", level="community", urgency="complaint", privacy="secret", at=NOW
    )
    row = Message.objects.filter(compound=place.compound, channel="visit").first()
    worker = place.post(Role.GRID_WORKER)
    grid = place.client(worker)
    assert row.title not in grid.get(there(place)).content.decode()
    assert grid.post(there(place, row.pk), {"how": "visited"}).status_code == 404
    for asked in ({"how": "visited"}, {}):
        act = services.told_in_person if asked else services.see_number
        with pytest.raises(Refused):
            act(by=worker, message=row, at=NOW, **asked)
    assert row.title in place.client(clerk).get(there(place)).content.decode()


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COMMUNITY_WORKER])
@pytest.mark.parametrize("privacy", ["normal", "secret"])
def test_the_list_takes_the_same_queries_for_one_and_for_many(place, role, privacy):
    browser = place.client(place.post(role))
    counts = []
    for n in (1, 2, 3, 4):
        m = raised(place, aunt(place, n))
        Matter.objects.filter(compound=place.compound, pk=m.pk).update(privacy=privacy)
        with CaptureQueriesContext(
            connection,
        ) as found:
            browser.get(there(place))
        counts.append(len(found))
    assert len(set(counts)) == 1
