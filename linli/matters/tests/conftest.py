import pytest
import time_machine

from . import makers


@pytest.fixture
def _at_ten():
    with time_machine.travel(makers.NOW, tick=False):
        yield


@pytest.fixture
def place():
    return makers.compound()
