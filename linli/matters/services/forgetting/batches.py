"""Years after a batch case was closed stays how far it came: how many homes, in which buildings, which agencies on which days.
Which homes they were, what each lacked and what was said of them goes (domain §6.4)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.notices import services as notices
from linli.places.models import Compound
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.erasing import amend, erase, remove
from linli.plumbing.whole import one_act

from ...models import Batch, BatchHome, BatchImport, BatchMilestone, BatchMove, BatchVisit
from ...rules.keeping import FORGET, before
from ..batches.base import SUBJECT
from ..publicity import nameless
from .matters import delete_files
from .names import clean, rest_of, unused

BATCH_WORDS = ("title", "words", "closed_words")
VISIT_WORDS = ("result", "next_step", "documents", "said")


@one_act()
def forget_batch(*, batch_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """False if another worker did. The kept counts stay."""
    batch = Batch.objects.select_for_update().get(compound_id=compound_id, pk=batch_id)
    settings = Compound.objects.values_list("settings", flat=True).get(pk=compound_id)
    if batch.forgotten_at or batch.closed_at is None or batch.closed_at >= before(at, settings):
        return False
    here = {"compound_id": compound_id, "batch": batch}
    batch.forgotten_at = at
    batch.save(update_fields=["forgotten_at"])
    clean(batch, BATCH_WORDS, set())
    for milestone in BatchMilestone.objects.filter(**here):
        clean(milestone, ("title",), set())
    remove(BatchMove, compound_id=compound_id, row__compound_id=compound_id, row__batch=batch)
    BatchHome.objects.filter(**here).delete()
    BatchImport.objects.filter(**here).delete()
    files = _visits(batch)
    notices.forget(compound_id=compound_id, subject_kind=SUBJECT, subject_id=batch.pk)
    erase(
        compound_id=compound_id, subject_kind=SUBJECT, subject_id=batch.pk, at=at,
        clean=lambda entry: rest_of(entry, set(), words=entry.words),
    )  # fmt: skip
    record(
        by=CLOCK, act=FORGET, subject_kind=SUBJECT, subject_id=batch.pk, at=at, compound_id=compound_id, internal=True,
        data={"files": len(files)},
    )  # fmt: skip
    transaction.on_commit(lambda: delete_files(files))
    return True


def _visits(batch: Batch) -> set[str]:
    """Who went and the photos go; that somebody went, where and what came of it stays."""
    rows = list(BatchVisit.objects.filter(compound_id=batch.compound_id, batch=batch))
    for row in rows:
        said = {name: nameless(batch.compound_id, getattr(row, name)) for name in VISIT_WORDS}
        amend(BatchVisit, compound_id=batch.compound_id, pk=row.pk, persons="", papers=[], **said)
    others = BatchVisit.objects.filter(compound_id=batch.compound_id).values_list("papers", flat=True)
    return unused(batch.compound_id, _names(row.papers for row in rows)) - _names(others)


def _names(papers: Iterable[list[str]]) -> set[str]:
    return {name for some in papers for name in some}
