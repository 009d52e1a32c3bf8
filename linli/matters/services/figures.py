"""The rows behind the numbers and their counts, kept by the transaction that changes the matter."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connections

from linli.people.models import Organisation
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import at_end

from ..models import Clock, LifeFigure, Matter, MonthCount
from ..rules import figures as rules
from ..rules.figures import Key
from ..rules.states import Act
from ..rules.times import ClockKind

Stopped = Mapping[tuple[UUID, str], datetime]


@dataclass
class Moved:
    """A matter that an act changed: how many reopenings it had before, and what the act's entry will say."""

    matter: Matter
    was: tuple
    act: str
    data: dict[str, Any] = field(default_factory=dict)


def facts_of(m: Matter) -> tuple:
    """All of a matter that the figures look at; the reopenings first."""
    return (
        m.reopens, m.accepted_at, m.category, m.handler_body_id, m.resolved_at, m.closed_at, m.outcome, m.level_settled, m.reported_at,
    )  # fmt: skip


def keep(moved: Iterable[Moved], *, by: Actor, at: datetime) -> None:
    """Bring the lives of these matters up to date. At most four statements for any number of them; none where nothing counts.

    What was promised goes into the entry of a resolution: its clock may run on later.
    """
    touched = [
        one
        for one in moved
        if (one.matter.accepted_at and (one.act == Act.VISIT or one.was != facts_of(one.matter)))
        or one.act == Act.CORRECT_CATEGORY
    ]
    if not touched:
        return
    compound_id = touched[0].matter.compound_id
    lives = _lives(compound_id, [one.matter.pk for one in touched])
    stopped = _stopped(compound_id, touched, at)
    before, after = Counter[Key](), Counter[Key]()
    made: list[LifeFigure] = []
    changed: list[LifeFigure] = []
    gone: list[LifeFigure] = []
    for one in touched:
        rows = lives.get(one.matter.pk, {})
        for row in rows.values():
            before.update(rules.counted(row))
        if one.matter.accepted_at is None:
            changed += _waiting(one.matter, rows)
            after.update(key for row in rows.values() for key in rules.counted(row))
            continue
        fresh = _begun(one, rows, stopped, by=by, at=at)
        dropped = [row for life, row in rows.items() if life > one.matter.reopens + 1]
        _write(one, rows, stopped, at)
        for row in dropped:
            del rows[row.life]
        for row in rows.values():
            after.update(rules.counted(row))
        made += fresh
        gone += dropped
        written = {one.was[0] + 1, one.matter.reopens + 1}
        changed += [row for row in rows.values() if row.life in written and row not in fresh]
    _save(compound_id, made, changed, gone)
    shift_months(compound_id, _difference(before, after))


def _lives(compound_id: UUID, ids: Sequence[UUID]) -> dict[UUID, dict[int, LifeFigure]]:
    found: dict[UUID, dict[int, LifeFigure]] = {}
    for row in LifeFigure.objects.filter(compound_id=compound_id, matter_id__in=ids).order_by("life"):
        found.setdefault(row.matter_id, {})[row.life] = row
    return found


def _stopped(compound_id: UUID, moved: Sequence[Moved], at: datetime) -> Stopped:
    """When the promises were due that these acts fulfilled, in time or not."""
    ids = [one.matter.pk for one in moved if one.act in {Act.ACCEPT, Act.RESOLVE}]
    if not ids:
        return {}
    kinds = (ClockKind.ACKNOWLEDGE, ClockKind.FINISH)
    rows = Clock.objects.filter(compound_id=compound_id, matter_id__in=ids, kind__in=kinds, done_at=at).order_by(
        "round"
    )
    return {(matter, kind): due for matter, kind, due in rows.values_list("matter_id", "kind", "due_at")}


def _begun(
    one: Moved, rows: dict[int, LifeFigure], stopped: Stopped, *, by: Actor, at: datetime
) -> list[LifeFigure]:  # fmt: skip
    m, life = one.matter, one.matter.reopens + 1
    there = rows.get(life)
    if there and (life > 1 or there.accepted_at):
        return []
    row = there or LifeFigure(id=uuid7(), compound_id=m.compound_id, matter_id=m.pk, number=m.number, life=life)
    if life == 1:
        due = row.promised_at or stopped.get((m.pk, ClockKind.ACKNOWLEDGE))
        row.accepted_at, row.received_by_id = m.accepted_at, by.body_id
        row.ack_in_time = None if due is None else due >= at
        row.promised_at = rules.promised_at(due, at)
    rows[life] = row
    return [] if there else [row]


def _waiting(m: Matter, rows: dict[int, LifeFigure]) -> list[LifeFigure]:
    """Late for acceptance and still not accepted: of all that happens only its category is counted."""
    for row in rows.values():
        row.category = m.category
    return list(rows.values())


