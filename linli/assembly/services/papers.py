"""Numbered ballot papers: one for each voting party, or for each of its homes where each votes by itself (domain §3.9), made when the register is locked (domain §7.3)."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refusal, Refused, written
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Leaf, Paper, Party, RegisterHome, Session
from ..rules.numbers import drawn
from ..rules.sessions import Act
from .base import begin, finish


def fresh_number(session: Session) -> str:
    """For one ballot more. Eight random signs of 31: that two are alike is told by the tables, not feared."""
    while True:
        number = drawn(secrets.choice)
        taken = Paper.objects.filter(compound_id=session.compound_id, session=session, number=number).exists()
        if (
            not taken
            and not Leaf.objects.filter(compound_id=session.compound_id, session=session, ballot=number).exists()
        ):
            return number


def print_papers(session: Session, at: datetime) -> None:
    scope = {"compound_id": session.compound_id, "session": session}
    wanted: list[tuple[UUID, UUID | None]]
    if session.rules.get("per_home_ballot"):
        homes = RegisterHome.objects.filter(**scope, party__isnull=False).order_by("party__number", "place")
        wanted = list(homes.values_list("party_id", "pk"))
    else:
        wanted = [(pk, None) for pk in Party.objects.filter(**scope).order_by("number").values_list("pk", flat=True)]
    numbers: set[str] = set()
    while len(numbers) < len(wanted):
        numbers.add(drawn(secrets.choice))
    Paper.objects.bulk_create(
        (
            Paper(
                id=uuid7(),
                compound_id=session.compound_id,
                session=session,
                party_id=party,
                row_id=row,
                number=number,
                printed_at=at,
            )
            for (party, row), number in zip(wanted, numbers, strict=True)
        ),
        batch_size=500,
    )


@transaction.atomic
def reprint(*, by: Actor, session: Session, paper: Paper, reason: str, at: datetime, once: UUID | None = None) -> Paper | None:  # fmt: skip
    """A spoilt or lost paper is void from now on, and another number takes its place. Raises Refused."""
    step = begin(session, by=by, act=Act.REPRINT, at=at, once=once)
    if step.done_before:
        return None
    fresh = Paper.objects.select_for_update().get(compound_id=session.compound_id, pk=paper.pk)
    if fresh.state != "printed":
        raise Refused(Refusal("paper_state", "这张票已经交回或者作废了"))
    fresh.state, fresh.voided_at, fresh.reason = "void", at, written(reason, "reason", 120)
    fresh.save(update_fields=["state", "voided_at", "reason"])
    made = Paper(
        id=uuid7(), compound_id=session.compound_id, session=step.session, party_id=fresh.party_id, row_id=fresh.row_id, number=fresh_number(session), printed_at=at
    )  # fmt: skip
    made.save(force_insert=True)
    finish(step, words=fresh.reason, data={"void": fresh.number, "paper": made.number}, internal=True)
    return made
