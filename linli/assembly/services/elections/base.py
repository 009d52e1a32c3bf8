"""The one path by which a formation changes: lock, ask the rules, change, write the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from linli.kernel.refusal import Refusal, Refused, ask
from linli.notices.services import issue_at_once
from linli.plumbing.acts import Actor, record

from ...access.elections import parts_in
from ...models import Formation, Nominee, Recall
from ...rules.elections.states import TABLES, Act, Kind, State, refuse
from ..base import sent_before

SUBJECT = "formation"


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, change nothing."""

    formation: Formation
    by: Actor
    act: Act
    at: datetime
    once: UUID | None
    done_before: bool = False

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)


def begin(
    formation: Formation, *, by: Actor, act: Act, at: datetime, once: UUID | None, nominee: Nominee | None = None,
    recall: Recall | None = None,
) -> Step:  # fmt: skip
    """Must run inside the caller's transaction; the formation's row lock orders whoever writes at it. Raises Refused."""
    fresh = (
        Formation.objects.select_for_update(of=("self",))
        .select_related("compound", "body")
        .get(compound_id=formation.compound_id, pk=formation.pk)
    )
    step = Step(fresh, by, act, at, once)
    if sent_before(fresh, by, f"formation_{act}", once):
        step.done_before = True
        return step
    ask(refuse(fresh.kind, act, State(fresh.state), parts_in(fresh, by, nominee, recall)))
    if to := TABLES[Kind(fresh.kind)][act].to:
        fresh.state = to
    return step


def finish(step: Step, *, words: str = "", data: Mapping[str, Any] | None = None, internal: bool = False) -> None:
    formation = step.formation
    formation.save()
    record(
        by=step.by, act=f"formation_{step.act}", subject_kind=SUBJECT, subject_id=formation.pk, at=step.at,
        compound_id=formation.compound_id, words=words, data=data, once=step.once, internal=internal,
    )  # fmt: skip


def post(step: Step, kind: str, title: str, words: str) -> None:
    """Posted to everybody in the name of the body that runs it, at once: it is a part of the step."""
    issue_at_once(
        by=step.by, compound_id=step.formation.compound_id, body=step.formation.body, kind=kind, title=title[:80], words=words,
        at=step.at,
    )  # fmt: skip


def in_chinese() -> override:
    """What is posted is Chinese, whatever language its writer reads."""
    return override(settings.LANGUAGE_CODE)


def ask_at(no: tuple[Refusal, str] | None) -> None:
    if no:
        raise Refused(*no)
