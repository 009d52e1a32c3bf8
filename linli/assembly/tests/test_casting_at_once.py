"""Many presses at one moment: one ballot for one press, each other kept in order, and everybody gets the receipt."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

from linli.assembly.models import Leaf, Log, PartyItem
from linli.assembly.queries.casting import voices
from linli.assembly.tests import makers
from linli.assembly.tests.test_casting import bound, cast
from linli.assembly.views.casting import KEPT, SENT, Draft
from linli.kernel import receipts
from linli.people.models import Account, OneTimeCode
from linli.plumbing import codes
from linli.plumbing.addresses import numbered
from linli.plumbing.tests.threads import together


@pytest.fixture
def vote(place, chair):
    return makers.vote(place, (9_000, 8_000, 7_000), by=chair, couples=(2,))


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_with_one_key_are_one_ballot(place, vote):
    by, once = bound(place, vote, 1), uuid4()
    got = [leaf for _ in range(4) for leaf in together(*[lambda: cast(vote, by, once=once)] * 50)]
    assert [type(leaf) for leaf in got] == [Leaf] * 200
    assert {leaf.ballot for leaf in got} == {got[0].ballot}
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_with_different_keys_are_kept_in_order(place, vote):
    by = [bound(place, vote, 1), bound(place, vote, 2), bound(place, vote, 2, 1), bound(place, vote, 3)]
    got = together(*[lambda one=by[n % 4]: cast(vote, one) for n in range(40)])
    assert [type(leaf) for leaf in got] == [Leaf] * 40
    leaves = list(Leaf.objects.filter(compound_id=place.compound.pk).order_by("index"))
    assert [leaf.index for leaf in leaves] == list(range(40))
    assert all(receipts.holds(leaf.receipt) for leaf in leaves)
    assert sorted(PartyItem.objects.filter(compound_id=place.compound.pk).values_list("times", flat=True)) == [
        10,
        10,
        20,
    ]
    box = Log.objects.get(compound_id=place.compound.pk)
    assert (box.parties, box.area) == (3, 24_000)


def ready(place, made, by) -> tuple[OneTimeCode, Callable[[str], HttpResponse]]:
    """A ballot looked through waits for its code, 123456. Each press is a browser's own, of one and the same ballot."""
    now, phone = timezone.now(), Account.objects.get(pk=by.account_id).phone
    sent = OneTimeCode.objects.create(
        phone=phone, purpose="cast", digest=codes.digest("cast", phone, "123456"), sent_at=now, expires_at=now + timedelta(minutes=5)
    )  # fmt: skip
    draft = Draft(made.session.pk, voices(made.session, by)[0].key, uuid4(), {"1": "approve"}).sealed(by.account_id)

    def press(code: str) -> HttpResponse:
        browser = place.client(by)
        held = browser.session
        held.update({KEPT: draft, SENT: codes.kept("", now)})
        held.save()
        browser.cookies[settings.SESSION_COOKIE_NAME] = held.session_key
        return browser.post(numbered("assembly:cast-confirm", place.slug, made.session.number), {"code": code})

    return sent, press


@pytest.fixture
def running(place, chair):
    now = timezone.now()
    return makers.vote(place, (9_000,), by=chair, opens=now - timedelta(days=1), closes=now + timedelta(days=5))


@pytest.mark.django_db(transaction=True)
def test_all_presses_of_the_page_with_one_code_lead_to_one_receipt(place, running):
    _sent, press = ready(place, running, bound(place, running, 1))
    got = together(*[lambda: press("123456")] * 20)
    (leaf,) = Leaf.objects.filter(compound_id=place.compound.pk)
    assert {answer.status_code for answer in got} == {302}
    assert {answer["Location"] for answer in got} == {
        f"/c/{place.slug}/assembly/{running.session.number}/receipts/{leaf.index}/"
    }


@pytest.mark.django_db(transaction=True)
def test_a_wrong_code_is_counted_and_casts_nothing(place, running):
    sent, press = ready(place, running, bound(place, running, 1))
    answer = press("654321")
    sent.refresh_from_db()
    assert (answer.status_code, sent.tries, sent.used_at) == (422, 1, None)
    assert Leaf.objects.filter(compound_id=place.compound.pk).count() == 0
