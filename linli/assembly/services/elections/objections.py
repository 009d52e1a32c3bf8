"""Objections to who stands and to who was confirmed, and their answers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.plumbing.acts import Actor

from ...models import Formation, FormationObjection
from ...rules.elections.states import Act, State
from ..objecting import keep, reply
from .base import begin, finish


@transaction.atomic
def object_to(
    *, by: Actor, formation: Formation, words: str, at: datetime, once: UUID | None = None
) -> FormationObjection:
    """By a resident, in his own name, which is not published. Raises Refused."""
    step = begin(formation, by=by, act=Act.OBJECT, at=at, once=once)
    if step.done_before:
        return FormationObjection.objects.get(compound_id=step.formation.compound_id, once=once)
    about = "members" if step.formation.state == State.NOTICED else "list"
    made = keep(by=by, of=step.formation, about=about, words=words, at=at, once=once)
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
    reply(by=by, row=fresh, upheld=upheld, words=words, at=at)
    finish(step, data={"about": fresh.about, "upheld": upheld}, internal=True)
    return fresh
