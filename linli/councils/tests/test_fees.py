"""Each half year what the members paid themselves (domain §3.11)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from linli.councils import tasks
from linli.councils.models import FeeStatement
from linli.councils.rules.fees import Half, last_half
from linli.matters.tests.makers import compound as another
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import Role

from .meetings import board

JULY = datetime(2026, 7, 2, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_july():
    with time_machine.travel(JULY, tick=False):
        yield


@pytest.fixture
def seven(place):
    made = board(place)
    Post.objects.filter(organisation=made.body).update(from_day=date(2026, 1, 1))
    return made


def url(place, name="fees"):
    return reverse(f"councils:{name}", args=[place.slug])


def paid(b, sums="100.50", **more):
    return {f"paid-{m.account_id}": sums for m in b.members} | {"source": "物业收费台账"} | more


def test_the_last_half_that_is_over():
    assert [last_half(d) for d in (date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31))] == [
        Half(2025, 2), Half(2026, 1), Half(2026, 1),
    ]  # fmt: skip


def test_it_is_published_once_and_put_right_by_another(place, seven):
    browser, once = place.client(seven.secretary), str(uuid4())
    for _ in range(2):
        assert browser.post(url(place, "fees-new"), paid(seven, once=once)).status_code == 302
    row = FeeStatement.objects.get(compound_id=place.compound.pk)
    assert (row.year, row.half, len(row.lines), row.lines[0]["fen"], row.corrects) == (2026, 1, 7, 10050, None)
    assert browser.post(url(place, "fees-new"), paid(seven, "0")).status_code == 302
    assert FeeStatement.objects.get(compound_id=place.compound.pk, corrects=row).lines[0]["fen"] == 0
    page = place.client(place.resident()).get(url(place)).content.decode()
    assert "100.5" in page and "更正过" in page and "物业收费台账" in page and url(place, "fees-new") not in page


def test_each_member_is_asked_for(place, seven):
    said = paid(seven)
    said.pop(f"paid-{seven.chair.account_id}")
    assert place.client(seven.chair).post(url(place, "fees-new"), said).status_code == 422
    assert place.client(seven.chair).post(url(place, "fees-new"), paid(seven, "很多")).status_code == 422


def test_nobody_else_publishes(place, seven):
    there = another("there")
    for actor in (place.resident(), place.post(Role.PROPERTY_MANAGER)):
        assert place.client(actor).get(url(place, "fees-new")).status_code == 404
    theirs = there.client(there.post(Role.COMMITTEE_CHAIR))
    assert {theirs.get(url(place, name)).status_code for name in ("fees", "fees-new")} == {404}


def test_the_chair_is_reminded_once_until_it_is_published(place, seven):
    for n in (0, 1):
        tasks.remind_fees(JULY + timedelta(days=n))
    assert Message.objects.get(compound=place.compound, kind="fees_due").account_id == seven.chair.account_id
    place.client(seven.chair).post(url(place, "fees-new"), paid(seven))
    Message.objects.filter(compound=place.compound).delete()
    assert tasks.remind_fees(JULY + timedelta(days=2)) == 0
