from collections.abc import Iterator

import pytest

from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from . import makers
from .batching import opened
from .crew import Crew
from .whistle_cast import Cast


@pytest.fixture
def place():
    return makers.compound()


@pytest.fixture
def owner(place):
    return place.resident()


@pytest.fixture
def desk(place):
    return place.post(Role.FRONT_DESK)


@pytest.fixture
def manager(place):
    return place.post(Role.PROPERTY_MANAGER)


@pytest.fixture
def engineer(place):
    return place.post(Role.ENGINEER)


@pytest.fixture
def chair(place):
    return place.post(Role.COMMITTEE_CHAIR)


@pytest.fixture
def secretary(place):
    return place.post(Role.COMMUNITY_SECRETARY)


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def batch(place, chair):
    return opened(place, chair)


@pytest.fixture
def crew(place, settings, tmp_path) -> Iterator[Crew]:
    settings.MEDIA_ROOT = tmp_path
    with compound_scope(place.compound.pk):
        yield Crew(place)


@pytest.fixture
def cast(place, settings, tmp_path) -> Iterator[Cast]:
    """Of whistles."""
    settings.MEDIA_ROOT = tmp_path
    with compound_scope(place.compound.pk):
        yield Cast(place)
