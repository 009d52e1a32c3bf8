"""The project of a matter with what belongs to it; asks the database only where the matter says that there is one."""

from collections import defaultdict
from uuid import UUID

from ..models import Gate, Matter, MatterPaper, Plan, PlanOption, PlanVoice, PlanWay, Quotation
from ..rules.beside import has
from ..rules.gates import NO, Result
from ..rules.plans import KIND
from .gates import KIND as GATED


def plan_of(matter: Matter) -> Plan | None:
    if not has(matter, KIND):
        return None
    return Plan.objects.select_related("chosen", "post").filter(compound_id=matter.compound_id, matter=matter).first()


def options_of(plan: Plan) -> list[PlanOption]:
    return list(PlanOption.objects.filter(compound_id=plan.compound_id, plan=plan).order_by("id"))


def quotations_of(options: list[PlanOption]) -> dict[UUID, list[MatterPaper]]:
    found: dict[UUID, list[MatterPaper]] = defaultdict(list)
    if options:
        rows = Quotation.objects.filter(compound_id=options[0].compound_id, option__in=options)
        for row in rows.select_related("paper").order_by("id"):
            found[row.option_id].append(row.paper)
    return found


def residents_asked(matter: Matter) -> bool:
    """Whether a round of asking is on record, with its figures."""
    here = {"compound_id": matter.compound_id, "plan__compound_id": matter.compound_id, "plan__matter": matter}
    return has(matter, KIND) and PlanVoice.objects.filter(**here, kind="round").exists()


def voices_of(plan: Plan) -> list[PlanVoice]:
    return list(PlanVoice.objects.filter(compound_id=plan.compound_id, plan=plan).order_by("id"))


def ways_of(plan: Plan) -> list[PlanWay]:
    """Of each gate the last word."""
    rows = PlanWay.objects.filter(compound_id=plan.compound_id, plan=plan).order_by("id")
    return list({row.way_in: row for row in rows}.values())


def gated(matter: Matter) -> bool:
    """Whether somebody was named to decide it, and none of them has still to."""
    if not has(matter, GATED):
        return False
    return Gate.objects.filter(compound_id=matter.compound_id, matter=matter, lifted_at=None).exists()


def failed(matter: Matter) -> bool:
    """Those who must decide said no."""
    return matter.gate.startswith(NO)


def decided(matter: Matter) -> bool:
    if not has(matter, GATED) or matter.gate:
        return False
    rows = Gate.objects.filter(compound_id=matter.compound_id, matter=matter, lifted_at=None)
    return rows.filter(result=Result.PASSED).exists()
