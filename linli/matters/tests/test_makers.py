import pytest

from linli.people.rules import Role

from . import makers

pytestmark = pytest.mark.django_db


def test_place_gives_actors_that_carry_a_matter_to_resolved():
    place = makers.compound()
    resident, desk, worker = place.resident(), place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
    m = makers.resolved(place, resident, desk, worker)
    assert (m.state, m.turn, m.handler_body_id) == ("resolved", "reporter", place.property.pk)
