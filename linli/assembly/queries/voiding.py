"""Online ballots that a recount voids: what waits for the second word, and what is void."""

from uuid import UUID

from linli.kernel.receipts import Leaf as Kind

from ..models import Leaf, Objection, Session, Voiding


def voided(session: Session) -> dict[str, str]:
    """Number to reason, of those in the log."""
    numbers = Leaf.objects.filter(compound_id=session.compound_id, session=session, kind=Kind.VOIDED.value)
    held = set(numbers.values_list("ballot", flat=True))
    rows = Voiding.objects.filter(compound_id=session.compound_id, session=session, leaf__ballot__in=held).order_by(
        "id"
    )
    return dict(rows.values_list("leaf__ballot", "reason"))


def waiting(session: Session) -> dict[UUID, Voiding]:
    """By leaf, the last word of one of the two."""
    done = voided(session)
    rows = Voiding.objects.filter(compound_id=session.compound_id, session=session).select_related("leaf")
    return {row.leaf_id: row for row in rows.order_by("id") if row.leaf.ballot not in done}


def upheld(session: Session) -> list[Objection]:
    """Objections to the result that were found to be right."""
    rows = Objection.objects.filter(compound_id=session.compound_id, session=session, about="result", upheld=True)
    return list(rows.order_by("id")[:100])


def reason_of(leaf: Leaf) -> str:
    """Why this ballot was voided, empty where it was not."""
    gone = Leaf.objects.filter(
        compound_id=leaf.compound_id, session_id=leaf.session_id, kind=Kind.VOIDED.value, ballot=leaf.ballot
    ).exists()
    rows = Voiding.objects.filter(compound_id=leaf.compound_id, leaf=leaf).order_by("-id")
    return rows.values_list("reason", flat=True).first() or "" if gone else ""
