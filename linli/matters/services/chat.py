"""What was said back in the group that a matter came from, and when (M4)."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refused
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ..access.chat import refusal
from ..models import ChatMessage, Matter
from ..queries.chat import message_of
from ..rules import chat
from ..rules.beside import put
from .steps import SUBJECT, locked
from .taken import took


def keep_message(matter: Matter, *, group: str, said_at: datetime | None, at: datetime) -> None:
    """In the transaction in which the message becomes a matter."""
    ChatMessage(compound_id=matter.compound_id, matter=matter, group=group, said_at=said_at, captured_at=at).save(
        force_insert=True
    )
    put(matter, chat.KIND)
    matter.save(update_fields=["beside"])


@one_act()
def acknowledge_in_group(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    return _say(chat.ACKNOWLEDGE, by, matter, at, once)


@one_act()
def answer_in_group(*, by: Actor, matter: Matter, at: datetime, once: UUID | None = None) -> Matter:
    return _say(chat.ANSWER, by, matter, at, once)


def _say(act: str, by: Actor, matter: Matter, at: datetime, once: UUID | None) -> Matter:
    """It was said in the group; a second time changes nothing. Raises Refused."""
    fresh = locked(matter)
    if done_before(fresh.compound_id, once):
        return fresh
    if no := refusal(fresh, by, act):
        raise Refused(no)
    row = message_of(fresh)
    assert row is not None
    if act == chat.ACKNOWLEDGE:
        row.acknowledged_at = at
    else:
        row.answered_at = at
    row.save(update_fields=["acknowledged_at", "answered_at"])
    record(
        by=by, act=act, subject_kind=SUBJECT, subject_id=fresh.pk, at=at, compound_id=fresh.compound_id, internal=True, once=once
    )  # fmt: skip
    took(fresh.compound_id, [fresh.pk], by=by, act=act, at=at)
    return fresh
