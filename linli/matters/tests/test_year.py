"""A year of the worker with a frozen clock: two workers, crashes and restarts; nothing is told twice, nothing forgotten."""

import random
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from linli.kernel.clock import Calendar
from linli.kernel.refusal import Refused
from linli.matters import services
from linli.matters.models import Clock, Matter
from linli.matters.rules import times
from linli.matters.rules.states import FINAL
from linli.matters.services import clocks
from linli.matters.tests.makers import SHANGHAI
from linli.notices.models import Message
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.web.commands.worker import Worker, jobs

# The year of everything (web/tests) lives on each database.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

BEGIN = datetime(2025, 12, 1, 9, 0, tzinfo=SHANGHAI)
DAYS = 365
MATTERS = 70
STEP = timedelta(hours=12)


class Crash(Exception):
    """The machine goes down in the middle of a piece of work."""


def _life(place, by, desk, engineer, dice, at) -> list[tuple[datetime, str]]:
    """A matter raised at `at`, and when people will do what with it; about half dawdle, some never come."""
    m = place.matter(by, f"第 {dice.random():.6f} 件：楼道灯不亮", at)
    urgency = dice.choice(["emergency", "urgent", "normal", "normal", "complaint", "coordination", "consultation"])
    plans, when = [], at
    for act in ("triage", "dispatch", "take", "suspend", "resume", "resolve", "confirm")[
        : dice.choice([0, 2, 3, 7, 7])
    ]:
        when += timedelta(minutes=dice.choice([5, 60, 600, 3000, 12000]))
        plans.append((when, act, m.pk, urgency))
    return plans


def _do(place, act, pk, urgency, at, by, desk, manager, engineer) -> None:
    m = Matter.objects.get(compound_id=place.compound.pk, pk=pk)
    try:
        if act == "triage":
            services.triage(by=desk, matter=m, category="0101", level="building", urgency=urgency, at=at)
        elif act == "dispatch":
            post = Post.objects.get(pk=engineer.role_id)
            body = Organisation.objects.get(pk=engineer.body_id)
            services.dispatch(by=desk, matter=m, body=body, post=post, at=at)
        elif act == "take":
            services.take(by=engineer, matter=m, words="联系过了", at=at)
        elif act == "suspend":
            services.suspend(
                by=manager, matter=m, pause_reason="parts", review_at=at + timedelta(days=9), words="", at=at
            )
        elif act == "resume":
            services.resume(by=engineer, matter=m, words="", at=at)
        elif act == "resolve":
            services.resolve(
                by=engineer, matter=m, words="换好了", cost_fen=100, paid_by="物业费", evidence=True, at=at
            )
        elif act == "confirm":
            services.confirm(by=by, matter=m, at=at)
    except Refused:
        pass  # the clock was there first, or an earlier step was refused


def test_a_year_of_two_workers_that_crash_tells_each_thing_once(place, monkeypatch):
    dice = random.Random(20251201)
    owner, desk = place.resident(), place.post(Role.FRONT_DESK)
    manager, engineer = place.post(Role.PROPERTY_MANAGER), place.post(Role.ENGINEER)
    for role in (Role.COMMITTEE_CHAIR, Role.COMMUNITY_SECRETARY):
        place.post(role)
    Post.objects.update(from_day=BEGIN.date())
    true_queue, crashes = clocks.queue, 0

    def queue(**kw):
        nonlocal crashes
        if dice.random() < 0.05:
            crashes += 1
            raise Crash
        return true_queue(**kw)

    monkeypatch.setattr(clocks, "queue", queue)
    # The test's one connection stays open, and nothing is queued.
    monkeypatch.setattr("linli.web.commands.worker.close_old_connections", lambda: None)
    monkeypatch.setattr(Worker, "_one_queued", lambda self: 0)
    births = sorted(BEGIN + timedelta(minutes=dice.randrange(DAYS * 1440)) for _ in range(MATTERS))
    plans: list[tuple] = []
    now, end = BEGIN, BEGIN + timedelta(days=DAYS)
    while now < end:
        while births and births[0] <= now:
            plans += _life(place, owner, desk, engineer, dice, births.pop(0))
        plans.sort(key=lambda p: p[0])
        while plans and plans[0][0] <= now:
            _, act, pk, urgency = plans.pop(0)
            _do(place, act, pk, urgency, now, owner, desk, manager, engineer)
        if dice.random() > 0.02:  # now and then the machine is down for a while
            for _ in range(2):  # two workers, each as after a restart
                _worker(now).round()
        now += STEP
    for _ in range(8):
        _worker(end).once()
    assert crashes > 5
    _nothing_twice(place)
    _nothing_forgotten(place, end)


def _worker(now: datetime) -> Worker:
    """As after a restart, with the jobs of the clock."""
    return Worker(jobs=[j for j in jobs() if j.name in {"clocks", "reviews", "quiet"}], now=lambda: now)


def _nothing_twice(place) -> None:
    rows = AuditEntry.objects.filter(compound_id=place.compound.pk, act__in=["warn", "breach", "list"])
    said = Counter((e.subject_id, e.data["clock"], e.data["due_at"], e.data["stage"]) for e in rows)
    assert len(said) > 100 and set(said.values()) == {1}
    keys = list(Message.objects.filter(compound_id=place.compound.pk).values_list("key", flat=True))
    assert len(keys) == len(set(keys))
    # Each entry told those it concerns, once each.
    told = Counter(key.split(":")[0] for key in keys)
    assert all(told[str(e.pk)] >= 1 for e in rows)


def _nothing_forgotten(place, end) -> None:
    calendar, listed = Calendar(), 0
    for matter in Matter.objects.filter(compound_id=place.compound.pk):
        broken = False
        for clock in Clock.objects.filter(compound_id=place.compound.pk, matter=matter):
            if matter.state in FINAL or clock.done_at:
                assert clock.next_at is None or matter.state in FINAL or clock.paused_at
                continue
            plan = times.under_way(clock.kind, clock.urgency, clock.started_at, clock.due_at, calendar)
            if clock.paused_at is None:
                assert clock.stage == plan.reached(end), (matter.number, clock.kind)
                broken = broken or clock.stage == times.LISTED
        if matter.open:
            # A listed one stays until no promise of it is broken any more, one listed later included.
            assert matter.listed_at is not None or not broken, matter.number
            assert matter.overdue or matter.listed_at is None, matter.number
            listed += matter.listed_at is not None
    assert listed > 3
    assert kept(place.compound.pk, "open:listed")["open:listed"] == listed
    assert timezone.is_aware(end)
