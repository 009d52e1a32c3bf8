"""The inbox tells what happened last first, whatever order the rows came in."""

from datetime import timedelta
from uuid import uuid4

import pytest

from linli.matters.tests import makers
from linli.notices import queries
from linli.notices.models import Message, Posting
from linli.plumbing.tenancy import uuid7

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    return makers.compound("liuxi")


def kept(place, account_id, hours: int) -> Message:
    return Message.objects.create(
        id=uuid7(), compound=place.compound, key=str(uuid4()), account_id=account_id, subject_kind="matter", subject_id=uuid4(), kind="told",
        title=f"{hours}", created_at=makers.NOW - timedelta(hours=hours),
    )  # fmt: skip


def test_inbox_is_newest_first_page_by_page(place):
    mine = {"compound_id": place.compound.pk, "account_id": place.resident().account_id}
    for hours in (3, 1, 5, 1, 4, 2):
        kept(place, mine["account_id"], hours)
    read, after = [], None
    while rows := queries.inbox(**mine, after=after, limit=2)[:2]:
        read, after = [*read, *rows], rows[-1].pk
    assert [m.title for m in read] == ["1", "1", "2", "3", "4", "5"]
    assert read[0].pk > read[1].pk
    other = kept(place, place.resident(place.homes[1]).account_id, 0)
    assert queries.inbox(**mine, after=other.pk) == []


def test_postings_are_newest_first_by_their_day(place):
    for days in (9, 1, 5):
        Posting.objects.create(
            id=uuid7(), compound=place.compound, kind="notice", title=f"{days}", body="", state="issued", by_body=place.committee,
            drafted_at=makers.NOW - timedelta(days=20), issued_at=makers.NOW - timedelta(days=days),
        )  # fmt: skip
    assert [p.title for p in queries.postings(compound_id=place.compound.pk)] == ["1", "5", "9"]
