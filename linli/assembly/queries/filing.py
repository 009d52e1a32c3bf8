"""Whether each paper that is filed is really there: those that are made here are looked up, the others somebody has on the desk."""

from dataclasses import dataclass

from linli.kernel.tally.thresholds import Result

from ..models import Delivery, Formation, Item, Nominee, Seat, Session
from ..rules.counting import missing_signers
from ..rules.filing import ELECTION_PAPERS, LACKS, PAPERS
from .counting import last_outcomes
from .results import official, signed


@dataclass(frozen=True, slots=True)
class Checked:
    """`outside`: no table knows; who files says so. `lacks`: why it is not there."""

    key: str
    name: str
    here: bool
    outside: bool = False
    lacks: str = ""


def checked(session: Session) -> list[Checked]:
    items = list(Item.objects.filter(compound_id=session.compound_id, session=session))
    elections = [item for item in items if item.form != "approve"]
    outcomes = last_outcomes(session)
    held = official(session) if session.rules.get("official_evote_required") else {}
    turn = max((one.turn for one in outcomes.values()), default=0)
    decided = bool(items) and all(item.pk in outcomes for item in items) and (not held or len(held) == len(items))
    carried = Delivery.objects.filter(compound_id=session.compound_id, session=session).exists()
    found = {
        "record": decided and session.announced_at is not None,
        "register": session.register_frozen_at is not None and carried,
        "count": turn > 0 and missing_signers(*signed(session, turn)) == (0, 0),
    }
    passed = [item for item in elections if outcomes.get(item.pk) and outcomes[item.pk].result != Result.QUORUM_NOT_MET]
    if passed:
        found |= _of_the_body(session, passed)
    names = {**PAPERS, **(ELECTION_PAPERS if elections else {})}
    return [
        Checked(key, name, found.get(key, False), key not in found, "" if found.get(key, True) else LACKS[key]) for key, name in names.items()
    ]  # fmt: skip


def _of_the_body(session: Session, items: list[Item]) -> dict[str, bool]:
    """Nothing where the body was not formed here."""
    made = Formation.objects.filter(compound_id=session.compound_id, item__in=items).order_by("-id").first()
    if made is None:
        return {}
    scope = {"compound_id": session.compound_id, "formation": made}
    seats = Seat.objects.filter(**scope, passed_over="")
    consented = Nominee.objects.filter(
        **scope, pk__in=[s.nominee_id for s in seats if s.nominee_id], consented_at__isnull=False
    )
    pledged = consented.count() == sum(1 for s in seats if s.nominee_id)
    return {"first_meeting": made.met_on is not None, "members": bool(seats), "pledges": bool(seats) and pledged}
