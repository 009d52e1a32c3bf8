"""Who acts: one account, in one role, for one person, by one way. And the one place where an act is written down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, overload
from uuid import UUID

import structlog

from .models import AuditEntry, PlatformEntry

log = structlog.get_logger("linli.act")


@dataclass(frozen=True)
class Actor:
    """`role` is a post's kind, or "resident"; `role_id` the post or binding; `body_id` the organisation acted for;
    `person_id` for whom; `assistance_id` the session of help under which a worker acts for somebody else; `received_at`
    when an act reached us that was done earlier, without a signal."""

    account_id: UUID | None = None
    role: str = ""
    role_id: UUID | None = None
    body_id: UUID | None = None
    body_kind: str = ""
    person_id: UUID | None = None
    home_id: UUID | None = None
    channel: str = "screen"
    compound_id: UUID | None = None
    label: str = ""
    assistance_id: UUID | None = None
    received_at: datetime | None = None
    scope: Mapping[str, Any] = field(default_factory=dict)


CLOCK = Actor(role="clock", channel="clock", label="系统")


@overload
def record(
    *,
    by: Actor,
    act: str,
    subject_kind: str,
    subject_id: UUID,
    at: datetime,
    compound_id: UUID,
    words: str = ...,
    data: Mapping[str, Any] | None = ...,
    internal: bool = ...,
    once: UUID | None = ...,
    person_id: UUID | None = ...,
) -> AuditEntry: ...
@overload
def record(
    *,
    by: Actor,
    act: str,
    subject_kind: str,
    subject_id: UUID,
    at: datetime,
    compound_id: UUID | None = ...,
    words: str = ...,
    data: Mapping[str, Any] | None = ...,
    internal: bool = ...,
    once: UUID | None = ...,
    person_id: UUID | None = ...,
) -> AuditEntry | PlatformEntry: ...
def record(
    *,
    by: Actor,
    act: str,
    subject_kind: str,
    subject_id: UUID,
    at: datetime,
    compound_id: UUID | None = None,
    words: str = "",
    data: Mapping[str, Any] | None = None,
    internal: bool = False,
    once: UUID | None = None,
    person_id: UUID | None = None,
) -> AuditEntry | PlatformEntry:
    """Write the act in the caller's transaction and one line of log without personal data."""
    compound_id = compound_id or by.compound_id
    details = dict(data or {})
    if by.assistance_id:
        details["assistance"] = str(by.assistance_id)
    if by.received_at:
        details["received"] = by.received_at.isoformat()
    entry: AuditEntry | PlatformEntry
    if compound_id is None:
        entry = PlatformEntry(
            at=at, act=act, subject_kind=subject_kind, subject_id=subject_id, account_id=by.account_id, role=by.role,
            channel=by.channel, data=details,
        )  # fmt: skip
    else:
        entry = AuditEntry(
            compound_id=compound_id, at=at, act=act, subject_kind=subject_kind, subject_id=subject_id,
            account_id=by.account_id, role=by.role, role_id=by.role_id, body_id=by.body_id,
            person_id=person_id or by.person_id, channel=by.channel, words=words, data=details, internal=internal,
            once=once,
        )  # fmt: skip
    entry.save(force_insert=True)
    log.info("act", act=act, subject=subject_kind, id=str(subject_id), role=by.role, channel=by.channel)
    return entry


def done_before(compound_id: UUID, once: UUID | None) -> AuditEntry | None:
    """What the same submit was written down as when it first came: a double tap, a retry."""
    return AuditEntry.objects.filter(compound_id=compound_id, once=once).first() if once else None


@dataclass(frozen=True)
class Said:
    """What one act says of one of its subjects."""

    subject_id: UUID
    words: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def record_many(
    *, by: Actor, act: str, subject_kind: str, at: datetime, compound_id: UUID, rows: Sequence[Said], internal: bool = False
) -> list[AuditEntry]:  # fmt: skip
    """One act that many things of a compound underwent at once: an entry each, one statement."""
    assistance = {"assistance": str(by.assistance_id)} if by.assistance_id else {}
    entries = AuditEntry.objects.bulk_create(
        AuditEntry(
            compound_id=compound_id, at=at, act=act, subject_kind=subject_kind, subject_id=row.subject_id,
            account_id=by.account_id, role=by.role, role_id=by.role_id, body_id=by.body_id, person_id=by.person_id,
            channel=by.channel, words=row.words, data={**row.data, **assistance}, internal=internal,
        )
        for row in rows
    )  # fmt: skip
    log.info("act", act=act, subject=subject_kind, many=len(entries), role=by.role, channel=by.channel)
    return entries
