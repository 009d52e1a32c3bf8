"""A company goes: what it has not done is the next one's, by one act, each told once, in as many statements for six as for two."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Clock, LifeFigure, Matter
from linli.matters.queries.recount import differences
from linli.matters.services import orders
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.queries import has_in_hand
from linli.people.rules import Body, Role
from linli.people.services.posts import end_elected, end_post, hand_on
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from . import makers
from .crew import Crew
from .makers import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def newcomer(crew: Crew) -> Organisation:
    return Organisation.objects.create(kind=Body.PROPERTY, name="甲安物业", compound=crew.place.compound)


def given_out(crew: Crew, n: int) -> list[Matter]:
    body = crew.place.property
    return [services.dispatch(by=crew.desk, matter=m, body=body, at=at(24, 11)) for m in crew.sorted(n)]


def moved(crew: Crew, new: Organisation) -> int:
    return hand_on(by=crew.chair, old=crew.place.property, new=new, at=at(25))


def test_what_is_open_is_the_new_company_s_with_its_number_state_and_promise(crew):
    new = newcomer(crew)
    boss = crew.place.post(Role.PROPERTY_MANAGER, new)
    waits, works, finished, gone = given_out(crew, 4)
    works = services.take(by=crew.engineer, matter=works, words="去看看", at=at(24, 12))
    for one in (finished, gone):
        m = services.take(by=crew.engineer, matter=one, words="去看看", at=at(24, 12))
        services.resolve(by=crew.engineer, matter=m, words="换好了", outcome="fixed", evidence=True, at=at(24, 13))
    services.confirm(by=crew.neighbours[0], matter=Matter.objects.get(pk=gone.pk), at=at(24, 14))
    assert (has_in_hand(crew.place.property), moved(crew, new)) == (3, 3)
    rows = Matter.objects.in_bulk([waits.pk, works.pk, finished.pk, gone.pk])
    assert [(rows[m.pk].handler_body_id == new.pk, rows[m.pk].state) for m in (waits, works, finished, gone)] == [
        (True, "dispatched"), (True, "in_progress"), (True, "resolved"), (False, "closed"),
    ]  # fmt: skip
    assert rows[waits.pk].due_at == waits.due_at
    assert set(Clock.objects.filter(matter__in=[waits, works], done_at=None).values_list("body", "post")) == {
        (new.pk, None)
    }
    told = Message.objects.filter(compound_id=crew.place.compound.pk, kind="hand_on", channel="inbox")
    people = [crew.neighbours[n].account_id for n in range(3)]
    assert sorted(told.values_list("account_id", flat=True)) == sorted([*people, boss.account_id])
    assert has_in_hand(crew.place.property) == 0


def test_who_said_it_was_done_keeps_that_in_the_numbers(crew):
    old, new = crew.place.property, newcomer(crew)
    finished, waits = given_out(crew, 2)
    m = services.take(by=crew.engineer, matter=finished, words="去看看", at=at(24, 12))
    services.resolve(by=crew.engineer, matter=m, words="换好了", outcome="fixed", evidence=True, at=at(24, 13))
    moved(crew, new)
    bodies = dict(LifeFigure.objects.values_list("matter_id", "body_id"))
    assert bodies == {finished.pk: old.pk, waits.pk: new.pk}
    assert not differences(crew.place.compound.pk)
    m = Matter.objects.get(pk=finished.pk)
    services.reopen(by=crew.neighbours[0], matter=m, reason="又不亮了", at=at(25, 12))
    assert not differences(crew.place.compound.pk)


def test_an_order_goes_with_what_is_in_it(crew):
    matters = crew.sorted(2)
    order, new = crew.accepted(matters), newcomer(crew)
    moved(crew, new)
    order.refresh_from_db()
    assert order.to_body_id == new.pk
    boss = crew.place.post(Role.PROPERTY_MANAGER, new)
    part = orders.split(
        by=boss, order=order, words="换灯", post=None, due_at=at(26, 18), matters=matters, at=at(25, 12)
    )
    assert part
    assert AuditEntry.objects.filter(subject_id=order.pk, act="hand_on").count() == 1


def test_one_read_says_what_was_handed_on(crew):
    new = newcomer(crew)
    (m,) = given_out(crew, 1)
    moved(crew, new)
    page = crew.place.client(crew.neighbours[0]).get(f"/c/{crew.place.slug}/matters/{m.number}/").content.decode()
    assert "清和物业不在这里服务了，转给甲安物业接着办" in page


def test_six_take_as_many_statements_as_two(crew):
    def statements(crew: Crew, n: int) -> int:
        new = newcomer(crew)
        given_out(crew, n)
        with CaptureQueriesContext(connection) as seen:
            assert moved(crew, new) == n
        return len(seen)

    there = makers.compound("there")
    two = statements(crew, 2)
    with compound_scope(there.compound.pk):
        assert statements(Crew(there), 6) == two


def test_what_somebody_had_by_name_is_the_body_s_again_when_they_leave(crew):
    (m,) = given_out(crew, 1)
    m = services.take(by=crew.engineer, matter=m, words="去看看", at=at(24, 12))
    other = crew.place.post(Role.ENGINEER)
    with pytest.raises(Refused):
        services.resolve(by=other, matter=m, words="换好了", outcome="fixed", evidence=True, at=at(25))
    end_post(by=crew.manager, post=Post.objects.get(pk=crew.engineer.role_id), reason="不做了", at=at(25))
    m = Matter.objects.get(pk=m.pk)
    assert (m.handler_body_id, m.handler_post_id, m.state) == (crew.place.property.pk, None, "in_progress")
    assert AuditEntry.objects.filter(subject_id=m.pk, act="hand_on", data__from_role="engineer").count() == 1
    assert Message.objects.filter(kind="hand_on", account_id=other.account_id).count() == 1
    done = services.resolve(by=other, matter=m, words="换好了", outcome="fixed", evidence=True, at=at(25, 9))
    assert done.handler_post_id is not None
    assert not differences(crew.place.compound.pk)


def test_what_somebody_had_by_name_is_the_body_s_again_when_their_term_is_over(crew):
    (m,) = given_out(crew, 1)
    m = services.take(by=crew.engineer, matter=m, words="去看看", at=at(24, 12))
    other = crew.place.post(Role.ENGINEER)
    Post.objects.filter(pk=crew.engineer.role_id).update(to_day=date(2026, 3, 25))
    assert tasks.give_back(at(25, 23)) == 0
    assert [tasks.give_back(at(26)) for _ in range(2)] == [1, 0]
    m = Matter.objects.get(pk=m.pk)
    assert (m.handler_post_id, m.state) == (None, "in_progress")
    assert Message.objects.filter(kind="hand_on", account_id=other.account_id).count() == 1
    services.resolve(by=other, matter=m, words="换好了", outcome="fixed", evidence=True, at=at(26, 9))
    assert not differences(crew.place.compound.pk)


def test_a_committee_that_is_renewed_keeps_its_matters_and_loses_the_names(crew):
    m = services.dispatch(
        by=crew.clerk, matter=crew.sorted(1)[0], body=crew.place.committee, post=Post.objects.get(pk=crew.chair.role_id), at=at(24, 11),
    )  # fmt: skip
    m = services.take(by=crew.chair, matter=m, words="去看看", at=at(24, 12))
    post = Post.objects.select_related("organisation__compound", "account").get(pk=crew.chair.role_id)
    end_elected(by=crew.chair, post=post, last_day=date(2026, 3, 24), reason="换届", at=at(25))
    m = Matter.objects.get(pk=m.pk)
    assert (m.handler_body_id, m.handler_post_id) == (crew.place.committee.pk, None)
    # Nobody is left there: the community hears of it, and can take it back.
    assert Message.objects.filter(kind="hand_on", account_id=crew.clerk.account_id).count() == 1
    assert services.recall(by=crew.clerk, matter=m, reason="换届了", at=at(25)).state == "triaged"
