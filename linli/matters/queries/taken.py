"""Three parties in one line: who has acted, who is waited for, who not yet (domain M41)."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from linli.places.models import Compound
from linli.plumbing.prepared import Prepared

from ..models import Matter, PartTaken
from ..rules.turns import THREE
from ..words import PARTIES


@dataclass(frozen=True, slots=True)
class Circle:
    """What the component `three` draws: `acted` fills it, `waits` rings it in red."""

    party: str
    label: str
    acted: bool
    waits: bool = False


def acted(compound: Compound, ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    """For each matter the parties that took a part; one query."""
    found: dict[UUID, set[str]] = {}
    rows = PartTaken.objects.filter(compound_id=compound.pk, matter_id__in=list(ids))
    for matter_id, party in rows.values_list("matter_id", "party"):
        found.setdefault(matter_id, set()).add(party)
    return found


def circles(parties: Iterable[str], turn: str = "") -> list[Circle]:
    did = set(parties)
    return [Circle(party, str(PARTIES[party]), party in did, party == turn) for party in THREE]


_took = Prepared(
    lambda compound_id, matter_id: PartTaken.objects.filter(compound_id=compound_id, matter_id=matter_id).values_list(
        "party"
    )
)


def three(matter: Matter) -> list[Circle]:
    rows = _took.all(compound_id=matter.compound_id, matter_id=matter.pk)
    return circles((party for (party,) in rows), matter.turn if matter.open else "")
