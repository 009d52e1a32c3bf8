"""Many small things to do, each in the scope of its compound; one that fails does not hold up the others."""

from collections.abc import Callable, Iterable
from uuid import UUID

import structlog
from django.db import connection

from .tenancy import compound_scope

log = structlog.get_logger("linli.task")


def each(name: str, rows: Iterable[tuple[UUID, UUID]], do: Callable[[UUID, UUID], bool]) -> int:
    """`rows` are (id, compound id). How many were done; errors go to the log with the row's id and nothing personal."""
    done = 0
    for pk, compound_id in rows:
        try:
            with compound_scope(compound_id):
                done += bool(do(pk, compound_id))
        except Exception as error:
            log.error("task row failed", task=name, id=str(pk), error=type(error).__name__, exc_info=True)
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
    return done
