"""A decision to ask the owners becomes a drafted session with its item, by one press."""

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Item, Session
from linli.councils.models import AgendaItem
from linli.matters.tests.makers import compound as another
from linli.people.rules import Role

from .meetings import OVER, board, held, signed


@pytest.fixture(autouse=True)
def _after_the_meeting():
    with time_machine.travel(OVER, tick=False):
        yield


def url(place, name="item-assembly", *args):
    return reverse(f"councils:{name}", args=[place.slug, 1, *(args or (1,))])


@pytest.fixture
def seven(place):
    return board(place)


def asked(b, votes="yyyy", kind="assembly"):
    meeting = held(b)
    AgendaItem.objects.filter(compound_id=b.place.compound.pk).update(kind=kind, title="选聘物业公司")
    signed(b, meeting, votes)
    return meeting


def test_one_press_drafts_the_session_with_its_item_once(place, seven):
    asked(seven)
    browser = place.client(seven.chair)
    assert url(place) in browser.get(reverse("councils:meeting", args=[place.slug, 1])).content.decode()
    assert '<option value="4" selected>' in browser.get(url(place)).content.decode()
    answers = [browser.post(url(place), {"matter_no": "4"}) for _ in range(2)]
    assert {a["Location"] for a in answers} == {reverse("assembly:session", args=[place.slug, 1])}
    session = Session.objects.get(compound_id=place.compound.pk)
    assert (session.state, session.ground, session.title) == ("drafting", "committee", "选聘物业公司")
    item = Item.objects.get(compound_id=place.compound.pk)
    assert (item.matter_no, item.title, item.summary) == (4, "选聘物业公司", "六百元以内")


@pytest.mark.parametrize(("votes", "kind"), [("yyyn", "assembly"), ("yyyy", "spending")])
def test_nothing_is_put_that_was_not_decided_or_is_their_own(place, seven, votes, kind):
    asked(seven, votes, kind)
    assert place.client(seven.chair).get(url(place)).status_code == 404


def test_only_who_may_call_the_assembly_for_this_body(place, seven):
    asked(seven)
    there = another("there")
    for actor in (
        place.resident(),
        seven.secretary,
        place.post(Role.PROPERTY_MANAGER),
    ):
        assert place.client(actor).get(url(place)).status_code == 404
        assert place.client(actor).post(url(place), {"matter_no": "4"}).status_code == 404
    assert there.client(there.post(Role.COMMITTEE_CHAIR)).get(url(place)).status_code == 404
    assert not Session.objects.filter(compound_id=place.compound.pk).exists()


def test_the_kind_of_matter_must_be_chosen(place, seven):
    asked(seven)
    answer = place.client(seven.chair).post(url(place), {})
    assert answer.status_code == 422
