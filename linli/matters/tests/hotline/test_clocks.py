"""The hotline's clock and the matter's: both kept, neither moving the other."""

import pytest

from linli.kernel.refusal import Refused
from linli.kernel.tests.refusing import refused
from linli.matters import services, tasks
from linli.matters.models import Clock, HotlineOrder, Matter
from linli.matters.queries.listed import listed
from linli.matters.queries.recount import differences
from linli.matters.services import hotline
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry

from .. import makers
from ..hotline_books import CALLER, PHONE, row
from ..makers import NOW, at
from .orders import done, taken, told

pytestmark = pytest.mark.django_db


# ── both clocks ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_both_clocks_are_kept_and_neither_moves_the_other(place, desk):
    (order,) = taken(place, desk, row("1", due="2026-03-24 11:00"))
    m = order.matter
    ours = Clock.objects.get(compound_id=place.compound.pk, matter=m)
    assert (ours.kind, ours.due_at, m.next_due_at) == ("acknowledge", at(24, 12), at(24, 12))
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=NOW)
    assert HotlineOrder.objects.get(pk=order.pk).due_at == at(24, 11)
    assert m.next_due_at > at(24, 11)


def test_an_order_without_a_limit_has_five_working_days(place, desk):
    (order,) = taken(place, desk, row("1", due=""))
    assert order.due_at == at(30, 17, 30)


def test_the_hotline_s_clock_warns_for_itself_each_stage_once(place, desk):
    secretary = place.post(Role.COMMUNITY_SECRETARY)
    subdistrict = place.compound.community.subdistrict
    office = Organisation.objects.create(kind=Body.SUBDISTRICT, name="临溪街道", subdistrict=subdistrict)
    officer = place.post(Role.SUBDISTRICT_OFFICER, office)
    (order,) = taken(place, desk, row("1"))
    for when in (at(25, 9), at(27, 9), at(27, 16), at(29, 9), at(30, 17, 30), at(31, 17)):
        tasks.run_hotline(when)
        tasks.run_hotline(when)
    said = told(place.compound)
    assert [s.split("，")[-1] for s in said if "超时" not in s] == ["时间过半"] * 2 + ["快到时间了"] * 2
    late = Message.objects.filter(compound_id=place.compound.pk, title__contains="工单超时了")
    heads = {secretary.account_id, officer.account_id}
    assert {m.account_id for m in late.filter(channel="inbox")} == heads and late.count() == 2
    order.refresh_from_db()
    assert (order.stage, order.next_at, order.breached_at) == (3, at(31, 17, 30), at(30, 17, 30))
    assert not Matter.objects.get(pk=order.matter_id).overdue


@pytest.fixture
def late(place, desk):
    """An order of which nobody answered the hotline in time, on the list of the three parties."""
    (order,) = taken(place, desk, row("1"))
    for _ in range(2):  # after a standstill the breach comes first
        tasks.run_hotline(at(31, 17, 30))
    order.refresh_from_db()
    return order


def on_list(place, by, when=at(31, 18)):
    found = listed(place.compound, by, when)
    return [r.broken for r in found.rows if "12345" in r.broken], found.count


def test_a_working_day_later_it_is_on_the_list_of_the_three(place, desk, late):
    chair = place.post(Role.COMMITTEE_CHAIR)
    assert (late.stage, late.next_at, late.listed_at) == (4, None, at(31, 17, 30))
    assert on_list(place, desk) == (["该在 昨天 17:30 前答复 12345，超了 1 天"], 1)
    page = place.client(chair).get(f"/c/{place.slug}/listed/").content.decode()
    assert (
        f"/c/{place.slug}/matters/{late.matter.number}/" in page
        and f"/matters/{late.matter.number}/supervise/" in page
        and CALLER not in page
    )
    assert (
        "上了三方联席会的清单"
        in place.client(desk).get(f"/c/{place.slug}/matters/{late.matter.number}/").content.decode()
    )


def test_the_three_parties_are_told_of_it(place, desk):
    heads = [place.post(Role.COMMITTEE_CHAIR), place.post(Role.PROPERTY_MANAGER), place.post(Role.COMMUNITY_SECRETARY)]
    taken(place, desk, row("1"))
    for _ in range(3):
        tasks.run_hotline(at(31, 17, 30))
    rows = Message.objects.filter(compound_id=place.compound.pk, channel="inbox", kind="list")
    assert {m.account_id for m in rows} == {a.account_id for a in heads} and rows.count() == 3
    assert "12345" in rows[0].title and "三方联席会的清单" in rows[0].title


def test_what_is_answered_leaves_the_list_and_comes_back_when_undone(place, desk, worker, late):
    m = done(place, desk, worker, late, when=at(31, 18))
    assert on_list(place, desk, at(31, 18))[1] == 1
    hotline.export_answers(by=desk, compound=place.compound, orders=[late.pk], at=at(31, 19))
    assert on_list(place, desk) == ([], 0) and not differences(place.compound.pk)
    services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="not", satisfied="unsatisfied", at=at(31, 20)
    )
    tasks.run_hotline(at(31, 20))
    assert on_list(place, desk, at(31, 20))[1] == 1


def test_a_new_limit_takes_it_from_the_list(place, desk, worker, late):
    hotline.explain(by=desk, order=late, words="配件下周到", due_at=at(8, 17, month=4), at=at(31, 18))
    assert on_list(place, desk) == ([], 0)
    late.refresh_from_db()
    assert (late.listed_at, late.stage < 3, late.next_at is not None) == (None, True, True)


