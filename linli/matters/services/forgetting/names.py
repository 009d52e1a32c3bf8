"""Words without names, rows and entries of the log without those who live here."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Model

from linli.people.rules import RESIDENTS
from linli.plumbing.erasing import Rest
from linli.plumbing.models import AuditEntry

from ...models import Attachment, MatterPaper, PartPhoto, WhistleFile
from ..publicity import nameless

PHONE = re.compile(r"\+?[\d -]{7,20}")
CODE = re.compile(r"[a-z0-9_:.-]*|\d{4}-\d\d-\d\dT\S*")
LATIN = re.compile(r"[A-Za-z][A-Za-z'-]+")
# Who acted for an agency: as with a post, that stays.
OFFICER = "officer"
# By their ids.
SOMEBODY = {"person", "assistance"}


def clean(row: Any, names: Sequence[str], known: set[str]) -> None:
    """These texts of a row, saved."""
    for name in names:
        most = row._meta.get_field(name).max_length
        setattr(row, name, nobodys(row.compound_id, getattr(row, name), known)[:most])
    row.save(update_fields=names)


def rest_of(entry: AuditEntry, known: set[str], *, words: str) -> Rest:
    """Who did it in a post stays; who lives there does not. `words`: what may stay of what was said."""
    lives = entry.role in RESIDENTS
    return Rest(
        account_id=None if lives else entry.account_id, role_id=None if lives else entry.role_id, person_id=None,
        words=nobodys(entry.compound_id, words, known),
        data={
            name: value if name == OFFICER else _rest(entry.compound_id, value, known)
            for name, value in entry.data.items()
            if name not in SOMEBODY
        },
    )  # fmt: skip


def nobodys(compound_id: UUID, text: str, known: set[str]) -> str:
    """A name in Latin letters goes by its parts too: John Smith is John."""
    if not text:
        return ""
    said = nameless(compound_id, text, *known)
    parts = "|".join(re.escape(part) for name in known for part in LATIN.findall(name))
    return re.sub(rf"(?<![A-Za-z])(?:{parts})(?![A-Za-z])", "某人", said, flags=re.IGNORECASE) if parts else said


def _rest(compound_id: UUID, value: Any, known: set[str]) -> Any:
    """Codes, keys and times stay as they are."""
    if isinstance(value, dict):
        return {name: _rest(compound_id, one, known) for name, one in value.items()}
    if isinstance(value, list):
        return [_rest(compound_id, one, known) for one in value]
    says = isinstance(value, str) and (PHONE.fullmatch(value) or not CODE.fullmatch(value))
    return nobodys(compound_id, value, known) if says else value


SEALED: tuple[type[Model], ...] = (Attachment, PartPhoto, WhistleFile, MatterPaper)


def unused(compound_id: UUID, names: set[str]) -> set[str]:
    """Of these originals those that no row holds any more."""
    held = (t._default_manager.filter(compound_id=compound_id, sealed__in=names) for t in SEALED)
    return names.difference(*(rows.values_list("sealed", flat=True) for rows in held))
