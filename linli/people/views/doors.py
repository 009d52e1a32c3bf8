"""Which door a role goes through, and which frame its pages wear."""

from typing import cast

from django.http import HttpRequest
from django.urls import NoReverseMatch

from linli.people.models import Account
from linli.people.rules import DESK, RESIDENTS, Role
from linli.plumbing.addresses import address


def door(role: str, slug: str) -> str:
    name = (
        "matters:home"
        if role in RESIDENTS
        else "matters:desk"
        if role in DESK or role == Role.SUBDISTRICT_OFFICER
        else "matters:work"
    )
    try:
        return address(name, slug)
    except NoReverseMatch:
        return address("people:me", slug)


def frame(request: HttpRequest) -> str:
    """The desk's frame for those who sit at one, the phone's for all others."""
    return (
        "base_desk.html" if request.actor and request.actor.role in DESK and request.compound else "base_resident.html"
    )


def own(request: HttpRequest) -> Account:
    """The account behind a guarded page."""
    return cast(Account, request.user)
