"""Requests gathered into one order, placed, taken, split, reported, checked, told; what happens to each matter on the way."""

from datetime import timedelta
from importlib import import_module
from io import BytesIO

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Attachment, Clock, Gate, Gathered, Matter, Order, OrderPart, PartTaken
from linli.matters.queries.recount import differences
from linli.matters.queries.visits import calls
from linli.matters.rules.states import Act
from linli.matters.services import gates, hotline, orders
from linli.matters.services.papers import ready
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7

from . import makers
from .hotline_books import row
from .makers import NOW, at
from .test_gates import PDF
from .test_hotline import taken
from .test_whistles import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def picture(shade: int = 200) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (64, 48), (shade, 180, 90)).save(out, "JPEG")
    return SimpleUploadedFile("done.jpg", out.getvalue(), "image/jpeg")


class Crew:
    """The three parties, some neighbours, and short hands for the same steps."""

    def __init__(self, place):
        self.place = place
        self.desk = place.post(Role.FRONT_DESK)
        self.clerk = place.post(Role.COMMUNITY_WORKER)
        self.chair = place.post(Role.COMMITTEE_CHAIR)
        self.manager = place.post(Role.PROPERTY_MANAGER)
        self.engineer = place.post(Role.ENGINEER)
        self.neighbours = [place.resident(name=f"业主{i}") for i in range(3)]

    def sorted(self, n: int = 3, urgency: str = "normal") -> list[Matter]:
        made = []
        for i in range(n):
            m = self.place.matter(self.neighbours[i % 3], f"{i} 号门口的灯不亮")
            made.append(
                services.triage(by=self.desk, matter=m, category="0101", level="compound", urgency=urgency, at=NOW)
            )
        return made

    def gathered(self, matters: list[Matter]) -> Order:
        return orders.gather(by=self.chair, compound=self.place.compound, matters=matters, title="修门口的灯", at=NOW)[
            0
        ]

    def placed(self, matters: list[Matter]) -> Order:
        return orders.place(
            by=self.chair,
            order=self.gathered(matters),
            title="修门口的灯",
            words="都换成声控的",
            wanted_by=at(27, 18),
            at=NOW,
        )

    def accepted(self, matters: list[Matter]) -> Order:
        return orders.accept(by=self.manager, order=self.placed(matters), words="周五前换完", at=at(24, 11))

    def split(self, order: Order, matters: list[Matter], post=None) -> OrderPart:
        orders.split(
            by=self.manager, order=order, words="换灯", post=post, due_at=at(26, 18), matters=matters, at=at(24, 12)
        )
        return OrderPart.objects.select_related("order").filter(order=order).order_by("-position")[0]

    def report(self, part: OrderPart, by=None, when=None, **more) -> Order:
        given = {"words": "换好了，试过都亮", "cost_fen": 18600, "paid_by": "物业费", "after": [picture()], **more}
        return orders.report(by=by or self.manager, order=part.order, part=part, at=when or at(25, 10), **given)

    def done(self, matters: list[Matter]) -> Order:
        return self.report(self.split(self.accepted(matters), matters))


