"""Objections to the register and to the result, and what is answered."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.people.models import Person
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Objection, Session
from ..queries.results import last_day
from ..rules.dates import local
from ..rules.sessions import Act
from .base import begin, finish
from .register import frozen_no

WORDS_MOST = 500
ACTS = {"register": Act.OBJECT, "result": Act.OBJECT_RESULT}


@transaction.atomic
def object_to(
    *, by: Actor, session: Session, about: str, words: str, at: datetime, name: str = "", once: UUID | None = None
) -> Objection | None:
    """By an owner, or by a worker for one who stands at the counter; masked for everybody else. Raises Refused."""
    step = begin(session, by=by, act=ACTS[about], at=at, once=once)
    if step.done_before:
        return None
    if about == "register":
        frozen_no(step.session)
    else:
        ask(refuse_result(step.session, at))
    if by.person_id and not name.strip():
        name = Person.objects.get(compound_id=session.compound_id, pk=by.person_id).name
    made = Objection(
        id=uuid7(), compound_id=session.compound_id, session=step.session, about=about, once=once, person_id=by.person_id, name=name.strip()[:40],
        words=written(words, "words", WORDS_MOST), raised_at=at, raised_by=by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, data={"about": about, "objection": str(made.pk)})
    return made


def refuse_result(session: Session, at: datetime) -> Refusal | None:
    """Whether the days in which the result may be objected to are over."""
    until = last_day(session)
    if local(at) <= until:
        return None
    return Refusal(
        "objections_over", "结果的异议期到 %(day)s 为止，之后可以在一年内向法院起诉",
        "最高人民法院建筑物区分所有权解释第十二条", {"day": until},
    )  # fmt: skip


@transaction.atomic
def answer(
    *, by: Actor, session: Session, objection: Objection, words: str, upheld: bool, at: datetime, once: UUID | None = None
) -> Objection:  # fmt: skip
    """Once; what has been answered is not edited. Raises Refused."""
    step = begin(session, by=by, act=Act.ANSWER, at=at, once=once)
    fresh = Objection.objects.select_for_update().get(compound_id=session.compound_id, pk=objection.pk)
    if step.done_before:
        return fresh
    if fresh.answered_at:
        raise Refused(Refusal("answered", "已经答复过了"))
    fresh.answer, fresh.upheld = written(words, "words", WORDS_MOST), upheld
    fresh.answered_at, fresh.answered_by = at, by.account_id
    fresh.save(update_fields=["answer", "upheld", "answered_at", "answered_by"])
    finish(step, data={"about": fresh.about, "objection": str(fresh.pk), "upheld": upheld})
    return fresh
