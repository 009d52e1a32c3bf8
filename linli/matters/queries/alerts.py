"""Whom a home wants to be reached through, and how far an alert has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from linli.people.models import Ownership, Residency
from linli.places.models import Home
from linli.plumbing.tenancy import unscoped

from ..models import Alert, AlertCall, HomeContact, Matter
from ..rules.alerts import CONTACTS_MOST, KIND


@dataclass(frozen=True)
class Reach:
    name: str
    relation: str
    phone: str


def contacts(compound_id: UUID, home_id: UUID) -> list[HomeContact]:
    rows = HomeContact.objects.filter(compound_id=compound_id, home_id=home_id, ended_at=None)
    return list(rows.order_by("position"))


def tree(home: Home) -> list[Reach]:
    """What the home wrote down; where it wrote nothing its owners, then who lives there, of the register."""
    own = [Reach(c.name, c.relation, c.phone) for c in contacts(home.compound_id, home.pk)]
    if own:
        return own[:CONTACTS_MOST]
    found: dict[str, Reach] = {}
    for model, relation in ((Ownership, "owner"), (Residency, "family")):
        rows = model.objects.filter(compound_id=home.compound_id, home=home, to_day=None).select_related("person")
        for row in rows.order_by("id"):
            if row.person.phone and row.person.deceased_on is None:
                found.setdefault(row.person.phone, Reach(row.person.name, relation, row.person.phone))
    return list(found.values())[:CONTACTS_MOST]


def alert_of(matter: Matter) -> Alert | None:
    if KIND not in matter.beside:
        return None
    return Alert.objects.select_related("home").filter(compound_id=matter.compound_id, matter=matter).first()


def calls_of(alert: Alert) -> list[AlertCall]:
    return list(AlertCall.objects.filter(compound_id=alert.compound_id, alert=alert).order_by("position"))


def due_alerts(at: datetime) -> Iterable[tuple[UUID, UUID]]:
    with unscoped("alerts whose next contact is to be asked"):
        return list(Alert.objects.filter(next_at__lte=at).order_by("next_at").values_list("pk", "compound_id")[:500])
