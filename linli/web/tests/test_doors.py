"""Every post comes to a page that it may open, and its navigation leads to no other."""

import pytest
from django.urls import reverse

from linli.matters.tests import makers
from linli.people.access import door
from linli.people.models import Organisation
from linli.people.rules import POSTS, Body, Role

pytestmark = pytest.mark.django_db
ROLES = [role for role in Role if role in POSTS or role in (Role.OWNER, Role.OCCUPANT)]


def _somebody(place, role: Role):
    if role not in POSTS:
        return place.resident(relation="owner" if role == Role.OWNER else "tenant")
    kind = min(POSTS[role])
    above = {Body.COMMUNITY: {"community": place.compound.community}, Body.SUBDISTRICT: {"subdistrict": place.compound.community.subdistrict}}  # fmt: skip
    where = above.get(kind, {"compound": place.compound})
    return place.post(role, body=Organisation.objects.create(kind=kind, name="某组织", **where))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_may_open_its_door_and_all_that_stands_beside_it(role):
    place = makers.compound()
    browser = place.client(_somebody(place, role))
    page = browser.get(reverse(door(role), args=[place.slug]))
    assert page.status_code == 200
    look = page.context["look"]
    assert look["home_url"] == reverse(door(role), args=[place.slug])
    tabs = [url for _key, _label, url, _count in look["nav"]()]
    assert 3 <= len(tabs) <= 4
    desk = [url for links in look["groups"]() for _key, _label, url, _count in links]
    assert {url: browser.get(url).status_code for url in {*tabs, *desk}} == dict.fromkeys({*tabs, *desk}, 200)
