"""Years after it was closed a matter is kept as what happened, no longer as whose it was (domain §6.4)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.notices import services as notices
from linli.places.models import Compound
from linli.plumbing import search, vault
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.erasing import Rest, erase
from linli.plumbing.models import AuditEntry
from linli.plumbing.whole import one_act

from ...models import Alert, AlertCall, Attachment, Follower, Gate, Matter, Plan, Quote, RapidRepair, ReturnVisit
from ...rules.keeping import FORGET, before
from ...rules.states import Act
from ..intake import searchable
from ..steps import SUBJECT, locked
from .around import forget_around, hold
from .looks import concerned, part_looks
from .names import clean, rest_of, unused

WORDS = ("words", "title", "public_title", "done_words", "place")
NOBODY = {
    "reporter_account": None,
    "reporter_person": None,
    "reporter_name": "",
    "reporter_phone": "",
    "home": None,
    "asked": "",
}


@one_act()
def forget(*, matter_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Name, number, home and voice go, and out of every text what names somebody; False if another worker did, or it was
    opened again. What was done, when, by which body and at what cost stays, and so do the numbers kept of it."""
    around = hold(compound_id, matter_id)
    m = locked(Matter(pk=matter_id, compound_id=compound_id))
    compound = Compound.objects.get(pk=compound_id)
    if m.open or m.forgotten_at or m.closed_at is None or m.closed_at >= before(at, compound.settings):
        return False
    known, whom = _names(m), concerned(m)
    clean(m, WORDS, known)
    for name, nobody in NOBODY.items():
        setattr(m, name, nobody)
    m.forgotten_at = at
    m.save(update_fields=[*NOBODY, "forgotten_at"])
    _of_its_people(m)
    _beside(m, known)
    notices.forget(compound_id=compound_id, subject_kind=SUBJECT, subject_id=m.pk)
    erase(
        compound_id=compound_id, subject_kind=SUBJECT, subject_id=m.pk, clean=lambda entry: _rest(entry, known), at=at
    )
    part_looks(m, whom, at)
    files = _files(m, at) | forget_around(m, around, known, at)
    search.put(
        compound_id=compound_id, ordinal=compound.ordinal, kind=SUBJECT, number=m.number, text=searchable(m, compound)
    )
    record(
        by=CLOCK, act=FORGET, subject_kind=SUBJECT, subject_id=m.pk, at=at, compound_id=compound_id, internal=True,
        data={"files": len(files)},
    )  # fmt: skip
    transaction.on_commit(lambda: delete_files(files))
    return True


def delete_files(files: Iterable[str]) -> None:
    for name in files:
        vault.forget_sealed(name)


def _names(m: Matter) -> set[str]:
    """Who is told of it, and who reported it: written for this matter alone, or in the register."""
    rows = Follower.objects.filter(compound_id=m.compound_id, matter=m).values_list(
        "name", "person__name", "account__name"
    )
    reporter = m.reporter_person.name if m.reporter_person else ""
    return {name for row in rows for name in row if name} | ({m.reporter_name, reporter} - {""})


def _of_its_people(m: Matter) -> None:
    """How many they were stays."""
    rows = Follower.objects.filter(compound_id=m.compound_id, matter=m)
    rows.update(account=None, person=None, name="", phone="")


def _rest(entry: AuditEntry, known: set[str]) -> Rest:
    """What was done is kept without names, nothing else that was said."""
    return rest_of(entry, known, words=entry.words if entry.act == Act.RESOLVE else "")


def _beside(m: Matter, known: set[str]) -> None:
    here = {"compound_id": m.compound_id, "matter": m}
    AlertCall.objects.filter(compound_id=m.compound_id, alert__matter=m).update(name="", phone="", person_id=None)
    texts = (
        (ReturnVisit.objects.filter(**here), ("comment",)),
        (RapidRepair.objects.filter(**here), ("parts",)),
        (Alert.objects.filter(**here), ("ground", "cause")),
        (Quote.objects.filter(compound_id=m.compound_id, order__matter=m), ("note", "heard")),
        (Gate.objects.filter(**here), ("words",)),
        (Plan.objects.filter(**here), ("agreed",)),
    )
    for rows, names in texts:
        for row in rows:
            clean(row, names, known)


def _files(m: Matter, at: datetime) -> set[str]:
    """Voices go whole, of photos the originals with what the camera wrote into them; the same file of another matter stays."""
    rows = list(Attachment.objects.filter(compound_id=m.compound_id, matter=m).exclude(sealed=""))
    originals, voices = {row.sealed for row in rows}, set()
    for row in rows:
        row.sealed = ""
        if row.kind == "voice":
            voices.add(row.small)
            row.small, row.hidden_at = "", row.hidden_at or at
        row.save(update_fields=["sealed", "small", "hidden_at"])
    return unused(m.compound_id, originals) | voices
