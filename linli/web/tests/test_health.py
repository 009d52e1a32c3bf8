import pytest

pytestmark = pytest.mark.django_db


def test_healthz_says_the_process_lives(client):
    assert client.get("/healthz").json() == {"ok": True}


def test_readyz_looks_at_database_migrations_and_queue(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ok": True, "database": True, "migrations": True, "queue": True, "queue_age_seconds": 0}


def test_metrics_count_requests_by_route_name(client):
    client.get("/healthz")
    assert 'linli_requests_total{method="GET",route="web:healthz",status="200"}' in client.get("/metrics").text


def test_front_page_answers_without_signing_in(client):
    assert client.get("/").status_code == 200
