"""An order beside other things: return visits, the hotline, secrets, decisions; the same submit twice at once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from linli.kernel.refusal import Refused
from linli.kernel.tests.refusing import refused
from linli.matters import services
from linli.matters.models import Attachment, Gate, Gathered, Matter, Order, OrderPart
from linli.matters.queries.recount import differences
from linli.matters.queries.visits import calls
from linli.matters.services import gates, hotline, orders
from linli.matters.services.papers import ready
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope, uuid7

from . import makers
from .crew import Crew, picture, states
from .gating import PDF
from .hotline.orders import taken
from .hotline_books import row
from .makers import NOW, at
from .test_whistles import together

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]


def test_a_hand_visits_no_work_of_its_own_by_another_post(crew):
    """The desk reports for the hand; the same account sits on the committee as well."""
    who = makers.account("两职")
    hand, member = crew.place.post(Role.ENGINEER, who=who), crew.place.post(Role.COMMITTEE_MEMBER, who=who)
    matters = crew.sorted(2)
    crew.report(crew.split(crew.accepted(matters), matters, Post.objects.get(pk=hand.role_id)))
    visit = {"contacted": True, "called": "yes", "solved": "solved", "satisfied": "satisfied", "at": at(25, 12)}
    m = Matter.objects.get(pk=matters[0].pk)
    assert calls(crew.place.compound, member, at(25, 12), owed=m.visit_due_at is not None).rows == []
    assert refused(lambda: services.return_visit(by=member, matter=m, **visit)) == "not_yours"
    Matter.objects.filter(pk=m.pk).update(handler_post=None)  # the part of the order names the hand still
    m = Matter.objects.get(pk=m.pk)
    assert refused(lambda: services.return_visit(by=member, matter=m, **visit)) == "not_yours"
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
