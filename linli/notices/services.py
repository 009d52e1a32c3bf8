"""A message is a row first, written in the caller's transaction; `tasks` sends it later."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction
from django.db.models import CharField, F
from django.db.models.functions import Cast

from linli.gateways.sms import Sms, Unknown, gateway
from linli.kernel.refusal import Refusal, Refused
from linli.people.models import Organisation
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.people.services import note_look
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import insert_new, uuid7
from linli.plumbing.whole import at_end

from .access import may_tell
from .models import Message, Posting
from .queries import UNREACHED

log = structlog.get_logger("linli.message")

# Minutes to wait before each further try; after the last the message has failed.
WAITS = (1, 5, 30)
# A worker that has not said how sending ended by then has died with it: it may have gone out, so it is not sent again.
SENDING_MINUTES = 5
UNKNOWN = "unknown"
TELL_IN_PERSON = "tell_in_person"
AT_ONCE = 500
MISSED = "missed"
IN_PERSON = ("visited", "called", MISSED)


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
    number: int | None = None, key: str, at: datetime, rank: int | None = None,
) -> int:  # fmt: skip
    """One row a person. `key` names the event: the same event never tells the same person twice. Of what one act tells the
    same person about the same thing with a `rank` only one is sent: the highest, of those the last said."""
    letter = Letter(title, subject_id, number)
    rows = [
        _message(compound_id, someone, letter, kind, body, subject_kind, key, at)
        for someone in {t.tag: t for t in to}.values()
    ]
    for row in rows:
        at_end(_keep, _Said(row, rank))
    return len(rows)


@dataclass(frozen=True)
class Letter:
    """What somebody is told about which of the things that one event concerns."""

    title: str
    subject_id: UUID
    number: int | None = None


def queue_many(
    *, compound_id: UUID, letters: Iterable[tuple[To, Letter]], kind: str, body: str = "", subject_kind: str, key: str, at: datetime
) -> int:  # fmt: skip
    """One event that concerns many things: each person is told once, of the first that is theirs; one statement."""
    firsts: dict[str, tuple[To, Letter]] = {}
    for to, letter in letters:
        firsts.setdefault(to.tag, (to, letter))
    rows = [_message(compound_id, to, letter, kind, body, subject_kind, key, at) for to, letter in firsts.values()]
    for row in rows:
        at_end(_keep, _Said(row, 0, many=True))
    return len(rows)


@dataclass(frozen=True)
class _Said:
    row: Message
    rank: int | None
    many: bool = False

    @property
    def of(self) -> tuple:
        """Who is told, and about what."""
        m = self.row
        whom = m.account_id or m.person_id or m.phone
        return (m.key,) if self.rank is None or not whom else (m.compound_id, whom, m.subject_kind, m.subject_id)


def _keep(said: list[_Said]) -> None:
    kept: dict[tuple, _Said] = {}
    for one in said:
        before = kept.get(one.of)
        if before is None or (one.rank or 0) >= (before.rank or 0):
            kept[one.of] = one
    insert_new([one.row for one in kept.values() if not one.many])
    if many := [one.row for one in kept.values() if one.many]:
        Message.objects.bulk_create(many, batch_size=AT_ONCE, ignore_conflicts=True)


def _message(
    compound_id: UUID, to: To, letter: Letter, kind: str, body: str, subject_kind: str, key: str, at: datetime
) -> Message:
    channel = "inbox" if to.account_id else "sms" if to.phone else "visit"
    return Message(
        id=uuid7(), compound_id=compound_id, key=f"{key}:{to.tag}"[:120], account_id=to.account_id, person_id=to.person_id,
        phone=to.phone, kind=kind, title=letter.title[:120], body=body[:400], subject_kind=subject_kind,
        subject_id=letter.subject_id, subject_number=letter.number, channel=channel, created_at=at,
        state={"inbox": "kept", "sms": "queued", "visit": "todo"}[channel], next_try_at=at if channel == "sms" else None,
    )  # fmt: skip


def mark_read(*, compound_id: UUID, account_id: UUID, at: datetime, subject_id: UUID | None = None) -> None:
    rows = Message.objects.filter(compound_id=compound_id, account_id=account_id, read_at=None)
    if subject_id:
        rows = rows.filter(subject_id=subject_id)
    rows.update(read_at=at)


def forget(*, compound_id: UUID, subject_kind: str, subject_id: UUID) -> None:
    """Of what was said about it stays that something was said, when and by which channel; not to whom, nor what. Whoever
    was still to be told in person is not."""
    rows = Message.objects.filter(compound_id=compound_id, subject_kind=subject_kind, subject_id=subject_id)
    rows.filter(state__in=UNREACHED).update(state="done", reference=MISSED)
    rows.update(account=None, person=None, phone="", title="", body="", key=Cast("id", CharField()))


def deliver(*, message_id: UUID, compound_id: UUID, at: datetime, sms: Sms | None = None) -> bool:
    """Send one queued text; False if another worker has it, or it did not go out.

    Not inside a transaction: the claim must be seen by the other workers before the supplier is called. A failure is
    tried again after 1, 5 and 30 minutes; where nobody can tell whether it went out, never.
    """
    token = _claim(message_id, compound_id, at)
    if token is None:
        return False
    row = Message.objects.get(compound_id=compound_id, pk=message_id)
    try:
        reference = (sms or gateway()).send(row.phone, text_of(row))
    except Unknown:
        _settle(row, token, state="failed", reference=UNKNOWN, next_try_at=None)
        return False
    except Exception as error:
        log.warning("message not sent", id=str(row.pk), tries=row.tries, error=type(error).__name__)
        _put_off(row, token, at)
        return False
    _settle(row, token, state="sent", reference=reference[:80], sent_at=at, next_try_at=None)
    return True


def text_of(message: Message) -> str:
    return f"{message.title}：{message.body}" if message.body else message.title


def _claim(message_id: UUID, compound_id: UUID, at: datetime) -> str | None:
    """Compare and swap from queued to sending; the token tells whose attempt it is."""
    token = f"try:{secrets.token_hex(16)}"
    rows = Message.objects.filter(compound_id=compound_id, pk=message_id, state="queued", next_try_at__lte=at)
    won = rows.update(
        state="sending", reference=token, tries=F("tries") + 1, next_try_at=at + timedelta(minutes=SENDING_MINUTES)
    )
    return token if won else None


def _put_off(message: Message, token: str, at: datetime) -> None:
    if message.tries > len(WAITS):
        _settle(message, token, state="failed", reference="", next_try_at=None)
        return
    later = at + timedelta(minutes=WAITS[message.tries - 1])
    _settle(message, token, state="queued", reference="", next_try_at=later)


def _settle(message: Message, token: str, **changes) -> None:
    rows = Message.objects.filter(compound_id=message.compound_id, pk=message.pk, state="sending", reference=token)
    if not rows.update(**changes):
        log.warning("message settled by another", id=str(message.pk), state=changes["state"])


def give_up(*, message_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Sending began long ago and nobody said how it ended: failed, unknown, not sent again."""
    rows = Message.objects.filter(compound_id=compound_id, pk=message_id, state="sending", next_try_at__lte=at)
    return bool(rows.update(state="failed", reference=UNKNOWN, next_try_at=None))


