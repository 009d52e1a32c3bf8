"""Rows by the hundred thousand: COPY on PostgreSQL, executemany on SQLite; columns and defaults come from the models."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from django.db import connection, models

HELD = 20_000
SHORT = len("2026-01-01 00:00:00")
SQLITE = connection.vendor == "sqlite"


def key(at: int, kind: int, n: int) -> str:
    """A UUIDv7 of the second `at`, as 32 digits; `kind` and `n` make it unique, so that a fill is the same each time."""
    return f"{((at * 1000) << 80) | (7 << 76) | ((kind & 0xFFF) << 64) | (2 << 62) | n:032x}"


@lru_cache(maxsize=100_000)
def moment(at: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S+00", time.gmtime(at))[: SHORT if SQLITE else None]


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    if value is True or value is False:
        return "t" if value else "f"
    if isinstance(value, str):
        return value.replace("\\", "\\\\").replace("\t", " ").replace("\n", "\\n").replace("\r", " ")
    return str(value)


class Table:
    """`add(column=value)`: the rest of the row is the model's defaults. Values are str, int, bool or None."""

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        plain = model()
        self.base = {f.column: self._default(f, plain) for f in model._meta.local_concrete_fields}
        self.held: list[Any] = []
        self.rows = 0

    @staticmethod
    def _default(field: models.Field, plain: models.Model) -> Any:
        value = getattr(plain, field.attname)
        return (
            json.dumps(value)
            if isinstance(field, models.JSONField)
            else None
            if isinstance(field, models.UUIDField)
            else value
        )

    def add(self, **given: Any) -> None:
        row = self.base | given
        if len(row) != len(self.base):
            raise TypeError(f"{self.model.__name__} has no {set(given) - set(self.base)}")
        self.held.append(tuple(row.values()) if SQLITE else "\t".join(map(_copied, row.values())))
        self.rows += 1
        if len(self.held) >= HELD:
            self.flush()

    def flush(self) -> None:
        if not self.held:
            return
        names = ", ".join(f'"{c}"' for c in self.base)
        table = self.model._meta.db_table
        with connection.cursor() as cursor:
            if SQLITE:
                marks = ", ".join(["?"] * len(self.base))
                cursor.connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', self.held)
            else:
                with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                    copy.write("\n".join(self.held) + "\n")
        self.held = []


@contextmanager
def without_indexes(*tables: type[models.Model]) -> Iterator[None]:
    """Plain indexes are dropped, and made anew at the end; foreign keys are not looked at meanwhile."""
    names = [m._meta.db_table for m in tables]
    with connection.cursor() as cursor:
        if SQLITE:
            marks = ",".join(["%s"] * len(names))
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
                names,
            )
        else:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = ANY(%s) "
                "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
                [names],
            )
        found = cursor.fetchall()
        if SQLITE:
            for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -1000000"):
                cursor.execute(f"PRAGMA {pragma}")
        else:
            cursor.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
        for name, _ in found:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _, sql in found:
            cursor.execute(sql)
        cursor.execute("ANALYZE" if SQLITE else "VACUUM ANALYZE")
        if SQLITE:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("SET session_replication_role = DEFAULT; CHECKPOINT")
