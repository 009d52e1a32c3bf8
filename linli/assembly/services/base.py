"""The one path by which a session changes: lock, ask the rules, change, write the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.acts import Actor, record
from linli.plumbing.models import AuditEntry

from ..access import parts_in
from ..models import Session
from ..rules.sessions import TABLE, Act, State, refuse

SUBJECT = "session"


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, change nothing."""

    session: Session
    by: Actor
    act: Act
    at: datetime
    once: UUID | None
    done_before: bool = False


def begin(session: Session, *, by: Actor, act: Act, at: datetime, once: UUID | None) -> Step:
    """Must run inside the caller's transaction; the session's row lock orders whoever writes at it. Raises Refused."""
    fresh = Session.objects.select_for_update().get(compound_id=session.compound_id, pk=session.pk)
    step = Step(fresh, by, act, at, once)
    if once and AuditEntry.objects.filter(compound_id=fresh.compound_id, once=once).exists():
        step.done_before = True
        return step
    ask(refuse(act, State(fresh.state), parts_in(fresh, by)))
    if to := TABLE[act].to:
        fresh.state = to
    return step


def finish(step: Step, *, words: str = "", data: Mapping[str, Any] | None = None, internal: bool = False) -> None:
    session = step.session
    session.save()
    record(
        by=step.by, act=f"session_{step.act}", subject_kind=SUBJECT, subject_id=session.pk, at=step.at,
        compound_id=session.compound_id, words=words, data=data, once=step.once, internal=internal,
    )  # fmt: skip


def ask(no: Refusal | None, field: str = "") -> None:
    if no:
        raise Refused(no, field)
