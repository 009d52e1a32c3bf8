"""The one path by which homes of a batch case change: write them, their moves and one entry, keep the counts, tell the homes."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import uuid7

from ...models import Batch, BatchHome, BatchMove
from ...queries.batches.counting import counted
from ...rules.batches import HomeState
from . import telling
from .base import SUBJECT

# SQLite takes 32,766 values in a statement, and a bulk update names each row's columns.
RUN = 400
KEPT_FIELDS = (
    "state", "since", "before", "reason", "reason_words", "have", "lacks", "contract_no", "certified_on", "title_no", "remark",
    "extra", "left_at",
)  # fmt: skip


def lacks_text(keys: Collection[str]) -> str:
    return f"|{'|'.join(keys)}|" if keys else ""


def values_of(row: BatchHome) -> dict[str, Any]:
    """All that an act may change, as JSON keeps it."""
    found = {name: getattr(row, name) for name in KEPT_FIELDS}
    return found | {name: value.isoformat() for name, value in found.items() if isinstance(value, date)}


def counts_of(row: BatchHome) -> Counter[str]:
    if row.left_at:
        return Counter()
    return Counter(counted(row.state, row.building_id, row.lacks, row.reason))


@dataclass
class Move:
    """A row about to change, or new: `was` is what it counted for, `before` what stood in it where that is kept."""

    row: BatchHome
    step: str
    state_from: str
    was: Counter[str]
    words: str = ""
    new: bool = False
    before: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, row: BatchHome, step: str, words: str = "") -> "Move":
        return cls(row, step, row.state, counts_of(row), words)

    @classmethod
    def joining(cls, row: BatchHome, step: str = "join") -> "Move":
        return cls(row, step, "", Counter(), new=True)


def stand(row: BatchHome, state: HomeState, at: datetime, *, reason: str = "", words: str = "") -> None:
    """The row's state with all that hangs on it."""
    if row.state != state:
        row.before = row.state if state == HomeState.BLOCKED else ""
        row.since = at
    row.state = state
    row.reason, row.reason_words = (reason, words[:200]) if state == HomeState.BLOCKED else ("", "")


def write(
    batch: Batch, moves: Sequence[Move], *, by: Actor, act: str, at: datetime, words: str = "", once: UUID | None = None,
    data: Mapping[str, Any] | None = None, tell: bool = True,
) -> AuditEntry:  # fmt: skip
    """All of them in one go, with one audit entry. Must run in the caller's transaction, the batch locked."""
    entry = record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=batch.compound_id, words=words, once=once,
        data={"homes": len(moves), **(data or {})},
    )  # fmt: skip
    BatchHome.objects.bulk_create([m.row for m in moves if m.new], batch_size=RUN)
    changed = [m.row for m in moves if not m.new]
    for i in range(0, len(changed), RUN):
        BatchHome.objects.filter(compound_id=batch.compound_id).bulk_update(changed[i : i + RUN], KEPT_FIELDS)
    BatchMove.objects.bulk_create(
        [
            BatchMove(
                id=uuid7(), compound_id=batch.compound_id, row=m.row, at=at, step=m.step, state_from=m.state_from, state_to=m.row.state,
                lacks=m.row.lacks, reason=m.row.reason, words=m.words[:200], entry_id=entry.pk, was=m.before,
            )
            for m in moves
        ],
        batch_size=RUN,
    )  # fmt: skip
    _keep_counts(batch, moves)
    if tell:
        moved = {m.row.home_id for m in moves if m.state_from not in {"", m.row.state}}
        telling.tell_homes(batch, [m.row for m in moves if not m.row.left_at], moved=moved, key=str(entry.pk), at=at)
    return entry


def _keep_counts(batch: Batch, moves: Sequence[Move]) -> None:
    delta: Counter[str] = Counter()
    for move in moves:
        delta.update(counts_of(move.row))
        delta.subtract(move.was)
    shift(batch.compound_id, {f"batch:{batch.number}:{name}": n for name, n in delta.items()})
