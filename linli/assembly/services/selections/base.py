"""The one path by which a selection changes: lock, ask the rules, change, write the entry."""

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

from ...access.selections import parts_in
from ...models import Selection
from ...rules.selections import TABLE, Act, State, refuse
from ..base import sent_before

SUBJECT = "selection"


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, change nothing."""

    selection: Selection
    by: Actor
    act: Act
    at: datetime
    once: UUID | None
    done_before: bool = False

    @property
    def today(self) -> date:
        return timezone.localdate(self.at)

    def to(self, state: State) -> None:
        self.selection.state, self.selection.turn_since = state, self.at


def begin(selection: Selection, *, by: Actor, act: Act, at: datetime, once: UUID | None) -> Step:
    """Must run inside the caller's transaction; the selection's row lock orders whoever writes at it. Raises Refused."""
    fresh = (
        Selection.objects.select_for_update(of=("self",))
        .select_related("compound", "body", "old", "new", "chosen")
        .get(compound_id=selection.compound_id, pk=selection.pk)
    )
    step = Step(fresh, by, act, at, once)
    if sent_before(fresh, by, f"selection_{act}", once):
        step.done_before = True
        return step
    ask(refuse(act, State(fresh.state), parts_in(fresh, by)))
    return step


def finish(step: Step, *, words: str = "", data: Mapping[str, Any] | None = None, internal: bool = False) -> None:
    """The state moves where the table says, and with it whose turn it is."""
    selection = step.selection
    if to := TABLE[step.act].to:
        step.to(to)
    selection.save()
    told(selection, step.by, step.act, step.at, step.once, words=words, data=data, internal=internal)


def told(
    selection: Selection, by: Actor, act: str, at: datetime, once: UUID | None, *, words: str = "", data: Mapping[str, Any] | None = None,
    internal: bool = False,
) -> None:  # fmt: skip
    record(
        by=by, act=f"selection_{act}", subject_kind=SUBJECT, subject_id=selection.pk, at=at, compound_id=selection.compound_id,
        words=words, data=data, once=once, internal=internal,
    )  # fmt: skip


def post(step: Step, kind: str, title: str, words: str) -> None:
    """Posted to everybody in the name of the body that selects, at once: it is a part of the step."""
    issue_at_once(
        by=step.by, compound_id=step.selection.compound_id, body=step.selection.body, kind=kind, title=title[:80], words=words, at=step.at
    )  # fmt: skip


def in_chinese() -> override:
    """What is posted is Chinese, whatever language its writer reads."""
    return override(settings.LANGUAGE_CODE)


def ask_at(no: tuple[Refusal, str] | None) -> None:
    if no:
        raise Refused(*no)
