"""Who has which part in choosing a property company, and the only getters that take a number or key from outside."""

from uuid import UUID

from linli.people.rules import COMMUNITY, RESIDENTS, Body, Role, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import Bid, BidPaper, FormationObjection, Scorer, Selection, ServiceContract
from ..rules.selections import UNSIGNED, Who

SELECTS = frozenset({Body.COMMITTEE, Body.PMC})


def starts(by: Actor) -> bool:
    """The head of a committee, or of the body that stands in for one."""
    return by.body_id is not None and by.body_kind in SELECTS and _heads(by)


def _heads(by: Actor) -> bool:
    return may(by.role, Right.ISSUE_NOTICE) and may(by.role, Right.CREATE_ASSEMBLY_SESSION)


def parts_in(selection: Selection, by: Actor) -> frozenset[Who]:
    if by.compound_id != selection.compound_id:
        return frozenset()
    found = _by_post(selection, by)
    if by.role in RESIDENTS and by.person_id:
        found.add(Who.RESIDENT)
    if scorer_of(selection, by):
        found.add(Who.SCORER)
    return frozenset(found)


def _by_post(selection: Selection, by: Actor) -> set[Who]:
    found = set()
    if by.body_id is not None and by.body_id == selection.body_id:
        if may(by.role, Right.SIT_IN_BODY) or may(by.role, Right.KEEP_MINUTES):
            found.add(Who.WORKER)
        if _heads(by):
            found.add(Who.LEADER)
    if by.role == Role.PROPERTY_MANAGER and by.body_id is not None:
        found |= {who for who, body in ((Who.OLD, selection.old_id), (Who.NEW, selection.new_id)) if body == by.body_id}
    return found


def scorer_of(selection: Selection, by: Actor) -> Scorer | None:
    """Who was named scores in whatever post or home he stands."""
    if by.account_id is None:
        return None
    rows = Scorer.objects.filter(compound_id=selection.compound_id, selection=selection, account_id=by.account_id)
    return rows.filter(left_at=None).first()


def selection_for(*, compound: Compound, number: int, by: Actor) -> Selection | None:
    """Everybody of the compound reads how its property company is chosen; before the plan is out, those who make it."""
    if by.compound_id != compound.pk:
        return None
    rows = Selection.objects.select_related("compound", "body", "old", "new", "chosen")
    found = rows.filter(compound_id=compound.pk, number=number).first()
    return found if found and reads(found, by) else None


def reads(selection: Selection, by: Actor) -> bool:
    """Before the plan is out: who makes it, the company it is about, and the community."""
    return selection.planned_at is not None or by.role in COMMUNITY or bool(_by_post(selection, by))


def bid_for(*, selection: Selection, number: int) -> Bid | None:
    return Bid.objects.filter(compound_id=selection.compound_id, selection=selection, number=number).first()


def scorer_for(*, selection: Selection, place: int) -> Scorer | None:
    return Scorer.objects.filter(compound_id=selection.compound_id, selection=selection, place=place).first()


def objection_for(*, selection: Selection, pk: UUID) -> FormationObjection | None:
    return FormationObjection.objects.filter(compound_id=selection.compound_id, selection=selection, pk=pk).first()


def bid_paper_for(*, selection: Selection, pk: UUID, by: Actor) -> BidPaper | None:
    """What bidders sent in confidence: for the body that selects and who scores, not for everybody."""
    if not parts_in(selection, by) & {Who.WORKER, Who.LEADER, Who.SCORER}:
        return None
    return BidPaper.objects.filter(compound_id=selection.compound_id, bid__selection=selection, pk=pk).first()


def contract_for(*, compound: Compound, number: int, by: Actor) -> ServiceContract | None:
    """Owners may inspect the service contract (domain §5.8), and who works here knows it."""
    if by.compound_id != compound.pk:
        return None
    rows = ServiceContract.objects.select_related("body", "company", "selection__new", "corrects")
    return rows.filter(compound_id=compound.pk, number=number).first()


def running(compound_id: UUID) -> bool:
    return Selection.objects.filter(compound_id=compound_id, state__in=UNSIGNED).exists()
