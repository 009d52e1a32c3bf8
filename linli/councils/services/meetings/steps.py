"""The one path by which a meeting changes: lock, ask the rules, change, write the entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused, ask
from linli.people.models import Post
from linli.plumbing.acts import Actor, done_before, record

from ...access.meetings import parts_in
from ...models import Meeting
from ...rules.meetings import Act, State, Who, refuse

SUBJECT = "meeting"


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, change nothing."""

    meeting: Meeting
    by: Actor
    act: Act
    at: datetime
    once: UUID | None
    parts: frozenset[Who] = frozenset()
    done_before: bool = False


def begin(meeting: Meeting, *, by: Actor, act: Act, at: datetime, once: UUID | None) -> Step:
    """Must run inside the caller's transaction; the meeting's row lock orders whoever acts in it. Raises Refused."""
    rows = Meeting.objects.select_related("body")
    fresh = rows.select_for_update(of=("self",)).get(compound_id=meeting.compound_id, pk=meeting.pk)
    step = Step(fresh, by, act, at, once, parts_in(fresh, by))
    if done_before(fresh.compound_id, once):
        step.done_before = True
        return step
    ask(refuse(act, State(fresh.state), step.parts))
    return step


def finish(step: Step, *, to: State | None = None, words: str = "", data: Mapping[str, Any] | None = None) -> None:
    meeting = step.meeting
    if to:
        meeting.state, meeting.turn_since = to, step.at
    meeting.save()
    record(
        by=step.by, act=f"meeting_{step.act}", subject_kind=SUBJECT, subject_id=meeting.pk, at=step.at,
        compound_id=meeting.compound_id, words=words, data=data, once=step.once,
    )  # fmt: skip


def name_of(by: Actor) -> str:
    """As the register of posts has it: what stands under what they sign."""
    post = Post.objects.filter(pk=by.role_id, account=by.account_id).first() if by.role_id else None
    if post is None:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    return post.holder_name
