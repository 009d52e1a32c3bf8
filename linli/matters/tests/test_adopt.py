"""What a worker raised for a person is the person's own, as soon as an account speaks for them."""

import pytest
from django.urls import reverse

from linli.matters import services
from linli.matters.access import matter_for
from linli.matters.models import Follower, Matter
from linli.matters.rules.states import Who
from linli.matters.tests import makers
from linli.notices.models import Message
from linli.people.models import Account, Binding, Ownership, Person
from linli.people.rules import Role
from linli.people.services import ask_binding, confirm_binding, reset_in_person
from linli.plumbing.models import AuditEntry

pytestmark = pytest.mark.django_db
NOW = makers.NOW


@pytest.fixture
def clerk(place):
    return place.post(Role.FRONT_DESK)


def raised_for(place, clerk, person, words="楼道灯不亮，晚上看不见", **more):
    return place.matter(clerk, words, source="front_desk", person=person, **more)


def owner(place, name="李小满", phone=""):
    person = Person.objects.create(compound=place.compound, name=name, phone=phone)
    Ownership.objects.create(compound=place.compound, home=place.home, person=person)
    return person


def mine(place, who) -> str:
    return place.client(who).get(reverse("matters:mine", args=[place.slug])).content.decode()


def bind(place, account, person):
    asked = ask_binding(account=account, home=place.home, name=person.name, relation="owner", at=NOW)
    clerk = place.post(Role.COMMUNITY_WORKER)
    done = confirm_binding(by=clerk, binding=asked, person=person, relation="owner", at=NOW)
    return place._actor(f"binding:{done.pk}", account)


def test_a_bound_person_has_what_the_desk_entered(place, clerk):
    who = place.resident()
    m = raised_for(place, clerk, Person.objects.get(pk=who.person_id))
    assert (m.reporter_account_id, Follower.objects.get().account_id) == (who.account_id, who.account_id)
    assert Who.REPORTER in matter_for(compound=place.compound, number=m.number, by=who)[1]
    assert m.title in mine(place, who)
    assert Message.objects.get().account_id == who.account_id
    services.urge(by=who, matter=m, at=NOW)
    assert Matter.objects.get().urges == 1


def test_a_bound_person_withdraws_what_the_desk_entered(place, clerk):
    who = place.resident()
    m = raised_for(place, clerk, Person.objects.get(pk=who.person_id))
    assert services.withdraw(by=who, matter=m, at=NOW).outcome == "withdrawn"


@pytest.mark.parametrize("way", ["clerk", "code"])
def test_a_later_binding_brings_what_was_entered_before(place, clerk, way):
    account = makers.account(verified_at=NOW)
    person = owner(place, phone=account.phone if way == "code" else "")
    first, second = [raised_for(place, clerk, person, f"{n}楼灯坏了") for n in (2, 3)]
    assert first.reporter_account_id is None
    if way == "code":
        binding = ask_binding(account=account, home=place.home, name=person.name, relation="owner", at=NOW)
        who = place._actor(f"binding:{binding.pk}", account)
    else:
        who = bind(place, account, person)
    assert all(m.title in mine(place, who) for m in (first, second))
    services.urge(by=who, matter=second, at=NOW)
    entry = AuditEntry.objects.get(act="adopt_matters")
    assert (entry.person_id, entry.data) == (person.pk, {"matters": 2})


def test_a_binding_brings_nobody_else_s(place, clerk):
    raised_for(place, clerk, owner(place, "孙奶奶"), "孙家漏水")
    own = makers.resolved(place, place.resident(name="王一"), clerk, place.post(Role.ENGINEER))
    who = bind(place, makers.account(), owner(place, "赵二"))
    assert "孙家漏水" not in mine(place, who) and own.title not in mine(place, who)
    assert not AuditEntry.objects.filter(act="adopt_matters").exists()


def test_two_merged_reports_of_one_person_are_followed_once(place, clerk):
    account, person = makers.account(), owner(place)
    a, b = [raised_for(place, clerk, person, f"楼道灯{n}坏了", reporter_phone=f"1380000000{n}") for n in (1, 2)]
    services.merge(by=clerk, matter=b, target=a, at=NOW)
    bind(place, account, person)
    assert Follower.objects.filter(matter=a, account=account, left_at=None).count() == 1
    assert Matter.objects.filter(reporter_account=account).count() == 2


def test_own_and_entered_reports_of_one_person_merge(place, clerk):
    who = place.resident()
    own = place.matter(who, "楼道灯坏了")
    entered = raised_for(
        place, clerk, Person.objects.get(pk=who.person_id), "楼道的灯坏了", reporter_phone="13800000001"
    )
    services.merge(by=clerk, matter=entered, target=own, at=NOW)
    assert Follower.objects.filter(matter=own, left_at=None).count() == 1


@pytest.mark.parametrize("homes", [1, 2])
def test_a_new_number_brings_what_the_old_one_said_for_the_person(place, homes):
    who = place.resident()
    m = place.matter(who)
    binding = Binding.objects.get(pk=who.role_id)
    if homes == 2:
        other = {"home": place.homes[1], "relation": "owner", "claimed_name": "李小满", "asked_at": NOW}
        Binding.objects.create(
            compound=place.compound, account_id=who.account_id, person_id=who.person_id, state="confirmed", **other
        )
    clerk = place.post(Role.COMMUNITY_WORKER)
    moved = reset_in_person(by=clerk, binding=binding, checked="看了身份证", at=NOW, phone="13900009999")
    heir = place._actor(f"binding:{moved.pk}", Account.objects.get(phone="13900009999"))
    # While the old number still speaks for the person elsewhere, what it said stays with it.
    assert (m.title in mine(place, heir)) == (homes == 1)
    assert Matter.objects.get().reporter_account_id == (heir if homes == 1 else who).account_id
