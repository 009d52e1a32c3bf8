"""What the log of acts keeps of a person goes when its time is over (domain §6.4); that the act was done, in which post and when,
stays and stays proven: the seals hold digests (`chain`)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from .acts import CLOCK, record
from .chain import ERASE, held_mark, own_digest
from .models import AuditEntry
from .tenancy import AppendOnlyModel


@dataclass(frozen=True)
class Rest:
    """What is left of an entry's own."""

    account_id: UUID | None
    role_id: UUID | None
    person_id: UUID | None
    words: str
    data: dict[str, Any]


def erase(
    *, compound_id: UUID, subject_kind: str, subject_id: UUID, clean: Callable[[AuditEntry], Rest], at: datetime
) -> int:
    """Of how many entries of a thing something was erased. In the caller's transaction; an entry of its own says which."""
    until, listed, done = held_mark().until, dict[str, tuple[str, str]](), 0
    for entry in AuditEntry.objects.filter(compound_id=compound_id, subject_id=subject_id).exclude(act=ERASE):
        rest = vars(clean(entry))
        if rest == {name: getattr(entry, name) for name in rest}:
            continue
        was = own_digest(entry) if entry.salt else ""
        sealed = entry.pk < until
        change = {**rest, "salt": None} if sealed else rest
        for name, value in change.items():
            setattr(entry, name, value)
        # Past the guard of append-only rows, here alone.
        QuerySet(AuditEntry).filter(compound_id=compound_id, pk=entry.pk).update(**change)
        done += 1
        if sealed:
            listed[str(entry.pk)] = (was, own_digest(entry))
    if listed:
        record(
            by=CLOCK, act=ERASE, subject_kind=subject_kind, subject_id=subject_id, at=at, compound_id=compound_id, internal=True,
            data={"entries": listed},
        )  # fmt: skip
    return done


# Past the guard of append-only rows, as above: what was written for a time, when that is over.


def amend(table: type[AppendOnlyModel], *, compound_id: UUID, pk: UUID, **values: Any) -> None:
    QuerySet(table).filter(compound_id=compound_id, pk=pk).update(**values)


def remove(table: type[AppendOnlyModel], *, compound_id: UUID, **which: Any) -> None:
    QuerySet(table).filter(compound_id=compound_id, **which).delete()
