"""What a stranger may ask of a receipt: is it whole, is it of this vote, and does the box still hold it?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from linli.kernel import receipts
from linli.plumbing.tenancy import unscoped

from ..models import Head, Leaf, Session
from ..rules.sessions import State

WHY = "a receipt names its session, and anybody may check it"


class Verdict(StrEnum):
    HOLDS = "holds"
    BROKEN = "broken"  # contradicts itself
    OTHER_KEY = "other_key"  # signed, but not by this session
    NOT_IN_BOX = "not_in_box"
    UNKNOWN = "unknown"  # whole, of a session that is not held here


@dataclass(frozen=True)
class Checked:
    """`covered`: the day whose published head includes the leaf; None where none was published since. `sealed`: how many ballots the
    signed head in the receipt itself is of; `open`: another is published tomorrow, else when the box is closed.
    `objection`: it is a co-owner's, and no ballot."""

    verdict: Verdict
    title: str = ""
    place: int = 0
    ballot: str = ""
    at: str = ""
    covered: date | None = None
    compound: str = ""
    number: int = 0
    sealed: int = 0
    open: bool = False
    objection: bool = False


def checked(given: Mapping[str, Any]) -> Checked:
    if not receipts.holds(given):
        return Checked(Verdict.BROKEN)
    leaf, head = given["leaf"], given["head"]
    with unscoped(WHY):
        session = _session(head["session"])
        if session is None:
            return Checked(Verdict.UNKNOWN, place=given["index"] + 1)
        if given["key"] != session.sign_key:
            return Checked(Verdict.OTHER_KEY)
        kept = _kept(session, given["index"])
    if kept is None or receipts.leaf_digest(kept.receipt["leaf"]) != receipts.leaf_digest(leaf):
        return Checked(Verdict.NOT_IN_BOX, session.title, given["index"] + 1, number=session.number)
    return _held(session, kept)


def looked_up(session: str, index: int, commitment: str) -> Checked | None:
    """By what the QR of a receipt holds: session, place, and the beginning of the commitment."""
    with unscoped(WHY):
        found = _session(session)
        kept = _kept(found, index) if found else None
    if found is None or kept is None or len(commitment) < 16 or not kept.commitment.startswith(commitment):
        return None
    return _held(found, kept)


def _session(hex: str) -> Session | None:
    try:
        return Session.objects.select_related("compound").filter(pk=UUID(hex)).exclude(state=State.DRAFTING).first()
    except (ValueError, AttributeError, TypeError):
        return None


def _kept(session: Session, index: int) -> Leaf | None:
    return Leaf.objects.filter(compound_id=session.compound_id, session=session, index=index).first()


def _held(session: Session, kept: Leaf) -> Checked:
    with unscoped(WHY):
        head = Head.objects.filter(compound_id=session.compound_id, session=session, size__gt=kept.index).order_by("on", "id").first()  # fmt: skip
    return Checked(
        Verdict.HOLDS, session.title, kept.index + 1, kept.ballot, receipts.moment(kept.at), head.on if head else None,
        session.compound.slug, session.number, kept.receipt["head"]["size"] if kept.receipt else 0, session.state == State.OPEN,
        kept.kind == receipts.Leaf.OBJECTION,
    )  # fmt: skip
