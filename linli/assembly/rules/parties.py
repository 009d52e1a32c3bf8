"""Voting parties: all homes whose set of owners is the same are one person (domain §3.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

PARKING = "parking_space"


class Owner(NamedTuple):
    person: UUID
    name: str
    phone: str
    identity: str
    company: bool


class Row(NamedTuple):
    """A home in the order of the register. `area` is None where none of the chosen basis is known."""

    home: UUID
    building: UUID
    entrance: UUID
    label: str
    kind: str
    area: int | None
    source: str
    owners: tuple[Owner, ...]
    undelivered: bool = False


class Handover(NamedTuple):
    """What the register of homes says of a sale: when the title was registered, when the home was handed over."""

    registered_on: date | None
    title_no: str
    delivered_on: date | None


def is_undelivered(home: Handover, day: date) -> bool:
    """Sold and not handed over: the developer's still (domain §3.1). Who is registered owns, whoever has the keys."""
    titled = bool(home.title_no) if home.registered_on is None else home.registered_on <= day
    return not titled and home.delivered_on is not None and home.delivered_on > day


@dataclass
class Party:
    rows: list[Row] = field(default_factory=list)
    owners: dict[UUID, Owner] = field(default_factory=dict)
    developer: bool = False

    @property
    def area(self) -> int:
        return sum(row.area or 0 for row in self.rows)


@dataclass(frozen=True)
class Register:
    """`same`: stands for each person, so that one registered twice is one. Counted homes without area are in no party."""

    rows: Sequence[Row]
    parties: Sequence[Party]
    same: Mapping[UUID, Owner]


Known = tuple[str, ...]
Pair = frozenset[UUID]


def same_persons(owners: Iterable[Owner], developer: str = "", confirmed: Collection[Pair] = ()) -> dict[UUID, Owner]:
    """By identity number; else by name and telephone where somebody has confirmed it. The developer is one by name."""
    people, known = _known(owners, developer, confirmed)
    first: dict[Known, Owner] = {}
    return {pk: first.setdefault(known[pk], people[pk]) for pk in sorted(people, key=lambda pk: pk.int)}


def perhaps_same(
    owners: Iterable[Owner], developer: str, confirmed: Collection[Pair], denied: Collection[Pair]
) -> list[tuple[Owner, Owner]]:
    """Of the same name and number, and nobody has said yet whether they are one. Two identity numbers say that they are not."""
    people, known = _known(owners, developer, confirmed)
    apart = {frozenset(known[pk] for pk in pair) for pair in denied if pair <= people.keys()}
    alike: dict[tuple[str, str], dict[Known, Owner]] = defaultdict(dict)
    for pk in sorted(people, key=lambda pk: pk.int):
        if people[pk].phone:
            alike[people[pk].name, people[pk].phone].setdefault(known[pk], people[pk])
    found = []
    for group in alike.values():
        ones = list(group.items())
        for n, (key, owner) in enumerate(ones):
            asked = (
                one for other, one in ones[:n]
                if not (one.identity and owner.identity) and frozenset((key, other)) not in apart
            )  # fmt: skip
            if first := next(asked, None):
                found.append((first, owner))
    return found


def _known(
    owners: Iterable[Owner], developer: str, confirmed: Collection[Pair]
) -> tuple[dict[UUID, Owner], dict[UUID, Known]]:
    people = {owner.person: owner for owner in owners}
    known = {pk: _known_as(owner, developer) for pk, owner in people.items()}
    for pair in confirmed:
        if pair <= people.keys():
            into, gone = sorted(known[pk] for pk in pair)
            known = {pk: into if key == gone else key for pk, key in known.items()}
    return people, known


def _known_as(owner: Owner, developer: str) -> Known:
    if developer and owner.name == developer:
        return ("developer",)
    return ("identity", owner.identity) if owner.identity else ("person", owner.person.hex)


def counts(kind: str, count_parking: bool) -> bool:
    return count_parking or kind != PARKING


def register(
    rows: Sequence[Row], *, count_parking: bool = False, developer: str = "", confirmed: Collection[Pair] = ()
) -> Register:
    """Parties in the order of their first home. A home whose owner nobody knows is one by itself: left out, it would lower what
    the rest must reach."""
    same = same_persons((owner for row in rows for owner in row.owners), developer, confirmed)
    found: dict[frozenset[UUID] | UUID, Party] = {}
    for row in rows:
        owners = frozenset(same[owner.person].person for owner in row.owners)
        if not counts(row.kind, count_parking) or not row.area:
            continue
        party = found.setdefault(owners or row.home, Party())
        party.rows.append(row)
        for owner in row.owners:
            stands = same[owner.person]
            party.owners.setdefault(stands.person, stands)
        party.developer |= bool(developer) and any(owner.name == developer for owner in row.owners)
    return Register(rows, list(found.values()), same)


def overlapping(owned: Mapping[int, frozenset[str]]) -> list[tuple[int, int]]:
    """Pairs of parties that share an owner and are two all the same; `owned`: party number to its owners."""
    of: dict[str, list[int]] = defaultdict(list)
    for number, owners in sorted(owned.items()):
        for owner in owners:
            of[owner].append(number)
    return sorted({(a, b) for numbers in of.values() for i, a in enumerate(numbers) for b in numbers[i + 1 :]})


def differing(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By home, as the fingerprint covers it. The number of a party is no difference: it only says where it stands in the list."""
    old, new = ({row["home"]: _said(row) for row in rows} for rows in (before, after))
    return [
        {"home": home, "before": old.get(home), "after": new.get(home)}
        for home in (old | new)
        if old.get(home) != new.get(home)
    ]


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "kind": row["kind"],
        "area": row["area"],
        "counts": row["party"] is not None,
        "owners": sorted(row["owners"]),
    }
