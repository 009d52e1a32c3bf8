"""Handled and resolved by the named handler only (domain §4.9); who takes what a body was given is named by that."""

import pytest

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.access import matter_for
from linli.matters.models import Matter
from linli.matters.rules.states import Act, State, allowed
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

from .makers import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def given(place, owner, desk):
    """To the company, with nobody named."""
    with compound_scope(place.compound.pk):
        m = place.matter(owner)
        m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=NOW)
        yield services.dispatch(by=desk, matter=m, body=place.property, at=NOW)


def may(place, matter, by) -> list[Act]:
    found = matter_for(compound=place.compound, number=matter.number, by=by)
    return allowed(State(Matter.objects.get(pk=matter.pk).state), found[1])


def test_who_takes_it_is_its_handler_and_nobody_else_of_the_body(place, given, engineer):
    other = place.post(Role.ENGINEER)
    assert Act.TAKE in may(place, given, other)
    m = services.take(by=engineer, matter=given, words="打过电话", at=NOW)
    assert m.handler_post_id == engineer.role_id
    assert Act.RESOLVE in may(place, m, engineer)
    assert Act.RESOLVE not in may(place, m, other)
    with pytest.raises(Refused):
        services.resolve(by=other, matter=m, words="好了", cost_fen=0, evidence=True, at=NOW)


@pytest.mark.parametrize("role", [Role.GUARD, Role.CLEANER])
def test_guards_and_cleaners_take_only_what_they_are_named_for(place, given, desk, role):
    hand = place.post(role)
    assert Act.TAKE not in may(place, given, hand)
    mine = services.triage(by=desk, matter=place.matter(desk), category="0702", level="building", urgency="normal", at=NOW)  # fmt: skip
    mine = services.dispatch(by=desk, matter=mine, body=place.property, post=Post.objects.get(pk=hand.role_id), at=NOW)
    assert Act.TAKE in may(place, mine, hand)
