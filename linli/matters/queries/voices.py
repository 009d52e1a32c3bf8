"""Who raised a matter: the reporter's own row, the neighbours who raised it too, and whom of them to ask."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from linli.people.models import Account, Person

from ..models import Follower, Matter

# The first also of the reporters of merged ones, whose row keeps the matter it came from.
RAISED = frozenset({"reporter", "me_too"})


def own(matter: Matter) -> QuerySet[Follower]:
    """The reporter's row, whether or not they left it to the others."""
    return Follower.objects.filter(compound_id=matter.compound_id, matter=matter, kind="reporter", origin_id=matter.pk)


def raised(matter: Matter) -> QuerySet[Follower]:
    return Follower.objects.filter(compound_id=matter.compound_id, matter=matter, kind__in=RAISED, left_at=None)


def left_to_others(matter: Matter) -> bool:
    """Whether its reporter left it to the neighbours who raised it too."""
    kept = list(own(matter))
    return bool(kept) and all(row.left_at for row in kept)


@dataclass(frozen=True, slots=True)
class Voice:
    """`said`, `number`: as they were written down, where the register knows nobody."""

    person: Person | None
    account: Account | None
    said: str
    number: str

    @property
    def name(self) -> str:
        return self.person.name if self.person else self.said or (self.account.name if self.account else "")

    @property
    def phone(self) -> str:
        known = self.person.phone if self.person else ""
        return self.number or known or (self.account.phone if self.account else "")


def to_hear(matter: Matter) -> Voice:
    """Whom to ask: the reporter; where they left it to the neighbours who raised it too the first of these."""
    if left_to_others(matter):
        first = raised(matter).select_related("person", "account").order_by("reported_at", "id").first()
        if first:
            return Voice(first.person, first.account, first.name, first.phone)
    return _reporter(matter)


def _reporter(matter: Matter) -> Voice:
    return Voice(matter.reporter_person, matter.reporter_account, matter.reporter_name, matter.reporter_phone)


def each_to_hear(compound_id: UUID, matters: Collection[Matter]) -> dict[UUID, Voice]:
    """The same of many; two statements."""
    rows = Follower.objects.filter(compound_id=compound_id, matter_id__in=[m.pk for m in matters])
    stays = defaultdict[UUID, list[bool]](list)
    for matter_id, left_at in rows.filter(kind="reporter", origin_id=F("matter_id")).values_list(
        "matter_id", "left_at"
    ):
        stays[matter_id].append(left_at is None)
    left = [pk for pk, kept in stays.items() if not any(kept)]
    others = rows.filter(kind__in=RAISED, left_at=None, matter_id__in=left).select_related("person", "account")
    first = {row.matter_id: row for row in others.order_by("-reported_at", "-id")} if left else {}
    found = {pk: Voice(row.person, row.account, row.name, row.phone) for pk, row in first.items()}
    return {m.pk: _reporter(m) for m in matters} | found
