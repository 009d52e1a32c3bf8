"""After a meeting: minutes, the result posted with each member's vote, corrections beside it, and who is reminded."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from linli.kernel.bodies import result_shown_until
from linli.kernel.refusal import ask, written
from linli.notices.services import To, draft, issue, queue
from linli.people.access import members_of
from linli.people.models import Organisation
from linli.people.rules import Body
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.moments import short, whole
from linli.plumbing.tenancy import uuid7

from ...models import Meeting, MeetingRecord
from ...queries.meetings import (
    coming,
    items_of,
    local_rules,
    meet_again_by,
    notice_words,
    records_of,
    seats_of,
    signatures_of,
)
from ...rules.meetings import MINUTES_MOST, REASON_MOST, UNPOSTED, Act, State, may_write_minutes
from .steps import SUBJECT, Step, begin, finish, name_of

MINUTES, CORRECTION = "minutes", "correction"
SOON = timedelta(days=14)


def _record(step: Step, kind: str, words: str, reason: str = "") -> MeetingRecord:
    m = step.meeting
    row = MeetingRecord(
        id=uuid7(), compound_id=m.compound_id, meeting=m, kind=kind, words=words, reason=reason, name=name_of(step.by), at=step.at
    )  # fmt: skip
    row.save(force_insert=True)
    finish(step, words=reason, data={"kind": kind})
    return row


@transaction.atomic
def write_minutes(
    *, by: Actor, meeting: Meeting, words: str, at: datetime, once: UUID | None = None
) -> MeetingRecord | None:
    """Each writing stays; the last is read, and once the result is published they stay as they are. Raises Refused."""
    step = begin(meeting, by=by, act=Act.MINUTES, at=at, once=once)
    if step.done_before:
        return None
    there = any(row.kind == MINUTES for row in records_of(step.meeting))
    ask(may_write_minutes(published=step.meeting.state == State.PUBLISHED, there=there))
    return _record(step, MINUTES, written(words, "words", MINUTES_MOST))


@transaction.atomic
def publish(*, by: Actor, meeting: Meeting, compound: Compound, at: datetime, once: UUID | None = None) -> Meeting:
    """The result with every member's vote is posted for all to read; nothing of it changes any more. Raises Refused."""
    step = begin(meeting, by=by, act=Act.PUBLISH, at=at, once=once)
    if step.done_before:
        return step.meeting
    m = step.meeting
    assert m.starts_at is not None
    with override(settings.LANGUAGE_CODE):
        words = notice_words(m, items_of(m), seats_of(m), signatures_of(m))
        heading = f"{m.body.name}会议的决定（{short(m.starts_at)}）"
    made = draft(
        by=by, compound_id=m.compound_id, body=m.body, kind="announcement", title=heading, words=words, key=f"meeting:{m.number}", at=at
    )  # fmt: skip
    assert made is not None
    m.posting = issue(by=by, posting=made, at=at)
    m.published_at = at
    pmc = m.body.kind == Body.PMC
    m.shown_until = result_shown_until(local_rules(m), timezone.localdate(at), calendar(compound), pmc)
    finish(step, to=State.PUBLISHED)
    return m


@transaction.atomic
def correct(
    *, by: Actor, meeting: Meeting, words: str, reason: str, at: datetime, once: UUID | None = None
) -> MeetingRecord | None:
    """Beside what is published, which stays. Raises Refused."""
    step = begin(meeting, by=by, act=Act.CORRECT, at=at, once=once)
    if step.done_before:
        return None
    return _record(step, CORRECTION, written(words, "words", MINUTES_MOST), written(reason, "reason", REASON_MOST))


# ── reminded by the clock ───────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def remind_result(*, meeting_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The chair, on the last day for posting and each day after, until it is posted."""
    rows = Meeting.objects.select_for_update().filter(compound_id=compound_id, pk=meeting_id, remind_at__lte=at)
    m = rows.filter(state__in=UNPOSTED).first()
    if m is None or m.result_due is None:
        return False
    today = timezone.localdate(at)
    left = (m.result_due - today).days
    title = "会议的决定今天要公布" if left >= 0 else f"会议的决定该公布了，超了 {-left} 天"
    told = _tell_head(m.body_id, m, title, f"最晚 {whole(m.result_due)}", f"meeting:{m.pk}:post:{today}", at)
    m.remind_at = timezone.localtime(at).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)
    m.save(update_fields=["remind_at"])
    return told


def _tell_head(body_id: UUID, m: Meeting, title: str, words: str, key: str, at: datetime) -> bool:
    heads = [To(account_id=post.account_id) for post in members_of(body_id, timezone.localdate(at))[:1]]
    return bool(
        queue(
            compound_id=m.compound_id, to=heads, kind="meeting_reminder", title=title, body=words, subject_kind=SUBJECT,
            subject_id=m.pk, number=m.number, key=key, at=at,
        )
    )  # fmt: skip


@transaction.atomic
def remind_meeting(*, body_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """A committee that must meet within two weeks and has called nothing: its chair, once for each date."""
    body = Organisation.objects.get(pk=body_id)
    compound = Compound.objects.get(pk=compound_id)
    by_day = meet_again_by(body, compound)
    if timezone.localdate(at) < by_day - SOON or coming(body):
        return False
    heads = [To(account_id=post.account_id) for post in members_of(body_id, timezone.localdate(at))[:1]]
    return bool(
        queue(
            compound_id=compound_id, to=heads, kind="meeting_due", title="该开会了：至少两个月开一次", body=f"最晚 {whole(by_day)}",
            subject_kind="body", subject_id=body_id, key=f"meet:{body_id}:{by_day}", at=at,
        )
    )  # fmt: skip
