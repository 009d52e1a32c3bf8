"""Which part somebody has in a call, and the only getter that takes its number from outside."""

from uuid import UUID

from linli.people.rules import RESIDENTS, may
from linli.people.rules import Act as Right
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor

from .models import Call, Claim, Cover, HouseAct, Representative
from .queries import willing
from .rules import Who, may_answer, parts


def answers(by: Actor) -> bool:
    """Whether this actor is one of the neighbours asked. Who acts for somebody else is not."""
    if by.compound_id is None or by.assistance_id or not may(by.role, Right.ANSWER_CALL):
        return False
    said = by.role in RESIDENTS and bool(willing(compound_id=by.compound_id, account_id=by.account_id))
    return may_answer(by.role, willing=said)


def parts_in(call: Call, by: Actor) -> frozenset[Who]:
    if by.compound_id != call.compound_id or by.account_id is None:
        return frozenset()
    if by.assistance_id:
        calls, claim = call.caller_person_id is not None and call.caller_person_id == by.person_id, ""
    else:
        calls = call.caller_account_id == by.account_id
        claim = "" if calls else _claim(call, by)
    return parts(
        calls=calls, claim=claim, answers=not calls and not claim and answers(by), watches=may(by.role, Right.WATCH_CALLS)
    )  # fmt: skip


def _claim(call: Call, by: Actor) -> str:
    rows = Claim.objects.filter(compound_id=call.compound_id, call=call, account=by.account_id, left_at=None)
    return rows.values_list("kind", flat=True).first() or ""


def call_for(*, compound: Compound, number: int, by: Actor) -> tuple[Call, frozenset[Who]] | None:
    """The call and the actor's parts in it, or None: unknown and forbidden alike."""
    rows = Call.objects.select_related("building", "home", "caller_person", "caller_account", "matter")
    call = rows.filter(compound_id=compound.pk, number=number).first()
    found = parts_in(call, by) if call else frozenset()
    return (call, found) if call and found else None


def building_near(by: Actor) -> UUID | None:
    """The building of one's home, or the first that one's post covers."""
    if by.home_id:
        rows = Home.objects.filter(compound_id=by.compound_id, pk=by.home_id)
        return rows.values_list("building_id", flat=True).first()
    covered = by.scope.get("buildings") or []
    return UUID(covered[0]) if covered else None


# ── resident representatives ────────────────────────────────────────────────────────────────────────────────────────


def own_representative(by: Actor) -> Representative | None:
    """The actor's own line, once the community named homes."""
    if by.compound_id is None or not may(by.role, Right.RECORD_HOUSE_ACT):
        return None
    return Representative.objects.filter(compound_id=by.compound_id, account=by.account_id).first()


def representative_for(*, compound: Compound, pk: UUID, by: Actor) -> Representative | None:
    if by.compound_id != compound.pk or not may(by.role, Right.NAME_REPRESENTATIVE):
        return None
    return Representative.objects.filter(compound_id=compound.pk, pk=pk).first()


def cover_for(*, compound: Compound, pk: UUID, by: Actor) -> Cover | None:
    if by.compound_id != compound.pk or not may(by.role, Right.NAME_REPRESENTATIVE):
        return None
    rows = Cover.objects.select_related("representative", "building", "entrance")
    return rows.filter(compound_id=compound.pk, pk=pk).first()


def house_act_for(*, compound: Compound, number: int, by: Actor) -> HouseAct | None:
    """Who did it, and those who name representatives: nobody else."""
    if by.compound_id != compound.pk:
        return None
    rows = HouseAct.objects.select_related("representative", "home", "matter")
    row = rows.filter(compound_id=compound.pk, number=number).first()
    own = row is not None and row.representative.account_id == by.account_id and may(by.role, Right.RECORD_HOUSE_ACT)
    return row if own or may(by.role, Right.NAME_REPRESENTATIVE) else None


def home_of(by: Actor) -> Home | None:
    """One's own home, or that of the person in a session of help."""
    if not by.home_id or not (by.role in RESIDENTS or by.assistance_id):
        return None
    return Home.objects.filter(compound_id=by.compound_id, pk=by.home_id).first()
