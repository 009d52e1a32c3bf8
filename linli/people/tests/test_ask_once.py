"""Of two open requests of nobody, kept before one alone could stand open, the first stays open."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from linli.matters.tests.makers import NOW
from linli.people.models import DataRequest
from linli.people.tests.test_bindings import asker

CLOSE = import_module("linli.people.migrations.0015_ask_once_also_of_nobody").close_repeated
pytestmark = pytest.mark.django_db


def test_the_first_of_two_stays_open(place):
    account = asker()
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX data_request_open_of_none")
    for kind, hours in (("erase", 1), ("erase", 0), ("erase", 1), ("correct", 2)):
        DataRequest.objects.create(
            compound=place.compound,
            account=account,
            kind=kind,
            words="删掉我的号码",
            asked_at=NOW + timedelta(hours=hours),
        )
    CLOSE(apps, None)
    rows = DataRequest.objects.filter(compound=place.compound).order_by("asked_at")
    assert [(row.kind, row.state) for row in rows] == [
        ("erase", "asked"), ("erase", "refused"), ("erase", "refused"), ("correct", "asked"),
    ]  # fmt: skip
    assert {row.answer for row in rows if row.state == "refused"} == {"已经提过一样的要求，在那一条里答复"}
