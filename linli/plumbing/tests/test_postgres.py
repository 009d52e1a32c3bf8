"""What the PostgreSQL backend does otherwise than Django's."""

from importlib import import_module
from unittest.mock import patch

import pytest
from django.apps import apps
from django.db import close_old_connections, connection
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import _queries
from psycopg.adapt import Transformer


def test_psycopg_remembers_the_insert_of_every_table():
    import_module("linli.plumbing.postgres.base")  # as the backend does it
    most = max(len(model._meta.local_concrete_fields) for model in apps.get_models())
    sql = b", ".join([b"%s"] * most)
    before = _queries._query2pg.cache_info().hits
    for _twice in range(2):
        _queries.PostgresQuery(Transformer()).convert(sql, [1] * most)
    assert _queries._query2pg.cache_info().hits == before + 1


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_was_ended_is_made_anew_and_one_at_rest_is_asked_for_nothing():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no server that could end a connection; run by bin/with-postgres")
    connection.ensure_connection()
    with patch.object(DatabaseWrapper, "is_usable", side_effect=AssertionError):
        assert connection.is_usable()
    other = connection.copy()
    with other.cursor() as ending, connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        ending.execute("SELECT pg_terminate_backend(%s, 5000)", [cursor.fetchone()[0]])
    other.close()
    assert not connection.is_usable()
    connection.close_at, connection.health_check_enabled, connection.health_check_done = None, True, False
    close_old_connections()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
