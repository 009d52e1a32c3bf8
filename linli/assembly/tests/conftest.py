import pytest

from linli.matters.tests import makers
from linli.people.rules import Role

from .forming import Village, village


@pytest.fixture
def place(db):
    return makers.compound()


@pytest.fixture
def chair(place):
    return place.post(Role.COMMITTEE_CHAIR, name="吴海")


@pytest.fixture
def no_plain_file(monkeypatch):
    """What is on its way in lies nowhere as it is."""

    def made(*args, **kw):
        raise AssertionError("a temporary file")

    monkeypatch.setattr("django.core.files.uploadhandler.TemporaryUploadedFile", made)


@pytest.fixture
def v(db) -> Village:
    """Forty homes without a committee."""
    return village()
