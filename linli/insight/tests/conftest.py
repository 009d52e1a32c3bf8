import pytest

from linli.matters.tests import makers


@pytest.fixture
def place(db):
    return makers.compound()
