"""The gates of a matter and what was decided; asks the database only where the matter says that there are some."""

from uuid import UUID

from ..models import Decision, Gate, Matter

KIND = "gate"


def gates_of(matter: Matter) -> list[Gate]:
    if KIND not in matter.beside:
        return []
    return list(Gate.objects.filter(compound_id=matter.compound_id, matter=matter, lifted_at=None).order_by("id"))


def decisions_of(gates: list[Gate]) -> dict[UUID, list[Decision]]:
    """Oldest first, by gate."""
    found: dict[UUID, list[Decision]] = {gate.pk: [] for gate in gates}
    if gates:
        rows = Decision.objects.filter(compound_id=gates[0].compound_id, gate_id__in=list(found))
        for row in rows.select_related("paper").order_by("id"):
            found[row.gate_id].append(row)
    return found
