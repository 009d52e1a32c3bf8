"""Years after it was closed a matter is kept as what happened, no longer as whose it was (domain §6.4)."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from linli.notices import services as notices
from linli.people.rules import RESIDENTS
from linli.places.models import Compound
from linli.plumbing import search, vault
from linli.plumbing.acts import CLOCK, record
from linli.plumbing.erasing import Rest, erase
from linli.plumbing.models import AuditEntry
from linli.plumbing.whole import one_act

from ..models import (
    Alert,
    AlertCall,
    Attachment,
    Follower,
    Matter,
    MatterPaper,
    PartPhoto,
    Quote,
    RapidRepair,
    ReturnVisit,
    WhistleFile,
)
from ..rules.keeping import FORGET, before
from ..rules.states import Act
from .intake import searchable
from .publicity import nameless
from .steps import SUBJECT, locked

PHONE = re.compile(r"\+?[\d -]{7,20}")
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
    m = locked(Matter(pk=matter_id, compound_id=compound_id))
    compound = Compound.objects.get(pk=compound_id)
    if m.open or m.forgotten_at or m.closed_at is None or m.closed_at >= before(at, compound.settings):
        return False
    known = _names(m)
    for name in WORDS:
        setattr(m, name, nameless(compound_id, getattr(m, name), *known))
    for name, nobody in NOBODY.items():
        setattr(m, name, nobody)
    m.forgotten_at = at
    m.save(update_fields=[*WORDS, *NOBODY, "forgotten_at"])
    _of_its_people(m)
    _beside(m, known)
    notices.forget(compound_id=compound_id, subject_kind=SUBJECT, subject_id=m.pk)
    erase(
        compound_id=compound_id, subject_kind=SUBJECT, subject_id=m.pk, clean=lambda entry: _rest(entry, known), at=at
    )
    files = _files(m, at)
    search.put(
        compound_id=compound_id, ordinal=compound.ordinal, kind=SUBJECT, number=m.number, text=searchable(m, compound)
    )
    record(
        by=CLOCK, act=FORGET, subject_kind=SUBJECT, subject_id=m.pk, at=at, compound_id=compound_id, internal=True,
        data={"files": len(files)},
    )  # fmt: skip
    transaction.on_commit(lambda: _delete(files))
    return True


def _delete(files: Iterable[str]) -> None:
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
    """Who did it in a post stays; who lives there does not, nor what was said. What was done is kept without names."""
    lives = entry.role in RESIDENTS
    done = nameless(entry.compound_id, entry.words, *known) if entry.act == Act.RESOLVE else ""
    return Rest(
        account_id=None if lives else entry.account_id, role_id=None if lives else entry.role_id, person_id=None, words=done,
        data={name: _nobodys(entry.compound_id, value, known) for name, value in entry.data.items()},
    )  # fmt: skip


def _nobodys(compound_id: UUID, value: Any, known: set[str]) -> Any:
    """Codes, keys and times stay as they are."""
    if isinstance(value, dict):
        return {name: _nobodys(compound_id, one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [_nobodys(compound_id, one, known) for one in value]
    says = isinstance(value, str) and (PHONE.fullmatch(value) or not value.isascii())
    return nameless(compound_id, value, *known) if says else value


def _beside(m: Matter, known: set[str]) -> None:
    here = {"compound_id": m.compound_id, "matter": m}
    AlertCall.objects.filter(compound_id=m.compound_id, alert__matter=m).update(name="", phone="", person_id=None)
    texts = (
        (ReturnVisit.objects.filter(**here), ("comment",)),
        (RapidRepair.objects.filter(**here), ("parts",)),
        (Alert.objects.filter(**here), ("ground", "cause")),
        (Quote.objects.filter(compound_id=m.compound_id, order__matter=m), ("note", "heard")),
    )
    for rows, names in texts:
        for row in rows:
            for name in names:
                setattr(row, name, nameless(m.compound_id, getattr(row, name), *known))
            row.save(update_fields=names)


def _files(m: Matter, at: datetime) -> set[str]:
    """Voices go whole, of photos the originals with what the camera wrote into them; the same file of another matter stays."""
    rows = list(Attachment.objects.filter(compound_id=m.compound_id, matter=m).exclude(sealed=""))
    gone = {row.sealed for row in rows} - _elsewhere(m, {row.sealed for row in rows})
    for row in rows:
        row.sealed = ""
        if row.kind == "voice":
            gone.add(row.small)
            row.small, row.hidden_at = "", row.hidden_at or at
        row.save(update_fields=["sealed", "small", "hidden_at"])
    return gone


def _elsewhere(m: Matter, names: set[str]) -> set[str]:
    found: set[str] = set()
    for table in (Attachment, PartPhoto, WhistleFile, MatterPaper):
        rows = table._default_manager.filter(compound_id=m.compound_id, sealed__in=names)
        rows = rows.exclude(matter=m) if table is Attachment else rows
        found |= set(rows.values_list("sealed", flat=True))
    return found