# ── by going or calling ─────────────────────────────────────────────────────────────────────────────────────────────


def _theirs(by: Actor, message: Message) -> None:
    if not may_tell(by, message):
        raise Refused(Refusal("not_yours", "这一步不归您办"))


@transaction.atomic
def told_in_person(*, by: Actor, message: Message, how: str, at: datetime, once: UUID | None = None) -> Message:
    """Somebody went or called: told, or nobody was there and it stays on the list. In the book of what it is about. Raises Refused."""
    _theirs(by, message)
    row = Message.objects.select_for_update().get(compound_id=message.compound_id, pk=message.pk)
    if done_before(row.compound_id, once) or row.state == "done":
        return row
    if how not in IN_PERSON:
        raise Refused(Refusal("unknown_way", "请选一个"), "how")
    row.tries += 1
    if how != MISSED:
        row.state, row.sent_at, row.reference, row.next_try_at = "done", at, how, None
    row.save(update_fields=["state", "sent_at", "reference", "next_try_at", "tries"])
    record(
        by=by, act=TELL_IN_PERSON, subject_kind=row.subject_kind, subject_id=row.subject_id, at=at, compound_id=row.compound_id,
        data={"how": how, "message": str(row.pk)}, internal=True, once=once, person_id=row.person_id,
    )  # fmt: skip
    return row


@transaction.atomic
def see_number(*, by: Actor, message: Message, at: datetime, once: UUID | None = None) -> str:
    """The number that no text reached, to who is to call it; the person reads who looked, and of a number that is nobody's in the
    register the look is written down too. Raises Refused."""
    _theirs(by, message)
    why = "短信没发到，打电话告诉本人"
    if not done_before(message.compound_id, once):
        if message.person_id:
            note_look(by=by, compound_id=message.compound_id, person_id=message.person_id, reason=why, at=at, once=once)
        else:
            record(
                by=by, act="show_phone", subject_kind="message", subject_id=message.pk, at=at, compound_id=message.compound_id, words=why,
                internal=True, once=once,
            )  # fmt: skip
    return message.phone


