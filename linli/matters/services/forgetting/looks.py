"""Whose number was seen stays with that person, who may read it; no longer for which matter (domain §6.3, §6.4)."""

import re
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from linli.people.models import Ownership, Residency
from linli.plumbing.erasing import Rest, erase
from linli.plumbing.models import AuditEntry

from ...models import AlertCall, Follower, Matter

LOOK = "show_phone"


def concerned(m: Matter) -> set[UUID]:
    """Whoever may have been called for it: its people, and all who ever had or lived in a home at its entrance."""
    here = {"compound_id": m.compound_id}
    people = Follower.objects.filter(**here, matter=m).values_list("person_id", "account_id")
    calls = AlertCall.objects.filter(**here, alert__matter=m).values_list("person_id")
    entrances = {m.entrance_id, m.home and m.home.entrance_id} - {None}
    near = Q(home=m.home_id) | Q(home__entrance__in=entrances)
    homes = [table.objects.filter(near, **here).values_list("person_id") for table in (Ownership, Residency)]
    found = {pk for rows in (people, calls, *homes) for row in rows for pk in row}
    return {pk for pk in (*found, m.reporter_person_id, m.reporter_account_id) if pk}


def part_looks(m: Matter, whom: Iterable[UUID], at: datetime) -> None:
    number = f"{m.number:04d}"
    named = re.compile(rf"[，,]?\s*(?:第\s*|no\.\s*)?(?<!\d){number}(?:-\d+)?(?!\d)(?:\s*号)?")
    looks = AuditEntry.objects.filter(compound_id=m.compound_id, subject_id__in=whom, act=LOOK, words__contains=number)
    for kind, whose in set(looks.values_list("subject_kind", "subject_id")):
        erase(
            compound_id=m.compound_id, subject_kind=kind, subject_id=whose, at=at,
            clean=lambda entry: _rest(entry, named),
        )  # fmt: skip


def _rest(entry: AuditEntry, named: re.Pattern[str]) -> Rest:
    words = named.sub("", entry.words) if entry.act == LOOK else entry.words
    return Rest(entry.account_id, entry.role_id, entry.person_id, words, entry.data)
