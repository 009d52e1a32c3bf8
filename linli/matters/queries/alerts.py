"""Whom a home wants to be reached through, and how far an alert has come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Max
from django.utils import timezone

from linli.people.models import Binding, Ownership, Residency
from linli.places.models import Home
from linli.plumbing.tenancy import unscoped

from ..models import Alert, AlertCall, HomeContact, Matter
from ..rules.alerts import CONTACTS_MOST, KIND
from ..rules.beside import has
from .tenure import SHOWS_HOME, runs, tenures


@dataclass(frozen=True)
class Reach:
    name: str
    relation: str
    phone: str
    person: UUID | None = None


def contacts(compound_id: UUID, home_id: UUID) -> list[HomeContact]:
    """What the home wrote down, as far as who wrote it is still at home there."""
    rows = HomeContact.objects.filter(compound_id=compound_id, home_id=home_id, ended_at=None)
    return _of_who_is_here(compound_id, list(rows.order_by("position")))


def left_lists() -> list[tuple[UUID, UUID]]:
    """Homes whose list has lines of somebody who is at home there no more."""
    found: dict[tuple[UUID, UUID], None] = {}
    with unscoped("lists of contacts in every compound"):
        running = HomeContact.objects.filter(ended_at=None)
        for compound_id in list(running.order_by().values_list("compound_id", flat=True).distinct()):
            rows = list(running.filter(compound_id=compound_id).order_by("id"))
            here = {c.pk for c in _of_who_is_here(compound_id, rows)}
            found.update(dict.fromkeys((c.home_id, compound_id) for c in rows if c.pk not in here))
    return list(found)


def _of_who_is_here(compound_id: UUID, rows: list[HomeContact]) -> list[HomeContact]:
    homes = {c.home_id for c in rows}
    theirs, last = tenures(compound_id, homes), dict[UUID, date]()
    known, here = set[tuple[UUID, UUID]](), set[tuple[UUID, UUID]]()
    for run in runs(homes):
        ended = Ownership.objects.filter(compound_id=compound_id, home_id__in=run).exclude(to_day=None)
        last.update(ended.order_by().values_list("home_id").annotate(Max("to_day")))
        for b in Binding.objects.filter(compound_id=compound_id, home_id__in=run):
            known.add((b.home_id, b.account_id))
            if b.state == "confirmed" and (b.relation not in SHOWS_HOME or theirs[b.home_id].still(b)):
                here.add((b.home_id, b.account_id))

    def stays(c: HomeContact) -> bool:
        if (c.home_id, c.added_by) in known:
            return (c.home_id, c.added_by) in here
        return c.home_id not in last or last[c.home_id] < timezone.localdate(c.added_at)

    return [c for c in rows if stays(c)]


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
