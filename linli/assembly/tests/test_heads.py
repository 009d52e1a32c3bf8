"""Signed heads: one a day, one when the box closes, on a page that anybody reads."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Head, Session
from linli.assembly.queries.bulletins import heads as published
from linli.assembly.rules.sessions import State
from linli.assembly.services import convening
from linli.assembly.services.heads import publish_head
from linli.assembly.tasks import publish_heads
from linli.kernel import receipts
from linli.people.rules import Role

from . import boxes, makers, stage
from .stage import CLOSES


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(CLOSES + timedelta(hours=1), tick=False):
        yield


def url(place, name="heads", *args):
    return reverse(f"assembly:{name}", args=[place.slug, 1, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def test_the_head_at_closing_is_out_with_the_closing_itself(place, chair):
    stage.owned(place)
    made = stage.opened(place, chair)
    for office in ("chair", "scrutineer"):
        convening.close(by=made.officers[office], session=made.session, at=CLOSES + timedelta(minutes=1))
    (head,) = Head.objects.filter(compound_id=place.compound.pk)
    assert (head.kind, head.size, head.on) == ("closed", 0, (CLOSES + timedelta(minutes=1)).date())
    assert receipts.is_signed(head.head, made.session.sign_key)


def test_the_clock_publishes_it_where_nobody_presses(place, chair):
    stage.owned(place)
    made = stage.opened(place, chair)
    Session.objects.filter(compound_id=place.compound.pk).update(due_at=CLOSES)
    assert convening.tick(session_id=made.session.pk, compound_id=place.compound.pk, at=CLOSES)
    assert [h.kind for h in Head.objects.filter(compound_id=place.compound.pk)] == ["closed"]
    assert publish_heads(CLOSES + timedelta(minutes=1)) == 0


def test_half_a_closing_publishes_nothing(place, chair):
    stage.owned(place)
    made = stage.opened(place, chair)
    convening.close(by=made.officers["chair"], session=made.session, at=CLOSES + timedelta(minutes=1))
    assert not Head.objects.filter(compound_id=place.compound.pk).exists()


def _voted(place, chair):
    made = boxes.laid(place, boxes.case(*["approve"] * 3), by=chair, state=State.OPEN)
    at = made.session.closes_at - timedelta(days=2)
    publish_head(session_id=made.session.pk, compound_id=place.compound.pk, at=at)
    return made, at


def test_a_box_that_has_closed_gets_no_daily_head(place, chair):
    made, at = _voted(place, chair)
    Session.objects.filter(compound_id=place.compound.pk).update(state="closed")
    day = at + timedelta(days=1)
    assert not publish_head(session_id=made.session.pk, compound_id=place.compound.pk, at=day)


def test_anybody_reads_time_size_root_signature_and_key(place, chair):
    made, at = _voted(place, chair)
    (head,) = published(made.session)
    page = text(place.client().get(url(place)))
    for word in (
        head["root"],
        head["signature"],
        head["at"],
        made.session.sign_key,
        made.session.pk.hex,
        "3条记录",
        "每天",
        "少一张、多一张、改一个字",
    ):
        assert word in page, word
    assert not re.search("业主\\d|p1", page)


def test_where_there_is_no_public_page_its_own_people_alone(place, chair):
    _voted(place, chair)
    place.compound.public_page = False
    place.compound.save()
    assert place.client().get(url(place)).status_code == 404
    assert place.client(place.resident()).get(url(place)).status_code == 200
    from linli.matters.tests.makers import compound

    there = compound("there")

    assert there.client(there.resident()).get(url(place)).status_code == 404


@pytest.mark.one_database
@pytest.mark.parametrize("state", [s.value for s in State])
def test_a_draft_is_nobodys_business(place, chair, state):
    makers.vote(place, by=chair)
    Session.objects.filter(compound_id=place.compound.pk).update(state=state)
    for actor in (None, place.resident(), place.post(Role.PROPERTY_MANAGER), chair):
        assert place.client(actor).get(url(place)).status_code == (404 if state == "drafting" else 200)


def test_a_draft_that_was_given_up_was_never_anybodys_business(place, chair):
    makers.vote(place, by=chair, state=State.DRAFTING)
    Session.objects.filter(compound_id=place.compound.pk).update(state=State.CANCELLED, noticed_at=None)
    for actor in (None, place.resident(), place.post(Role.PROPERTY_MANAGER)):
        assert place.client(actor).get(url(place)).status_code == 404


def test_it_is_linked_from_the_session_and_asks_as_often_for_many(place, chair):
    made, at = _voted(place, chair)
    browser = place.client(place.resident())
    with time_machine.travel(at, tick=False):
        assert url(place) in browser.get(url(place, "session")).content.decode()

    def asked():
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place)).status_code == 200
        return len(seen)

    before = asked()
    for n in (1, 2, 3):
        publish_head(session_id=made.session.pk, compound_id=place.compound.pk, at=at + timedelta(days=n))
    assert asked() == before and len(published(made.session)) == 4


def test_the_page_of_the_vote_shows_the_head_short(place, chair):
    made, _at = _voted(place, chair)
    (head,) = published(made.session)
    page = text(place.client(chair).get(f"/c/{place.slug}/assembly/{made.session.number}/"))
    root = head["root"].upper()
    assert "-".join((root[:4], root[4:8], root[8:12])) in page
    assert head["root"] not in page and "封签全文和公钥" in page
