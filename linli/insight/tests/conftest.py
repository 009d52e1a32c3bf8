import pytest
import time_machine

from linli.matters.tests import makers


@pytest.fixture
def _at_ten():
    with time_machine.travel(makers.NOW, tick=False):
        yield


@pytest.fixture
def place(db):
    return makers.compound()
