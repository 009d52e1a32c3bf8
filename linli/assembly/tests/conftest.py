import pytest

from linli.matters.tests import makers
from linli.people.rules import Role


@pytest.fixture
def place(db):
    return makers.compound()


@pytest.fixture
def chair(place):
    return place.post(Role.COMMITTEE_CHAIR, name="吴海")