def waits_late(matter: Matter, clock: Clock, body: Organisation | None) -> None:
    """Nobody accepted it in the time promised: from now on the number says so, whatever becomes of it."""
    if clock.kind != ClockKind.ACKNOWLEDGE or matter.accepted_at or _lives(matter.compound_id, [matter.pk]):
        return
    row = LifeFigure(
        id=uuid7(), compound_id=matter.compound_id, matter_id=matter.pk, number=matter.number, life=1, category=matter.category,
        received_by_id=body.pk if body else None, ack_in_time=False, promised_at=clock.due_at,
    )  # fmt: skip
    row.save(force_insert=True)
    shift_months(matter.compound_id, rules.counted(row))


def accepted_by(m: Matter, due: datetime) -> None:
    """Its acceptance is judged by a nearer promise than the one it was counted by."""
    row = _lives(m.compound_id, [m.pk]).get(m.pk, {}).get(1)
    if row is None or row.accepted_at is None:
        return
    before = Counter(rules.counted(row))
    row.ack_in_time, row.promised_at = due >= row.accepted_at, rules.promised_at(due, row.accepted_at)
    row.save(update_fields=["ack_in_time", "promised_at"])
    shift_months(m.compound_id, _difference(before, Counter(rules.counted(row))))


def _write(one: Moved, rows: dict[int, LifeFigure], stopped: Stopped, at: datetime) -> None:
    m, current = one.matter, rows[one.matter.reopens + 1]
    then = rows.get(one.was[0] + 1, current)
    if one.act == Act.VISIT:
        rules.visited(then, at, one.data)
    if then.life < current.life:
        then.reopened_at, then.level, then.took_days = at, "", None
    current.reopened_at = None
    current.category = m.category
    if m.resolved_at is None or current.resolved_at != m.resolved_at:
        current.body_id = m.handler_body_id  # who said it was done keeps that, whoever answers for it afterwards
    if current.resolved_at != m.resolved_at:
        _said_done(one, current, stopped.get((m.pk, ClockKind.FINISH)))
    fixed = m.closed_at is not None and m.outcome == "fixed"
    current.closed_at, current.outcome = m.closed_at, m.outcome if m.closed_at else ""
    current.level = m.level_settled if fixed else ""
    ended = (m.resolved_at or m.closed_at) if fixed else None
    current.took_days = rules.days_taken(m.reported_at, ended) if ended else None


def _said_done(one: Moved, current: LifeFigure, due: datetime | None) -> None:
    current.resolved_at = one.matter.resolved_at
    current.on_time = None
    if current.resolved_at and due:
        current.on_time = due >= current.resolved_at
        one.data["finish_due"] = due.isoformat()


def _save(
    compound_id: UUID, made: list[LifeFigure], changed: list[LifeFigure], gone: list[LifeFigure]
) -> None:  # fmt: skip
    rows = LifeFigure.objects.filter(compound_id=compound_id)
    if gone:
        rows.filter(pk__in=[row.pk for row in gone]).delete()
    if len(changed) == 1:
        changed[0].save(update_fields=WRITTEN)  # a tenth of the other's time, and nearly always it is one
    elif changed:
        rows.bulk_update(changed, WRITTEN)
    if made:
        LifeFigure.objects.bulk_create(made)


WRITTEN = (
    "accepted_at", "received_by", "ack_in_time", "promised_at", "category", "body", "resolved_at", "on_time", "took_days", "visited_at", "solved", "satisfied", "no_answer", "closed_at",
    "outcome", "level", "reopened_at",
)  # fmt: skip


def _difference(before: Counter[Key], after: Counter[Key]) -> dict[Key, int]:
    return {key: after[key] - before[key] for key in {*before, *after} if after[key] != before[key]}


def shift_months(compound_id: UUID, changes: Mapping[Key, int]) -> None:
    """Add each change to its count: at the end of the act, in one statement, always in the same order."""
    at_end(_move, (compound_id, changes))


def _move(shifts: list[tuple[UUID, Mapping[Key, int]]]) -> None:
    total: dict[UUID, Counter[Key]] = {}
    for compound_id, changes in shifts:
        total.setdefault(compound_id, Counter()).update(changes)
    for compound_id in sorted(total):
        _add(compound_id, total[compound_id])


def _add(compound_id: UUID, changes: Mapping[Key, int]) -> None:
    moved = sorted((key, delta) for key, delta in changes.items() if delta)
    if not moved:
        return
    connection = connections[DEFAULT_DB_ALIAS]
    native = connection.features.has_native_uuid_field
    rows, params = ", ".join(["(%s, %s, %s, %s, %s, %s)"] * len(moved)), []
    for (month, dim, measure), delta in moved:
        keys = (uuid7(), compound_id)
        params += [*(keys if native else (key.hex for key in keys)), month, dim, measure, delta]
    sql = (
        f'INSERT INTO "{MonthCount._meta.db_table}" AS t (id, compound_id, month, dim, measure, value) VALUES {rows} '
        "ON CONFLICT (compound_id, month, dim, measure) DO UPDATE SET value = t.value + excluded.value"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