@pytest.fixture
def crew(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with compound_scope(place.compound.pk):
        yield Crew(place)


def states(matters) -> list[str]:
    rows = dict(Matter.objects.filter(pk__in=[m.pk for m in matters]).values_list("id", "state"))
    return [rows[m.pk] for m in matters]


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
    services.dispatch(by=crew.clerk, matter=elsewhere, body=crew.place.agency, at=NOW)
    order, refused = orders.gather(
        by=crew.chair, compound=crew.place.compound, matters=[ok, secret, elsewhere], title="灯", at=NOW
    )
    assert (order.size, refused) == (1, ["0002 要保密的事不放进订单", "0003 已经派给住建局"])
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


def test_time_that_passes_is_said_once(crew):
    crew.placed(crew.sorted())
    assert tasks.run_orders(at(24, 12)) == 0
    assert (tasks.run_orders(at(26)), tasks.run_orders(at(26) + timedelta(hours=1))) == (1, 0)
    assert Order.objects.get().overdue
    assert Message.objects.filter(kind="breach", subject_kind="order").count() == 2


def said(crew, act: str) -> set:
    rows = Message.objects.filter(compound=crew.place.compound, kind=act, subject_kind="order")
    return set(rows.values_list("account_id", flat=True))


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


def test_a_hand_visits_no_work_of_its_own_by_another_post(crew):
    """The desk reports for the hand; the same account sits on the committee as well."""
    who = makers.account("两职")
    hand, member = crew.place.post(Role.ENGINEER, who=who), crew.place.post(Role.COMMITTEE_MEMBER, who=who)
    matters = crew.sorted(2)
    crew.report(crew.split(crew.accepted(matters), matters, Post.objects.get(pk=hand.role_id)))
    visit = {"contacted": True, "called": "yes", "solved": "solved", "satisfied": "satisfied", "at": at(25, 12)}
    m = Matter.objects.get(pk=matters[0].pk)
    assert calls(crew.place.compound, member, at(25, 12), owed=m.visit_due_at is not None).rows == []
    assert key_of(lambda: services.return_visit(by=member, matter=m, **visit)) == "not_yours"
    Matter.objects.filter(pk=m.pk).update(handler_post=None)  # the part of the order names the hand still
    m = Matter.objects.get(pk=m.pk)
    assert key_of(lambda: services.return_visit(by=member, matter=m, **visit)) == "not_yours"
    assert calls(crew.place.compound, member, at(25, 12), owed=m.visit_due_at is not None).rows == []
    other = crew.place.post(Role.COMMITTEE_MEMBER)
    assert services.return_visit(by=other, matter=m, **visit).state == "visited"


def test_a_hotline_s_answer_that_an_order_took_back_waits_again(crew):
    (waiting,) = taken(crew.place, crew.clerk, row("1"))
    m = Matter.objects.get(pk=waiting.matter_id)
    m = services.triage(by=crew.clerk, matter=m, category="0101", level="compound", urgency="normal", at=NOW)
    order = crew.done([m])
    hotline.export_answers(by=crew.clerk, compound=crew.place.compound, orders=[waiting.pk], at=at(25, 11))
    orders.back(by=crew.chair, order=order, parts=[1], words="没换", at=at(25, 12))
    waiting.refresh_from_db()
    assert (waiting.waits, waiting.touched_at) == (True, at(25, 12)) and waiting.next_at is not None


def key_of(call) -> str:
    with pytest.raises(Refused) as no:
        call()
    return no.value.refusal.key


def test_what_became_secret_is_closed_in_the_order_and_left_out_when_it_is_placed(crew):
    matters = crew.sorted(2)
    order = crew.gathered(matters)
    sort = {"category": "0101", "level": "community", "urgency": "normal", "privacy": "secret"}
    services.triage(by=crew.clerk, matter=matters[0], at=NOW, **sort)
    where = f"/c/{crew.place.slug}/orders/{order.number}/"
    for actor, sees in ((crew.chair, False), (crew.place.post(Role.STEWARD), False), (crew.clerk, True)):
        page = crew.place.client(actor).get(where).content.decode()
        assert (matters[0].title in page, matters[1].title in page) == (sees, True)
    order = orders.place(by=crew.chair, order=order, title="灯", words="换", wanted_by=at(27), at=NOW)
    assert (order.size, states(matters)) == (1, ["triaged", "dispatched"])
    assert [g.left_why for g in Gathered.objects.filter(order=order).order_by("matter__number")] == ["secret", ""]
    assert "下单，1 件要保密的没放进去" in crew.place.client(crew.chair).get(where).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_same_submit_twice_at_once_is_one_order(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    place = makers.compound()
    with compound_scope(place.compound.pk):
        crew = Crew(place)
        matters, once = crew.sorted(2), uuid7()
        given = {
            "by": crew.chair,
            "compound": place.compound,
            "matters": matters,
            "title": "灯",
            "at": NOW,
            "once": once,
        }
        got = together(place, lambda: orders.gather(**given))
        assert [(o.number, refused) for o, refused in got] == [(1, []), (1, [])]
        assert Order.objects.filter(compound=place.compound).count() == 1


def test_no_part_ends_after_the_order_does(crew):
    matters = crew.sorted(1)
    order = crew.accepted(matters)
    given = {"by": crew.manager, "order": order, "words": "换灯", "matters": matters, "at": at(24, 12)}
    with pytest.raises(Refused) as no:
        orders.split(due_at=at(28), **given)
    assert (no.value.refusal.key, no.value.field) == ("after_order", "due_at") and "2026-03-27" in str(no.value)
    assert orders.split(due_at=at(27, 23), **given)


def test_an_order_that_was_not_split_is_reported_as_one_whole(crew):
    matters = crew.sorted(2)
    order = crew.accepted(matters)
    order = orders.report(by=crew.engineer, order=order, words="都换了", after=[picture()], at=at(25, 10))
    part = OrderPart.objects.get()
    assert (order.state, states(matters)) == ("done", ["resolved", "resolved"])
    assert (part.words, part.post_id, part.due_at) == (order.title, None, order.wanted_by)
    assert set(Gathered.objects.values_list("part_id", flat=True)) == {part.pk}
    assert orders.back(by=crew.chair, order=order, parts=[1], words="还差一盏", at=at(26)).state == "in_progress"


def test_progress_shows_on_the_order_and_on_each_matter_and_reaches_who_gathered(crew):
    matters = crew.sorted(2)
    order = crew.accepted(matters)
    once = uuid7()
    given = {"by": crew.engineer, "order": order, "words": "灯到了，明天装", "at": at(24, 15), "once": once}
    order = orders.progress(photos=[picture()], **given)
    orders.progress(photos=[picture()], **given)
    part = OrderPart.objects.get()
    assert (order.state, order.due_at, states(matters)) == ("in_progress", order.wanted_by, ["in_progress"] * 2)
    assert list(part.partphoto_set.values_list("phase", flat=True)) == ["during"]
    for m in matters:
        entry = AuditEntry.objects.get(subject_id=m.pk, act="note")
        assert (entry.words, Attachment.objects.get(matter=m).entry_id) == ("灯到了，明天装", entry.pk)
    told = Message.objects.filter(kind="progress")
    assert [m.account_id for m in told] == [crew.chair.account_id]
    # The same picture is kept once; the next is added to the same part.
    orders.progress(
        by=crew.manager, order=order, part=part, words="装了一半", photos=[picture(), picture(9)], at=at(25)
    )
    assert (OrderPart.objects.count(), part.partphoto_set.count(), told.all().count()) == (1, 2, 2)
    assert crew.report(part, after=[picture(40)]).state == "done"


def test_progress_is_told_by_whose_part_it_is(crew):
    matters = crew.sorted(2)
    order = crew.accepted(matters)
    with pytest.raises(Refused, match="不归您办"):
        orders.progress(by=crew.chair, order=order, words="快了", at=at(24, 15))
    part = crew.split(order, matters, Post.objects.get(pk=crew.engineer.role_id))
    with pytest.raises(Refused, match="不归您办"):
        orders.progress(by=crew.place.post(Role.CLEANER), order=order, part=part, words="快了", at=at(24, 15))
    with pytest.raises(Refused, match="请选是哪一份"):
        orders.progress(by=crew.manager, order=order, words="快了", at=at(24, 15))
    assert not AuditEntry.objects.filter(act="progress").exists()


def gated(crew, m: Matter, result: str = "") -> None:
    """Put before the work, and decided if `result`."""
    m = gates.set_gate(by=crew.chair, matter=m, planned="common_land", review_at=at(30), at=NOW)
    if result:
        _decided(crew, m, result, NOW)


def _decided(crew, m: Matter, result: str, when) -> Matter:
    papers = ready([SimpleUploadedFile("表决结果.pdf", PDF)])
    gate = Gate.objects.get(compound=crew.place.compound, matter=m)
    return gates.decide(
        by=crew.chair, matter=m, gate=gate, result=result, body="业主大会", day=NOW.date(), reference="第 1 次表决", papers=papers, at=when
    )  # fmt: skip


def test_taken_with_an_order_what_must_be_decided_first_waits_at_once(crew):
    matters = crew.sorted(2)
    gated(crew, matters[0])
    crew.accepted(matters)
    m = Matter.objects.get(pk=matters[0].pk)
    assert (states(matters), m.pause_reason, m.turn) == (["suspended", "in_progress"], "vote", "committee")
    assert not differences(crew.place.compound.pk).counts


def test_what_waits_for_a_decision_is_left_out_and_reported_later(crew):
    matters = crew.sorted(2)
    gated(crew, matters[0])
    order = crew.report(crew.split(crew.accepted(matters), matters))
    assert (order.state, states(matters)) == ("in_progress", ["suspended", "resolved"])
    assert list(Gathered.objects.order_by("matter__number").values_list("part__position", flat=True)) == [None, 1]
    where = f"/c/{crew.place.slug}/orders/{order.number}/"
    said = crew.place.client(crew.chair).get(where).content.decode()
    assert "报第 1 份办好，第 0001 号等着决定，没报进去" in said
    rest = {"by": crew.manager, "order": order, "words": "都换了", "at": at(25, 12)}
    with pytest.raises(Refused, match="第 0001 号：业主大会还没有表决"):
        orders.report(after=[picture(40)], **rest)
    _decided(crew, Matter.objects.get(pk=matters[0].pk), "passed", at(25, 11))
    assert orders.report(after=[picture(40)], **rest).state == "done"
    assert states(matters) == ["resolved", "resolved"] and not differences(crew.place.compound.pk).counts


def test_after_a_no_an_order_explains(crew):
    matters = crew.sorted(1)
    gated(crew, matters[0], "failed")
    part = crew.split(crew.accepted(matters), matters)
    with pytest.raises(Refused, match="没有通过"):
        crew.report(part)
    given = {"outcome": "explained", "words": "业主大会没有通过", "cost_fen": None, "paid_by": "", "after": []}
    assert crew.report(part, **given).state == "done" and states(matters) == ["resolved"]
