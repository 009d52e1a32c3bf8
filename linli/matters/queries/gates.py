"""The gates of a matter and what was decided; asks the database only where the matter says that there are some."""

from collections.abc import Iterable
from uuid import UUID

from linli.people.models import Organisation
from linli.people.rules import Body

from ..models import Decision, Gate, GatePaper, Matter
from ..rules.beside import has
from ..rules.gates import MATTER_NO, PAPERS, Paper, Planned, Result, unpaid_for

KIND = "gate"


def gates_of(matter: Matter) -> list[Gate]:
    if not has(matter, KIND):
        return []
    return list(Gate.objects.filter(compound_id=matter.compound_id, matter=matter, lifted_at=None).order_by("id"))


def results_of(matters: Iterable[Matter]) -> list[tuple[str, str, str]]:
    """Of each gate what is planned, its result, and on the emergency route what the fund still waits for."""
    gated = [m for m in matters if has(m, KIND)]
    if not gated:
        return []
    rows = Gate.objects.filter(compound_id=gated[0].compound_id, matter_id__in=[m.pk for m in gated], lifted_at=None)
    found = list(rows)
    urgent = [gate for gate in found if gate.planned == Planned.FUND_EMERGENCY]
    confirms = {pk: said.get(Paper.CONFIRM) for pk, said in papers_of(urgent).items()}
    sure = {pk for pk, one in confirms.items() if one and one.result == Result.PASSED}
    committee = (
        bool(urgent)
        and Organisation.objects.filter(
            compound_id=gated[0].compound_id, kind__in=(Body.COMMITTEE, Body.PMC), ended_on=None
        ).exists()
    )
    lacks = {g.pk: unpaid_for(g.result, confirmed=g.pk in sure, committee=committee) for g in urgent}
    return [(gate.planned, gate.result, lacks.get(gate.pk, "")) for gate in found]


def decisions_of(gates: list[Gate]) -> dict[UUID, list[Decision]]:
    """Oldest first, by gate."""
    found: dict[UUID, list[Decision]] = {gate.pk: [] for gate in gates}
    if gates:
        rows = Decision.objects.filter(compound_id=gates[0].compound_id, gate_id__in=list(found))
        for row in rows.select_related("paper").order_by("id"):
            found[row.gate_id].append(row)
    return found


def papers_of(gates: list[Gate]) -> dict[UUID, dict[str, GatePaper]]:
    """Of each gate that wants some, by kind, the last one since it was set."""
    wanting = {gate.pk: gate for gate in gates if gate.planned in PAPERS}
    found: dict[UUID, dict[str, GatePaper]] = {pk: {} for pk in wanting}
    if wanting:
        rows = GatePaper.objects.filter(compound_id=gates[0].compound_id, gate_id__in=list(wanting))
        for row in rows.select_related("paper").order_by("id"):
            if row.at >= wanting[row.gate_id].set_at:
                found[row.gate_id][row.kind] = row
    return found


WAITING = 200


def awaiting_owners(compound_id: UUID) -> list[tuple[UUID, str, frozenset[int]]]:
    """Open matters whose work waits for the owners' vote, the newest first, and as which kinds of article 278 they vote on it."""
    rows = Gate.objects.filter(
        compound_id=compound_id, planned__in=list(MATTER_NO), result="", lifted_at=None, matter__open=True
    )
    found: dict[UUID, tuple[str, set[int]]] = {}
    for row in rows.select_related("matter").order_by("-matter__number")[:WAITING]:
        _name, kinds = found.setdefault(row.matter_id, (f"{row.matter.label} {row.matter.title}", set()))
        kinds.add(MATTER_NO[Planned(row.planned)])
    return [(pk, name, frozenset(kinds)) for pk, (name, kinds) in found.items()]
