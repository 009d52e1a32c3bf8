"""The decoration register (M29): kept by the property company's desk, shown to who handles an alert."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters.models import Decoration
from linli.matters.services import alerts
from linli.matters.services import decorations as services
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7

from . import makers
from .makers import NOW
from .test_whistles import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
TODAY = NOW.date()


@pytest.fixture
def front(place):
    return place.post(Role.FRONT_DESK)


def registered(place, by, **more):
    given = {"home": place.homes[1], "from_on": TODAY, "to_on": TODAY + timedelta(days=30), "firm": "清风装饰"}
    given |= {"contact": "孟师傅", "phone": "13900000071", "at": NOW} | more
    return services.register_decoration(by=by, compound=place.compound, **given)


def url(place, name, *args):
    return reverse(f"matters:{name}", args=[place.slug, *args])


def test_the_desk_registers_and_ends_it_on_the_page(place, front):
    browser, home = place.client(front), place.homes[1]
    page = browser.get(url(place, "decorations") + f"?room={home.label}").content.decode()
    assert str(home.pk) in page
    data = {"home": str(home.pk), "from_on": "2026-03-24", "to_on": "2026-05-01", "firm": "清风装饰", "contact": "孟师傅", "phone": "13900000071"}  # fmt: skip
    where = url(place, "decorations") + f"?room={home.label}"
    assert browser.post(where, data | {"to_on": "2026-03-01"}).status_code == 422
    assert browser.post(where, data | {"phone": ""}).status_code == 422
    assert browser.post(where, data).status_code == 302
    page = browser.get(url(place, "decorations")).content.decode()
    assert "清风装饰" in page and "13900000071" not in page and "孟师傅" not in page
    row = Decoration.objects.get(compound=place.compound)
    for _ in range(2):
        browser.post(url(place, "decoration-end", row.pk))
    row.refresh_from_db()
    acts = AuditEntry.objects.filter(compound_id=place.compound.pk, subject_id=row.pk).values_list("act", flat=True)
    assert row.ended_at == NOW and sorted(acts) == ["end_decoration", "register_decoration"]


def test_the_same_form_twice_is_one_and_others_have_no_say(place, front):
    once = uuid7()
    assert registered(place, front, once=once).pk == registered(place, front, once=once).pk
    for by in (place.post(Role.ENGINEER), place.resident()):
        with pytest.raises(Refused):
            registered(place, by)
    assert place.client(place.resident()).get(url(place, "decorations")).status_code == 404


def test_the_same_form_at_once_is_one(place, front, monkeypatch):
    """The second looked before the first was there."""
    once = uuid7()
    first = registered(place, front, once=once)
    look, looked = services._again, []
    monkeypatch.setattr(services, "_again", lambda *given: look(*given) if looked else looked.append(1))
    assert registered(place, front, once=once).pk == first.pk
    assert Decoration.objects.filter(compound=place.compound).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_looks_by_the_same_form_at_once_are_one():
    place = makers.compound()
    with compound_scope(place.compound.pk):
        front = place.post(Role.FRONT_DESK)
        given = {"by": front, "row": registered(place, front), "reason": "噪声", "at": NOW, "once": uuid7()}
        assert together(place, lambda: services.see_decorator(**given)) == ["13900000071"] * 2
        assert AuditEntry.objects.filter(compound_id=place.compound.pk, act="see_decorator").count() == 1


def test_who_handles_an_alert_finds_whom_to_ring_and_the_neighbour_does_not(place, front):
    row, neighbour = registered(place, front), place.resident()
    registered(place, front, firm="早装完的", from_on=TODAY - timedelta(days=9), to_on=TODAY - timedelta(days=1))
    m = alerts.raise_alert(by=neighbour, compound=place.compound, home=place.homes[1], sign="water", at=NOW)
    page = place.client(front).get(url(place, "matter", m.number)).content.decode()
    assert "在装修：清风装饰" in page and "早装完的" not in page and "13900000071" not in page
    assert "清风装饰" not in place.client(neighbour).get(url(place, "matter", m.number)).content.decode()
    number = url(place, "decorator", row.pk)
    browser = place.client(front)
    assert "13900000071" not in browser.get(number).content.decode()
    assert browser.post(number, {"reason": ""}).status_code == 422
    assert "13900000071" in browser.post(number, {"reason": "门口有水"}).content.decode()
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="see_decorator")
    assert (entry.words, entry.account_id) == ("门口有水", front.account_id)
    assert place.client(neighbour).get(number).status_code == 404


def test_the_list_goes_on_page_by_page_at_one_cost(place, front):
    browser = place.client(front)

    def cost(n):
        for _ in range(n):
            registered(place, front)
        browser.get(url(place, "decorations"))
        with CaptureQueriesContext(connection) as seen:
            page = browser.get(url(place, "decorations")).content.decode()
        return len(seen), page

    few, _page = cost(1)
    many, page = cost(33)
    assert few == many and page.count("清风装饰") == 30
    rest = browser.get(
        url(place, "decorations") + page.partition('href="?after=')[1][6:] + page.partition("?after=")[2][:36]
    )
    assert rest.content.decode().count("清风装饰") == 4
