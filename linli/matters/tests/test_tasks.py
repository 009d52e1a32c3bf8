from datetime import datetime, timedelta
from functools import partial

import pytest

from linli.matters import services, tasks
from linli.matters.models import Clock, Matter, ReturnVisit
from linli.matters.queries import due
from linli.matters.services import clocks
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope
from linli.plumbing.tests.threads import together

pytestmark = pytest.mark.django_db


def entries(matter: Matter, *acts: str) -> list[tuple[datetime, str, str, int]]:
    rows = AuditEntry.objects.filter(
        compound_id=matter.compound_id, subject_id=matter.pk, act__in=acts or ("warn", "breach")
    )
    return [(e.at, e.act, e.data["clock"], e.data["stage"]) for e in rows.order_by("at", "id")]


def told(matter: Matter, kind: str) -> set:
    rows = Message.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk, kind=kind)
    return set(rows.values_list("account_id", flat=True))


def counts(matter: Matter) -> dict[str, int]:
    return {name: value for name, value in kept(matter.compound_id, "open").items() if value}


def test_clock_warns_at_half_and_at_four_fifths_then_is_breached(place, owner, desk, manager):
    """Two working hours from 10:00 end at 12:00; half is 11:00, four fifths 11:36."""
    m = place.matter(owner, when=NOW)
    for minutes in (0, 59, 60, 61, 95, 96, 97, 119, 120, 121, 600):
        tasks.run_clocks(NOW + timedelta(minutes=minutes))
    assert entries(m) == [
        (at(24, 11), "warn", "acknowledge", 1),
        (at(24, 11, 36), "warn", "acknowledge", 2),
        (at(24, 12), "breach", "acknowledge", 3),
    ]
    clock = Clock.objects.get(compound_id=m.compound_id)
    assert (clock.stage, clock.next_at, clock.breached_at) == (3, at(25, 17, 30), at(24, 12))


def test_clock_tells_the_desk_and_of_a_breach_the_superior(place, owner, desk, manager):
    m = place.matter(owner, when=NOW)
    tasks.run_clocks(at(24, 11))
    assert told(m, "warn") == {desk.account_id, manager.account_id}
    tasks.run_clocks(at(24, 12))
    assert told(m, "breach") == {manager.account_id}
    titles = Message.objects.filter(compound_id=m.compound_id, account_id=manager.account_id).order_by("id")
    assert list(titles.values_list("title", flat=True)) == [
        "第 0001 号要在 今天 12:00 前受理，时间过半",
        "第 0001 号超时了：该在 今天 12:00 前受理",
    ]


def test_clock_tells_the_handler_alone_and_not_the_reporter(place, owner, desk, manager, engineer):
    m = makers.in_progress(place, owner, desk, engineer)
    finish = Clock.objects.get(compound_id=m.compound_id, kind="finish")
    tasks.run_clocks(finish.next_at)
    assert told(m, "warn") == {engineer.account_id}
    tasks.run_clocks(finish.due_at)
    assert told(m, "breach") == {manager.account_id}
    assert AuditEntry.objects.filter(compound_id=m.compound_id, act__in=["warn", "breach"], internal=False).count() == 0


def test_breach_of_a_body_without_a_head_goes_to_the_community(place, owner, desk, engineer):
    secretary = place.post(Role.COMMUNITY_SECRETARY)
    m = makers.in_progress(place, owner, desk, engineer)
    tasks.run_clocks(at(31))
    assert told(m, "breach") == {secretary.account_id}


def test_breach_makes_the_matter_overdue_and_moves_the_kept_counts(place, owner, desk):
    m = place.matter(owner, when=NOW)
    before = counts(m)
    tasks.run_clocks(at(25))
    m.refresh_from_db()
    assert m.overdue
    assert counts(m) == {**before, "open:overdue": 1}
    tasks.run_clocks(at(26))
    assert counts(m)["open:overdue"] == 1
    services.accept(by=desk, matter=m, at=at(26))
    assert "open:overdue" not in counts(m)


def test_clock_after_a_standstill_does_only_the_last_stage(place, owner, desk):
    m = place.matter(owner, when=NOW)
    assert tasks.run_clocks(at(30)) == 1
    assert entries(m) == [(at(30), "breach", "acknowledge", 3)]
    other = place.matter(owner, when=at(31, 10))
    tasks.run_clocks(at(31, 11, 40))
    assert entries(other) == [(at(31, 11, 40), "warn", "acknowledge", 2)]


def test_clock_that_was_stopped_or_paused_stays_silent(place, owner, desk, manager, engineer):
    m = makers.in_progress(place, owner, desk, engineer)
    assert not Clock.objects.filter(compound_id=m.compound_id, kind="acknowledge", next_at__isnull=False).exists()
    manager_of = manager
    services.suspend(by=manager_of, matter=m, pause_reason="parts", review_at=at(30), at=NOW)
    assert tasks.run_clocks(at(29)) == 0
    assert entries(m) == []


