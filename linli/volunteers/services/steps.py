"""The one path by which a call changes: lock, ask the rules, change, keep the counts, write the entry, tell."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.notices.services import Letter, To, queue, queue_many
from linli.people.queries import account_of
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry

from ..access import parts_in
from ..models import Call, Claim
from ..queries import claims_of, to_tell
from ..queries.story import title as title_of
from ..rules import AGAIN, REASON_MOST, TABLE, Act, State, Who, half, refuse
from ..rules.counts import CALLS, of_month

SUBJECT = "call"


@dataclass(frozen=True)
class Contact:
    name: str
    phone: str
    home: str


@dataclass
class Step:
    """A change under way; `done_before`: the same submit came twice, return from it."""

    call: Call
    by: Actor
    act: Act
    at: datetime
    before: State
    words: str = ""
    once: UUID | None = None
    done_before: bool = False
    data: dict[str, Any] = field(default_factory=dict)


def locked(call_id: UUID, compound_id: UUID) -> Call:
    """The row lock orders any number of taps; who comes second finds the state changed."""
    return Call.objects.select_for_update().get(compound_id=compound_id, pk=call_id)


def begin(call: Call, *, by: Actor, act: Act, at: datetime, words: str = "", once: UUID | None = None) -> Step:
    """Must run inside the caller's transaction. Raises Refused."""
    fresh = locked(call.pk, call.compound_id)
    step = Step(fresh, by, act, at, State(fresh.state), words.strip(), once)
    if done_before(fresh.compound_id, once):
        step.done_before = True
        return step
    no = refuse(act, step.before, parts_in(fresh, by), reason=words)
    if no:
        raise Refused(no, field="reason" if no.key == "missing_reason" else "")
    to = TABLE[act].to
    if to:
        fresh.state, fresh.since = to, at
    return step


def finish_step(step: Step, **counted: int) -> AuditEntry:
    call = step.call
    call.save()
    shift(call.compound_id, moved(call, step.before, step.at, **counted))
    return record(
        by=step.by, act=step.act, subject_kind=SUBJECT, subject_id=call.pk, at=step.at, compound_id=call.compound_id,
        words=step.words, data=step.data, once=step.once, person_id=step.by.person_id,
    )  # fmt: skip


def moved(call: Call, before: State | None, at: datetime, **counted: int) -> dict[str, int]:
    """How the kept counts change: what stands in which state, and what the month saw."""
    changes = of_month(at, **counted)
    if before == call.state:
        return changes
    if before:
        changes[f"{CALLS}{before}"] = -1
    return changes | {f"{CALLS}{call.state}": 1}


def caller(call: Call) -> list[To]:
    person = call.caller_person_id
    account = call.caller_account_id or (account_of(call.compound_id, person) if person else None)
    phone = call.caller_person.phone if person and call.caller_person else ""
    return [To(account, person, phone)]


def on_it(call: Call, *, claimer_only: bool = False) -> list[To]:
    claims = claims_of(call)
    return [To(c.account_id) for c in claims if not claimer_only or c.kind == Who.CLAIMER]


def tell(call: Call, to: Iterable[To], *, act: str, title: str, body: str = "", key: str, at: datetime) -> None:
    queue(
        compound_id=call.compound_id, to=to, kind=act, title=title, body=body, subject_kind=SUBJECT, subject_id=call.pk,
        number=call.number, key=key, at=at,
    )  # fmt: skip


def ask_neighbours(call: Call, *, near_only: bool, at: datetime, but: Iterable[UUID | None] = ()) -> int:
    """One message an account and leg, however often this is called. How many were asked."""
    left_out = {call.caller_account_id, *but}
    found = to_tell(call, today=timezone.localdate(at), near_only=near_only)
    where = call.building.label if call.building else ""
    letter = Letter(f"{where}有人喊一声：{title_of(call)}", call.pk, call.number)
    return queue_many(
        compound_id=call.compound_id, letters=[(To(account), letter) for account in found if account not in left_out], kind=Act.SHOUT,
        body="愿意就去接，接不了不用管", subject_kind=SUBJECT, key=f"call:{call.pk}:{call.leg}", at=at,
    )  # fmt: skip


def set_out(call: Call, at: datetime, *, but: Iterable[UUID | None] = ()) -> None:
    """Ask the building at once and the others at half the time; nobody in the building: everybody at once."""
    near = bool(call.building_id) and ask_neighbours(call, near_only=True, at=at, but=but) > 0
    if not near:
        ask_neighbours(call, near_only=False, at=at, but=but)
    call.stage, call.next_at = (0, half(at, call.due_at)) if near else (1, call.due_at)


def reopen(call: Call, at: datetime, *, but: Iterable[UUID | None]) -> None:
    call.leg += 1
    call.due_at = max(call.due_at, at + AGAIN)
    set_out(call, at, but=but)


def let_go(call: Call, at: datetime, reason: str, *, account_id: UUID | None = None) -> None:
    """The claims end, all or one account's; the rows stay."""
    rows = Claim.objects.filter(compound_id=call.compound_id, call=call, left_at=None)
    if account_id:
        rows = rows.filter(account=account_id)
    rows.update(left_at=at, reason=reason[:REASON_MOST])
