"""Handing over the ballots: each attempt is a row, and the first that counts makes the party delivered."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import BinaryIO
from uuid import UUID

from django.db import transaction

from linli.kernel.refusal import Refused
from linli.plumbing import images, vault
from linli.plumbing.acts import Actor, record
from linli.plumbing.tenancy import insert_new, uuid7

from ..models import Delivery, Paper, Party, Session
from ..rules.dates import local
from ..rules.delivery import AT_THE_DOOR, DELIVERS, ONLINE, Carrier, refuse_delivery
from ..rules.sessions import Act
from .base import SUBJECT, begin, finish
from .register import frozen_yes


@transaction.atomic
def deliver(
    *, by: Actor, session: Session, party: Party, evidence: str, carriers: Sequence[Carrier] = (), words: str = "", photo: BinaryIO | None = None,
    posted_on: date | None = None, at: datetime, once: UUID | None = None,
) -> Delivery | None:  # fmt: skip
    """An attempt, with what proves it; None where it was noted before. Raises Refused."""
    step = begin(session, by=by, act=Act.DELIVER, at=at, once=once)
    if step.done_before:
        return None
    frozen_yes(step.session)
    assert step.session.register_frozen_at
    carriers = [one._replace(name=one.name.strip()[:40]) for one in carriers if one.name.strip()]
    no = refuse_delivery(
        evidence=evidence, carriers=carriers, photo=photo is not None, words=words, posted_on=posted_on, today=local(at),
        printed=local(step.session.register_frozen_at),
    )  # fmt: skip
    if no:
        raise Refused(*no)
    held = Party.objects.select_for_update().get(compound_id=session.compound_id, session=session, pk=party.pk)
    paper = Paper.objects.filter(compound_id=session.compound_id, party=held, state="printed").order_by("-id").first()
    made = Delivery(
        id=uuid7(), compound_id=session.compound_id, session=step.session, party=held, once=once, evidence=evidence, paper=paper, carriers=[one.name for one in carriers],
        words=words.strip()[:200], file=_kept(session.compound_id, photo), at=at,
        posted_on=posted_on if evidence == "public_posting" else None, account_id=by.account_id,
    )  # fmt: skip
    made.save(force_insert=True)
    _reached(held, evidence, at)
    who = [str(one.account or "") for one in carriers]
    finish(step, data={"evidence": evidence, "party": held.number, "carriers": who}, internal=True)
    return made


def _kept(compound_id: UUID, photo: BinaryIO | None) -> str:
    return vault.keep_sealed(compound_id, images.photo(photo.read()).small) if photo else ""


@transaction.atomic
def show_photo(*, by: Actor, session: Session, attempt: UUID, file: str, at: datetime) -> bytes:
    """Of somebody's mailbox, to one of those who carry or watch; each look stays on record."""
    photo = vault.open_sealed(file)
    record(
        by=by, act="delivery_photo_shown", subject_kind=SUBJECT, subject_id=session.pk, at=at, compound_id=session.compound_id,
        data={"delivery": str(attempt)}, internal=True,
    )  # fmt: skip
    return photo


def _reached(party: Party, evidence: str, at: datetime) -> None:
    """The first evidence counts; whoever was met at the door is known to be found there."""
    changed = []
    if evidence in DELIVERS and party.delivered_at is None:
        party.delivered_at = at
        changed.append("delivered_at")
    if evidence in AT_THE_DOOR & DELIVERS and party.reach == "unreached":
        party.reach = "door"
        changed.append("reach")
    if changed:
        party.save(update_fields=changed)


@transaction.atomic
def read_online(*, session: Session, party: Party, by: Actor, at: datetime) -> None:
    """Somebody of the party opened the ballot: written once, by whoever shows it."""
    held = Party.objects.select_for_update().get(compound_id=session.compound_id, session=session, pk=party.pk)
    rows = Delivery.objects.filter(compound_id=session.compound_id, party=held, evidence=ONLINE)
    if rows.exists():
        return
    insert_new([
        Delivery(
            id=uuid7(), compound_id=session.compound_id, session=session, party=held, evidence=ONLINE, at=at, account_id=by.account_id
        )
    ])  # fmt: skip
    _reached(held, ONLINE, at)
