"""What belongs to one vote is not found under another of the same compound, whoever works at both."""

from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Objection, Officer, Opinion, Paper, Scan, ShownScan
from linli.assembly.rules.numbers import drawn
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import returning

from . import boxes, makers
from .test_casting import AT, bound, cast
from .test_proxies import give
from .test_scanning import batch, picture

NUMBERS = [drawn(lambda signs, n=n: signs[n]) for n in range(3)]
AFTER = boxes.AFTER


@pytest.fixture
def both(place, chair):
    """Two votes; the chair carries and counts at both, and everything came in at the first."""
    made, other = (makers.vote(place, (9_000, 8_000, 7_000), by=chair) for _ in range(2))
    for one in (made, other):
        for office in (Office.CHAIR, Office.CARRIER, Office.TELLER, Office.CLERK):
            makers.officer(one, office, chair)
    for party, number in zip(made.parties, NUMBERS, strict=True):
        Paper.objects.create(
            compound=place.compound, session=made.session, party=party, number=number, printed_at=made.session.drafted_at
        )  # fmt: skip
    return made, other


def codes(place, by, vote_number, pages, **form):
    browser = place.client(by)
    addresses = [reverse(f"assembly:{name}", args=[place.slug, vote_number, *args]) for name, *args in pages]
    return [(browser.post(one, {"once": str(uuid4()), **form}) if form else browser.get(one)).status_code for one in addresses]  # fmt: skip


def test_papers_scans_and_authorities_of_another_vote(place, chair, both):
    made, other = both
    proxy = give(made, chair, photo=BytesIO(picture(nth=1)))
    (row,) = batch(place, made, chair, picture(nth=2))
    slip = returning.receive(by=chair, session=made.session, number=NUMBERS[0], at=AT, once=uuid4())
    pages = [
        ("proxy-withdraw", proxy.pk),
        ("scan-batch", row.batch_id),
        ("scan-name", row.scan_id),
        ("slip", slip.index),
    ]
    with time_machine.travel(AT, tick=False):
        assert codes(place, chair, made.session.number, pages) == [200] * 4
        assert codes(place, chair, other.session.number, pages) == [404] * 4
        assert set(codes(place, chair, other.session.number, pages[:3], reason="x", number=NUMBERS[1])) == {404}
    proxy.refresh_from_db()
    assert proxy.withdrawn_at is None and Scan.objects.filter(compound_id=place.compound.pk, paper=None).count() == 2


def test_receipts_and_voices_of_another_vote(place, chair, both):
    made, other = both
    by = bound(place, made, 1)
    cast(made, by)
    pages = [("receipt", 0), ("receipt-file", 0)]
    with time_machine.travel(AT, tick=False):
        assert codes(place, by, made.session.number, pages) == [200] * 2
        assert codes(place, by, other.session.number, pages) == [404] * 2
        for one in both:
            one.session.rules["official_evote_required"] = True
            one.session.save()
        assert codes(place, by, other.session.number, [("opinion",)], choice_1="approve") == [404]
    assert not Opinion.objects.filter(compound_id=place.compound.pk).exists()


def test_officers_and_objections_of_another_vote(place, chair, both):
    made, other = both
    raised = Objection.objects.create(
        compound=place.compound, session=made.session, about="result", words="x", raised_at=AT, name="业主一"
    )  # fmt: skip
    officer = Officer.objects.filter(compound_id=place.compound.pk, session=made.session, office="carrier").get()
    for one in both:
        one.session.state = State.ANNOUNCED
        one.session.save()
    with time_machine.travel(AFTER, tick=False):
        page = [("answer", raised.pk)]
        assert codes(place, chair, made.session.number, page) == [200]
        assert codes(place, chair, other.session.number, page) == [404]
        assert codes(place, chair, other.session.number, page, words="x", upheld="yes") == [404]
        for one in both:
            one.session.state = State.OPEN
            one.session.save()
        assert codes(place, chair, other.session.number, [("release", officer.pk)]) == [404]
    officer.refresh_from_db()
    assert officer.left_at is None


def test_pictures_and_papers_at_another_count(place, chair, both):
    made, other = both
    (row,) = batch(place, made, chair, picture(nth=2))
    returning.receive(by=chair, session=made.session, number=NUMBERS[0], at=AT, once=uuid4())
    shown = ShownScan.objects.create(compound=place.compound, scan=row.scan, file="x", at=AFTER)
    for one in both:
        one.session.state = State.COUNTING
        one.session.save()
    with time_machine.travel(AFTER, tick=False):
        assert (
            codes(place, chair, other.session.number, [("count-scan", shown.pk), ("count-paper", NUMBERS[0])])
            == [404] * 2
        )
        assert codes(place, chair, made.session.number, [("count-paper", NUMBERS[0])]) == [200]