def test_two_workers_with_the_same_list_warn_once(place, owner, desk):
    m = place.matter(owner, when=NOW)
    moment = at(24, 11)
    first, second = due.due_clocks(moment), due.due_clocks(moment)
    assert first == second
    ((clock, home),) = first
    with compound_scope(home):
        assert clocks.tick(clock_id=clock, compound_id=home, at=moment)
        assert not clocks.tick(clock_id=clock, compound_id=home, at=moment)
    assert len(entries(m)) == 1


def test_claim_by_two_workers_is_won_by_one(place, owner, desk):
    """Both read the row before either wrote: the compare and swap alone decides."""
    place.matter(owner, when=NOW)
    mine, theirs = (Clock.objects.get(compound_id=place.compound.pk) for _ in range(2))
    assert clocks._claim(mine, 1, at(24, 11, 36), at(24, 11))
    assert not clocks._claim(theirs, 1, at(24, 11, 36), at(24, 11))


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_warn_once_each():
    place = makers.compound()
    owner, _ = place.resident(), place.post(Role.FRONT_DESK)
    matters = [place.matter(owner, when=NOW) for _ in range(12)]
    assert sum(together(*[partial(tasks.run_clocks, at(24, 11))] * 4)) == 12
    assert [len(entries(m)) for m in matters] == [1] * 12
    assert Message.objects.filter(compound_id=place.compound.pk, kind="warn").count() == 12


def test_one_bad_clock_does_not_hold_up_the_others(place, owner, desk, monkeypatch):
    bad, good = place.matter(owner, when=NOW), place.matter(owner, "电梯异响", when=NOW)
    real = clocks._tell

    def sometimes(matter, *args):
        if matter.pk == bad.pk:
            raise RuntimeError("broken")
        real(matter, *args)

    monkeypatch.setattr(clocks, "_tell", sometimes)
    assert tasks.run_clocks(at(24, 11)) == 1
    assert (len(entries(bad)), len(entries(good))) == (0, 1)
    monkeypatch.undo()
    assert tasks.run_clocks(at(24, 11)) == 1, "its stage was rolled back with it"


def test_clocks_of_every_compound_run_in_their_own(place, owner, desk):
    other = makers.compound("other")
    there = other.matter(other.resident(), when=NOW)
    here = place.matter(owner, when=NOW)
    assert tasks.run_clocks(at(24, 11)) == 2
    assert len(entries(here)) == len(entries(there)) == 1


def test_suspended_matter_resumes_on_its_day(place, owner, desk, manager, engineer):
    m = makers.in_progress(place, owner, desk, engineer)
    due_before = Clock.objects.get(compound_id=m.compound_id, kind="finish").due_at
    services.suspend(by=manager, matter=m, pause_reason="parts", review_at=at(26, 9), at=NOW)
    assert tasks.resume_suspended(at(26, 8, 59)) == 0
    assert tasks.resume_suspended(at(26, 9)) == 1
    assert tasks.resume_suspended(at(26, 9)) == 0
    m.refresh_from_db()
    assert (m.state, m.review_at) == ("in_progress", None)
    clock = Clock.objects.get(compound_id=m.compound_id, kind="finish")
    assert clock.due_at > due_before
    assert clock.next_at is not None


def test_long_pause_does_not_warn_at_once(place, owner, desk, manager, engineer):
    m = makers.in_progress(place, owner, desk, engineer)
    services.suspend(by=manager, matter=m, pause_reason="money", review_at=at(24, 9, month=6), at=NOW)
    tasks.resume_suspended(at(24, 9, month=6))
    tasks.run_clocks(at(24, 9, 30, month=6))
    assert entries(m) == []
    clock = Clock.objects.get(compound_id=m.compound_id, kind="finish")
    assert at(25, month=6) < clock.next_at < clock.due_at


@pytest.fixture
def resolved(place, owner, desk, engineer):
    """Number 1 wants no visit: 7 in 10 do not."""

    def make(outcome: str = "fixed") -> Matter:
        m = makers.in_progress(place, owner, desk, engineer)
        m = services.resolve(by=engineer, matter=m, words="换了灯", outcome=outcome, evidence=True, at=NOW)
        Matter.objects.filter(compound_id=m.compound_id, pk=m.pk).update(visit_wanted=False)
        m.refresh_from_db()
        return m

    return make