# ── postings: what a body says to everybody ─────────────────────────────────────────────────────────────────────────

POSTING = "posting"
BODY_MOST = 4000


@transaction.atomic
def draft(
    *, by: Actor, compound_id: UUID, body: Organisation, kind: str, title: str, words: str, key: str | None = None, at: datetime,
    tell: Iterable[To] = (),
) -> Posting | None:  # fmt: skip
    """A draft that the body's secretary may edit and its chair issues, who is told (`tell`). None if one of this `key` was drafted
    before."""
    row = Posting(
        id=uuid7(), compound_id=compound_id, kind=kind, key=key, title=title[:80], body=words[:BODY_MOST], by_body=body, drafted_at=at,
        drafted_by=by.account_id,
    )  # fmt: skip
    if key and Posting.objects.filter(compound_id=compound_id, key=key).exists():
        return None
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return None
    entry = record(
        by=by, act="draft", subject_kind=POSTING, subject_id=row.pk, at=at, compound_id=compound_id, data={"key": key}
    )
    queue(
        compound_id=compound_id, to=tell, kind="draft", title=f"拟好了一份，等您看了发出去：{row.title}", subject_kind=POSTING,
        subject_id=row.pk, key=str(entry.pk), at=at,
    )  # fmt: skip
    return row


@transaction.atomic
def issue_at_once(
    *, by: Actor, compound_id: UUID, body: Organisation, kind: str, title: str, words: str, at: datetime
) -> Posting:  # fmt: skip
    """The posting that is a part of a lawful act: who may do the act, its own context has asked. Nobody drafts it before."""
    row = draft(by=by, compound_id=compound_id, body=body, kind=kind, title=title, words=words, at=at)
    assert row is not None
    row.state, row.issued_at, row.issued_by = "issued", at, by.account_id
    row.save(update_fields=["state", "issued_at", "issued_by"])
    record(by=by, act="issue", subject_kind=POSTING, subject_id=row.pk, at=at, compound_id=compound_id)
    return row


def _locked(by: Actor, posting: Posting, right: Right, state: str) -> Posting:
    row = Posting.objects.select_for_update().get(compound_id=posting.compound_id, pk=posting.pk)
    if by.compound_id != row.compound_id or not may(by.role, right) or by.body_id != row.by_body_id:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if row.state != state:
        raise Refused(Refusal("wrong_state", "这一份已经变了，请看现在到哪一步"))
    return row


@transaction.atomic
def edit_draft(*, by: Actor, posting: Posting, title: str, words: str, at: datetime) -> Posting:
    """Before it is issued, by the body's secretary. Raises Refused."""
    row = _locked(by, posting, Right.DRAFT_NOTICE, "draft")
    if not title.strip() or not words.strip():
        raise Refused(Refusal("no_words", "标题和内容都要写"), field="words")
    row.title, row.body = title.strip()[:80], words.strip()[:BODY_MOST]
    row.save(update_fields=["title", "body"])
    record(by=by, act="edit", subject_kind=POSTING, subject_id=row.pk, at=at, compound_id=row.compound_id)
    return row


@transaction.atomic
def issue(*, by: Actor, posting: Posting, at: datetime) -> Posting:
    """By the body's chair; from then on everybody of the compound reads it, and nobody edits it. Raises Refused."""
    row = _locked(by, posting, Right.ISSUE_NOTICE, "draft")
    row.state, row.issued_at, row.issued_by = "issued", at, by.account_id
    row.save(update_fields=["state", "issued_at", "issued_by"])
    record(by=by, act="issue", subject_kind=POSTING, subject_id=row.pk, at=at, compound_id=row.compound_id)
    return row


@transaction.atomic
def take_down(*, by: Actor, posting: Posting, reason: str, at: datetime) -> Posting:
    """Everybody sees that it was taken down, and why. Raises Refused."""
    row = _locked(by, posting, Right.ISSUE_NOTICE, "issued")
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请写清原因"), field="reason")
    row.state, row.taken_down_at, row.taken_down_reason = "taken_down", at, reason.strip()[:200]
    row.save(update_fields=["state", "taken_down_at", "taken_down_reason"])
    record(
        by=by, act="take_down", subject_kind=POSTING, subject_id=row.pk, at=at, compound_id=row.compound_id, words=reason.strip()
    )  # fmt: skip
    return row
