"""What concerns a home or a building: whom to reach for it, who looks in, works in it, outages."""

from uuid import UUID

from django.core import signing

from linli.people.models import Binding
from linli.people.rules import RESIDENTS, may
from linli.people.rules import Act as Right
from linli.places.models import Compound, Home
from linli.plumbing.acts import Actor

from ..models import AlertCall, CheckIn, Decoration, HomeSeen, Outage
from ..queries.tenure import SHOWS_HOME, tenures
from ..rules import alerts

WHOLE_LIST, OWN_LINES = "whole", "own"


def contacts_part(home: Home, by: Actor) -> str | None:
    """Who keeps the list of whom to reach for a home: its owners of now and their family, a clerk; who else lives there own
    lines."""
    if by.compound_id != home.compound_id:
        return None
    if may(by.role, Right.BIND_PERSON):
        return WHOLE_LIST
    if by.role not in RESIDENTS or by.home_id != home.pk:
        return None
    binding = Binding.objects.filter(compound_id=home.compound_id, pk=by.role_id).first()
    if binding is None or binding.relation not in SHOWS_HOME:
        return OWN_LINES
    return WHOLE_LIST if tenures(home.compound_id, [home.pk])[home.pk].still(binding) else None


def call_for(*, compound: Compound, token: str) -> AlertCall | None:
    """The contact whom a text's link names, while the link lasts."""
    try:
        key = UUID(signing.loads(token, salt="linli.matters.reach", max_age=alerts.LINK_LASTS))
    except (signing.BadSignature, ValueError):
        return None
    return AlertCall.objects.select_related("alert__home", "alert").filter(compound_id=compound.pk, pk=key).first()


def seen_for(*, compound: Compound, seen_id: UUID, by: Actor, ended: bool = False) -> HomeSeen | None:
    """A home that this steward's running plan names; with `ended` also one that has ended since."""
    rows = HomeSeen.objects.select_related("home", "plan").filter(compound_id=compound.pk, pk=seen_id)
    rows = rows.filter(plan__compound_id=compound.pk, plan__post_id=by.role_id)
    return (rows if ended else rows.filter(plan__ended_at=None)).first()


def check_in_for(*, compound: Compound, pk: UUID) -> CheckIn | None:
    return CheckIn.objects.filter(compound_id=compound.pk, pk=pk).first()


def decoration_for(*, compound: Compound, pk: UUID) -> Decoration | None:
    return Decoration.objects.filter(compound_id=compound.pk, pk=pk).first()


def outage_for(*, compound: Compound, pk: UUID) -> Outage | None:
    return Outage.objects.filter(compound_id=compound.pk, pk=pk).first()
