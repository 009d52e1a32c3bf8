import pytest

from linli.matters.tests import makers
from linli.people.rules import Role


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def place():
    return makers.compound()


@pytest.fixture
def clerk(place):
    return place.post(Role.REGISTER_CLERK)


@pytest.fixture
def second(place):
    return place.post(Role.COMMUNITY_WORKER)
