"""Objections to who stands and to who was confirmed, and their answers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import written
from linli.people.models import Person
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ...models import Formation, FormationObjection
from ...rules.elections.states import Act, State
from .base import begin, finish

WORDS_MOST = 500


@transaction.atomic
def object_to(
    *, by: Actor, formation: Formation, words: str, at: datetime, once: UUID | None = None
) -> FormationObjection:
    """By a resident, in his own name, which is not published. Raises Refused."""
    step = begin(formation, by=by, act=Act.OBJECT, at=at, once=once)
    if step.done_before:
        return FormationObjection.objects.get(compound_id=step.formation.compound_id, once=once)
    person = Person.objects.get(compound_id=step.formation.compound_id, pk=by.person_id)
    made = FormationObjection(
        id=uuid7(), compound_id=step.formation.compound_id, formation=step.formation, once=once, person=person, name=person.name[:40],
        about="members" if step.formation.state == State.NOTICED else "list", words=written(words, "words", WORDS_MOST),
        raised_at=at, raised_by=by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, data={"about": made.about}, internal=True)
    return made


@transaction.atomic
def answer(
    *, by: Actor, formation: Formation, objection: FormationObjection, upheld: bool, words: str, at: datetime, once: UUID | None = None
) -> FormationObjection:  # fmt: skip
    """Once; what follows from it (a name off the list, the names confirmed anew) is its own step. Raises Refused."""
    step = begin(formation, by=by, act=Act.ANSWER, at=at, once=once)
    fresh = FormationObjection.objects.get(compound_id=step.formation.compound_id, pk=objection.pk)
    if step.done_before or fresh.answered_at:
        return fresh
    fresh.answer, fresh.upheld, fresh.answered_at, fresh.answered_by = (
        written(words, "words", WORDS_MOST), upheld, at, by.account_id,
    )  # fmt: skip
    fresh.save(update_fields=["answer", "upheld", "answered_at", "answered_by"])
    finish(step, data={"about": fresh.about, "upheld": upheld}, internal=True)
    return fresh
