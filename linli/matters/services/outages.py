"""Planned outages: said beforehand, ended early, gone when they are over."""

from datetime import datetime
from uuid import UUID

from linli.kernel.refusal import Refusal, Refused
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Building, Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.whole import one_act

from ..models import Outage
from ..rules.outages import KINDS

SUBJECT = "outage"


def _may(by: Actor, compound_id: UUID) -> None:
    if by.compound_id != compound_id or not may(by.role, Right.PLAN_OUTAGE):
        raise Refused(Refusal("not_yours", "这一步不归您办"))


@one_act()
def plan_outage(
    *, by: Actor, compound: Compound, kind: str, from_at: datetime, to_at: datetime, building: Building | None = None, words: str = "",
    at: datetime, once: UUID | None = None,
) -> Outage:  # fmt: skip
    """Without a building: the whole compound. Raises Refused."""
    _may(by, compound.pk)
    if before := done_before(compound.pk, once):
        return Outage.objects.get(compound_id=compound.pk, pk=before.subject_id)
    if kind not in KINDS:
        raise Refused(Refusal("unknown_kind", "请选停什么"), field="kind")
    if to_at <= from_at:
        raise Refused(Refusal("backwards", "结束要在开始以后"), field="to_at")
    if to_at <= at:
        raise Refused(Refusal("past", "已经过去了，不用再说"), field="to_at")
    outage = Outage(
        compound=compound, kind=kind, words=words.strip()[:200], building=building, from_at=from_at, to_at=to_at, entered_at=at,
        entered_by=by.account_id, entered_label=by.label[:80],
    )  # fmt: skip
    outage.save(force_insert=True)
    record(
        by=by, act="plan_outage", subject_kind=SUBJECT, subject_id=outage.pk, at=at, compound_id=compound.pk, once=once,
        data={"kind": kind, "from_at": from_at.isoformat(), "to_at": to_at.isoformat()},
    )  # fmt: skip
    return outage


@one_act()
def end_outage(*, by: Actor, outage: Outage, at: datetime) -> Outage:
    """Over earlier than planned, or never begun. Raises Refused."""
    _may(by, outage.compound_id)
    outage = Outage.objects.select_for_update().get(compound_id=outage.compound_id, pk=outage.pk)
    if outage.to_at <= at:
        return outage
    outage.to_at, outage.from_at = at, min(outage.from_at, at)
    outage.save(update_fields=["from_at", "to_at"])
    record(by=by, act="end_outage", subject_kind=SUBJECT, subject_id=outage.pk, at=at, compound_id=outage.compound_id)
    return outage
