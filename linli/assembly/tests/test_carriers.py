"""Two go to a door: chosen among who holds a post here, typed where one holds none; the act says who."""

import time_machine
from django.urls import reverse

from linli.assembly.models import Delivery
from linli.assembly.rules.sessions import Office, State
from linli.assembly.tests import makers
from linli.matters.tests.makers import NOW
from linli.people.models import Account
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7


def test_carriers_are_chosen_or_typed_and_the_act_says_who(place, chair):
    grid = place.post(Role.GRID_WORKER, name="周一平")
    made = makers.vote(place, (9_000, 8_000), by=chair, state=State.OPEN)
    makers.officer(made, Office.CARRIER, chair)
    at, browser = reverse("assembly:deliver", args=[place.slug, made.session.number, 1]), place.client(chair)
    given = {"evidence": "signed_by_owner", "known_a": str(grid.account_id)}
    with time_machine.travel(NOW, tick=False):
        page = browser.get(at).content.decode()
        assert "周一平 网格员" in page
        assert browser.post(at, {**given, "once": uuid7()}).status_code == 422
        assert browser.post(at, {**given, "once": uuid7(), "known_b": str(grid.account_id)}).status_code == 422
        stranger = Account.objects.create(phone="13899999999", name="外人", created_at=NOW)
        assert browser.post(at, {**given, "once": uuid7(), "known_b": str(stranger.pk)}).status_code == 422
        assert browser.post(at, {**given, "once": uuid7(), "carrier_b": "外来的老张"}).status_code == 302
    assert Delivery.objects.get(compound_id=place.compound.pk).carriers == ["周一平", "外来的老张"]
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="session_deliver")
    assert entry.data["carriers"] == [str(grid.account_id), ""]
