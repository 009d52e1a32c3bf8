"""The one path by which a talk changes: lock, ask the rules, change, write the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.refusal import ask
from linli.plumbing.acts import Actor, done_before, record

from ..access.talks import parts_in
from ..models import Talk
from ..rules.talks import TABLE, Act, State, refuse

SUBJECT = "talk"


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, change nothing."""

    talk: Talk
    by: Actor
    act: Act
    at: datetime
    once: UUID | None
    done_before: bool = False


def begin(talk: Talk, *, by: Actor, act: Act, at: datetime, once: UUID | None) -> Step:
    """Must run inside the caller's transaction; the talk's row lock orders whoever writes at it. Raises Refused."""
    fresh = Talk.objects.select_for_update().get(compound_id=talk.compound_id, pk=talk.pk)
    step = Step(fresh, by, act, at, once)
    if done_before(fresh.compound_id, once):
        step.done_before = True
        return step
    ask(refuse(act, State(fresh.state), parts_in(fresh, by)))
    if to := TABLE[act].to:
        fresh.state = to
    return step


def finish(step: Step, *, words: str = "", data: Mapping[str, Any] | None = None) -> None:
    talk = step.talk
    talk.save()
    record(
        by=step.by, act=f"talk_{step.act}", subject_kind=SUBJECT, subject_id=talk.pk, at=step.at, compound_id=talk.compound_id,
        words=words, data=data, once=step.once,
    )  # fmt: skip
