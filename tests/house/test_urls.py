"""Every address has a guard, few are public, and a neighbour compound's people find nothing here."""

import re

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from linli.matters.tests import makers
from linli.people.rules import Role
from linli.plumbing.tenancy import uuid7

PUBLIC = {
    "web:front", "web:elder", "web:theme", "web:language", "web:style", "web:healthz", "web:readyz", "web:metrics",
    "web:offline", "web:manifest", "web:service-worker",
    "people:sign-in", "people:code", "people:sign-out", "people:privacy", "people:lost",
    "matters:batch", "matters:public", "matters:public-file", "matters:solved",
    "matters:prices",
    "assembly:check-receipt", "assembly:check-result", "assembly:verify", "assembly:heads", "assembly:bulletin",
    "matters:reach", "matters:link", "matters:link-act", "matters:link-file",
}  # fmt: skip
# Anybody signed in may ask to be bound to a home of any compound; the view shows rooms, never people.
OPEN_TO_STRANGERS = {"people:bind"}


def every_url(patterns=None, namespace="", route=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        where = route + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from every_url(entry.url_patterns, inner, where)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", where, entry.callback


def test_every_view_has_a_guard():
    assert [name for name, _, view in every_url() if not getattr(view, "guard", "")] == []


def test_public_views_are_on_the_short_list():
    assert {name for name, _, view in every_url() if getattr(view, "guard", "") == "public"} - PUBLIC == set()


def filled(route: str, slug: str) -> str:
    values = {"slug": slug, "uuid": str(uuid7()), "int": "1", "str": "note"}

    def value(match: re.Match) -> str:
        kind, name = match[1] or "str", match[2]
        return slug if name == "slug" else values.get(kind, "x")

    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", value, route)


COMPOUND = [
    (name, route)
    for name, route, view in every_url()
    if "slug:slug" in route and getattr(view, "guard", "") != "public"
]


@pytest.mark.one_database
@pytest.mark.parametrize(("name", "route"), COMPOUND)
@pytest.mark.django_db
def test_stranger_is_sent_to_sign_in(name, route):
    place = makers.compound("here")
    answer = place.client().get(filled(route, "here"))
    assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, "/sign-in/")


@pytest.mark.parametrize(("name", "route"), [row for row in COMPOUND if row[0] not in OPEN_TO_STRANGERS])
@pytest.mark.django_db
def test_people_of_another_compound_find_nothing(name, route):
    makers.compound("here")
    there = makers.compound("there")
    for actor in (there.post(Role.COMMUNITY_SECRETARY), there.post(Role.PROPERTY_MANAGER), there.resident()):
        assert there.client(actor).get(filled(route, "here")).status_code == 404, actor.role


def test_ids_in_addresses_are_typed():
    assert [route for _, route, _ in every_url() if re.search(r"<(?:pk|id)>", route)] == []
