"""Numbers and counts that are kept, not computed."""

from collections import Counter as Counted
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from .models import Counter, Tally
from .tenancy import unscoped, uuid7
from .whole import at_end

K = TypeVar("K")


def _kept_as(connection: Any) -> Callable[[UUID], Any]:
    return (lambda key: key) if connection.features.has_native_uuid_field else (lambda key: key.hex)


def next_value(compound_id: UUID, name: str, step: int = 1) -> int:
    """The next gapless number; one upsert, whose row lock orders only that compound's writers. With `step`, the last of a run."""
    sql = (
        f'INSERT INTO "{Counter._meta.db_table}" AS c (id, compound_id, name, value) VALUES (%s, %s, %s, %s) '
        "ON CONFLICT (compound_id, name) DO UPDATE SET value = c.value + excluded.value RETURNING value"
    )
    connection = connections[DEFAULT_DB_ALIAS]
    key = _kept_as(connection)
    with connection.cursor() as cursor:
        cursor.execute(sql, [key(uuid7()), key(compound_id), name, step])
        return int(cursor.fetchone()[0])


def shift(compound_id: UUID, changes: Mapping[str, int]) -> None:
    """Add each change to its kept count: at the end of the act, in one statement."""
    at_end(_move, (compound_id, changes))


def _move(shifts: list[tuple[UUID, Mapping[str, int]]]) -> None:
    total: dict[UUID, Counted[str]] = {}
    for compound_id, changes in shifts:
        total.setdefault(compound_id, Counted()).update(changes)
    for compound_id in sorted(total):
        _add(compound_id, total[compound_id])


def _add(compound_id: UUID, changes: Mapping[str, int]) -> None:
    moved = sorted((name, delta) for name, delta in changes.items() if delta)
    if not moved:
        return
    rows = ", ".join(["(%s, %s, %s, %s)"] * len(moved))
    sql = (
        f'INSERT INTO "{Tally._meta.db_table}" AS t (id, compound_id, name, value) VALUES {rows} '
        "ON CONFLICT (compound_id, name) DO UPDATE SET value = t.value + excluded.value"
    )
    connection = connections[DEFAULT_DB_ALIAS]
    key = _kept_as(connection)
    where, params = key(compound_id), []
    for name, delta in moved:
        params += [key(uuid7()), where, name, delta]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def kept(compound_id: UUID, prefix: str = "") -> dict[str, int]:
    rows = Tally.objects.filter(compound_id=compound_id)
    if prefix:
        rows = rows.filter(name__startswith=prefix)
    return dict(rows.values_list("name", "value"))


def apart(right: Mapping[K, int], there: Mapping[K, int]) -> dict[K, tuple[int, int]]:
    """Where what is kept is not right: what to add, and what it is."""
    names = [name for name in {*right, *there} if right.get(name, 0) != there.get(name, 0)]
    return {name: (right.get(name, 0) - there.get(name, 0), there.get(name, 0)) for name in names}


def forget(prefix: str, *, before: str) -> int:
    """In every compound, the counts whose name begins so and sorts before."""
    with unscoped("counts that nobody reads any more"):
        return Tally.objects.filter(name__startswith=prefix, name__lt=before).delete()[0]
