"""Joining at the same moment, on a server: nobody waits for the other for ever, and the counts are right."""

from functools import partial

import pytest

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Matter
from linli.matters.queries.recount import differences
from linli.people.rules import Role
from linli.plumbing.tests.threads import together

from . import makers
from .makers import NOW, in_progress, resolved


@pytest.mark.django_db(transaction=True)
def test_merges_of_all_kinds_at_once_all_come_to_an_end():
    place = makers.compound()
    owner, desk, hand = place.resident(), place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
    pairs = []
    for n in range(4):
        pairs.append((in_progress(place, owner, desk, hand), place.matter(owner, f"灯 {n} 不亮", category="0101")))
        pairs.append((place.matter(owner, f"梯 {n} 不动"), resolved(place, owner, desk, hand)))
    jobs = [partial(services.merge, by=desk, matter=a, target=b, alike=[b.number], at=NOW) for a, b in pairs]
    assert {type(one) for one in together(*jobs)} == {Matter}
    assert len(differences(place.compound.pk)) == 0


@pytest.mark.django_db(transaction=True)
def test_of_two_joined_to_each_other_at_once_one_stays():
    place = makers.compound()
    owner, desk = place.resident(), place.post(Role.FRONT_DESK)
    for _ in range(4):
        a, b = place.matter(owner), place.matter(owner)
        merge = partial(services.merge, by=desk, at=NOW)
        got = together(partial(merge, matter=a, target=b), partial(merge, matter=b, target=a))
        assert {type(one) for one in got} == {Matter, Refused}
