"""/healthz: the process lives. /readyz: database, migrations, age of the queue. /metrics: for Prometheus."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from linli.notices.queries import oldest_queued
from linli.plumbing.guards import public

QUEUE_MOST_SECONDS = 900


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"ok": True})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    state = {"database": False, "migrations": False, "queue": False, "queue_age_seconds": 0}
    try:
        executor = MigrationExecutor(connection)
        state["database"] = True
        state["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        oldest = oldest_queued()
        age = int((timezone.now() - oldest).total_seconds()) if oldest else 0
        state["queue_age_seconds"] = max(0, age)
        state["queue"] = age < QUEUE_MOST_SECONDS
    except DatabaseError:
        pass
    ready = state["database"] and state["migrations"] and state["queue"]
    return JsonResponse({"ok": bool(ready), **state}, status=200 if ready else 503)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
