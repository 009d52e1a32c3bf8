"""Whether each paper that is filed is really there: those made here are looked up, the others were uploaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from linli.kernel.tally.thresholds import Result

from ..models import Delivery, FilingPaper, Formation, Item, Nominee, Seat, Session
from ..rules.counting import missing_signers
from ..rules.filing import ELECTION_PAPERS, LACKS, MORE, OPEN, PAPERS
from .counting import last_outcomes
from .results import official, signed


@dataclass(frozen=True, slots=True)
class Checked:
    """`outside`: made elsewhere, so it is uploaded, and its `files` are the last first. `lacks`: why it is not there."""

    key: str
    name: str
    here: bool
    outside: bool
    lacks: str
    files: Sequence[FilingPaper] = ()


def checked(session: Session) -> list[Checked]:
    items = list(Item.objects.filter(compound_id=session.compound_id, session=session))
    found, files = _made_here(session, items), _uploaded(session)
    names = {**PAPERS, **(ELECTION_PAPERS if any(item.form != "approve" for item in items) else {})}
    rows = []
    for key, name in names.items():
        outside, given = key not in found, files.get(key, [])
        here = bool(given) if outside else found[key]
        lacks = "" if here else LACKS["outside" if outside else key]
        rows.append(Checked(key, name, here, outside, lacks, given))
    return rows


def others(session: Session) -> list[Checked]:
    """What may be put beside them."""
    files = _uploaded(session)
    return [Checked(key, name, key in files, True, "", files.get(key, [])) for key, name in MORE.items()]


def open_papers(session: Session) -> list[FilingPaper]:
    """What every owner may read, the last of each."""
    files = _uploaded(session)
    return [files[key][0] for key in PAPERS if key in OPEN and key in files]


def filing_paper(session: Session, pk: UUID) -> FilingPaper | None:
    return FilingPaper.objects.filter(compound_id=session.compound_id, session=session, pk=pk).first()


def _uploaded(session: Session) -> dict[str, list[FilingPaper]]:
    files: dict[str, list[FilingPaper]] = {}
    for paper in FilingPaper.objects.filter(compound_id=session.compound_id, session=session).order_by("-id"):
        files.setdefault(paper.key, []).append(paper)
    return files


def _made_here(session: Session, items: Sequence[Item]) -> dict[str, bool]:
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
    return {**found, **(_of_the_body(session, passed) if passed else {})}


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
