"""Nobody's matter in an order ends before they were told; all are told; any may say that it is not theirs (M46)."""

import pytest
import time_machine
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Clock, Gathered, Matter, Order
from linli.matters.queries.recount import differences, lines
from linli.matters.services import orders
from linli.notices.models import Message

from .crew import states
from .makers import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


@pytest.fixture
def matters(crew):
    """Three, the first two in a part that was reported a week before the other's."""
    found = crew.sorted(3)
    order = crew.accepted(found)
    first, rest = crew.split(order, found[:2]), crew.split(order, found[2:])
    crew.report(first, when=at(25, 10))
    Matter.objects.filter(compound=crew.place.compound).update(visit_wanted=False, visit_due_at=None)
    crew.rest = rest
    return found


def told(crew) -> set:
    return set(Message.objects.filter(kind="resolve", subject_kind="matter").values_list("account_id", flat=True))


def test_the_quiet_days_begin_when_they_are_told(crew, matters):
    tasks.close_unvisited(at(2, 12, month=4))
    assert (states(matters), told(crew)) == (["resolved", "resolved", "in_progress"], set())
    with pytest.raises(Refused, match="告诉报告人以后才能归档"):
        services.close(by=crew.desk, matter=matters[0], at=at(2, 13, month=4))
    order = crew.report(crew.rest, when=at(2, 14, month=4))
    Matter.objects.filter(compound=crew.place.compound).update(visit_wanted=False, visit_due_at=None)
    orders.check(by=crew.chair, order=order, at=at(3, 10, month=4))
    assert told(crew) == {n.account_id for n in crew.neighbours}
    tasks.close_unvisited(at(7, 10, month=4))
    assert states(matters) == ["resolved"] * 3
    with pytest.raises(Refused, match="5 个工作日"):
        services.close(by=crew.desk, matter=matters[0], at=at(7, 10, month=4))
    tasks.close_unvisited(at(20, 10, month=4))
    assert states(matters) == ["closed"] * 3


def test_who_was_called_back_or_confirmed_before_the_check_is_told_too_and_may_say_not_mine(crew, matters):
    services.return_visit(
        by=crew.clerk, matter=matters[0], contacted=True, solved="solved", satisfied="satisfied", at=at(26, 10)
    )
    services.confirm(by=crew.neighbours[1], matter=matters[1], at=at(26, 10))
    order = crew.report(crew.rest, when=at(26, 14))
    orders.check(by=crew.chair, order=order, at=at(27, 10))
    assert told(crew) >= {n.account_id for n in crew.neighbours}
    due = Clock.objects.get(matter=matters[0], kind="finish").due_at
    visited = orders.not_mine(by=crew.neighbours[0], matter=matters[0], words="我说的是后门", at=at(27, 11))
    assert (visited.state, visited.leg, visited.next_due_at, visited.photo_after) == ("reopened", 1, due, "")
    closed = orders.not_mine(by=crew.neighbours[1], matter=matters[1], words="不是这盏", at=at(27, 11))
    assert (closed.state, closed.leg, closed.reopens, closed.closed_at, closed.photo_after) == (
        "reopened",
        2,
        1,
        None,
        "",
    )
    assert Gathered.objects.filter(left_why="not_mine").count() == 2
    assert Order.objects.get().size == 1
    assert list(lines(differences(crew.place.compound.pk))) == []


def test_long_after_closing_it_is_not_said_any_more(crew, matters):
    services.confirm(by=crew.neighbours[0], matter=matters[0], at=at(26, 10))
    browser = crew.place.client(crew.neighbours[0])
    page = reverse("matters:matter", args=[crew.place.slug, matters[0].number])
    assert "不是我说的那件" in browser.get(page).content.decode()
    with time_machine.travel(at(20, 10, month=4), tick=False):
        assert "不是我说的那件" not in browser.get(page).content.decode()
    with pytest.raises(Refused, match="办结超过 15 天"):
        orders.not_mine(by=crew.neighbours[0], matter=matters[0], at=at(20, 10, month=4))
