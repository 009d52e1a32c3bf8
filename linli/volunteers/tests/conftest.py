import pytest

from linli.matters.tests import makers
from linli.people.models import Organisation
from linli.people.rules import Body, Role

from .covering import name


@pytest.fixture
def place(db):
    return makers.compound()


@pytest.fixture
def team(place):
    return Organisation.objects.create(kind=Body.VOLUNTEERS, name="邻里志愿队", compound=place.compound)


@pytest.fixture
def caller(place):
    return place.resident(name="李小满")


@pytest.fixture
def volunteer(place, team):
    return place.post(Role.VOLUNTEER, team, name="陈建国")


@pytest.fixture
def captain(place):
    return place.post(Role.BUILDING_CAPTAIN, name="孙红")


@pytest.fixture
def clerk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def aunt(place):
    return place.post(Role.RESIDENT_REPRESENTATIVE, name="何秀英")


@pytest.fixture
def cover(place, clerk, aunt):
    return name(place, clerk, aunt)
