"""The desk's verbs: what merging, reopening, pausing and handing over do to people, clocks and counts (traps 1 to 5)."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from linli.kernel.tests.refusing import refused
from linli.matters import services, tasks
from linli.matters.models import Clock, Follower, Matter
from linli.matters.services import together
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from . import makers
from .makers import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    made = makers.compound()
    with compound_scope(made.compound.pk):
        yield made


@pytest.fixture
def desk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def worker(place):
    return place.post(Role.ENGINEER)


def again(m: Matter) -> Matter:
    return Matter.objects.get(pk=m.pk)


def sorted_out(m: Matter, by, when: datetime, urgency: str = "normal") -> Matter:
    return services.triage(by=by, matter=m, category="0101", level="building", urgency=urgency, at=when)


def dispatched(place, m, by, handler, when, urgency="normal") -> Matter:
    m = sorted_out(m, by, when, urgency)
    return services.dispatch(
        by=by, matter=m, body=Organisation.objects.get(pk=handler.body_id), post=Post.objects.get(pk=handler.role_id), at=when
    )  # fmt: skip


def running(m: Matter, kind: str = "finish") -> Clock:
    return Clock.objects.get(matter=m, kind=kind, done_at=None)


def told(m: Matter, account_id) -> list[str]:
    return list(
        Message.objects.filter(subject_id=m.pk, account_id=account_id).order_by("id").values_list("kind", flat=True)
    )


# ── 1. merging is not closing ───────────────────────────────────────────────────────────────────────────────────────


def test_merge_moves_everybody_and_tells_them_then_and_later(place, desk, worker):
    first, second, me_too = place.resident(), place.resident(name="王大明"), place.resident(name="赵一")
    main = place.matter(first)
    double = place.matter(second, "楼道灯又坏了")
    services.me_too(by=me_too, matter=double, at=NOW)
    services.merge(by=desk, matter=double, target=main, at=NOW)
    assert {f.account_id for f in Follower.objects.filter(matter=main, left_at=None)} == {
        first.account_id, second.account_id, me_too.account_id,
    }  # fmt: skip
    assert not Follower.objects.filter(matter=double, left_at=None).exists()
    assert told(double, second.account_id) == ["raise", "merge"]
    assert told(double, me_too.account_id) == ["merge"]
    dispatched(place, again(main), desk, worker, at(24, 11))
    assert told(main, second.account_id) == ["accept", "dispatch"]
    assert again(main).voices == 3


def test_merged_matter_stops_its_own_clock_and_is_not_fixed(place, desk):
    main, double = place.matter(place.resident()), place.matter(place.resident(name="王大明"))
    services.merge(by=desk, matter=double, target=main, at=NOW)
    double = again(double)
    assert (double.state, double.outcome, double.open, double.next_due_at) == ("merged", "duplicate", False, None)
    assert not Clock.objects.filter(matter=double, done_at=None).exists()
    assert kept(place.compound.pk).get("fixed", 0) == 0
    assert kept(place.compound.pk)["open"] == 1


def test_deadlines_run_from_the_earliest_report(place, desk):
    early = place.matter(place.resident(), when=at(23, 9))
    late = place.matter(place.resident(name="王大明"), when=at(24, 9))
    late = sorted_out(late, desk, at(24, 10))
    assert running(late).due_at == at(27, 17, 30)
    services.merge(by=desk, matter=early, target=late, at=at(24, 11))
    assert running(again(late)).due_at == at(26, 17, 30)
    assert again(late).due_at == at(26, 17, 30)
    assert again(late).reported_at == at(23, 9)


def test_merge_keeps_a_pause_that_the_main_matter_had(place, desk, worker):
    manager = place.post(Role.PROPERTY_MANAGER)
    late = dispatched(place, place.matter(place.resident(), when=at(24, 9)), desk, worker, at(24, 9))
    late = services.take(by=worker, matter=late, words="去看过了", at=at(24, 10))
    late = services.suspend(by=manager, matter=late, pause_reason="parts", review_at=at(30), at=at(24, 10))
    late = services.resume(by=worker, matter=late, at=at(26, 10))
    assert running(late).due_at == at(31, 17, 30)  # 27 March plus two working days
    early = place.matter(place.resident(name="王大明"), when=at(23, 9))
    services.merge(by=desk, matter=early, target=late, at=at(26, 11))
    assert running(again(late)).due_at == at(30, 17, 30)


def test_unmerge_gives_back_people_state_clock_and_the_main_ones_own_start(place, desk):
    first, second = place.resident(), place.resident(name="王大明")
    early, late = place.matter(first, when=at(23, 9)), place.matter(second, when=at(24, 9))
    late = sorted_out(late, desk, at(24, 10))
    services.merge(by=desk, matter=early, target=late, at=at(24, 11))
    services.unmerge(by=desk, matter=again(early), reason="不是一处", at=at(24, 11, 30))
    early, late = again(early), again(late)
    assert (early.state, early.open, early.merged_into_id, early.outcome) == ("submitted", True, None, "")
    assert [f.account_id for f in Follower.objects.filter(matter=early, left_at=None)] == [first.account_id]
    assert [f.account_id for f in Follower.objects.filter(matter=late, left_at=None)] == [second.account_id]
    assert (late.voices, late.reported_at, running(late).due_at) == (1, at(24, 9), at(27, 17, 30))
    assert running(early, "acknowledge").done_at is None
    assert kept(place.compound.pk)["open"] == 2
    assert told(early, first.account_id)[-1] == "unmerge"


def test_unmerge_reaches_through_a_second_merge(place, desk):
    a, b, c = (place.matter(place.resident(name=n)) for n in ("甲一", "乙二", "丙三"))
    services.merge(by=desk, matter=a, target=b, at=at(24, 11))
    services.merge(by=desk, matter=again(b), target=c, at=at(24, 12))
    assert again(c).voices == 3
    services.unmerge(by=desk, matter=again(a), reason="不是一处", at=at(24, 14))
    assert again(c).voices == 2
    assert {f.account_id for f in Follower.objects.filter(matter=c, left_at=None)} == {
        c.reporter_account_id,
        b.reporter_account_id,
    }
    assert Follower.objects.filter(matter=a, left_at=None).get().account_id == a.reporter_account_id


def test_merging_several_at_the_same_moment_comes_apart_one_by_one(place, desk):
    main, a, b = (place.matter(place.resident(name=n)) for n in ("甲一", "乙二", "丙三"))
    for double in (a, b):
        services.merge(by=desk, matter=double, target=main, at=NOW)
    services.unmerge(by=desk, matter=again(a), reason="不是一处", at=at(24, 11))
    following = {f.account_id for f in Follower.objects.filter(matter=main, left_at=None)}
    assert following == {main.reporter_account_id, b.reporter_account_id}


def test_a_closed_main_matter_wakes_with_running_clocks_and_sleeps_again(place, desk, worker):
    first = place.resident()
    main = makers.resolved(place, first, desk, worker)
    main = services.confirm(by=first, matter=main, rating="satisfied", at=at(25))
    double = place.matter(place.resident(name="王大明"), when=at(26))
    services.merge(by=desk, matter=double, target=main, at=at(26))
    woken = again(main)
    assert (woken.state, woken.open, woken.leg, woken.reopens, woken.label) == ("reopened", True, 2, 1, "0001-2")
    assert running(woken).due_at == at(31, 17, 30)
    assert told(main, first.account_id)[-1] == "merge"
    assert kept(place.compound.pk).get("fixed", 0) == 0
    services.unmerge(by=desk, matter=again(double), reason="不是一处", at=at(26, 11))
    asleep = again(main)
    assert (asleep.state, asleep.open, asleep.leg, asleep.reopens, asleep.outcome) == ("closed", False, 1, 0, "fixed")
    assert not Clock.objects.filter(matter=main, done_at=None).exists()
    assert kept(place.compound.pk)["fixed"] == 1


def test_merge_refuses_itself_and_what_has_ended_otherwise(place, desk):
    a, b, c = (place.matter(place.resident(name=n)) for n in ("甲一", "乙二", "丙三"))
    assert refused(lambda: services.merge(by=desk, matter=a, target=a, at=NOW)) == "itself"
    services.decline(by=desk, matter=b, reason="no_content", at=NOW)
    assert refused(lambda: services.merge(by=desk, matter=a, target=b, at=NOW)) == "target_ended"
    services.merge(by=desk, matter=a, target=c, at=NOW)
    d = place.matter(place.resident(name="丁四"))
    assert refused(lambda: services.merge(by=desk, matter=d, target=a, at=NOW)) == "target_merged"


def test_only_the_one_who_merged_takes_it_back_with_one_key(place, desk):
    other = place.post(Role.COMMUNITY_WORKER, name="吴二")
    a, b = place.matter(place.resident()), place.matter(place.resident(name="王大明"))
    services.merge(by=desk, matter=a, target=b, at=NOW)
    assert refused(lambda: together.undo_merge(by=other, matter=again(a), at=NOW)) == "not_last"
    assert together.undo_merge(by=desk, matter=again(a), at=NOW).state == "submitted"


# ── 2. reopening ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_reopening_keeps_the_handler_counts_and_does_not_erase_the_first_breach(place, desk, worker):
    resident = place.resident()
    m = makers.in_progress(place, resident, desk, worker)
    m = services.resolve(by=worker, matter=m, words="换了灯", evidence=True, at=at(30))
    breached = Clock.objects.get(matter=m, kind="finish", round=1)
    assert breached.breached_at == at(27, 17, 30)
    m = services.reopen(by=resident, matter=m, reason="还是不亮", at=at(31))
    assert (m.state, m.handler_body_id, m.handler_post_id, m.reopens, m.leg) == (
        "reopened", worker.body_id, worker.role_id, 1, 1,
    )  # fmt: skip
    assert Clock.objects.get(pk=breached.pk).breached_at == at(27, 17, 30)
    second = running(m)
    assert (second.round, second.started_at) == (2, at(31))
    assert m.outcome == ""
    entry = AuditEntry.objects.filter(subject_id=m.pk, act="reopen").get()
    assert entry.words == "还是不亮"


def test_a_closed_matter_reopens_with_a_suffix_inside_fifteen_days_or_when_the_same_fault_returns(place, desk, worker):
    resident = place.resident()
    m = services.confirm(by=resident, matter=makers.resolved(place, resident, desk, worker), at=at(24, 12))
    assert refused(lambda: services.reopen(by=resident, matter=m, reason="又坏", at=at(8, 13, month=4))) == "window"
    with transaction.atomic():
        late = services.reopen(by=resident, matter=m, reason="又坏", same_fault=True, at=at(8, 13, month=6))
        assert (late.label, AuditEntry.objects.filter(act="reopen").latest("id").data["same_fault"]) == ("0001-2", True)
        transaction.set_rollback(True)
    m = services.reopen(by=resident, matter=m, reason="又坏", at=at(8, 11, month=4))
    assert (m.label, m.leg) == ("0001-2", 2)
    assert "fixed" not in {k for k, v in kept(place.compound.pk).items() if v}


# ── 3. closed is not fixed ──────────────────────────────────────────────────────────────────────────────────────────


def test_desk_closes_a_silent_one_after_five_working_days_as_not_confirmed(place, desk, worker):
    m = makers.resolved(place, place.resident(), desk, worker)
    Matter.objects.filter(pk=m.pk).update(visit_wanted=False)
    assert refused(lambda: services.close(by=desk, matter=m, at=at(30))) == "too_soon"
    m = services.close(by=desk, matter=m, outcome="fixed", at=at(31, 18))
    assert (m.outcome, m.level_settled) == ("not_confirmed", "")
    assert kept(place.compound.pk).get("fixed", 0) == 0


def test_desk_does_not_close_what_must_be_visited(place, desk, worker):
    m = makers.resolved(place, place.resident(), desk, worker, urgency="complaint")
    assert refused(lambda: services.close(by=desk, matter=m, at=at(10, month=4))) == "visit_first"


def test_a_visit_that_found_it_partly_solved_is_not_closed_as_fixed(place, desk, worker):
    visitor = place.post(Role.GRID_WORKER)
    m = makers.resolved(place, place.resident(), desk, worker)
    m = services.return_visit(by=visitor, matter=m, contacted=True, solved="partly", satisfied="basically", at=at(25))
    assert refused(lambda: services.close(by=desk, matter=m, at=at(25))) == "not_solved"
    assert services.close(by=desk, matter=m, outcome="explained", at=at(25)).outcome == "explained"


def test_level_is_kept_at_entry_and_at_settlement(place, desk, worker):
    resident = place.resident()
    m = makers.in_progress(place, resident, desk, worker)
    m = services.escalate(by=worker, matter=m, level="compound", reason="要动总闸", due_at=at(27), at=NOW)
    m = services.dispatch(by=desk, matter=m, body=place.property, at=NOW)
    m = services.take(by=worker, matter=m, words="开总闸", at=NOW)
    m = services.resolve(by=worker, matter=m, words="好了", evidence=True, at=NOW)
    m = services.confirm(by=resident, matter=m, at=NOW)
    assert (m.level_entry, m.level, m.level_settled) == ("building", "compound", "compound")
    assert kept(place.compound.pk)["fixed:level:compound"] == 1


# ── 4. clocks ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_pause_adds_the_working_time_that_passed(place, desk, worker):
    manager = place.post(Role.PROPERTY_MANAGER)
    m = makers.in_progress(place, place.resident(), desk, worker)
    due = running(m).due_at
    m = services.suspend(by=manager, matter=m, pause_reason="parts", review_at=at(30), at=at(24, 11))
    assert running(m).next_at is None
    m = services.resume(by=worker, matter=m, at=at(30, 11))
    # 24 to 30 March: four working days (28 and 29 are a weekend).
    assert (due, running(m).due_at) == (at(27, 17, 30), at(2, 17, 30, month=4))
    assert (m.paused_at, m.pause_reason, m.review_at) == (None, "", None)


def test_the_clock_stops_only_for_a_listed_reason_and_by_the_manager(place, desk, worker):
    manager = place.post(Role.PROPERTY_MANAGER)
    m = makers.in_progress(place, place.resident(), desk, worker)
    assert (
        refused(lambda: services.suspend(by=manager, matter=m, pause_reason="tired", review_at=at(30), at=NOW))
        == "unknown_reason"
    )
    assert (
        refused(lambda: services.suspend(by=worker, matter=m, pause_reason="parts", review_at=at(30), at=NOW))
        == "not_yours"
    )
    assert (
        refused(lambda: services.suspend(by=manager, matter=m, pause_reason="parts", review_at=NOW, at=NOW)) == "past"
    )


def test_an_urgent_clock_runs_round_the_clock_and_starts_stop_on_arrival_only(place, desk, worker):
    m = dispatched(place, place.matter(place.resident(), when=at(28, 22)), desk, worker, at(28, 22), "urgent")
    m = services.take(by=worker, matter=m, words="马上来", at=at(28, 22, 5))
    assert running(m, "start").due_at == at(28, 22, 30)
    m = services.arrive(by=worker, matter=m, at=at(28, 22, 20))
    assert not Clock.objects.filter(matter=m, kind="start", done_at=None).exists()
    assert running(m, "make_safe").due_at == at(29, 0)


def test_an_emergency_made_safe_is_promised_for_a_day_and_can_be_late_again(place, desk, worker):
    owner = place.resident()
    m = makers.in_progress(place, owner, desk, worker, urgency="emergency")
    assert refused(lambda: services.make_safe(by=worker, matter=m, due_at=at(24, 9), at=at(24, 10, 20))) == "past"
    m = services.make_safe(by=worker, matter=m, at=at(24, 10, 20))
    assert (m.due_at, running(m, "finish").due_at, m.next_clock) == (at(27, 17, 30), at(27, 17, 30), "finish")
    assert Message.objects.filter(
        account_id=owner.account_id, title__contains="余下的答应 3月27日 17:30 前办完"
    ).exists()
    services.make_safe(by=worker, matter=m, due_at=at(30), at=at(24, 10, 25))
    assert Clock.objects.filter(matter=m, kind="finish").count() == 1
    assert tasks.run_clocks(at(27, 18)) and Matter.objects.get(pk=m.pk).overdue


def test_the_handler_names_the_day_for_the_rest_of_an_emergency(place, desk, worker):
    m = makers.in_progress(place, place.resident(), desk, worker, urgency="emergency")
    url = reverse("matters:act", args=[place.slug, m.number, "make_safe"])
    browser = place.client(worker)
    with time_machine.travel(at(24, 10, 20), tick=False):
        assert 'name="due_at"' in browser.get(url).content.decode()
        assert browser.post(url, {"due_at": "2026-03-23"}).status_code == 422
        assert browser.post(url, {"words": "围起来了", "due_at": "2026-04-02"}).status_code == 302
        assert running(m, "finish").due_at == at(2, 17, 30, month=4)
        page = browser.get(reverse("matters:matter", args=[place.slug, m.number])).content.decode()
    assert "围起来了，余下的4月2日" in page
    usual = makers.in_progress(place, place.resident(), desk, worker)
    url = reverse("matters:act", args=[place.slug, usual.number, "make_safe"])
    assert 'name="due_at"' not in browser.get(url).content.decode()


def test_a_call_that_nobody_took_is_kept_and_is_no_first_contact(place, desk, worker):
    owner = place.resident()
    m = dispatched(place, place.matter(owner), desk, worker, NOW)
    browser, page = place.client(worker), reverse("matters:matter", args=[place.slug, m.number])
    with time_machine.travel(at(24, 11), tick=False):
        act = reverse("matters:act", args=[place.slug, m.number, "take"])
        assert browser.post(act, {"contact": "dreamt", "words": "下午去"}).status_code == 422
        assert browser.post(act, {"contact": "unreached", "words": "下午去"}).status_code == 302
        assert "没联系上，先去看：下午去" in place.client(owner).get(page).content.decode()
    entry = AuditEntry.objects.get(subject_id=m.pk, act="take")
    assert entry.data["contact"] == "unreached" and running(m, "start").breached_at is None
    services.arrive(by=worker, matter=again(m), at=at(24, 15))
    assert Clock.objects.get(matter=m, kind="start").done_at == at(24, 15)
    reached = dispatched(place, place.matter(owner), desk, worker, NOW)
    services.take(by=worker, matter=reached, words="下午去", contact="called", at=at(24, 11))
    assert Clock.objects.get(matter=reached, kind="start").done_at == at(24, 11)


def test_a_staff_question_does_not_stop_or_start_a_clock(place, desk, worker):
    m = makers.in_progress(place, place.resident(), desk, worker)
    before = list(Clock.objects.filter(matter=m).values_list("kind", "due_at", "done_at"))
    services.ask(by=worker, matter=m, words="几点方便？", at=at(24, 11))
    assert list(Clock.objects.filter(matter=m).values_list("kind", "due_at", "done_at")) == before


def test_the_shorter_clock_shows_first_and_the_longer_stays(place, desk, worker):
    m = dispatched(place, place.matter(place.resident()), desk, worker, NOW)
    assert (m.next_clock, m.next_due_at, m.due_at) == ("start", at(25, 17, 30), at(27, 17, 30))
    m = services.take(by=worker, matter=m, words="打过电话", at=at(24, 11))
    assert (m.next_clock, m.next_due_at) == ("finish", at(27, 17, 30))


# ── 5. hand-overs ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_return_drops_the_handlers_clock_and_names_who_refused_and_whom_they_propose(place, desk, worker):
    m = dispatched(place, place.matter(place.resident()), desk, worker, NOW)
    assert {c.post_id for c in Clock.objects.filter(matter=m, done_at=None)} == {worker.role_id}
    m = services.send_back(by=worker, matter=m, reason="是业委会的事", proposed_body=place.committee, at=at(24, 11))
    assert {(c.body_id, c.post_id) for c in Clock.objects.filter(matter=m, done_at=None)} == {
        (m.first_receiver_id, None)
    }
    entry = AuditEntry.objects.get(subject_id=m.pk, act="return")
    assert (entry.data["refused_by"], entry.data["proposed"]) == ("清和物业", str(place.committee.pk))
    assert (m.returns, m.proposed_body_id, m.first_receiver_id) == (1, place.committee.pk, m.first_receiver_id)


def test_a_return_comes_within_one_working_day(place, desk, worker):
    m = dispatched(place, place.matter(place.resident()), desk, worker, NOW)
    give_back = {"by": worker, "matter": m, "reason": "不是我们的", "proposed_body": place.committee}
    assert refused(lambda: services.send_back(**give_back, at=at(26, 9))) == "too_late"
    assert services.send_back(**give_back, at=at(25, 17)).state == "returned"


def test_after_the_second_return_only_the_community_decides(place, worker):
    front, community = place.post(Role.FRONT_DESK), place.post(Role.COMMUNITY_WORKER)
    m = dispatched(place, place.matter(place.resident()), front, worker, NOW)
    m = services.send_back(by=worker, matter=m, reason="不归我们", proposed_body=place.committee, at=NOW)
    m = services.dispatch(by=front, matter=m, body=place.property, at=NOW)
    m = services.send_back(by=worker, matter=m, reason="还是不归我们", proposed_body=place.committee, at=NOW)
    assert (m.returns, m.turn) == (2, "community")
    assert refused(lambda: services.dispatch(by=front, matter=m, body=place.property, at=NOW)) == "community_decides"
    assert services.dispatch(by=community, matter=m, body=place.committee, at=NOW).state == "dispatched"


def test_one_submit_sorts_and_gives_out_or_does_nothing(place, desk):
    m = place.matter(place.resident())
    given = {"by": desk, "matter": m, "category": "0101", "level": "building", "urgency": "normal", "at": NOW}
    assert refused(lambda: together.sort_out(**given, body=None)) == "missing_body"
    assert again(m).state == "submitted"
    m = together.sort_out(**given, body=place.property)
    assert m.state == "dispatched"
    acts = AuditEntry.objects.filter(subject_id=m.pk).order_by("id").values_list("act", flat=True)
    assert list(acts) == ["raise", "accept", "triage", "dispatch"]


def test_the_same_submit_twice_sorts_once(place, desk):
    from uuid import uuid4

    m, once = place.matter(place.resident()), uuid4()
    for _n in range(2):
        together.sort_out(
            by=desk, matter=again(m), category="0101", level="building", urgency="normal", body=place.property, at=NOW, once=once
        )  # fmt: skip
    assert AuditEntry.objects.filter(subject_id=m.pk, act="dispatch").count() == 1


def test_what_the_front_desk_sorts_to_the_community_stops_there(place):
    front = place.post(Role.FRONT_DESK)
    m = together.sort_out(
        by=front, matter=place.matter(place.resident()), category="1301", level="community", urgency="coordination", body=place.property, at=NOW
    )  # fmt: skip
    assert (m.state, m.turn, m.handler_body_id) == ("triaged", "community", None)


def test_contact_is_shown_only_with_a_reason_and_written_down(place, desk, worker):
    m = dispatched(place, place.matter(place.resident(phone="13800002046")), desk, worker, NOW)
    assert refused(lambda: together.see_contact(by=worker, matter=m, reason=" ", at=NOW)) == "missing_reason"
    stranger = place.post(
        Role.VOLUNTEER, body=Organisation.objects.create(kind="volunteer_team", name="志愿队", compound=place.compound)
    )
    assert refused(lambda: together.see_contact(by=stranger, matter=m, reason="问", at=NOW)) == "not_yours"
    assert together.see_contact(by=worker, matter=again(m), reason="约时间", at=NOW).phone == "13800002046"
    entry = AuditEntry.objects.get(subject_id=m.pk, act="see_contact")
    assert (entry.internal, entry.words, entry.account_id) == (True, "约时间", worker.account_id)


def test_a_chat_message_keeps_its_numbers_inside(place, desk):
    heard = together.Heard("7栋业主群", NOW - timedelta(hours=1), "三楼灯坏了，找我 13812345678")
    m = together.record_for(
        by=desk, compound=place.compound, words=heard.words, source="chat_group", heard=heard, at=NOW
    )
    assert "13812345678" not in m.words and m.words.startswith("三楼灯坏了")
    note = AuditEntry.objects.get(subject_id=m.pk, act="internal_note")
    assert note.internal and "13812345678" in note.words and "7栋业主群" in note.words


def test_who_raised_both_is_one_neighbour_and_the_hands_and_the_visit_go_along(place, desk, worker):
    """Traps 1: helpers are told; what was always to be visited still is."""
    me = place.resident()
    main = place.matter(me, "楼道灯不亮，晚上看不见")
    late = makers.in_progress(place, me, desk, worker, "楼道灯还是不亮", urgency="complaint", category="1102")
    services.merge(by=desk, matter=late, target=main, at=NOW)
    main = again(main)
    assert (main.voices, main.visit_wanted) == (1, True)
    assert Message.objects.filter(account_id=worker.account_id, kind="merge").exists()
    services.unmerge(by=desk, matter=again(late), reason="不是", at=NOW)
    assert again(main).voices == 1
