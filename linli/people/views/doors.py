"""Which frame the pages of a role wear, and whose account is behind them."""

from typing import cast

from django.http import HttpRequest

from linli.people.models import Account
from linli.people.rules import DESK


def frame(request: HttpRequest) -> str:
    """The desk's frame for those who sit at one, the phone's for all others."""
    return (
        "base_desk.html" if request.actor and request.actor.role in DESK and request.compound else "base_resident.html"
    )


def own(request: HttpRequest) -> Account:
    """The account behind a guarded page."""
    return cast(Account, request.user)
