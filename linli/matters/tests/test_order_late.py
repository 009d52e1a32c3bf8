"""An order whose time has passed: who is told, and the list of the three parties."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from linli.matters import services, tasks
from linli.matters.models import Matter, Order
from linli.matters.queries.recount import differences
from linli.matters.services import orders
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import AuditEntry

from .crew import said
from .makers import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def test_time_that_passes_is_said_once(crew):
    crew.placed(crew.sorted())
    assert tasks.run_orders(at(24, 12)) == 0
    assert (tasks.run_orders(at(26)), tasks.run_orders(at(26) + timedelta(hours=1))) == (1, 0)
    assert Order.objects.get().overdue
    assert Message.objects.filter(kind="breach", subject_kind="order").count() == 2


def test_the_party_in_turn_is_reminded_then_its_superiors_hear_then_the_three(crew):
    """Placed on Tuesday 10:00, taken by Wednesday 17:30; on the list a working day later."""
    head = crew.place.post(Role.COMMUNITY_SECRETARY)
    order = crew.placed(crew.sorted())
    for day, hour, minute in ((24, 16, 0), (25, 10, 0), (25, 15, 0), (25, 17, 29), (25, 17, 30), (26, 17, 29)):
        tasks.run_orders(at(day, hour, minute))
    assert said(crew, "warn") == {crew.manager.account_id, crew.desk.account_id}
    assert said(crew, "breach") == {crew.manager.account_id, crew.chair.account_id, head.account_id}
    assert on_list(crew, "listed:order") == 0
    tasks.run_orders(at(26, 17, 30))
    assert tasks.run_orders(at(27)) == 0
    assert said(crew, "list") == {crew.manager.account_id, crew.chair.account_id, head.account_id}
    entries = AuditEntry.objects.filter(compound=crew.place.compound, subject_kind="order", role="clock").order_by("id")
    assert [e.data["stage"] for e in entries] == [1, 2, 3, 4] and all(e.internal for e in entries)
    order.refresh_from_db()
    assert (order.listed_at, order.overdue, on_list(crew, "listed:order")) == (at(26, 17, 30), True, 1)
    order = orders.accept(by=crew.manager, order=order, words="这就办", at=at(27, 9))
    assert (order.listed_at, order.overdue, order.stage, on_list(crew, "listed:order")) == (None, False, 0, 0)
    assert not differences(crew.place.compound.pk).counts


def test_a_day_asked_for_that_has_gone_by_is_late_at_once(crew):
    matters = crew.sorted(1)
    order = crew.accepted(matters)
    orders.split(by=crew.manager, order=order, words="换灯", due_at=at(31), matters=matters, at=at(30))
    assert [tasks.run_orders(when) for when in (at(30), at(30), at(30, 17, 30))] == [1, 0, 1]
    assert said(crew, "warn") == set() and len(said(crew, "list")) == 2


def test_what_was_late_before_there_was_a_list_gets_there(crew):
    order = crew.placed(crew.sorted(1))
    Order.objects.filter(pk=order.pk).update(overdue=True, next_at=None)
    import_module("linli.matters.migrations.0025_mark_late_orders_and_asks").mark(apps, None)
    assert tasks.run_orders(at(26)) == 0  # it was told of already
    assert tasks.run_orders(at(26, 17, 30)) == 1 and on_list(crew, "listed:order") == 1


def test_what_an_order_got_done_leaves_the_list_of_the_three(crew):
    matters = crew.sorted(1)
    part = crew.split(crew.accepted(matters), matters)
    for _ in range(3):
        tasks.run_clocks(at(10, month=4))
    assert Matter.objects.get(pk=matters[0].pk).listed_at and on_list(crew) == 1
    crew.report(part, when=at(10, 11, month=4))
    m = Matter.objects.get(pk=matters[0].pk)
    assert (m.listed_at, on_list(crew)) == (None, 0)
    services.confirm(by=crew.neighbours[0], matter=m, rating="satisfied", at=at(10, 12, month=4))
    assert on_list(crew) == 0 and not differences(crew.place.compound.pk)


def test_the_list_is_put_right_where_it_had_gone_wrong(crew):
    done, late = crew.sorted(2)
    Matter.objects.filter(pk=done.pk).update(listed_at=NOW)
    Matter.objects.filter(pk=late.pk).update(listed_at=NOW, overdue=True)
    shift(crew.place.compound.pk, {"open:listed": -1})
    import_module("linli.matters.migrations.0022_clear_the_list_of_what_is_done").clear(apps, None)
    rows = Matter.objects.filter(compound=crew.place.compound, listed_at__isnull=False)
    assert [m.pk for m in rows] == [late.pk] and on_list(crew) == 1


def on_list(crew, name: str = "open:listed") -> int:
    return kept(crew.place.compound.pk, name).get(name, 0)