def test_resolved_and_unanswered_closes_after_five_working_days(resolved):
    """Tuesday 24 March and five working days: Tuesday 31 March, at the close of business."""
    m = resolved()
    assert tasks.close_unvisited(at(31, 17, 29)) == 0
    assert tasks.close_unvisited(at(31, 17, 30)) == 1
    assert tasks.close_unvisited(at(31, 17, 31)) == 0
    m.refresh_from_db()
    assert (m.state, m.outcome, m.level_settled) == ("closed", "not_confirmed", "")
    assert "fixed" not in kept(m.compound_id)


def test_resolved_and_rated_content_closes_as_the_handler_said(resolved, owner):
    m = resolved()
    services.rate(by=owner, matter=m, rating="satisfied", at=NOW)
    assert tasks.close_unvisited(at(31, 18)) == 1
    m.refresh_from_db()
    assert m.outcome == "fixed"


def test_resolved_stays_with_the_desk_when_somebody_spoke_or_a_visit_is_wanted(resolved, owner):
    spoke, unhappy, visit = resolved(), resolved(), resolved()
    services.note(by=owner, matter=spoke, words="还是有点暗", at=NOW + timedelta(hours=1))
    services.rate(by=owner, matter=unhappy, rating="unsatisfied", at=NOW)
    Matter.objects.filter(compound_id=visit.compound_id, pk=visit.pk).update(visit_wanted=True)
    assert tasks.close_unvisited(at(31, 18)) == 0
    assert not ReturnVisit.objects.filter(compound_id=visit.compound_id).exists()


def test_a_week_of_quarter_hours(place, owner, desk, manager, engineer):
    """And a bit. One is taken and finished, one forgotten at the desk, one paused: every warning comes once and in order."""
    forgotten = place.matter(owner, "没人管的事", when=NOW)
    started = makers.in_progress(place, owner, desk, engineer, "楼道灯不亮")
    paused = makers.in_progress(place, owner, desk, engineer, "等配件的事")
    services.suspend(by=manager, matter=paused, pause_reason="parts", review_at=at(27, 9), at=NOW)
    services.resolve(by=engineer, matter=started, words="修好了", evidence=True, at=at(24, 16))
    moment = NOW
    while moment < at(1, 12, month=4):
        moment += timedelta(minutes=15)
        tasks.run_clocks(moment)
        tasks.resume_suspended(moment)
        tasks.close_unvisited(moment)
    assert [(clock, stage) for _, _, clock, stage in entries(forgotten)] == [("acknowledge", s) for s in (1, 2, 3)]
    assert entries(started) == []
    stages = [(clock, stage) for _, _, clock, stage in entries(paused)]
    assert stages == [("finish", 1), ("finish", 2)]
    assert entries(paused)[0][0] == at(30, 17, 15), "half of the time left after the pause"
    assert counts(forgotten)["open:overdue"] == 1
    assert len(told(forgotten, "warn")) == 2
    assert AuditEntry.objects.filter(compound_id=paused.compound_id, act="resume", role="clock").count() == 1


@pytest.mark.parametrize("urgency", ["project", "emergency"])
def test_a_promise_without_a_standard_limit_is_later_by_the_pause(place, owner, desk, manager, engineer, urgency):
    m = makers.in_progress(place, owner, desk, engineer, urgency=urgency)
    promised(m, at(30, month=6))
    m = services.suspend(by=manager, matter=m, pause_reason="money", review_at=at(10, month=4), at=NOW)
    assert tasks.resume_suspended(at(11, month=4)) == 1
    clock = Clock.objects.get(compound_id=m.compound_id, matter=m, kind="finish")
    assert clock.due_at == at(18, month=7) and clock.next_at == NOW + (clock.due_at - NOW) / 2


def test_a_promise_without_a_standard_limit_is_later_by_the_time_it_was_merged(place, owner, desk, engineer):
    m, main = makers.in_progress(place, owner, desk, engineer, urgency="project"), place.matter(owner)
    promised(m, at(30, month=6))
    services.merge(by=place.post(Role.COMMUNITY_WORKER), matter=m, target=main, at=NOW)
    m.refresh_from_db()
    services.unmerge(by=place.post(Role.COMMUNITY_WORKER), matter=m, reason="两件事", at=at(26))
    clock = Clock.objects.get(compound_id=m.compound_id, matter=m, kind="finish")
    assert (clock.due_at, clock.done_at) == (at(2, month=7), None)


def promised(m, due_at) -> None:
    """As a dispatch with a day of its own does."""
    Clock.objects.filter(compound_id=m.compound_id, matter=m, kind="finish").delete()
    Clock(
        compound_id=m.compound_id, matter=m, leg=m.leg, round=1, kind="finish", urgency=m.urgency, started_at=NOW, due_at=due_at, next_at=due_at,
        body_id=m.handler_body_id,
    ).save(force_insert=True)  # fmt: skip
