"""What was done without a signal and has been overtaken is kept beside the matter."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ..access import parts_in
from ..models import Matter
from ..rules.states import Act, Who
from . import photos
from .steps import SUBJECT, locked


def keep_late(
    *, by: Actor, matter: Matter, words: str = "", meant: str = "", outcome: str = "", cost: str = "", paid_by: str = "",
    files: Sequence[UploadedFile] = (), at: datetime, once: UUID | None = None,
) -> Matter:  # fmt: skip
    """An internal note with its photos, in whatever state the matter is by now; what was `meant` stays readable in it.

    Changes nothing else: not the state, not a clock, not what the matter cost. Raises Refused.
    """
    pieces = photos.ready(files) if files else []
    with one_act():
        fresh = locked(matter)
        if done_before(fresh.compound_id, once):
            return fresh
        if Who.WATCHER not in parts_in(fresh, by):
            raise Refused(Refusal("not_yours", "这一步不归您办"))
        data = {"meant": meant, "outcome": outcome, "cost": cost, "paid_by": paid_by}
        entry = record(
            by=by, act=Act.INTERNAL_NOTE, subject_kind=SUBJECT, subject_id=fresh.pk, at=at, compound_id=fresh.compound_id,
            words=words.strip(), data={name: value for name, value in data.items() if value},
            internal=True, once=once,
        )  # fmt: skip
        if pieces:
            photos.attach(by=by, matter=fresh, files=pieces, phase="during", at=at, entry_id=entry.pk, internal=True)
    return fresh
