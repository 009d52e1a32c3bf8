"""Use of a seal: asked for, carried by a decision or by signatures of more than half of the members, logged, corrected."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from linli.kernel.refusal import Refusal, Refused, written
from linli.kernel.refusal import ask as refuse_if
from linli.notices.services import To, queue
from linli.people.access import members_of
from linli.people.models import Organisation
from linli.people.rules import Act as Right
from linli.people.rules import may
from linli.places.models import Compound
from linli.plumbing.acts import Actor, done_before, record
from linli.plumbing.counters import next_value
from linli.plumbing.tenancy import uuid7

from ..access.meetings import BODIES
from ..access.seals import parts_in
from ..models import AgendaItem, SealConsent, SealRequest, SealUse, Signature
from ..queries.seals import consents_of, uses_of
from ..rules.meetings import Choice, Kind, Result
from ..rules.seals import (
    DOCUMENT_MOST,
    REASON_MOST,
    Act,
    State,
    by_decision,
    may_ask,
    outcome,
    refuse,
    spends,
)
from .meetings.steps import name_of
from .spending import ask_unfrozen

SUBJECT = "seal"


def _told(request: SealRequest, by: Actor, act: Act, at: datetime, once: UUID | None, **more: Any) -> None:
    data: Mapping[str, Any] = more
    record(
        by=by, act=f"seal_{act}", subject_kind=SUBJECT, subject_id=request.pk, at=at, compound_id=request.compound_id, data=data, once=once
    )  # fmt: skip


def _locked(request: SealRequest, by: Actor, act: Act, once: UUID | None) -> tuple[SealRequest, bool]:
    """The request under its lock, and whether this submit came before. Raises Refused."""
    rows = SealRequest.objects.select_related("body")
    fresh = rows.select_for_update(of=("self",)).get(compound_id=request.compound_id, pk=request.pk)
    if done_before(fresh.compound_id, once):
        return fresh, True
    refuse_if(refuse(act, State(fresh.state), parts_in(fresh, by)))
    return fresh, False


def ask(
    *, by: Actor, compound: Compound, seal: str, paper: str, document: str, copies: int, item: AgendaItem | None = None, at: datetime,
    once: UUID | None = None,
) -> SealRequest:  # fmt: skip
    """By a member or the secretary, for their own body. With a passed decision nothing more is needed; without one the
    members are asked to sign. The same `once` gives the first again. Raises Refused."""
    right = may(by.role, Right.SIT_IN_BODY) or may(by.role, Right.KEEP_MINUTES)
    if by.compound_id != compound.pk or not right or by.body_kind not in BODIES:
        raise Refused(Refusal("not_yours", "这一步不归您办"))
    assert by.account_id and by.body_id
    if once and (first := SealRequest.objects.filter(compound_id=compound.pk, once=once).first()):
        return first
    document = written(document, "document", DOCUMENT_MOST)
    if wrong := may_ask(seal=seal, paper=paper, copies=copies):
        raise Refused(*wrong)
    if spends(seal, paper) and not _urgent(item):
        ask_unfrozen(compound.pk, at, "seal")
    try:
        with transaction.atomic():
            body = Organisation.objects.get(pk=by.body_id)
            row = SealRequest(
                id=uuid7(), compound_id=compound.pk, number=next_value(compound.pk, "seal_request"), once=once, body=body, turn_since=at,
                seal=seal, paper=paper, document=document, copies=copies, asked_by=by.account_id, asked_name=name_of(by), asked_at=at,
            )  # fmt: skip
            sitting = members_of(body.pk, timezone.localdate(at))
            row.members = len(sitting)
            if item is not None:
                _carry(row, item, at)
            row.save(force_insert=True)
            _told(row, by, Act.ASK, at, None, document=document, seal=seal)
            if item is None:
                queue(
                    compound_id=compound.pk, to=[To(account_id=post.account_id) for post in sitting], kind="seal_asked", title="要用印，请您签字",
                    body=document, subject_kind=SUBJECT, subject_id=row.pk, number=row.number, key=f"seal:{row.pk}:asked", at=at,
                )  # fmt: skip
            return row
    except IntegrityError:
        again = SealRequest.objects.filter(compound_id=compound.pk, once=once).first() if once else None
        if again is None:
            raise
        return again


def _urgent(item: AgendaItem | None) -> bool:
    """An emergency is not held up by a hand-over that drags on, as the meeting that decides on it is not."""
    return item is not None and item.kind == Kind.URGENT


def _carry(row: SealRequest, item: AgendaItem, at: datetime) -> None:
    fresh = AgendaItem.objects.select_related("meeting").get(compound_id=row.compound_id, pk=item.pk)
    no = by_decision(passed=fresh.result == Result.PASSED, same_body=fresh.meeting.body_id == row.body_id)
    refuse_if(no, "item")
    row.item, row.state, row.agreed_at = fresh, State.AGREED, at


@transaction.atomic
def consent(
    *, by: Actor, request: SealRequest, agrees: bool, at: datetime, once: UUID | None = None
) -> SealRequest:  # fmt: skip
    """Each member for themselves, once; the signature that makes more than half settles it. Raises Refused."""
    act = Act.AGREE if agrees else Act.DISAGREE
    row, before = _locked(request, by, act, once)
    if before:
        return row
    said = consents_of(row)
    if any(c.account_id == by.account_id for c in said):
        raise Refused(Refusal("signed", "您签过了，签了不能改"))
    assert by.account_id is not None
    new = SealConsent(
        id=uuid7(), compound_id=row.compound_id, request=row, account_id=by.account_id, name=name_of(by), agrees=agrees, at=at
    )  # fmt: skip
    new.save(force_insert=True)
    sitting = {post.account_id for post in members_of(row.body_id, timezone.localdate(at))}
    votes = [c for c in [*said, new] if c.account_id in sitting]
    agree = sum(c.agrees for c in votes)
    row.members = len(sitting)
    row.state = outcome(row.body.kind, members=len(sitting), agree=agree, against=len(votes) - agree)
    if row.state != State.ASKED:
        row.turn_since = at
        row.agreed_at = at if row.state == State.AGREED else None
    row.save()
    _told(row, by, act, at, once, state=str(row.state))
    return row


@transaction.atomic
def use(*, by: Actor, request: SealRequest, at: datetime, once: UUID | None = None) -> SealUse | None:
    """Stamped, and a line in the register that nobody changes. Raises Refused without a decision or enough signatures."""
    row, before = _locked(request, by, Act.USE, once)
    if before:
        return uses_of(row)[0]
    if spends(row.seal, row.paper) and not _urgent(row.item):
        ask_unfrozen(row.compound_id, at)
    line = _line(row, by, at, approved="、".join(_approvers(row)))
    line.save(force_insert=True)
    row.state, row.turn_since = State.USED, at
    row.save()
    _told(row, by, Act.USE, at, once, number=line.number)
    return line


def _line(row: SealRequest, by: Actor, at: datetime, *, approved: str) -> SealUse:
    return SealUse(
        id=uuid7(), compound_id=row.compound_id, number=next_value(row.compound_id, "seal_use"), request=row, seal=row.seal, paper=row.paper,
        document=row.document, copies=row.copies, asked_name=row.asked_name, approved=approved[:400], stamped_name=name_of(by), used_at=at,
    )  # fmt: skip


def _approvers(row: SealRequest) -> list[str]:
    """Who signed the decision that carries it, or the request itself. Raises Refused where nobody did."""
    if row.item_id:
        rows = Signature.objects.filter(compound_id=row.compound_id, item=row.item_id, choice=Choice.APPROVE)
        names = list(rows.order_by("id").values_list("seat__name", flat=True))
    else:
        names = [c.name for c in consents_of(row) if c.agrees]
    if not names:
        raise Refused(Refusal("not_agreed", "还没有过半数委员签字同意，不能盖", "北京市物业管理条例"))
    return names


@transaction.atomic
def drop(*, by: Actor, request: SealRequest, reason: str, at: datetime, once: UUID | None = None) -> SealRequest:
    """By who asked, before it is stamped. Raises Refused."""
    row, before = _locked(request, by, Act.DROP, once)
    if not before:
        row.reason = written(reason, "reason", REASON_MOST)
        row.state, row.turn_since = State.DROPPED, at
        row.save()
        _told(row, by, Act.DROP, at, once)
    return row


@transaction.atomic
def correct(
    *, by: Actor, request: SealRequest, seal: str, paper: str, document: str, copies: int, reason: str, at: datetime, once: UUID | None = None
) -> SealUse | None:  # fmt: skip
    """A new line that names the one it corrects, which stays. Raises Refused."""
    row, before = _locked(request, by, Act.CORRECT, once)
    last = uses_of(row)[-1]
    if before:
        return last
    if wrong := may_ask(seal=seal, paper=paper, copies=copies):
        raise Refused(*wrong)
    line = _line(row, by, at, approved=last.approved)
    line.seal, line.paper, line.copies = seal, paper, copies
    line.document, line.reason = written(document, "document", DOCUMENT_MOST), written(reason, "reason", REASON_MOST)
    line.corrects = last
    line.save(force_insert=True)
    _told(row, by, Act.CORRECT, at, once, number=line.number)
    return line
