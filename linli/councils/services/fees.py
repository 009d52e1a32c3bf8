"""Members' own payments, published half year by half year."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused, written
from linli.notices.services import To, queue
from linli.people.access import members_of
from linli.people.models import Organisation
from linli.people.rules import Body
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.tenancy import uuid7

from ..access.meetings import own_body
from ..models import FeeStatement
from ..queries.fees import due, last_of, members_then
from ..rules.fees import ARTICLE, SOURCE_MOST, last_half
from .meetings.steps import name_of

SUBJECT, ACT = "fees", "fees_publish"


@transaction.atomic
def publish(
    *, by: Actor, compound: Compound, paid: Mapping[UUID, int], source: str, at: datetime, once: UUID | None = None
) -> FeeStatement | None:
    """Of the last half year that is over, what each member paid, in fen by account; said again it corrects the last. Raises Refused."""
    body = own_body(by)
    if body is None or body.kind != Body.COMMITTEE or body.compound_id != compound.pk:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    Organisation.objects.select_for_update().get(pk=body.pk)
    if done_before(compound.pk, once):
        return None
    half = last_half(timezone.localdate(at))
    members = members_then(body.pk, half)
    if not members or {post.account_id for post in members} != set(paid) or min(paid.values()) < 0:
        raise Refused(Refusal("each", "每位委员都要写，没有交的写 0", ARTICLE))
    made = FeeStatement(
        id=uuid7(), compound_id=compound.pk, body=body, year=half.year, half=half.half, source=written(source, "source", SOURCE_MOST), at=at,
        lines=[{"name": post.holder_name, "fen": paid[post.account_id]} for post in members], corrects=last_of(body, half),
        account_id=by.account_id, name=name_of(by),
    )  # fmt: skip
    made.save(force_insert=True)
    record(
        by=by, act=ACT, subject_kind=SUBJECT, subject_id=made.pk, at=at, compound_id=compound.pk, once=once,
        data={"year": half.year, "half": half.half, "again": made.corrects_id is not None},
    )  # fmt: skip
    return made


@transaction.atomic
def remind(*, body_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """The chair, once for each half year that is over and not published."""
    body, today = Organisation.objects.get(pk=body_id), timezone.localdate(at)
    half = due(body, today)
    if half is None:
        return False
    heads = [To(account_id=post.account_id) for post in members_of(body_id, today)[:1]]
    return bool(
        queue(
            compound_id=compound_id, to=heads, kind="fees_due", title="该公布委员交费情况了：每半年一次",
            body=f"{half.year} 年{'上' if half.half == 1 else '下'}半年", subject_kind="body", subject_id=body_id,
            key=f"fees:{body_id}:{half.year}:{half.half}", at=at,
        )
    )  # fmt: skip
