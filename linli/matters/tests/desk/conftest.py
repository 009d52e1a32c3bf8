from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope

from .. import makers


@pytest.fixture
def place(db) -> Iterator[makers.Place]:
    """On a Monday at ten, inside the compound."""
    made = makers.compound()
    with compound_scope(made.compound.pk), time_machine.travel(makers.NOW, tick=False):
        yield made


@pytest.fixture
def clerk(place) -> Actor:
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def browser(place, clerk) -> Client:
    return place.client(clerk)
