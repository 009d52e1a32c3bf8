"""A message is a row first, written in the caller's transaction; `tasks` sends it later."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.plumbing.tenancy import uuid7

from .models import Message


@dataclass(frozen=True)
class To:
    """Whom to tell: an account reads the inbox; a number without one gets a text; neither: somebody goes or calls."""

    account_id: UUID | None = None
    person_id: UUID | None = None
    phone: str = ""

    @property
    def tag(self) -> str:
        return str(self.account_id or self.person_id or self.phone or "nobody")


def queue(
    *, compound_id: UUID, to: Iterable[To], kind: str, title: str, body: str = "", subject_kind: str, subject_id: UUID,
    number: int | None = None, key: str, at: datetime,
) -> int:  # fmt: skip
    """One row a person. `key` names the event: the same event never tells the same person twice."""
    rows = []
    for someone in {t.tag: t for t in to}.values():
        channel = "inbox" if someone.account_id else "sms" if someone.phone else "visit"
        rows.append(
            Message(
                id=uuid7(),
                compound_id=compound_id,
                key=f"{key}:{someone.tag}"[:120],
                account_id=someone.account_id,
                person_id=someone.person_id,
                phone=someone.phone,
                kind=kind,
                title=title[:120],
                body=body[:400],
                subject_kind=subject_kind,
                subject_id=subject_id,
                subject_number=number,
                channel=channel,
                created_at=at,
                state={"inbox": "kept", "sms": "queued", "visit": "todo"}[channel],
                next_try_at=at if channel == "sms" else None,
            )  # fmt: skip
        )
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def mark_read(*, compound_id: UUID, account_id: UUID, at: datetime, subject_id: UUID | None = None) -> None:
    rows = Message.objects.filter(compound_id=compound_id, account_id=account_id, read_at=None)
    if subject_id:
        rows = rows.filter(subject_id=subject_id)
    rows.update(read_at=at)
