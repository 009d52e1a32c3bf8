"""An objection to what was put up for it, and its one answer: of a body being formed, or a company being chosen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.refusal import written
from linli.people.models import Person
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Formation, FormationObjection, Nominee, Selection

WORDS_MOST = 500


def keep(
    *, by: Actor, of: Formation | Selection, about: str, words: str, at: datetime, once: UUID | None
) -> FormationObjection:
    """In the resident's own name, which is not published. Raises Refused."""
    person = Person.objects.get(compound_id=of.compound_id, pk=by.person_id)
    whose: dict[str, Any] = {"formation": of} if isinstance(of, Formation) else {"selection": of}
    made = FormationObjection(
        id=uuid7(), compound_id=of.compound_id, once=once, person=person, name=person.name[:40], about=about,
        words=written(words, "words", WORDS_MOST), raised_at=at, raised_by=by.account_id, **whose,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def reply(
    *, by: Actor, row: FormationObjection, upheld: bool, words: str, at: datetime, nominee: Nominee | None = None
) -> None:
    row.answer, row.upheld, row.nominee = written(words, "words", WORDS_MOST), upheld, nominee
    row.answered_at, row.answered_by = at, by.account_id
    row.save(update_fields=["answer", "upheld", "nominee", "answered_at", "answered_by"])
