"""What of several matters somebody may open: the same as of each."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters.access import matter_for, matters_for
from linli.matters.models import Follower, Matter
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.people.rules import Role

ROLES = [
    Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.ENGINEER, Role.GUARD, Role.STEWARD, Role.COMMITTEE_CHAIR,
    Role.COMMITTEE_SECRETARY, Role.COMMUNITY_SECRETARY, Role.COMMUNITY_WORKER, Role.GRID_WORKER, Role.REGISTER_CLERK,
]  # fmt: skip
pytestmark = pytest.mark.django_db


def followed(matter, by, kind, left_at=None):
    Follower(
        compound=matter.compound, matter=matter, account_id=by.account_id, kind=kind, since=NOW, left_at=left_at
    ).save()
    return matter


@pytest.fixture
def several(place, owner, desk):
    """Of each privacy, for each way of following it; nobody else's account stands in them."""
    neighbour = place.resident(place.homes[1])
    for privacy in ("normal", "secret"):
        followed(place.matter(owner, "楼道灯坏了"), neighbour, "follower")
        followed(place.matter(owner, "门禁坏了"), neighbour, "me_too")
        followed(place.matter(owner, "水管漏了"), neighbour, "me_too", left_at=NOW)
        place.matter(owner, "电梯停了")
        Matter.objects.filter(compound=place.compound, privacy="normal", number__gt=4).update(privacy=privacy)
    return neighbour


@pytest.mark.parametrize("role", ["neighbour", "reporter", "elsewhere", *ROLES])
def test_several_are_opened_as_one_is(place, owner, several, role):
    others = {
        "neighbour": several,
        "reporter": owner,
        "elsewhere": makers.compound("there").post(Role.COMMUNITY_WORKER),
    }
    by = others.get(role) or place.post(role)
    all_of_them = list(Matter.objects.filter(compound=place.compound))
    opened = matters_for(compound=place.compound, ids=[m.pk for m in all_of_them], by=by)
    alone = {m.number for m in all_of_them if matter_for(compound=place.compound, number=m.number, by=by)}
    assert {m.number for m in opened} == alone
    if role == "neighbour":
        assert alone == {1, 2, 6}  # one who merely follows does not see what became secret


def test_as_many_queries_for_one_as_for_many(place, several):
    ids = [m.pk for m in Matter.objects.filter(compound=place.compound, privacy="normal")]
    asked = []
    for some in (ids[:1], ids):
        with CaptureQueriesContext(
            connection,
        ) as caught:
            matters_for(compound=place.compound, ids=some, by=several)
        asked.append(len(caught))
    assert asked == [2, 2]
