"""/healthz: the process lives. /readyz: database, migrations, age of what waits for the worker. /metrics: for Prometheus."""

from datetime import datetime

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max
from prometheus_client import CONTENT_TYPE_LATEST

from linli.notices.queries import oldest_queued
from linli.plumbing.guards import public

from .metrics import told

QUEUE_MOST_SECONDS = 900


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"ok": True})


def _oldest_task() -> datetime | None:
    """Since when the task that waits longest could have been run."""
    ready = DBTaskResult.objects.ready()
    asked = ready.filter(run_after=get_date_max()).order_by("enqueued_at").values_list("enqueued_at", flat=True).first()
    due = ready.exclude(run_after=get_date_max()).order_by("run_after").values_list("run_after", flat=True).first()
    return min(filter(None, (asked, due)), default=None)


@public
def readyz(request: HttpRequest) -> HttpResponse:
    state = {"database": False, "migrations": False, "queue": False, "queue_age_seconds": 0}
    try:
        executor = MigrationExecutor(connection)
        state["database"] = True
        state["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        now = timezone.now()
        age = int(
            max(((now - since).total_seconds() for since in (oldest_queued(), _oldest_task()) if since), default=0)
        )
        state["queue_age_seconds"] = max(0, age)
        state["queue"] = age < QUEUE_MOST_SECONDS
    except DatabaseError:
        pass
    ready = state["database"] and state["migrations"] and state["queue"]
    return JsonResponse({"ok": bool(ready), **state}, status=200 if ready else 503)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(told(), content_type=CONTENT_TYPE_LATEST)
