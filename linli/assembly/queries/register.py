"""The register as others may see it: names masked, what is missing by name of home, and what the fingerprint covers."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from linli.kernel import masks
from linli.people.models import Person
from linli.people.queries.guardians import guardians_of, masked
from linli.places.queries import calendar

from ..models import Objection, Party, RegisterCorrection, RegisterHome, RegisterOwner, SameOwner, Session
from ..rules import parties as pure
from ..rules.dates import record_day
from ..rules.dates import register_until as last_day
from ..rules.parties import PARKING, Owner, Pair, overlapping

PAGE = 50
MISSING_MOST = 100


def fingerprint_rows(session: Session) -> list[dict[str, Any]]:
    """As `kernel.receipts.fingerprint` takes them, in the order of the register. Joined here: right after thousands of rows
    were written PostgreSQL knows nothing of their number and joins them in minutes."""
    numbers = dict(Party.objects.filter(compound_id=session.compound_id, session=session).values_list("pk", "number"))
    marks: dict[UUID, list[str]] = defaultdict(list)
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session)
    for row, mark in owned.order_by("mark").values_list("row_id", "mark"):
        marks[row].append(mark)
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session).order_by("place")
    return [
        {"home": label, "kind": kind, "area": area, "party": numbers.get(party), "owners": marks[pk]}
        for pk, label, kind, area, party in rows.values_list("pk", "label", "kind", "area", "party_id")
    ]


def _lacking(session: Session) -> Any:
    """Homes that should count and cannot: their area is missing."""
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, party=None)
    return rows if session.rules.get("count_parking") else rows.exclude(kind=PARKING)


def lacking_count(session: Session) -> int:
    return int(_lacking(session).count())


@dataclass(frozen=True)
class Homes:
    """The first of what may be many, each with its id."""

    rows: list[tuple[str, UUID]]
    count: int


def _homes(rows: Any) -> Homes:
    return Homes(list(rows.order_by("place").values_list("label", "home_id")[:MISSING_MOST]), rows.count())


def lacking(session: Session) -> Homes:
    return _homes(_lacking(session))


def ownerless(session: Session) -> Homes:
    """Counted although nobody knows whose they are."""
    owners = RegisterOwner.objects.filter(compound_id=OuterRef("compound_id"), row=OuterRef("pk"))
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, party__isnull=False)
    return _homes(rows.filter(~Exists(owners)))


@dataclass(frozen=True)
class Line:
    """`party`: number of the voting party, None where the home does not count. `succession`: an owner had died by the record date;
    the heirs hold from then on, and the home counts as before (domain §3.1)."""

    place: int
    label: str
    kind: str
    area: int
    owners: str
    party: int | None
    mine: bool
    undelivered: bool
    succession: bool
    guardians: str = ""


def lines(
    session: Session, *, person_id: UUID | None = None, after: int = 0, building: UUID | None = None, words: str = "", acting: bool = False
) -> list[Line]:  # fmt: skip
    """Masked, one more than PAGE tells of a next page. `acting`: with who acts for an owner, which says who is a minor or cannot act,
    and so is for those who keep the register alone (PIPL 28)."""
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, place__gt=after)
    if building:
        rows = rows.filter(building_id=building)
    if words:
        rows = rows.filter(Q(label__icontains=words))
    found = list(
        rows.order_by("place").values_list("pk", "place", "label", "kind", "area", "party__number", "undelivered")[
            : PAGE + 1
        ]
    )
    names, mine = _names(session, [row[0] for row in found], person_id)
    inherited = in_succession(session, rows=[row[0] for row in found])
    guardians = _acting(session, [row[0] for row in found]) if acting else defaultdict(list)
    return [
        Line(
            place,
            label,
            kind,
            area,
            "、".join(names[pk]),
            party,
            pk in mine,
            undelivered,
            pk in inherited,
            "、".join(guardians[pk]),
        )
        for pk, place, label, kind, area, party, undelivered in found
    ]


def _names(session: Session, rows: Iterable[UUID], person_id: UUID | None) -> tuple[dict[UUID, list[str]], set[UUID]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    mine = set()
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, row_id__in=list(rows)).order_by("id")
    for row, name, person in owned.values_list("row_id", "name", "person_id"):
        found[row].append(masks.name(name))
        if person == person_id:
            mine.add(row)
    return found, mine


def _acting(session: Session, rows: Collection[UUID]) -> dict[UUID, list[str]]:
    """Who acts for an owner of a row, masked: on the record date, or today where none is set."""
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, row_id__in=rows).order_by("id")
    people = list(owned.values_list("row_id", "person_id"))
    day = record_day(session.record_on, session.register_built_at or session.drafted_at)
    acting = guardians_of(session.compound_id, {person for _row, person in people}, day)
    found: dict[UUID, list[str]] = defaultdict(list)
    for row, person in people:
        found[row] += [masked(one) for one in acting.get(person, [])]
    return found


def in_succession(session: Session, *, rows: Collection[UUID] | None = None) -> set[UUID]:
    """Rows with an owner who had died by the record date."""
    day = record_day(session.record_on, session.register_built_at or session.drafted_at)
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, person__deceased_on__lte=day)
    return set((owned if rows is None else owned.filter(row_id__in=rows)).values_list("row_id", flat=True))


def overlaps(session: Session) -> list[tuple[str, str]]:
    """Homes of two parties that share an owner: right or wrong, somebody should look."""
    owned: dict[int, set[str]] = defaultdict(set)
    for row in fingerprint_rows(session):
        if row["party"] is not None:
            owned[row["party"]].update(row["owners"])
    pairs = overlapping({number: frozenset(marks) for number, marks in owned.items()})[:MISSING_MOST]
    wanted = {number for pair in pairs for number in pair}
    labels = dict(
        Party.objects.filter(compound_id=session.compound_id, session=session, number__in=wanted).values_list(
            "number", "label"
        )
    )
    return [(labels[a], labels[b]) for a, b in pairs]


def developer_of(session: Session) -> Party | None:
    return Party.objects.filter(compound_id=session.compound_id, session=session, developer=True).first()


@dataclass(frozen=True)
class Some:
    """The first homes of a list that may be long, and how many there are."""

    labels: list[str]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.labels)


def _some(rows: Any) -> Some:
    return Some(list(rows.order_by("place").values_list("label", flat=True)[:MISSING_MOST]), rows.count())


def undelivered(session: Session) -> Some:
    """Sold and not handed over at the record date: counted as the developer's."""
    return _some(RegisterHome.objects.filter(compound_id=session.compound_id, session=session, undelivered=True))


