"""`linli worker`: due clocks, messages and queued work in one process. Any number may run; none does a thing twice."""

import signal
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from types import FrameType

import structlog
from django.db import close_old_connections
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker

from linli.assembly.tasks import (
    end_terms,
    publish_heads,
    run_sessions,
    tell_decisions,
    tell_late_hand_overs,
    tell_late_renewals,
    tell_renewals,
)
from linli.councils.tasks import remind_fees, remind_meetings, remind_results
from linli.insight.tasks import draft_months
from linli.matters.tasks import (
    close_unvisited,
    follow_homes,
    forget_callers,
    forget_days,
    forget_people,
    give_back,
    learn,
    reach_contacts,
    resume_suspended,
    run_clocks,
    run_gates,
    run_hotline,
    run_orders,
    run_visits,
    run_whistles,
    work_out_hot,
)
from linli.notices.tasks import give_up_stuck, send_queued
from linli.people.tasks import forget_evidence, forget_originals, forget_stale, lapse_exports, run_imports
from linli.plumbing.chain import seal
from linli.plumbing.vault import sweep_waiting
from linli.volunteers.tasks import forget_calls, run_calls

log = structlog.get_logger("linli.worker")


@dataclass
class Job:
    """Runs every round, or when `every` has passed since its last run."""

    name: str
    do: Callable[[datetime], int]
    every: timedelta = timedelta(0)
    last: datetime | None = None

    def is_due(self, at: datetime) -> bool:
        return self.last is None or at - self.last >= self.every


def jobs() -> list[Job]:
    return [
        Job("clocks", run_clocks),
        Job("orders", run_orders),
        Job("gates", run_gates),
        Job("hotline", run_hotline),
        Job("alerts", reach_contacts),
        Job("whistles", run_whistles),
        Job("reviews", resume_suspended),
        Job("calls", run_calls),
        Job("sessions", run_sessions),
        Job("heads", publish_heads),
        Job("messages", send_queued),
        Job("imports", run_imports),
        Job("exports", lapse_exports),
        # These look through more rows, and nobody waits for them.
        Job("seals", seal, timedelta(minutes=1)),
        Job("stuck", give_up_stuck, timedelta(minutes=5)),
        Job("visits", run_visits, timedelta(minutes=10)),
        Job("quiet", close_unvisited, timedelta(minutes=10)),
        Job("handlers", give_back, timedelta(minutes=10)),
        Job("learning", learn, timedelta(minutes=10)),
        Job("hot", work_out_hot, timedelta(minutes=10)),
        Job("homes", follow_homes, timedelta(minutes=10)),
        Job("stale", forget_stale, timedelta(hours=1)),
        Job("originals", forget_originals, timedelta(hours=1)),
        Job("evidence", forget_evidence, timedelta(hours=1)),
        Job("days", forget_days, timedelta(hours=6)),
        Job("months", draft_months, timedelta(hours=6)),
        Job("results", remind_results, timedelta(minutes=10)),
        Job("meetings", remind_meetings, timedelta(hours=6)),
        Job("fees", remind_fees, timedelta(hours=6)),
        Job("callers", forget_callers, timedelta(hours=24)),
        Job("people", forget_people, timedelta(hours=1)),
        Job("old calls", forget_calls, timedelta(hours=1)),
        Job("renewals", tell_renewals, timedelta(hours=6)),
        Job("terms", end_terms, timedelta(hours=6)),
        Job("late renewals", tell_late_renewals, timedelta(hours=6)),
        Job("hand-overs", tell_late_hand_overs, timedelta(hours=6)),
        Job("decisions", tell_decisions, timedelta(hours=1)),
        Job("waiting files", sweep_waiting, timedelta(hours=1)),
    ]


@dataclass
class Worker:
    jobs: list[Job] = field(default_factory=jobs)
    now: Callable[[], datetime] = timezone.now
    stopped: Event = field(default_factory=Event)
    name: str = field(default_factory=lambda: get_random_string(32))

    def stop(self, signum: int = 0, frame: FrameType | None = None) -> None:
        """After the thing in hand; nothing is torn."""
        self.stopped.set()

    def round(self) -> tuple[int, bool]:
        """How much was done, and whether all went well. One piece of queued work a round, so that clocks never wait for ten."""
        close_old_connections()
        at = self.now()
        done, well = 0, True
        for job in self.jobs:
            if self.stopped.is_set() or not job.is_due(at):
                continue
            job.last = at
            did, fine = self._safely(job.name, lambda job=job: job.do(at))  # type: ignore[misc]
            done, well = done + did, well and fine
        if not self.stopped.is_set():
            did, fine = self._safely("queue", self._one_queued)
            done, well = done + did, well and fine
        close_old_connections()
        return done, well

    def _safely(self, name: str, do: Callable[[], int]) -> tuple[int, bool]:
        try:
            did = do()
        except Exception as error:
            log.error("job failed", job=name, error=type(error).__name__, exc_info=True)
            return 0, False
        if did:
            log.info("job", job=name, done=did)
        return did, True

    def _one_queued(self) -> int:
        queue = QueueWorker(
            queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=1,
            worker_id=self.name, excluded_queue_names=[],
        )  # fmt: skip
        queue.run()
        return queue._run_tasks

    def run(self, seconds: float) -> None:
        while not self.stopped.is_set():
            done, _ = self.round()
            if not done:
                self.stopped.wait(seconds)

    def once(self) -> bool:
        """Rounds until one finds nothing to do; False if something went wrong."""
        well = True
        while not self.stopped.is_set():
            done, fine = self.round()
            well = well and fine
            if not done:
                break
        return well


def run(args: Namespace) -> int:
    worker = Worker()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, worker.stop)
    log.info("started", once=args.once)
    if args.once:
        return 0 if worker.once() else 1
    worker.run(args.seconds)
    return 0
