"""Whom a home wants to be reached through, and how far an alert has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.people.models import Binding, Ownership, Residency
from linli.places.models import Home
from linli.plumbing.tenancy import unscoped

from ..models import Alert, AlertCall, HomeContact, Matter
from ..rules.alerts import CONTACTS_MOST, KIND
from ..rules.beside import has
from .tenure import SHOWS_HOME, tenures


@dataclass(frozen=True)
class Reach:
    name: str
    relation: str
    phone: str
    person: UUID | None = None


def contacts(compound_id: UUID, home_id: UUID) -> list[HomeContact]:
    """What the home wrote down, as far as who wrote it is still at home there."""
    rows = list(
        HomeContact.objects.filter(compound_id=compound_id, home_id=home_id, ended_at=None).order_by("position")
    )
    if not rows:
        return rows
    bound = list(Binding.objects.filter(compound_id=compound_id, home_id=home_id).select_related("account"))
    tenure = tenures(compound_id, [home_id])[home_id]
    ended = Ownership.objects.filter(compound_id=compound_id, home_id=home_id).exclude(to_day=None)
    last = ended.order_by("-to_day").values_list("to_day", flat=True).first()
    known = {b.account_id for b in bound}
    here = {b.account_id for b in bound if b.state == "confirmed" and (b.relation not in SHOWS_HOME or tenure.still(b))}
    return [
        c for c in rows
        if (c.added_by in here if c.added_by in known else last is None or last < timezone.localdate(c.added_at))
    ]  # fmt: skip


def tree(home: Home) -> list[Reach]:
    """What the home wrote down, and after that its owners and who lives there by the register."""
    listed, found = by_register(home), dict[str, Reach]()
    for c in contacts(home.compound_id, home.pk):
        same = listed.get(c.phone)
        found.setdefault(c.phone, Reach(c.name, c.relation, c.phone, same.person if same else None))
    return list((found | {phone: reach for phone, reach in listed.items() if phone not in found}).values())[
        :CONTACTS_MOST
    ]


def by_register(home: Home) -> dict[str, Reach]:
    """By number, its owners and who lives there."""
    listed: dict[str, Reach] = {}
    for model, relation in ((Ownership, "owner"), (Residency, "family")):
        rows = model.objects.filter(compound_id=home.compound_id, home=home, to_day=None).select_related("person")
        for row in rows.order_by("id"):
            if row.person.phone and row.person.deceased_on is None:
                listed.setdefault(row.person.phone, Reach(row.person.name, relation, row.person.phone, row.person_id))
    return listed


def alert_of(matter: Matter) -> Alert | None:
    if not has(matter, KIND):
        return None
    return Alert.objects.select_related("home").filter(compound_id=matter.compound_id, matter=matter).first()


def calls_of(alert: Alert) -> list[AlertCall]:
    return list(AlertCall.objects.filter(compound_id=alert.compound_id, alert=alert).order_by("position"))


def due_alerts(at: datetime) -> Iterable[tuple[UUID, UUID]]:
    with unscoped("alerts whose next contact is to be asked"):
        return list(Alert.objects.filter(next_at__lte=at).order_by("next_at").values_list("pk", "compound_id")[:500])
