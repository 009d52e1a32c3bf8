import signal
import subprocess
import sys
import time
from argparse import Namespace
from datetime import UTC, datetime, timedelta

import pytest
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from linli.web.commands import worker
from linli.web.commands.worker import Job, Worker

NOW = datetime(2026, 3, 24, 2, 0, tzinfo=UTC)
ran: list[str] = []


@task()
def say(word: str) -> None:
    if word == "bad":
        raise RuntimeError(word)
    ran.append(word)


@pytest.fixture(autouse=True)
def clear():
    ran.clear()


def test_round_does_every_job_and_one_that_fails_stops_none(db):
    done: list[str] = []

    def broken(at: datetime) -> int:
        raise RuntimeError("broken")

    def fine(at: datetime) -> int:
        done.append(f"{at:%H:%M}")
        return 1

    assert Worker(jobs=[Job("broken", broken), Job("fine", fine)], now=lambda: NOW).round() == (1, False)
    assert done == ["02:00"]


def test_job_with_a_pause_runs_again_when_it_has_passed(db):
    at = [NOW]
    seen: list[datetime] = []
    some = Worker(jobs=[Job("rare", lambda at: seen.append(at) or 0, timedelta(minutes=5))], now=lambda: at[0])
    for minutes in (0, 1, 4, 5, 9, 10):
        at[0] = NOW + timedelta(minutes=minutes)
        some.round()
    assert seen == [NOW, NOW + timedelta(minutes=5), NOW + timedelta(minutes=10)]


def test_queued_work_is_done_one_a_round(transactional_db):
    say.enqueue("one")
    say.enqueue("two")
    some = Worker(jobs=[])
    assert (some.round()[0], ran) == (1, ["one"])
    assert (some.round()[0], ran) == (1, ["one", "two"])
    assert some.round()[0] == 0


def test_once_does_all_that_is_due_and_stops(transactional_db):
    for word in ("one", "bad", "two"):
        say.enqueue(word)
    assert worker.run(Namespace(once=True, seconds=0)) == 0
    assert ran == ["one", "two"]
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == ["FAILED", "SUCCESSFUL", "SUCCESSFUL"]


def test_stopped_worker_starts_nothing_more(db):
    done: list[int] = []
    some = Worker()
    some.jobs = [
        Job("first", lambda at: some.stop() or done.append(1) or 1),
        Job("second", lambda at: done.append(2) or 1),
    ]
    some.run(seconds=60)
    assert done == [1]


@pytest.mark.one_database
def test_sigterm_ends_the_process_cleanly(own_database):
    command, env = [sys.executable, "-m", "linli.web.cli"], own_database
    child = subprocess.Popen([*command, "worker", "--seconds", "60"], env=env, stderr=subprocess.PIPE)
    assert child.stderr is not None
    assert b'"started"' in child.stderr.readline()  # from here on it hears signals
    started = time.monotonic()
    child.send_signal(signal.SIGTERM)
    _, errors = child.communicate(timeout=60)
    assert (child.returncode, b"error" in errors) == (0, False)
    assert time.monotonic() - started < 30
    assert subprocess.run([*command, "worker", "--once"], env=env, timeout=60).returncode == 0
