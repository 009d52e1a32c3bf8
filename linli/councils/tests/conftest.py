import pytest

from linli.matters.tests import makers
from linli.people.models import Organisation
from linli.people.rules import Body, Role


@pytest.fixture
def place(db):
    return makers.compound()


@pytest.fixture
def chair(place):
    return place.post(Role.COMMITTEE_CHAIR, name="吴海")


@pytest.fixture
def recorder(place):
    return place.post(Role.COMMITTEE_SECRETARY, name="苏文")


@pytest.fixture
def branch(place):
    body = Organisation.objects.create(kind=Body.BRANCH, name="小区党支部", compound=place.compound)
    return place.post(Role.BRANCH_SECRETARY, body, name="林红")
