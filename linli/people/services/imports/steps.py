"""The verbs: upload, look, choose columns, check, confirm, confirm again, apply, undo, drop.

A step that may take long is two: the person's word puts the import into a stage of WORKING, in one short transaction;
`work` does it, in the same request when the file is small, else in the worker. A worker that dies leaves the stage as
it was, and after LEASE another one starts the step anew.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import transaction

from linli.kernel.rosters.notes import Note
from linli.people.models import RosterImport
from linli.people.rules.imports import NOT_TAKEN, WORKING, Stage
from linli.plumbing import progress
from linli.plumbing.acts import Actor, record

from .applying import apply
from .checking import check
from .choosing import look
from .leaving import run_undo
from .refused import as_csv, as_xlsx
from .stages import TWO_PEOPLE, failed, may_import, moved

SMALL_ROWS = 2000
LEASE = timedelta(minutes=15)
GAVE_UP = Note("中途出了错，名册没有动。请再试一次，还不行请联系运营的人")

log = structlog.get_logger("linli.people")


def is_small(roster: RosterImport) -> bool:
    """Small enough to be done before the page comes back."""
    if roster.state == Stage.READING:
        sheets = roster.mapping.get("sheets")
        return sheets is not None and sum(s.get("lines", SMALL_ROWS) for s in sheets) < SMALL_ROWS
    return roster.total < SMALL_ROWS


def work(*, roster_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Does the step an import waits for; False if somebody else has it in hand. Needs the compound's scope."""
    free = RosterImport.objects.filter(compound_id=compound_id, pk=roster_id, state__in=WORKING)
    taken = free.filter(started_at=None).update(started_at=at) or free.filter(started_at__lt=at - LEASE).update(
        started_at=at
    )
    if not taken:
        return False
    roster = RosterImport.objects.get(compound_id=compound_id, pk=roster_id)
    step = {Stage.READING: look, Stage.CHECKING: check, Stage.APPLYING: apply, Stage.UNDOING: run_undo}[
        Stage(roster.state)
    ]
    try:
        step(roster=roster, at=at)
    except Exception:
        log.exception("import step failed", step=roster.state, id=str(roster.pk))
        _gave_up(roster)
    progress.forget(compound_id, roster_id)
    return True


def _gave_up(roster: RosterImport) -> None:
    """Back to where the person can ask again, with nothing half done."""
    back = {
        Stage.READING: Stage.UPLOADED if roster.mapping.get("sheets") else Stage.FAILED, Stage.CHECKING: Stage.UPLOADED, Stage.UNDOING: Stage.APPLIED,
        Stage.APPLYING: Stage.PROPOSED if roster.kind in TWO_PEOPLE else Stage.CHECKED,
    }[Stage(roster.state)]  # fmt: skip
    roster = RosterImport.objects.get(compound_id=roster.compound_id, pk=roster.pk)
    moved(roster, back)
    failed(roster, GAVE_UP)


@transaction.atomic
def download_refused(*, by: Actor, roster: RosterImport, form: str, at: datetime) -> bytes:
    """The rows not taken go back to the one who has to mend them; who took them is on record."""
    may_import(by, roster.kind)
    record(
        by=by, act="download_refused", subject_kind="roster", subject_id=roster.pk, at=at,
        data={"form": form, "rows": sum(roster.summary.get("counts", {}).get(b, 0) for b in NOT_TAKEN)},
    )  # fmt: skip
    return as_xlsx(roster) if form == "xlsx" else as_csv(roster)
