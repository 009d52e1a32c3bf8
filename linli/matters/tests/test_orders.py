"""Requests gathered into one order, placed, taken, split, reported, checked, told; what happens to each matter on the way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Attachment, Clock, Gathered, Matter, Order, OrderPart, PartTaken
from linli.matters.rules.states import Act
from linli.matters.services import orders
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from . import makers
from .crew import picture, states
from .makers import NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def test_the_whole_way(crew):
    matters = crew.sorted()
    order = crew.gathered(matters)
    assert (order.number, order.size, order.turn, states(matters)) == (1, 3, "committee", ["triaged"] * 3)
    order = orders.place(by=crew.chair, order=order, title="修灯", words="都换", wanted_by=at(27, 18), at=NOW)
    assert (order.state, order.turn, states(matters)) == ("placed", "property", ["dispatched"] * 3)
    order = orders.accept(by=crew.manager, order=order, words="周五前", at=at(24, 11))
    assert (order.state, states(matters)) == ("accepted", ["in_progress"] * 3)
    one = crew.split(order, matters[:2], Post.objects.get(pk=crew.engineer.role_id))
    two = crew.split(order, matters[2:])
    order = crew.report(one, by=crew.engineer)
    assert (order.state, states(matters)) == ("in_progress", ["resolved", "resolved", "in_progress"])
    order = crew.report(two, after=[picture(40)])
    assert (order.state, order.turn, states(matters)) == ("done", "committee", ["resolved"] * 3)
    order = orders.check(by=crew.chair, order=order, words="都亮了", at=at(25, 15))
    assert (order.state, order.told_at) == ("told", at(25, 15))
    order = orders.review(by=crew.chair, order=order, words="没有人再说", at=at(30))
    assert (order.state, order.open, order.turn) == ("reviewed", False, "nobody")
    acts = list(AuditEntry.objects.filter(subject_id=order.pk).order_by("id").values_list("act", flat=True))
    assert acts == ["gather", "place", "accept", "split", "split", "report", "report", "check", "tell", "review"]


def test_an_order_takes_no_money_from_households(crew):
    matters = crew.sorted(1)
    part = crew.split(crew.accepted(matters), matters)
    with pytest.raises(Refused, match="先算作便民服务、报价"):
        crew.report(part, paid_by="住户")
    crew.report(part)
    part.refresh_from_db()
    assert part.paid_by == "property"


def test_gathering_is_not_merging(crew):
    matters = crew.sorted()
    before = list(Clock.objects.filter(done_at=None).order_by("id").values_list("id", "due_at"))
    crew.gathered(matters)
    for m in matters:
        now = Matter.objects.get(pk=m.pk)
        assert (now.number, now.state, now.reporter_account_id, now.merged_into_id) == (
            m.number, m.state, m.reporter_account_id, None,
        )  # fmt: skip
        assert AuditEntry.objects.get(subject_id=m.pk, act=Act.GATHER).data == {"order": 1}
    assert list(Clock.objects.filter(done_at=None).order_by("id").values_list("id", "due_at")) == before


def test_placing_keeps_the_counts_and_each_matters_own_promise(crew):
    matters = crew.sorted()
    dues = [m.due_at for m in matters]
    crew.placed(matters)
    counts = kept(crew.place.compound.pk, "state:")
    assert (counts["state:dispatched"], counts.get("state:triaged")) == (3, 0)
    assert [Matter.objects.get(pk=m.pk).due_at for m in matters] == dues
    assert {c.body_id for c in Clock.objects.filter(done_at=None)} == {crew.place.property.pk}
    assert {p.last_act for p in PartTaken.objects.filter(party="committee")} == {"dispatch"}


def test_everybody_who_asked_is_told_once_when_it_is_checked(crew):
    matters = crew.sorted(6)  # each neighbour raised two
    services.me_too(by=crew.place.resident(name="跟着说的"), matter=matters[0], at=NOW)
    order = crew.done(matters)
    assert not Message.objects.filter(kind="resolve", subject_kind="matter").exists()
    orders.check(by=crew.chair, order=order, at=at(25, 15))
    told = Message.objects.filter(kind="resolve", subject_kind="matter")
    assert sorted(told.values_list("subject_number", flat=True)) == [1, 1, 2, 3]


@pytest.mark.one_database
@pytest.mark.parametrize("verb", ["place", "accept", "split", "report", "check", "back", "refuse"])
def test_forty_cost_as_many_questions_as_three(crew, verb):
    def counted(n: int) -> int:
        matters = crew.sorted(n)
        order = {
            "place": crew.gathered, "accept": crew.placed, "refuse": crew.placed, "split": crew.accepted, "report": crew.accepted,
            "check": crew.done, "back": crew.done,
        }[verb](matters)  # fmt: skip
        part = crew.split(order, matters) if verb == "report" else None
        run = {
            "place": lambda: orders.place(by=crew.chair, order=order, title="灯", words="换", wanted_by=at(27), at=NOW),
            "accept": lambda: orders.accept(by=crew.manager, order=order, words="好", at=at(24, 11)),
            "refuse": lambda: orders.refuse(
                by=crew.manager, order=order, reason="是路灯", proposed_body=crew.place.agency, at=at(24, 11)
            ),
            "split": lambda: orders.split(
                by=crew.manager, order=order, words="换", due_at=at(26), matters=matters, at=at(24, 12)
            ),
            "report": lambda: crew.report(part),
            "check": lambda: orders.check(by=crew.chair, order=order, at=at(25, 15)),
            "back": lambda: orders.back(by=crew.chair, order=order, parts=[1], words="还有一盏", at=at(25, 15)),
        }[verb]
        with CaptureQueriesContext(connection) as asked:
            run()
        return len(asked)

    few, many = counted(3), counted(40)
    # SQLite binds a thousand values a statement, so forty rows may take a second one; never one a matter.
    assert many <= few + 8, (few, many)


def test_unsorted_ones_are_gathered_but_not_placed(crew):
    fresh = crew.place.matter(crew.neighbours[0], "还没分类的")
    order = crew.gathered([*crew.sorted(2), fresh])
    assert order.size == 3
    with pytest.raises(Refused, match="还有 1 件没分类.*0001"):
        orders.place(by=crew.chair, order=order, title="灯", words="换", wanted_by=at(27), at=NOW)


def test_what_cannot_be_gathered_stops_no_other(crew):
    ok, secret, elsewhere = crew.sorted(3)
    Matter.objects.filter(compound=crew.place.compound, pk=secret.pk).update(privacy="secret")
    services.dispatch(by=crew.clerk, matter=elsewhere, body=crew.place.community, at=NOW)
    order, refused = orders.gather(
        by=crew.chair, compound=crew.place.compound, matters=[ok, secret, elsewhere], title="灯", at=NOW
    )
    assert (order.size, refused) == (1, ["0002 要保密的事不放进订单", "0003 已经派给柳溪社区"])
    with pytest.raises(Refused, match="已经在订单第 1 号里"):
        orders.gather(by=crew.chair, compound=crew.place.compound, matters=[ok], title="又", at=NOW)


def test_what_ended_meanwhile_is_left_out(crew):
    matters = crew.sorted()
    order = crew.gathered(matters)
    services.withdraw(by=crew.neighbours[0], matter=matters[0], words="好了", at=NOW)
    order = orders.place(by=crew.chair, order=order, title="灯", words="换", wanted_by=at(27), at=NOW)
    assert (order.size, states(matters)) == (2, ["withdrawn", "dispatched", "dispatched"])


def test_refusing_names_who_should_and_gives_them_back(crew):
    matters = crew.sorted()
    order = crew.placed(matters)
    with pytest.raises(Refused, match="应该由谁办"):
        orders.refuse(by=crew.manager, order=order, reason="不归我们", proposed_body=None, at=at(24, 12))
    with pytest.raises(Refused, match="超过 1 个工作日"):
        orders.refuse(by=crew.manager, order=order, reason="不归", proposed_body=crew.place.agency, at=at(26, 12))
    order = orders.refuse(
        by=crew.manager, order=order, reason="是市政的灯", proposed_body=crew.place.agency, at=at(24, 12)
    )
    m = Matter.objects.get(pk=matters[0].pk)
    assert (order.state, order.size, m.state, m.returns, m.proposed_body, m.order_id) == (
        "refused", 0, "returned", 1, crew.place.agency, None,
    )  # fmt: skip
    assert set(Gathered.objects.values_list("left_why", flat=True)) == {"refused"}
    crew.gathered(matters)  # and may be gathered anew


def test_a_report_needs_a_photo_and_its_own_hand(crew):
    matters = crew.sorted()
    part = crew.split(crew.accepted(matters), matters, Post.objects.get(pk=crew.engineer.role_id))
    with pytest.raises(Refused, match="办好后的照片"):
        crew.report(part, after=[])
    other = crew.place.post(Role.ENGINEER)
    with pytest.raises(Refused, match="不归您办"):
        crew.report(part, by=other)
    crew.report(part, by=crew.engineer, before=[picture(10)])
    assert Attachment.objects.filter(kind="photo").count() == 6
    m = Matter.objects.get(pk=matters[1].pk)
    assert m.photo_before and m.photo_after and m.cost_fen is None
    with pytest.raises(Refused):
        crew.report(part)


def test_a_photo_from_before_is_no_proof(crew):
    matters = crew.sorted()
    part = crew.split(crew.accepted(matters), matters)
    services.attach(by=crew.neighbours[0], matter=matters[0], files=[picture()], phase="before", at=NOW)
    with pytest.raises(Refused, match="和办之前的照片一样"):
        crew.report(part)
    assert states(matters) == ["in_progress"] * 3


def test_sent_back_the_same_hands_go_on_and_the_clock_loses_nothing(crew):
    matters = crew.sorted()
    order = crew.done(matters)
    due = Clock.objects.get(matter=matters[0], kind="finish").due_at
    order = orders.back(by=crew.chair, order=order, parts=[1], words="3 号楼还有一盏", at=at(25, 11))
    assert (order.state, order.backs, states(matters)) == ("in_progress", 1, ["in_progress"] * 3)
    clock = Clock.objects.get(matter=matters[0], kind="finish")
    assert (clock.done_at, clock.due_at > due) == (None, True)
    m = Matter.objects.get(pk=matters[0].pk)
    assert (m.reopens, m.resolved_at, m.next_due_at, m.turn) == (1, None, clock.due_at, "property")
    order = crew.report(OrderPart.objects.select_related("order").get(), when=at(26, 9), after=[picture(3)])
    assert (order.state, states(matters)) == ("done", ["resolved"] * 3)


def test_not_mine_goes_back_to_the_desk_with_its_own_clock(crew):
    matters = crew.sorted()
    due = Clock.objects.get(matter=matters[1], kind="finish").due_at
    order = crew.done(matters)
    orders.check(by=crew.chair, order=order, at=at(25, 15))
    m = orders.not_mine(by=crew.neighbours[1], matter=matters[1], words="我说的是后门", at=at(25, 16))
    clock = Clock.objects.get(matter=m, kind="finish")
    assert (m.state, m.turn, m.order_id, m.photo_after, m.outcome) == ("reopened", "property", None, "", "")
    assert (clock.done_at, clock.due_at, m.next_due_at) == (None, due, due)
    order.refresh_from_db()
    assert (order.state, order.size, states(matters)) == ("told", 2, ["resolved", "reopened", "resolved"])
    assert Gathered.objects.get(matter=m).left_why == "not_mine"
    assert not Attachment.objects.filter(matter=m, hidden_at=None).exists()
    with pytest.raises(Refused):
        orders.not_mine(by=crew.neighbours[1], matter=m, at=at(25, 17))


def test_not_mine_is_for_who_raised_it_and_only_from_an_order(crew):
    matters = crew.sorted()
    crew.done(matters)
    with pytest.raises(Refused):
        orders.not_mine(by=crew.neighbours[0], matter=matters[1], at=at(25, 16))
    alone = makers.resolved(crew.place, crew.neighbours[0], crew.clerk, crew.engineer)
    with pytest.raises(Refused):
        orders.not_mine(by=crew.neighbours[0], matter=alone, at=at(25, 16))


def test_a_repeat_of_the_same_submit_changes_nothing(crew):
    matters, once = crew.sorted(), uuid7()
    for _ in range(2):
        order, _refused = orders.gather(
            by=crew.chair, compound=crew.place.compound, matters=matters, title="灯", at=NOW, once=once
        )
    assert (Order.objects.count(), order.size) == (1, 3)
    once = uuid7()
    for _ in range(2):
        orders.place(by=crew.chair, order=order, title="灯", words="换", wanted_by=at(27), at=NOW, once=once)
    assert AuditEntry.objects.filter(act="dispatch").count() == 3


def test_only_the_committee_orders_and_only_the_firm_takes(crew):
    matters = crew.sorted()
    for by in (crew.manager, crew.clerk, crew.neighbours[0]):
        with pytest.raises(Refused):
            orders.gather(by=by, compound=crew.place.compound, matters=matters, title="灯", at=NOW)
    order = crew.placed(matters)
    for by in (crew.chair, crew.clerk, crew.engineer):
        with pytest.raises(Refused):
            orders.accept(by=by, order=order, words="好", at=NOW)


def test_without_a_property_company_there_is_nobody_to_order_from(crew):
    Organisation.objects.filter(pk=crew.place.property.pk).update(ended_on=NOW.date())
    with pytest.raises(Refused, match="没有物业"):
        crew.gathered(crew.sorted(1))


def test_dropped_and_cancelled_ones_are_free_again(crew):
    matters = crew.sorted()
    order = orders.drop(by=crew.chair, order=crew.gathered(matters), matters=matters[:1], at=NOW)
    assert order.size == 2
    order = orders.cancel(by=crew.chair, order=order, at=NOW)
    assert (order.state, order.size, Matter.objects.filter(order=None).count()) == ("cancelled", 0, 3)
