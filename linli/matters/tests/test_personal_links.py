"""A link that answers for whoever has it is shown to nobody but who it was sent to."""

import pytest
from django.urls import get_resolver, reverse

from linli.matters.services import alerts
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Ownership, Person
from linli.people.rules import Role

from .whistle_cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
SITE = "https://linli.example"


def reach(place):
    who = Person.objects.create(compound=place.compound, name="王大", phone="13911110001")
    Ownership.objects.create(compound=place.compound, home=place.homes[1], person=who, from_day=NOW.date())
    alerts.raise_alert(
        by=place.resident(), compound=place.compound, home=place.homes[1], sign="water", site=SITE, at=NOW
    )


def link(place):
    Cast(place).blown()


SENDS = {"reach": reach, "link": link}


def test_every_address_that_a_token_opens_is_sent_here():
    names = set()

    def walk(patterns):
        for one in patterns:
            if hasattr(one, "url_patterns"):
                walk(one.url_patterns)
            elif "token" in one.pattern.converters and len(one.pattern.converters) <= 2:
                names.add(one.name)

    walk(get_resolver().url_patterns)
    assert names - {"link-act"} == set(SENDS)  # what the agency's link does stands behind the link


@pytest.mark.parametrize("way", SENDS)
def test_who_goes_to_tell_in_person_never_sees_the_link(place, way):
    SENDS[way](place)
    sent = Message.objects.filter(compound=place.compound, body__contains=SITE)
    assert sent.update(state="failed")
    rows = list(sent)
    for role in (Role.GRID_WORKER, Role.COMMUNITY_WORKER, Role.COMMUNITY_SECRETARY):
        browser = place.client(place.post(role))
        page = browser.get(reverse("notices:in-person", args=[place.slug])).content.decode()
        assert SITE not in page and not any(row.title in page for row in rows)
        for row in rows:
            for how in ("number", "visited"):
                told = browser.post(reverse("notices:told", args=[place.slug, row.pk]), {"how": how})
                assert told.status_code == 404
    assert set(sent.values_list("state", flat=True)) == {"failed"}
