"""Who finds the delivery desk and the desk of papers that come back, in each state; and what they cost."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Session
from linli.assembly.rules.sessions import Office, State
from linli.people.rules import Role

from . import makers
from .makers import OPENS

PAGES = [("delivery", ()), ("deliver", (1,)), ("returned", ())]
DELIVERS, RECEIVES = {"noticed", "open"}, {"open"}
CARRY = {"chair", "carrier", "clerk"}
WATCH = {"scrutineer", "teller", "observer"}


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(OPENS, tick=False):
        yield


def url(place, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def found(place, actor):
    return [place.client(actor).get(url(place, name, *args)).status_code for name, args in PAGES]


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s.value for s in State])
def test_who_finds_the_desks(place, chair, state):
    made = makers.vote(place, by=chair)
    people = {
        office.value: makers.officer(made, office, place.post(Role.STEWARD, name=office.value)) for office in Office
    }
    people |= {"owner": place.resident(), "manager": place.post(Role.PROPERTY_MANAGER)}
    Session.objects.filter(compound_id=place.compound.pk).update(state=state)
    for who, actor in people.items():
        takes = who in CARRY | {"teller"}
        assert found(place, actor) == [
            200 if who in CARRY | WATCH else 404,
            404 if who not in CARRY else 200 if state in DELIVERS else 302,
            404 if not takes else 200 if state in RECEIVES else 302,
        ], who


def test_next_door_finds_no_desk(place, chair):
    from linli.matters.tests.makers import compound

    makers.vote(place, by=chair)
    there = compound("there")
    assert found(place, None) == [302, 302, 302]
    stranger = there.post(Role.COMMITTEE_CHAIR)
    assert [there.client(stranger).get(url(place, name, *args)).status_code for name, args in PAGES] == [404] * 3


@pytest.mark.parametrize("name", ["delivery", "returned"])
def test_it_asks_as_often_for_few_parties_as_for_many(place, chair, name):
    def cost(areas):
        Session.objects.filter(compound_id=place.compound.pk).update(number=100 + len(areas))
        made = makers.vote(place, areas, by=chair)
        Session.objects.filter(compound_id=place.compound.pk, pk=made.session.pk).update(number=1)
        carrier = makers.officer(made, Office.CHAIR, chair)
        browser = place.client(carrier)
        browser.get(url(place, name))
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place, name)).status_code == 200
        return len(seen)

    assert cost((10_000,) * 2) == cost((10_000,) * 30)
