"""One act: its counts are moved once, at its end."""

from threading import Barrier

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.matters.tests import makers
from linli.plumbing.counters import kept, shift
from linli.plumbing.tenancy import compound_scope
from linli.plumbing.whole import one_act

from .threads import together


@pytest.fixture
def home(db):
    return makers.compound().compound.pk


def test_what_is_shifted_in_one_act_is_one_statement(home):
    with CaptureQueriesContext(connection) as caught, one_act():
        shift(home, {"a": 1, "b": 1})
        with one_act():
            shift(home, {"b": -1, "c": 2})
    assert len([q for q in caught if "INSERT" in q["sql"]]) == 1
    assert kept(home) == {"a": 1, "c": 2}


def test_outside_of_an_act_it_is_moved_at_once(home):
    shift(home, {"a": 1})
    assert kept(home) == {"a": 1}


def test_what_failed_inside_an_act_moved_nothing(home):
    with one_act():
        shift(home, {"a": 1})
        with pytest.raises(ZeroDivisionError), one_act():
            shift(home, {"b": 1})
            raise ZeroDivisionError
    with pytest.raises(ZeroDivisionError), one_act():
        shift(home, {"a": 1})
        raise ZeroDivisionError
    assert kept(home) == {"a": 1}


@pytest.mark.django_db(transaction=True)
def test_two_acts_that_shift_in_opposite_order_do_not_wait_for_each_other():
    home = makers.compound().compound.pk
    half_way = Barrier(2)

    def act(first: str, second: str) -> str:
        with compound_scope(home), one_act():
            shift(home, {first: 1})
            half_way.wait(20)
            shift(home, {second: 1})
        return "done"

    assert together(lambda: act("a", "b"), lambda: act("b", "a")) == ["done", "done"]
    assert kept(home) == {"a": 2, "b": 2}
