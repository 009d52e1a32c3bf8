"""Who has which part in the forming of a body, and the only getters that take a number or key from outside."""

import re
import unicodedata
from uuid import UUID

from linli.people.rules import COMMUNITY, RESIDENTS, Role, may
from linli.people.rules import Act as Right
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor

from ..models import Evidence, Formation, FormationObjection, Nominee, Recall, TickForm
from ..queries.offices import account_of_seat
from ..rules.elections.states import Act, Kind, State, Who, allowed


def parts_in(
    formation: Formation, by: Actor, nominee: Nominee | None = None, recall: Recall | None = None
) -> frozenset[Who]:
    if by.compound_id != formation.compound_id:
        return frozenset()
    found = set()
    if by.body_id is not None and by.body_id in {formation.body_id, formation.made_id} and _runs(formation, by):
        found |= {Who.WORKER, Who.LEADER} if _leads(formation, by) else {Who.WORKER}
        if formation.kind == Kind.COMMITTEE and by.body_id == formation.made_id:
            found.add(Who.COMMITTEE)
    if formation.kind == Kind.COMMITTEE and by.role in COMMUNITY:
        found.add(Who.WORKER)
    if formation.kind == Kind.COMMITTEE and Who.LEADER not in found and may(by.role, Right.CREATE_ASSEMBLY_SESSION):
        found.add(Who.CONVENER)
    if recall and by.account_id and by.account_id == account_of_seat(recall.seat):
        found.add(Who.MEMBER)
    if formation.kind == Kind.PMC and may(by.role, Right.APPOINT_PMC):
        found.add(Who.SUBDISTRICT)
    if by.role in RESIDENTS and by.person_id:
        found.add(Who.RESIDENT)
    if by.role == Role.OWNER and by.person_id:
        found.add(Who.OWNER)
        if nominee and nominee.person_id == by.person_id:
            found.add(Who.NOMINEE)
    return frozenset(found)


def _runs(formation: Formation, by: Actor) -> bool:
    """Who runs the forming, and afterwards whoever sits in the body that came of it."""
    if formation.kind == Kind.PMC and by.body_id != formation.made_id:
        return may(by.role, Right.ORGANISE_PMC)
    return may(by.role, Right.CREATE_ASSEMBLY_SESSION)


def _leads(formation: Formation, by: Actor) -> bool:
    return formation.kind == Kind.COMMITTEE or may(by.role, Right.ISSUE_NOTICE)


def formation_for(*, compound: Compound, number: int, by: Actor) -> Formation | None:
    """Everybody of the compound reads how its bodies come about."""
    if by.compound_id != compound.pk:
        return None
    rows = Formation.objects.select_related("compound", "body", "made").filter(compound_id=compound.pk, number=number)
    return rows.first()


def nominee_for(*, formation: Formation, pk: UUID, by: Actor) -> Nominee | None:
    """Before the list is posted: those who run it, whoever put him forward or backs him, and himself; who agreed to stand, everybody."""
    found = Nominee.objects.select_related("home").filter(
        compound_id=formation.compound_id, formation=formation, pk=pk
    ).first()  # fmt: skip
    if found is None or by.compound_id != formation.compound_id:
        return None
    works = parts_in(formation, by) & {Who.WORKER, Who.LEADER, Who.SUBDISTRICT}
    own = by.account_id is not None and by.account_id == found.nominated_by
    himself = by.person_id is not None and by.person_id == found.person_id
    shown = found.dropped_at is None and (found.consented_at is not None or formation.state != State.RECOMMENDING)
    return found if works or own or himself or shown else None


def evidence_for(*, formation: Formation, nominee: Nominee, pk: UUID, by: Actor) -> Evidence | None:
    """For who examines the conditions of this formation's candidates."""
    if not examines(formation, by):
        return None
    return Evidence.objects.filter(compound_id=formation.compound_id, nominee=nominee, pk=pk).first()


def examines(formation: Formation, by: Actor) -> bool:
    parts = parts_in(formation, by)
    return any(Act.CHECK in allowed(formation.kind, state, parts) for state in State)


def recall_for(*, formation: Formation, pk: UUID, by: Actor) -> Recall | None:
    """The page of the member himself."""
    rows = Recall.objects.select_related("seat", "item__session")
    found = rows.filter(compound_id=formation.compound_id, formation=formation, pk=pk).first()
    return found if found and Who.MEMBER in parts_in(formation, by, recall=found) else None


def objection_for(*, formation: Formation, pk: UUID) -> FormationObjection | None:
    return FormationObjection.objects.filter(compound_id=formation.compound_id, formation=formation, pk=pk).first()


def form_for(*, formation: Formation, number: int) -> TickForm | None:
    return TickForm.objects.filter(compound_id=formation.compound_id, formation=formation, number=number).first()


def home_named(compound_id: UUID, words: str) -> Home | None:
    """As people write a home: 7栋2单元301, 7-2-301, 7 2 301. None unless exactly one is meant."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", words))
    rows = list(Home.objects.filter(compound_id=compound_id, label=text)[:2])
    if not rows and (numbers := re.findall(r"\d+", text)) and len(numbers) >= 2:
        labels = Home.objects.filter(compound_id=compound_id, label__endswith=numbers[-1]).values_list("pk", "label")
        pks = [pk for pk, label in labels if re.findall(r"\d+", label) == numbers]
        rows = list(Home.objects.filter(compound_id=compound_id, pk__in=pks[:2]))
    return rows[0] if len(rows) == 1 else None
