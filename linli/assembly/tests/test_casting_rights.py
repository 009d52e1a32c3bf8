"""Who finds the pages of a ballot by phone and its receipt, in each state and next door; and what they cost."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Candidate, Session
from linli.assembly.rules.sessions import Office, State
from linli.matters.tests.makers import compound as another
from linli.people.models import Account
from linli.people.rules import Role

from . import makers
from .test_casting import AT, bound, cast

WAY = [("cast", ()), ("cast-item", (1,)), ("cast-review", ()), ("cast-confirm", ())]
RECEIPT = [("receipt", (0,)), ("receipt-file", (0,))]
# While the vote is open, by who asks: 200 opens, 302 leads to where he stands, 404 nothing there; then the receipt of `voted`.
OPEN = {
    "voted": ([200, 302, 302, 302], 200),  # asked whether once more
    "begun": ([302, 200, 302, 302], 404),  # with one item still to answer
    "answered": ([302, 200, 200, 302], 404),  # with no code asked for yet
    "owner": ([302, 200, 302, 302], 404),
    **dict.fromkeys(("stranger", "tenant", "manager", "worker", "chair", "carrier"), ([200, 302, 302, 302], 404)),
}
BEFORE = {"chair", "carrier"}  # who read a draft


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(AT, tick=False):
        yield


def url(place, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def codes(place, browser, pages):
    return [browser.get(url(place, name, *args)).status_code for name, args in pages]


@pytest.fixture
def people(place, chair):
    made = makers.vote(place, (9_000,) * 4, by=chair)
    found = {name: bound(place, made, n) for n, name in enumerate(("voted", "begun", "answered", "owner"), 1)}
    found |= {
        "stranger": place.resident(), "tenant": place.resident(relation="tenant"), "manager": place.post(Role.PROPERTY_MANAGER),
        "worker": place.post(Role.GRID_WORKER), "chair": chair,
        "carrier": makers.officer(made, Office.CARRIER, place.post(Role.STEWARD)),
    }  # fmt: skip
    cast(made, found["voted"])
    browsers = {name: place.client(actor) for name, actor in found.items()}
    for name in ("begun", "answered"):
        browsers[name].get(url(place, "cast"))
    browsers["answered"].post(url(place, "cast-item", 1), {"choice": "approve"})
    return browsers


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s.value for s in State])
def test_who_finds_the_way_to_a_ballot_and_its_receipt(place, people, state):
    Session.objects.filter(compound_id=place.compound.pk).update(state=state)
    for who, browser in people.items():
        way, receipt = OPEN[who]
        if state == State.DRAFTING:
            way, receipt = [200 if who in BEFORE else 404] * 4, 404
        elif state != State.OPEN:
            way = [200] * 4  # the page says why not
        assert codes(place, browser, WAY) == way, who
        assert codes(place, browser, RECEIPT) == [receipt] * 2, who


@pytest.mark.parametrize("when", [makers.OPENS, makers.CLOSES], ids=["a moment too early", "a moment too late"])
def test_outside_of_its_hours_every_page_says_why_not(place, people, when):
    shift = -1 if when == makers.OPENS else 1
    with time_machine.travel(when.timestamp() + shift, tick=False):
        for who, browser in people.items():
            assert codes(place, browser, WAY) == [200] * 4, who


def test_next_door_and_whoever_is_not_signed_in_finds_nothing(place, people):
    there = another("there")
    for actor in (there.resident(), there.post(Role.COMMITTEE_CHAIR), there.post(Role.PROPERTY_MANAGER)):
        assert codes(place, there.client(actor), WAY + RECEIPT) == [404] * 6
    assert codes(place, place.client(), WAY + RECEIPT) == [302] * 6
    assert codes(there, there.client(there.resident()), WAY + RECEIPT) == [404] * 6


def test_no_page_of_an_unknown_item_or_receipt(place, people):
    assert codes(place, people["owner"], [("cast-item", (0,)), ("cast-item", (2,))]) == [302] * 2  # for whom first
    people["owner"].get(url(place, "cast"))
    assert codes(place, people["owner"], [("cast-item", (0,)), ("cast-item", (2,))]) == [404] * 2
    assert codes(place, people["voted"], [("receipt", (1,)), ("receipt-file", (1,))]) == [404] * 2


def _cost(place, chair, many):
    """Each page of a ballot with so many homes, items, candidates and ballots in the box."""
    Session.objects.filter(compound_id=place.compound.pk).update(number=100 + many)
    items = [{"matter_no": 4, "title": f"第{n}件"} for n in range(many)]
    election = {"matter_no": 3, "title": "选举业主委员会", "form": "per_candidate", "seats": 1}
    made = makers.vote(place, (9_000,) * (many + 1), by=chair, items=(election, *items))
    Session.objects.filter(compound_id=place.compound.pk, pk=made.session.pk).update(number=1)
    for n in range(many):
        Candidate.objects.create(compound=place.compound, item=made.items[0], place=n, code=f"c{n}", name=f"候选{n}")
    by = bound(place, made, 1)
    for n in range(2, many + 1):
        bound(place, made, n, who=Account.objects.get(pk=by.account_id))
    said = {"1": {f"c{n}": "approve" for n in range(many)}, **{str(n + 2): "approve" for n in range(many)}}
    for n in range(many):
        cast(made, by, said, nth=n)
    browser, found = place.client(by), []

    def get(name, *args):
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place, name, *args)).status_code == 200
        found.append(len(seen))

    get("cast")
    get("cast")
    row, owner = made.rows[0], made.owners[0][0]
    browser.post(url(place, "cast"), {"voice": f"{row.pk.hex}.{owner.pk.hex}"})
    get("cast-item", 1)
    browser.post(url(place, "cast-item", 1), {f"candidate_{n}": "approve" for n in range(many)})
    for n in range(many):
        browser.post(url(place, "cast-item", n + 2), {"choice": "approve"})
    get("cast-review")
    browser.post(url(place, "cast-review"))
    get("cast-confirm")
    get("receipt", 0)
    return found[1:]


def test_each_page_asks_as_often_for_one_as_for_many(place, chair):
    assert _cost(place, chair, 1) == _cost(place, chair, 6)
