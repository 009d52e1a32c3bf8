"""Someone else says whether it is done: never who did it, in whosever name (domain §4.4, §4.7)."""

from dataclasses import replace

import pytest
from django.urls import reverse

from linli.matters import services
from linli.matters.access import parts_in
from linli.matters.models import Matter
from linli.matters.rules.states import Act, State, Who, allowed
from linli.people.models import Account, Ownership, Person, Post
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from . import makers
from .makers import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
JUDGE = {Act.CONFIRM, Act.REOPEN, Act.RATE}


@pytest.fixture(autouse=True)
def _here(place):
    with compound_scope(place.compound.pk):
        yield


def acts(m: Matter, by) -> set[Act]:
    return JUDGE & set(allowed(State(m.state), parts_in(m, by)))


def done(place, worker, **more) -> Matter:
    """Raised at the desk for somebody without a phone, and done by `worker`."""
    clerk = place.post(Role.COMMUNITY_WORKER)
    person = Person.objects.create(compound=place.compound, name="孟阿婆", no_phone=True)
    Ownership.objects.create(compound=place.compound, home=place.home, person=person)
    m = place.matter(clerk, "厨房水管漏水", source="front_desk", person=person)
    given = {"category": "0301", "level": "building", "urgency": "normal", **more}
    m = services.triage(by=clerk, matter=m, at=NOW, **given)
    m = services.dispatch(by=clerk, matter=m, body=place.property, post=Post.objects.get(pk=worker.role_id), at=NOW)
    m = services.take(by=worker, matter=m, words="来", at=NOW)
    return services.resolve(by=worker, matter=m, words="好了", evidence=True, cost_fen=0, at=NOW)


def helping(by, m: Matter):
    return replace(by, person_id=m.reporter_person_id, assistance_id=m.pk)


def test_who_did_it_confirms_in_nobody_s_name(place, engineer, desk):
    m = done(place, engineer)
    browser = place.client(engineer)
    given = {"home": str(place.home.pk), "name": "孟阿婆", "purpose": "看看", "channel": "phone"}
    assert browser.post(reverse("people:assist", args=[place.slug]), given).status_code == 302
    page = browser.post(reverse("matters:act", args=[place.slug, m.number, "confirm"]), {"rating": "satisfied"})
    assert (page.status_code, Matter.objects.get(pk=m.pk).state) == (422, "resolved")
    assert acts(m, helping(engineer, m)) == set()
    assert acts(m, helping(desk, m)) == JUDGE
    for state in ("visited", "closed"):
        m.state = state
        assert acts(m, helping(engineer, m)) == set() and acts(m, helping(desk, m))


def test_at_home_neither(place, engineer):
    at_home = place.resident(who=Account.objects.get(pk=engineer.account_id))
    clerk = place.post(Role.COMMUNITY_WORKER)
    m = makers.resolved(place, at_home, clerk, engineer)
    assert acts(m, at_home) == set() and Who.FOLLOWER in parts_in(m, at_home)
    other = place.resident()
    assert acts(makers.resolved(place, other, clerk, engineer), other) == JUDGE


def test_of_a_complaint_the_firm_says_nothing_in_anybody_s_name(place, engineer, desk):
    m = done(place, engineer, category="1101", urgency="complaint")
    assert acts(m, helping(desk, m)) == set()
    assert acts(m, helping(place.post(Role.GRID_WORKER), m)) == JUDGE
