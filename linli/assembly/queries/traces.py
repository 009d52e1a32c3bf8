"""What an officer who leaves has done and keeps: what becomes of it is said before anybody presses."""

from dataclasses import dataclass

from ..models import Officer, Reading, Session
from .counting import last_outcomes
from .officers import assents
from .results import signatures
from .sheets import sheets


@dataclass(frozen=True, slots=True)
class Traces:
    """`sheets`: places of the key's sheets they keep; `agreed`: an act that waits for another's assent, too."""

    signed: bool
    read: int
    sheets: tuple[int, ...]
    agreed: bool


def traces(session: Session, officer: Officer) -> Traces:
    who = officer.account_id
    turn = max((one.turn for one in last_outcomes(session).values()), default=0)
    readings = Reading.objects.filter(compound_id=session.compound_id, session=session, account_id=who)
    return Traces(
        signed=bool(who) and any(one.account_id == who for one in signatures(session, turn)),
        read=readings.values("paper_id").distinct().count() if who else 0,
        sheets=tuple(s.place for s in sheets(session) if not s.lost and s.since and (s.account or s.keeper) == (who or officer.name)),
        agreed=any(who in held.values() for held in assents(session).values()) if who else False,
    )  # fmt: skip
