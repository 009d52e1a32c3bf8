"""The talk itself: announced, held, published; or called off."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from linli.kernel.refusal import Refusal, Refused, ask, written
from linli.notices.services import draft
from linli.people.models import Organisation
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import next_value
from linli.plumbing.moments import short
from linli.plumbing.tenancy import uuid7

from ..models import Talk
from ..queries.talks import carried, notice_words, points_of, spoken
from ..rules.talks import REASON_MOST, Act, State, may_announce, may_hold, may_publish
from .steps import SUBJECT, begin, finish

PLACE_MOST = 80


def announce(
    *, by: Actor, compound: Compound, starts_at: datetime, spot: str, subject: str = "", at: datetime, once: UUID | None = None
) -> Talk:  # fmt: skip
    """In the name of the body whose post it is. The same `once` gives the first talk again. Raises Refused."""
    if by.compound_id != compound.pk or by.body_id is None or not may(by.role, Right.CALL_MEETING):
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    if once and (first := Talk.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    ask(may_announce(starts_at=starts_at, at=at), "starts_at")
    spot = written(spot, "spot", PLACE_MOST)
    try:
        with transaction.atomic():
            talk = Talk(
                id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, SUBJECT), once=once,
                body=Organisation.objects.get(pk=by.body_id), subject=subject.strip()[:PLACE_MOST], spot=spot, starts_at=starts_at,
                announced_at=at,
            )  # fmt: skip
            talk.save(force_insert=True)
            record(
                by=by,
                act=f"talk_{Act.ANNOUNCE}",
                subject_kind=SUBJECT,
                subject_id=talk.pk,
                at=at,
                compound_id=compound.pk,
            )
            return talk
    except IntegrityError:
        again = Talk.objects.filter(compound_id=compound.pk, once=once).first() if once else None
        if again is None:
            raise
        return again


@transaction.atomic
def cancel(*, by: Actor, talk: Talk, reason: str, at: datetime, once: UUID | None = None) -> Talk:
    """Everybody reads why. Raises Refused."""
    step = begin(talk, by=by, act=Act.CANCEL, at=at, once=once)
    if not step.done_before:
        step.talk.cancelled_at, step.talk.reason = at, written(reason, "reason", REASON_MOST)
        finish(step, words=step.talk.reason)
    return step.talk


@transaction.atomic
def hold(*, by: Actor, talk: Talk, attendance: int, at: datetime, once: UUID | None = None) -> Talk:
    """It was held, and so many came; from now on points are written down. Raises Refused."""
    step = begin(talk, by=by, act=Act.HOLD, at=at, once=once)
    if not step.done_before:
        no = may_hold(starts_at=step.talk.starts_at, at=at, attendance=attendance)
        ask(no, "attendance" if no and no.key == "attendance" else "")
        step.talk.held_at, step.talk.attendance = at, attendance
        finish(step, data={"attendance": attendance})
    return step.talk


@transaction.atomic
def publish(*, by: Actor, talk: Talk, at: datetime, once: UUID | None = None) -> Talk:
    """Everybody reads the points, and a notice of them waits as a draft for the body to issue. Earlier talks have been
    followed up by it. Nothing of a published point changes any more. Raises Refused."""
    step = begin(talk, by=by, act=Act.PUBLISH, at=at, once=once)
    if step.done_before:
        return step.talk
    talk = step.talk
    talk.state = State.HELD  # carried() is asked as the talk stood
    points, left, said = points_of(talk), carried(talk), spoken(talk)
    unsettled = sum(1 for p in points if not p.answer and p.matter_id is None)
    unspoken = sum(1 for p in left if p.pk not in said)
    ask(may_publish(points=len(points), unsettled=unsettled, unspoken=unspoken))
    with override(settings.LANGUAGE_CODE):
        local = timezone.localtime(at)
        words = notice_words(talk, points, [(p, said[p.pk]) for p in left], local)
        title = f"夜话说了什么（{short(talk.starts_at)}）"
    talk.posting = draft(
        by=by, compound_id=talk.compound_id, body=Organisation.objects.get(pk=talk.body_id), kind="announcement", title=title,
        words=words, key=f"talk:{talk.number}", at=at,
    )  # fmt: skip
    talk.state, talk.published_at = State.PUBLISHED, at
    finish(step, data={"points": len(points)})
    earlier = Talk.objects.filter(compound_id=talk.compound_id, state=State.PUBLISHED, starts_at__lt=talk.starts_at)
    earlier.update(state=State.FOLLOWED_UP)
    return talk
