"""Objections to who stands and to who was confirmed, and their answers."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor

from ...models import Formation, FormationObjection, Nominee
from ...queries import elections as queries
from ...rules.elections.candidates import may_name
from ...rules.elections.states import Act, State
from ..objecting import keep, reply
from .base import Step, ask_at, begin, finish


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
    *, by: Actor, formation: Formation, objection: FormationObjection, upheld: bool, words: str, nominee: UUID | None = None,
    at: datetime, once: UUID | None = None,
) -> FormationObjection:  # fmt: skip
    """Once; what follows from it (a name off the list, the names confirmed anew) is its own step. `nominee`: who may not stand
    because of it. Raises Refused."""
    step = begin(formation, by=by, act=Act.ANSWER, at=at, once=once)
    fresh = FormationObjection.objects.get(compound_id=step.formation.compound_id, pk=objection.pk)
    if step.done_before or fresh.answered_at:
        return fresh
    named = _named(step, upheld, nominee) if nominee else None
    reply(by=by, row=fresh, upheld=upheld, words=words, nominee=named, at=at)
    finish(step, data={"about": fresh.about, "upheld": upheld, "nominee": str(nominee or "")}, internal=True)
    return fresh


def _named(step: Step, upheld: bool, nominee: UUID) -> Nominee:
    ask_at(may_name(upheld=upheld, stands=queries.stands(step.formation, step.by.account_id)))
    found = next((row for row in queries.listed(step.formation) if row.pk == nominee), None)
    if found is None:
        raise Refused(Refusal("unknown", "名单上没有这一位"), "nominee")
    return found