def test_the_list_shows_none_of_a_secret_matter_to_who_may_not_see_it(place, desk, late):
    Matter.objects.filter(compound_id=place.compound.pk, pk=late.matter_id).update(privacy="secret")
    assert on_list(place, place.post(Role.COMMITTEE_CHAIR))[0] == []
    assert len(on_list(place, desk)[0]) == 1


def test_our_pause_does_not_stop_the_hotline_s_clock(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    manager = place.post(Role.PROPERTY_MANAGER)
    m = services.triage(by=desk, matter=order.matter, category="0101", level="building", urgency="normal", at=NOW)
    m = services.dispatch(by=desk, matter=m, body=place.property, post=Post.objects.get(pk=worker.role_id), at=NOW)
    m = services.take(by=worker, matter=m, words="看", at=NOW)
    services.suspend(by=manager, matter=m, pause_reason="parts", review_at=at(10, month=4), at=NOW)
    assert tasks.run_hotline(at(30, 18)) == 1
    assert HotlineOrder.objects.get(pk=order.pk).breached_at == at(30, 17, 30)


def test_an_extension_moves_the_hotline_s_clock_alone(place, desk):
    (order,) = taken(place, desk, row("1"))
    ours = Clock.objects.get(compound_id=place.compound.pk, matter=order.matter_id).due_at
    with pytest.raises(Refused):
        hotline.explain(by=desk, order=order, words="再等等", due_at=at(29), at=NOW)
    order = hotline.explain(by=desk, order=order, words="配件下周到", due_at=at(8, 17, month=4), at=NOW)
    assert (order.first_due_at, order.due_at, order.extended, order.contacted_at) == (
        at(30, 17, 30), at(8, 17, month=4), 1, NOW,
    )  # fmt: skip
    assert Clock.objects.get(compound_id=place.compound.pk, matter=order.matter_id).due_at == ours
    assert tasks.run_hotline(at(30, 18)) == 0 and not HotlineOrder.objects.get(pk=order.pk).breached_at
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="explain")
    assert (entry.internal, entry.words) == (True, "配件下周到")


def test_unsatisfied_comes_back_with_the_hotline_s_words_and_a_new_limit(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(25))
    assert refused(lambda: hotline.sent_back(by=desk, order=order, words=" ", at=at(27))) == "missing_reason"
    order = hotline.sent_back(by=desk, order=order, words=f"{CALLER}说还是不亮，电话{PHONE}", at=at(27))
    m = Matter.objects.get(pk=order.matter_id)
    assert (m.state, m.reopens, order.sent_back, order.waits) == ("reopened", 1, 1, True)
    assert order.due_at > at(27) and order.next_at is not None
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="sent_back")
    assert entry.words == "[来电人]说还是不亮，电话[来电人]"


# ── undone ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_hotline_s_clock_runs_on_when_an_exported_answer_is_undone(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    m = services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="not", satisfied="unsatisfied", at=at(24, 12)
    )
    order.refresh_from_db()
    assert (m.state, order.waits) == ("reopened", True) and at(24, 12) < order.next_at < order.due_at
    for _ in range(3):
        tasks.run_hotline(at(20, month=4))
    order.refresh_from_db()
    assert order.breached_at == order.due_at


def test_a_good_visit_leaves_the_answered_hotline_s_clock_alone(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m = done(place, desk, worker, order)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    m = services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=at(24, 12)
    )
    services.close(by=desk, matter=m, at=at(24, 13))
    order.refresh_from_db()
    assert (order.waits, order.next_at) == (True, None)


def test_an_order_joined_to_what_is_done_already_is_owed_a_visit(place, desk, worker):
    owner = place.resident()
    ms = [makers.resolved(place, owner, desk, worker) for _ in range(3)]
    main = next(m for m in ms if not m.visit_wanted)
    (order,) = taken(place, desk, row("1"))
    services.merge(by=desk, matter=Matter.objects.get(pk=order.matter_id), target=main, at=at(24, 11))
    main.refresh_from_db()
    assert (main.state, main.hotline, main.visit_wanted) == ("resolved", 1, True)
    assert main.visit_due_at == at(27, 17, 30)
    tasks.close_unvisited(at(10, month=4))
    main.refresh_from_db()
    assert main.state == "resolved"


def test_what_was_declined_and_answered_is_sent_back_to_the_desk(place, desk):
    (order,) = taken(place, desk, row("1"))
    m = services.decline(by=desk, matter=Matter.objects.get(pk=order.matter_id), reason="in_court", at=NOW)
    hotline.export_answers(by=desk, compound=place.compound, orders=[order.pk], at=at(24, 11))
    page = place.client(desk).get(f"/c/{place.slug}/hotline/{order.pk}/").content.decode()
    assert "/back/" in page
    hotline.sent_back(by=desk, order=order, words="要办", at=at(25))
    m.refresh_from_db()
    order.refresh_from_db()
    assert (m.state, m.open, m.outcome, m.closed_at, m.turn) == ("submitted", True, "", None, m.desk)
    clocks = Clock.objects.filter(compound_id=m.compound_id, matter=m, done_at=None)
    assert [(c.kind, c.round, c.started_at) for c in clocks] == [("acknowledge", 2, at(25))]
    assert (order.waits, order.sent_back, order.started_at) == (True, 1, at(25)) and order.next_at
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=at(25, 11))
    assert m.state == "triaged" and not differences(place.compound.pk)
    assert "12345 说要办，重新看" in place.client(desk).get(f"/c/{place.slug}/matters/{m.number}/").content.decode()
