"""Owners told by wire of what happens in a session, each once of each thing."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from linli.notices.services import Letter, To, queue_many
from linli.people.models import Binding, Person
from linli.plumbing.moments import moment

from ..models import Party, RegisterHome, RegisterOwner, Session
from ..rules import dates
from .base import KIND, SUBJECT


@dataclass(frozen=True)
class Reached:
    """Those who can be told by wire, one a party at least where there is any."""

    party: UUID
    to: To


def people_of(session: Session, parties: Iterable[UUID] | None = None) -> list[Reached]:
    """Accounts first; a number where there is no account. Four statements, however many."""
    accounts: dict[UUID, list[UUID]] = defaultdict(list)
    bound = Binding.objects.filter(
        compound_id=session.compound_id, state="confirmed", person__isnull=False, account__is_active=True
    )
    for person, account in bound.values_list("person_id", "account_id"):
        accounts[person].append(account)
    found: dict[tuple[UUID, str], Reached] = {}
    wanted = set(parties) if parties is not None else None
    for party, person, phone in _owners(session):
        if wanted is not None and party not in wanted:
            continue
        ways = [To(account_id=account, person_id=person) for account in accounts.get(person, ())]
        for to in ways or ([To(person_id=person, phone=phone)] if phone else []):
            found.setdefault((party, to.tag), Reached(party, to))
    return list(found.values())


def _owners(session: Session) -> list[tuple[UUID, UUID, str]]:
    """(party, person, number) of the living. Joined here: fresh rows are joined badly by a database that has not counted them."""
    where = {"compound_id": session.compound_id}
    rows = RegisterHome.objects.filter(**where, session=session, party__isnull=False)
    party_of = dict(rows.values_list("pk", "party_id"))
    phones = dict(Person.objects.filter(**where, deceased_on=None).values_list("pk", "phone"))
    owned = RegisterOwner.objects.filter(**where, session=session).order_by("id").values_list("row_id", "person_id")
    return [(party_of[row], person, phones[person]) for row, person in owned if row in party_of and person in phones]


def tell_owners(session: Session, reached: list[Reached], *, key: str, at: datetime, title: str, body: str) -> int:
    letters = [(one.to, Letter(title, session.pk, session.number)) for one in reached]
    return queue_many(
        compound_id=session.compound_id, letters=letters, kind=KIND, body=body, subject_kind=SUBJECT, key=f"session:{session.pk}:{key}", at=at
    )  # fmt: skip


def remind(session: Session, at: datetime) -> int:
    """To parties whose ballot has not been handed over; `key` holds the day, so that nobody is told twice on it."""
    waiting = people_of(session, parties=_undelivered(session))
    assert session.closes_at
    body = _("%(title)s：%(to)s 截止。可以在这里投，也可以找送票人领纸质票。") % {
        "title": session.title, "to": moment(session.closes_at, at),
    }  # fmt: skip
    return tell_owners(
        session, waiting, key=f"remind:{dates.local(at):%Y%m%d}", at=at, title=_("您家的表决票还没领"), body=body
    )


def _undelivered(session: Session) -> set[UUID]:
    rows = Party.objects.filter(compound_id=session.compound_id, session=session, delivered_at=None)
    return set(rows.values_list("pk", flat=True))
