"""The decoration register: entered by the property company's desk, ended early, and who looked at a number."""

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ..models import Decoration

SUBJECT = "decoration"
LONGEST_DAYS = 730
_NOT_YOURS = Refusal("not_yours", "这一步不归您办")


def register_decoration(
    *, by: Actor, compound: Compound, home: Home, from_on: date, to_on: date, firm: str, contact: str, phone: str, at: datetime,
    once: UUID | None = None,
) -> Decoration:  # fmt: skip
    """Raises Refused."""
    if by.compound_id != compound.pk or home.compound_id != compound.pk or not may(by.role, Right.KEEP_DECORATIONS):
        raise Refused(_NOT_YOURS)
    if again := _again(compound, once):
        return again
    if not 0 <= (to_on - from_on).days <= LONGEST_DAYS:
        raise Refused(Refusal("backwards", "结束要在开始以后，最长两年"), field="to_on")
    if not firm.strip() or not contact.strip() or not phone.strip():
        raise Refused(Refusal("half", "谁在装、找谁、电话都要写"), field="firm")
    made = Decoration(
        compound_id=compound.pk, home=home, from_on=from_on, to_on=to_on, firm=firm.strip()[:60], contact=contact.strip()[:40],
        phone=phone.strip()[:20], entered_at=at, entered_by=by.account_id,
    )  # fmt: skip
    try:
        with one_act():
            made.save(force_insert=True)
            record(
                by=by, act="register_decoration", subject_kind=SUBJECT, subject_id=made.pk, at=at, compound_id=compound.pk, once=once,
                data={"home": str(home.pk), "from_on": from_on.isoformat(), "to_on": to_on.isoformat()},
            )  # fmt: skip
    except IntegrityError:
        if again := _again(compound, once):
            return again
        raise
    return made


def _again(compound: Compound, once: UUID | None) -> Decoration | None:
    before = done_before(compound.pk, once)
    return Decoration.objects.get(compound_id=compound.pk, pk=before.subject_id) if before else None


@one_act()
def end_decoration(*, by: Actor, row: Decoration, at: datetime) -> Decoration:
    """Done, or given up. A second time changes nothing. Raises Refused."""
    if by.compound_id != row.compound_id or not may(by.role, Right.KEEP_DECORATIONS):
        raise Refused(_NOT_YOURS)
    fresh = Decoration.objects.select_for_update().get(compound_id=row.compound_id, pk=row.pk)
    if fresh.ended_at is None:
        fresh.ended_at = at
        fresh.save(update_fields=["ended_at"])
        record(
            by=by, act="end_decoration", subject_kind=SUBJECT, subject_id=fresh.pk, at=at, compound_id=row.compound_id
        )
    return fresh


@one_act()
def see_decorator(*, by: Actor, row: Decoration, reason: str, at: datetime, once: UUID | None = None) -> str:
    """The whole number of who does it, for a reason; every look is written down. Raises Refused."""
    rights = (Right.KEEP_DECORATIONS, Right.SEE_PHONE)
    if by.compound_id != row.compound_id or not any(may(by.role, right) for right in rights):
        raise Refused(_NOT_YOURS)
    if not reason.strip():
        raise Refused(Refusal("missing_reason", "请选看号码做什么"), field="reason")
    row = Decoration.objects.select_for_update().get(compound_id=row.compound_id, pk=row.pk)
    if not done_before(row.compound_id, once):
        record(
            by=by, act="see_decorator", subject_kind=SUBJECT, subject_id=row.pk, at=at, compound_id=row.compound_id,
            words=reason.strip(), internal=True, once=once,
        )  # fmt: skip
    return row.phone
