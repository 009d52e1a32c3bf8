"""Who writes, pledges, publishes and checks service standards."""

from uuid import UUID

from linli.people.rules import COMMUNITY, PROPERTY, Role, may
from linli.people.rules import Act as Right
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import Standard, StandardCheck
from .meetings import BODIES

OWN = frozenset({Role.PROPERTY_MANAGER, Role.STEWARD})


def writes(by: Actor, company_id: UUID | None) -> bool:
    """The committee, or the company's manager."""
    committee = by.body_kind in BODIES and (may(by.role, Right.SIT_IN_BODY) or may(by.role, Right.KEEP_MINUTES))
    return committee or pledges(by, company_id)


def pledges(by: Actor, company_id: UUID | None) -> bool:
    return by.role == Role.PROPERTY_MANAGER and by.body_id is not None and by.body_id == company_id


def publishes(by: Actor) -> bool:
    """The head of the committee (or the body in its place)."""
    return by.body_kind in BODIES and may(by.role, Right.ISSUE_NOTICE)


def own_check(by: Actor) -> bool:
    return by.role in PROPERTY


def checks(by: Actor, company_id: UUID | None) -> bool:
    """Committee, branch and community look; the company's manager and stewards look at themselves."""
    if by.role in OWN:
        return by.body_id is not None and by.body_id == company_id
    committee = by.body_kind in BODIES and (may(by.role, Right.SIT_IN_BODY) or may(by.role, Right.KEEP_MINUTES))
    return committee or by.role in COMMUNITY or by.role == Role.BRANCH_SECRETARY


def standard_for(*, compound: Compound, pk: UUID, by: Actor, company_id: UUID | None) -> Standard | None:
    """What is published is everybody's to read; the rest is for those who write it."""
    if by.compound_id != compound.pk:
        return None
    found = Standard.objects.select_related("contract__selection").filter(compound_id=compound.pk, pk=pk).first()
    return found if found and (found.published_at or writes(by, company_id)) else None


def check_for(*, standard: Standard, pk: UUID, by: Actor) -> StandardCheck | None:
    """Whoever wrote it puts it right, once."""
    rows = StandardCheck.objects.filter(compound_id=standard.compound_id, standard=standard, pk=pk)
    found = rows.first()
    return found if found and by.account_id and found.account_id == by.account_id else None
