"""Last signatures at the same moment decide once: threads on PostgreSQL."""

from functools import partial

import pytest

from linli.councils.models import AgendaItem, SealUse, Signature
from linli.councils.services import meetings, seals
from linli.kernel.refusal import Refused
from linli.matters.tests import makers
from linli.notices.models import Posting
from linli.plumbing.models import AuditEntry
from linli.plumbing.tests.threads import together

from .meetings import OVER, board, held, item, signed
from .test_seals import LETTER


@pytest.mark.django_db(transaction=True)
def test_simultaneous_last_signatures_settle_an_item_once():
    seven = board(makers.compound())
    meeting = held(seven, came=7)
    signed(seven, meeting, "yy")
    row = item(meeting)

    def sign(n: int) -> str:
        try:
            meetings.sign(by=seven.members[2 + n % 5], meeting=meeting, item=row, choice="approve", at=OVER)
        except Refused as no:
            return no.refusal.key
        return "done"

    got = together(*[partial(sign, n) for n in range(10)])
    assert got.count("done") == 5
    fresh = AgendaItem.objects.get(compound_id=meeting.compound_id, pk=row.pk)
    meeting.refresh_from_db()
    assert (fresh.result, fresh.approve, meeting.state) == ("passed", 7, "closed")
    entries = AuditEntry.objects.filter(compound_id=meeting.compound_id, act="meeting_sign")
    assert [e.data["settles"] for e in entries if "settles" in e.data] == ["passed"]
    assert Signature.objects.filter(compound_id=meeting.compound_id).count() == 7


@pytest.mark.django_db(transaction=True)
def test_published_and_stamped_once_however_often_pressed():
    place = makers.compound()
    seven = board(place)
    meeting = held(seven)
    signed(seven, meeting, "yyyy")
    request = seals.ask(by=seven.chair, compound=place.compound, item=item(meeting), at=OVER, **LETTER)

    def press(n: int) -> str:
        try:
            if n % 2:
                meetings.publish(by=seven.chair, meeting=meeting, compound=place.compound, at=OVER)
            else:
                seals.use(by=seven.chair, request=request, at=OVER)
        except Refused as no:
            return no.refusal.key
        return "done"

    assert sorted(together(*[partial(press, n) for n in range(8)])) == ["done"] * 2 + ["wrong_state"] * 6
    assert SealUse.objects.filter(compound_id=place.compound.pk).count() == 1
    assert Posting.objects.filter(compound_id=place.compound.pk).count() == 1
