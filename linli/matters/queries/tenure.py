"""Whose home it is by the register, which accounts are bound to it, and how to reach them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.utils import timezone

from linli.people.models import Binding, Ownership
from linli.places.models import Home

SHOWS_HOME = ("owner", "family")
IDS_MOST = 5000


def runs(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Statements have a limit of values."""
    found = list(ids)
    for i in range(0, len(found), IDS_MOST):
        yield found[i : i + IDS_MOST]


@dataclass
class Tenure:
    """Who owns a home now, and since when; who did."""

    now: dict[UUID, date | None] = field(default_factory=dict)
    before: set[UUID] = field(default_factory=set)

    def still(self, binding: Binding) -> bool:
        """An owner by the register; the family of one who was owner when they were bound. A home without owners on
        record keeps whoever was bound to it."""
        if not self.now:
            return not self.before
        if binding.relation == "owner" and binding.person_id:
            return binding.person_id in self.now
        bound = timezone.localdate(binding.asked_at)
        return not self.before or any(day is None or day <= bound for day in self.now.values())


def tenures(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, Tenure]:
    found: dict[UUID, Tenure] = defaultdict(Tenure)
    for run in runs(home_ids):
        rows = Ownership.objects.filter(compound_id=compound_id, home_id__in=run)
        for home, person, since, until in rows.values_list("home_id", "person_id", "from_day", "to_day"):
            if until is None:
                found[home].now[person] = since
            else:
                found[home].before.add(person)
    return found


def homes_still_of(compound_id: UUID, account_id: UUID) -> set[UUID]:
    """Homes that the account is bound to as owner or the owner's family, while the register says that they are theirs."""
    bound = list(
        Binding.objects.filter(
            compound_id=compound_id, account_id=account_id, state="confirmed", relation__in=SHOWS_HOME
        )
    )
    theirs = tenures(compound_id, {b.home_id for b in bound})
    return {b.home_id for b in bound if theirs[b.home_id].still(b)}


def accounts_of(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, list[UUID]]:
    """The accounts bound to each home as its owner or the owner's family, while the register says that it is theirs."""
    found: dict[UUID, list[UUID]] = defaultdict(list)
    for run in runs(home_ids):
        rows = Binding.objects.filter(
            compound_id=compound_id,
            home_id__in=run,
            state="confirmed",
            relation__in=SHOWS_HOME,
            account__is_active=True,
        )
        bound = list(rows.order_by("asked_at", "id"))
        theirs = tenures(compound_id, {b.home_id for b in bound})
        for b in bound:
            if b.account_id not in found[b.home_id] and theirs[b.home_id].still(b):
                found[b.home_id].append(b.account_id)
    return {home: accounts for home, accounts in found.items() if accounts}


def _living_owners(compound_id: UUID, home_ids: Iterable[UUID]) -> Iterator[tuple[UUID, UUID, str]]:
    """(home, person, number or "") of each owner today who is a living person."""
    for run in runs(home_ids):
        rows = Ownership.objects.filter(
            compound_id=compound_id,
            home_id__in=run,
            to_day=None,
            person__deceased_on=None,
            person__is_organisation=False,
        )
        yield from rows.order_by("id").values_list("home_id", "person_id", "person__phone")


def ways_to(compound_id: UUID, home_ids: Sequence[UUID]) -> dict[UUID, tuple[list[UUID], list[tuple[UUID, str]]]]:
    """For each home the accounts, and its owners' numbers (person, number)."""
    accounts = accounts_of(compound_id, home_ids)
    phones: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for home, person, phone in _living_owners(compound_id, home_ids):
        if phone:
            phones[home].append((person, phone))
    return {home: (accounts.get(home, []), phones.get(home, [])) for home in home_ids}


def owner_of(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """For each home one of its living owners (person, number), who has a number before who has none."""
    found: dict[UUID, tuple[UUID, str]] = {}
    for home, person, phone in _living_owners(compound_id, home_ids):
        if home not in found or phone and not found[home][1]:
            found[home] = (person, phone)
    return found


def labels_of(compound_id: UUID, home_ids: Iterable[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    for run in runs(home_ids):
        found.update(Home.objects.filter(compound_id=compound_id, pk__in=run).values_list("pk", "label"))
    return found
