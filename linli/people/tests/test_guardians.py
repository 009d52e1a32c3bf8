"""By what somebody owns a home, and who acts for an owner that cannot: each with a paper, in force when a second confirms."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from linli.kernel.tests.refusing import refused
from linli.matters.tests import makers
from linli.people import services
from linli.people.models import Guardian, Ownership, Person, RegisterChange
from linli.people.queries.guardians import guardians_of
from linli.people.rules import RIGHTS, Act, Role
from linli.plumbing.tenancy import uuid7

from .test_register import photo

pytestmark = pytest.mark.django_db
NOW = makers.NOW
TODAY = NOW.date()


@pytest.fixture
def child(place):
    made = Person.objects.create(compound=place.compound, name="王小明")
    Ownership.objects.create(compound=place.compound, home=place.home, person=made)
    return made


def propose(by, place, person, **more):
    given = {
        "kind": "guardian", "name": "王大明", "phone": "13800000009", "until": TODAY + timedelta(days=400), "reason": "看了户口本",
        "paper": photo().read(), "at": NOW, **more,
    }  # fmt: skip
    return services.propose_guardian(by=by, home=place.home, person=person, **given)


def confirm(by, change, at=NOW):
    return services.decide_change(by=by, change=change, confirmed=True, at=at)


def acting(place, person, day=TODAY):
    return [row.name for row in guardians_of(place.compound.pk, [person.pk], day).get(person.pk, [])]


def test_guardian_acts_when_a_second_confirms_and_until_the_day(place, clerk, second, child):
    change = propose(clerk, place, child)
    assert acting(place, child) == []
    assert refused(confirm, clerk, change) == "second_person"
    confirm(second, change)
    assert acting(place, child) == ["王大明"]
    assert acting(place, child, TODAY - timedelta(days=1)) == []
    assert acting(place, child, TODAY + timedelta(days=400)) == ["王大明"]
    assert acting(place, child, TODAY + timedelta(days=401)) == []


def test_guardian_ends_by_another_change_of_two(place, clerk, second, child):
    confirm(second, propose(clerk, place, child))
    made = Guardian.objects.get(compound=place.compound)
    later = NOW + timedelta(days=3)
    ended = propose(clerk, place, child, ends=made, at=later)
    assert acting(place, child, later.date()) == ["王大明"]
    confirm(second, ended, later)
    assert acting(place, child, later.date()) == []
    assert acting(place, child, TODAY) == ["王大明"]  # what was signed then stands


def test_an_ending_confirmed_late_never_lengthens_what_ended_before(place, clerk, second, child):
    confirm(second, propose(clerk, place, child, until=TODAY + timedelta(days=2)))
    ended = propose(clerk, place, child, ends=Guardian.objects.get(compound=place.compound))
    confirm(second, ended, NOW + timedelta(days=9))
    assert Guardian.objects.get(compound=place.compound).to_day == TODAY + timedelta(days=2)


def test_a_guardian_whose_days_are_over_is_not_confirmed(place, clerk, second, child):
    until = TODAY + timedelta(days=2)
    change = propose(clerk, place, child, until=until)
    assert refused(confirm, second, change, NOW + timedelta(days=3)) == "day"
    assert not Guardian.objects.filter(compound=place.compound).exists()
    assert RegisterChange.objects.get(compound=place.compound).state == "proposed"
    address = reverse("people:decide-change", args=[place.slug, change.pk])
    with time_machine.travel(NOW + timedelta(days=3)):
        page = place.client(second).post(address, {"answer": "yes"}, follow=True).content.decode()
    assert "写的期限 2026年3月26日 已经过了" in page
    confirm(second, change, NOW + timedelta(days=2))
    assert acting(place, child, until) == ["王大明"]


@pytest.mark.parametrize(
    ("more", "key"),
    [
        ({"kind": "legal"}, "kind"), ({"kind": "x"}, "kind"), ({"name": " "}, "name"), ({"name": "王小明"}, "name"),
        ({"until": date(2026, 3, 1)}, "day"), ({"paper": b""}, "no_photo"), ({"paper": b"no picture"}, "not_a_photo"),
    ],
)  # fmt: skip
def test_what_is_no_guardian_is_refused(place, clerk, child, more, key):
    assert refused(propose, clerk, place, child, **more) == key
    assert not RegisterChange.objects.filter(compound=place.compound).exists()


def test_a_company_has_a_legal_representative(place, clerk, second):
    company = Person.objects.create(compound=place.compound, name="远景置业有限公司", is_organisation=True)
    assert refused(propose, clerk, place, company) == "not_here"
    Ownership.objects.create(compound=place.compound, home=place.home, person=company)
    assert refused(propose, clerk, place, company) == "kind"
    confirm(second, propose(clerk, place, company, kind="legal", until=None))
    assert acting(place, company) == ["王大明"]
    assert refused(propose, clerk, place, company, kind="legal") == "as_it_is"


def test_one_change_waits_at_a_time_and_a_second_press_is_the_same(place, clerk, child):
    once = uuid7()
    first = propose(clerk, place, child, once=once)
    assert propose(clerk, place, child, once=once).pk == first.pk
    assert refused(propose, clerk, place, child, name="李梅") == "proposed"


def test_number_is_kept_in_one_place_and_nothing_of_who_was_refused(place, clerk, second, child):
    confirm(second, propose(clerk, place, child))
    services.decide_change(by=second, change=propose(clerk, place, child, name="李梅"), confirmed=False, at=NOW)
    confirmed, no = (row.given for row in RegisterChange.objects.filter(compound=place.compound).order_by("pk"))
    assert (confirmed["name"], "phone" in confirmed) == ("王大明", False)
    assert no == {"kind": "guardian", "until": (TODAY + timedelta(days=400)).isoformat()}
    assert Guardian.objects.get(compound=place.compound).phone == "13800000009"


def test_pages_show_the_guardian_masked(place, clerk, second, child):
    browser, at = place.client(clerk), reverse("people:guardian", args=[place.slug, place.home.pk, child.pk])
    given = {"once": uuid7(), "kind": "guardian", "name": "王大明", "until": "2027-05-01", "reason": "看了户口本"}
    answer = browser.post(at, given)
    assert answer.status_code == 422 and 'value="王大明"' in answer.content.decode()
    assert browser.post(at, {**given, "paper": photo()}).status_code == 302
    page = place.client(second).get(reverse("people:changes", args=[place.slug])).content.decode()
    assert "监护人 王*，到 2027年5月1日" in page and "王大明" not in page
    confirm(second, RegisterChange.objects.get(compound=place.compound))
    home = browser.get(reverse("people:home", args=[place.slug, place.home.pk])).content.decode()
    assert "监护人 王*" in home and "王大明" not in home
    assert "不再代" in browser.get(at).content.decode()


def test_only_who_can_act_for_this_owner_is_offered(place, clerk, child):
    company = Person.objects.create(compound=place.compound, name="远景置业有限公司", is_organisation=True)
    Ownership.objects.create(compound=place.compound, home=place.home, person=company)
    for person, kind in ((child, "guardian"), (company, "legal")):
        page = place.client(clerk).get(reverse("people:guardian", args=[place.slug, place.home.pk, person.pk]))
        assert [key for key, _label in page.context["form"].fields["kind"].choices] == [kind]


@pytest.mark.parametrize("role", [Role.GRID_WORKER, Role.COMMITTEE_CHAIR, Role.PROPERTY_MANAGER, Role.COMMUNITY_WORKER])
def test_who_keeps_owners_opens_the_page_and_only_here(place, child, role):
    at = reverse("people:guardian", args=[place.slug, place.home.pk, child.pk])
    expected = 200 if role in RIGHTS[Act.IMPORT_OWNERS] else 404
    assert place.client(place.post(role)).get(at).status_code == expected
    theirs = makers.compound("beishan")
    assert theirs.client(theirs.post(role)).get(at).status_code == 404
    other = reverse("people:guardian", args=[place.slug, theirs.home.pk, child.pk])
    assert place.client(place.post(role)).get(other).status_code == 404


# ── by what ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_buyer_without_a_title_is_an_owner_by_his_contract(place, clerk, second):
    given = {"home": place.home, "name": "赵买", "relation": "owner", "reason": "合同和收房单", "at": NOW}
    assert refused(services.add_person, by=clerk, **given, basis="contract") == "no_photo"
    assert not Person.objects.filter(compound=place.compound, name="赵买").exists()
    services.add_person(by=clerk, **given, basis="contract", paper=photo().read())
    change = RegisterChange.objects.get(compound=place.compound)
    assert change.paper and not Ownership.objects.filter(compound=place.compound, person__name="赵买").exists()
    assert "已收房，还没办证" in place.client(second).get(reverse("people:changes", args=[place.slug])).content.decode()
    confirm(second, change)
    assert Ownership.objects.get(compound=place.compound, person__name="赵买").source == "contract"
    assert (
        "还没办证" in place.client(clerk).get(reverse("people:home", args=[place.slug, place.home.pk])).content.decode()
    )
    assert refused(services.add_person, by=clerk, **{**given, "name": "某"}, basis="rumour") == "basis"
