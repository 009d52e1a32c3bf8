"""A community's desk and a worker, on a Monday at ten."""

import pytest
import time_machine

from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from .. import makers
from ..makers import NOW


@pytest.fixture
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = makers.compound()
    with compound_scope(made.compound.pk), time_machine.travel(NOW, tick=False):
        yield made


@pytest.fixture
def desk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def worker(place):
    return place.post(Role.ENGINEER)