def unclear(session: Session) -> Some:
    """Of a compound that has a developer: homes of others of which nobody knows whether they were handed over."""
    if not session.rules.get("developer"):
        return Some([], 0)
    rows = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, party__developer=False)
    return _some(rows.filter(home__registered_on=None, home__title_no="", home__delivered_on=None))


def no_developer(session: Session) -> str:
    """The developer whom the rules name, where the register knows nobody of that name."""
    name = str(session.rules.get("developer", ""))
    return "" if not name or Person.objects.filter(compound_id=session.compound_id, name=name).exists() else name


def unreached_count(session: Session) -> int:
    return Party.objects.filter(compound_id=session.compound_id, session=session, reach="unreached").count()


def objections_open(session: Session) -> tuple[int, int]:
    """Objections to the register that wait for an answer, and upheld ones after which it was not built again."""
    rows = Objection.objects.filter(compound_id=session.compound_id, session=session, about="register")
    built = session.register_built_at
    upheld = rows.filter(upheld=True, answered_at__gt=built) if built else rows.none()
    return rows.filter(answered_at=None).count(), upheld.count()


def corrections(session: Session) -> list[RegisterCorrection]:
    rows = RegisterCorrection.objects.filter(compound_id=session.compound_id, session=session)
    return list(rows.order_by("-id"))


def said_of_pairs(compound_id: UUID) -> dict[Pair, list[SameOwner]]:
    """What was said last of each pair, by whom first and by whom again."""
    found: dict[Pair, list[SameOwner]] = {}
    for row in SameOwner.objects.filter(compound_id=compound_id).order_by("id"):
        pair = frozenset((row.person_id, row.other_id))
        agreed = found.get(pair, [])
        found[pair] = [*agreed, row] if agreed and agreed[-1].same == row.same else [row]
    return found


def same_pairs(compound_id: UUID) -> set[Pair]:
    """Whom two have found to be one person."""
    return _agreed(compound_id, same=True)


def _agreed(compound_id: UUID, *, same: bool) -> set[Pair]:
    said = said_of_pairs(compound_id)
    return {pair for pair, rows in said.items() if rows[-1].same is same and len({row.account_id for row in rows}) > 1}


def perhaps_same(session: Session) -> list[tuple[Owner, Owner]]:
    """Owners of this register whom somebody should tell apart or put together."""
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session).values("person_id")
    people = Person.objects.filter(compound_id=session.compound_id, pk__in=owned).exclude(phone="")
    twice = people.values("name", "phone").annotate(n=Count("id")).filter(n__gt=1)
    alike = people.filter(phone__in=twice.values("phone"))
    fields = ("pk", "name", "phone", "identity_hash", "is_organisation")
    owners = [Owner(*row) for row in alike.values_list(*fields)]
    if not owners:
        return []
    denied = _agreed(session.compound_id, same=False)
    return pure.perhaps_same(owners, session.rules.get("developer", ""), same_pairs(session.compound_id), denied)


def first_said(compound_id: UUID) -> dict[Pair, SameOwner]:
    """The first word of two, whether they are one or not."""
    return {pair: rows[0] for pair, rows in said_of_pairs(compound_id).items()}


def homes_of(session: Session, people: Iterable[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = defaultdict(list)
    owned = RegisterOwner.objects.filter(compound_id=session.compound_id, session=session, person_id__in=list(people))
    for person, label in owned.order_by("row__place").values_list("person_id", "row__label"):
        found[person].append(label)
    return found


def register_until(session: Session) -> date | None:
    """The last day of objections to the register; None before it is published."""
    if session.register_published_at is None:
        return None
    assert session.opens_at
    at_work = calendar(session.compound)
    return last_day(session.register_published_at, session.opens_at, at_work, first=session.first)
