import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from linli.web import health, metrics

pytestmark = pytest.mark.django_db


def test_healthz_says_the_process_lives(client):
    assert client.get("/healthz").json() == {"ok": True}


def test_readyz_looks_at_database_migrations_and_queue(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": True, "migrations": True, "queue": True, "queue_age_seconds": 0}


def test_readyz_sees_a_task_that_nobody_runs(client, monkeypatch):
    waiting = DBTaskResult.objects.create(
        task_path="x.y", args_kwargs={}, run_after=timezone.now() - timedelta(minutes=20), backend_name="default"
    )
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["queue"]) == (503, False)
    assert 1200 <= answer.json()["queue_age_seconds"] < 1300
    waiting.delete()
    monkeypatch.setattr(health, "oldest_queued", lambda: (_ for _ in ()).throw(OperationalError("gone")))
    assert client.get("/readyz").status_code == 503


def test_metrics_of_two_processes_are_told_as_one(tmp_path):
    seen = "from linli.web import metrics; metrics.seen('GET', 'web:front', 200, 0.01)"
    env = {metrics.SHARED: str(tmp_path), "PATH": ""}
    for _n in range(2):
        subprocess.run([sys.executable, "-c", seen], env=env, check=True)
    told = subprocess.run(
        [sys.executable, "-c", f"{seen}; print(metrics.told().decode())"],
        env=env,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert 'linli_requests_total{method="GET",route="web:front",status="200"} 3.0' in told


def test_metrics_count_requests_by_route_name(client):
    client.get("/healthz")
    assert 'linli_requests_total{method="GET",route="web:healthz",status="200"}' in client.get("/metrics").text


def test_front_page_answers_without_signing_in(client):
    assert client.get("/").status_code == 200
