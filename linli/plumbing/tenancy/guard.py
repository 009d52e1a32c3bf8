"""A test-time guard: a statement that reaches into tenant tables without naming the compound fails the test."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection

from .scope import unscoped_reason


class TenantlessQuery(Exception):
    pass


@contextmanager
def tenant_guard() -> Iterator[None]:
    tables = {
        m._meta.db_table
        for m in apps.get_models()
        if any(getattr(f, "tenant_key", False) for f in m._meta.local_fields)
    }
    pattern = re.compile('"(' + "|".join(map(re.escape, sorted(tables))) + ')"') if tables else None

    def guard(execute, sql, params, many, context):
        reaches_in = (
            pattern and not unscoped_reason() and pattern.search(sql) and not sql.startswith(("INSERT", "SAVEPOINT"))
        )
        if reaches_in and not re.search(r'"?compound_id"? (=|IN)', sql.partition(" WHERE ")[2]):
            raise TenantlessQuery(sql[:300])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield
