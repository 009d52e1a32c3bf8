"""Online ballots that a recount voids: what waits for the second word, and what is void."""

from collections import Counter

from linli.kernel.receipts import Leaf as Kind

from ..models import CountSignature, Leaf, Objection, Session, Voiding
from ..rules.counting import missing_signers
from ..rules.sessions import Office


def voided(session: Session) -> dict[str, str]:
    """Number to reason, of those in the log."""
    numbers = Leaf.objects.filter(compound_id=session.compound_id, session=session, kind=Kind.VOIDED.value)
    held = set(numbers.values_list("ballot", flat=True))
    rows = Voiding.objects.filter(compound_id=session.compound_id, session=session, leaf__ballot__in=held).order_by(
        "id"
    )
    return dict(rows.values_list("leaf__ballot", "reason"))


def turn_of(session: Session) -> int:
    """Of the last count that stood: a recount looks at that one, however often it counts meanwhile."""
    rows = CountSignature.objects.filter(compound_id=session.compound_id, session=session).values_list("turn", "office")
    signed = Counter(rows)
    stood = [turn for turn, _office in signed if missing_signers(signed[turn, Office.TELLER], signed[turn, Office.SCRUTINEER]) == (0, 0)]  # fmt: skip
    return max(stood, default=0)


def waiting(session: Session) -> list[Voiding]:
    """Halves said at this recount: the last word of each, of ballots that are not void."""
    done = voided(session)
    rows = Voiding.objects.filter(compound_id=session.compound_id, session=session, turn=turn_of(session))
    last = {(row.leaf_id, row.account_id): row for row in rows.select_related("leaf").order_by("id")}
    return [row for row in last.values() if row.leaf.ballot not in done]


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
