"""A list that was taken, taken back whole: every home as it was before, but for those that somebody has worked on since."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from linli.kernel.refusal import Refusal, Refused
from linli.people.queries.chunks import pack, unpack
from linli.plumbing.acts import Actor, done_before
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome, BatchImport, BatchMove
from ...queries.tenure import runs
from .base import locked, must, must_be_open
from .moving import Move, write


@one_act()
def undo_import(
    *, by: Actor, batch: Batch, roster: BatchImport, reason: str, at: datetime, once: UUID | None = None
) -> BatchImport:
    """Homes that came in with it leave again, with their history. Raises Refused."""
    must(by, batch)
    batch = locked(batch)
    roster = BatchImport.objects.select_for_update().get(compound_id=batch.compound_id, pk=roster.pk)
    if roster.state == "undone" or done_before(batch.compound_id, once):
        return roster
    must_be_open(batch)
    if roster.state != "applied" or roster.entry_id is None:
        raise Refused(Refusal("not_applied", "这份表没有收进，或者收进得太早，不能整份撤回"))
    if not reason.strip():
        raise Refused(Refusal("missing_words", "写一句为什么"), "words")
    took = BatchMove.objects.filter(compound_id=batch.compound_id, entry_id=roster.entry_id).select_related("row__home")
    moves, stay = [], []
    found = list(took.order_by("id"))
    last = _last_moves(batch, [move.row_id for move in found])
    for one in found:
        if last[one.row_id] != one.pk:
            stay.append(one.row.home.label)
            continue
        move = Move.of(one.row, "undo", reason.strip())
        _put_back(one.row, one.was)
        moves.append(move)
    given = {"import": str(roster.pk), "stay": len(stay)}
    write(batch, moves, by=by, act="undo_batch_list", at=at, words=reason.strip(), once=once, data=given)
    roster.state, roster.counts = "undone", {**roster.counts, "undone": len(moves), "stay": len(stay)}
    roster.rows = pack([*unpack(roster.rows), *({"st": "stay", "n": "", "p": home} for home in stay)])
    roster.save(update_fields=["state", "counts", "rows"])
    return roster


def _last_moves(batch: Batch, rows: Sequence[UUID]) -> dict[UUID, UUID]:
    """What was taken back already, and the taking back, count for nothing."""
    undone = BatchImport.objects.filter(
        compound_id=batch.compound_id, batch=batch, state="undone", entry_id__isnull=False
    )
    gone = list(undone.values_list("entry_id", flat=True))
    found: dict[UUID, UUID] = {}
    for run in runs(rows):
        moves = BatchMove.objects.filter(compound_id=batch.compound_id, row_id__in=run)
        for row, move in (
            moves.exclude(step="undo").exclude(entry_id__in=gone).order_by("id").values_list("row_id", "id")
        ):
            found[row] = move
    return found


def _put_back(row: BatchHome, was: Mapping[str, Any]) -> None:
    days = {"certified_on": date.fromisoformat, "since": parse_datetime, "left_at": parse_datetime}
    for name, value in was.items():
        setattr(row, name, days[name](value) if name in days and value else value)
