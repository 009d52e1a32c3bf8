"""The register is the election: built from homes and their owners at the record date, and locked when nobody objects any more."""

from collections import defaultdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from linli.kernel import receipts
from linli.kernel.refusal import Refusal, Refused, written
from linli.people.models import Binding, Ownership, Person
from linli.places.models import Home
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

from ..models import Item, Party, RegisterCorrection, RegisterHome, RegisterOwner, SameOwner, Session
from ..queries.register import fingerprint_rows, first_said, perhaps_same, same_pairs
from ..rules import parties as pure
from ..rules.dates import record_day
from ..rules.sessions import Act
from .base import begin, finish
from .telling import people_of, tell_owners

REASON_MOST = 200


@transaction.atomic
def build(*, by: Actor, session: Session, at: datetime, reason: str = "", once: UUID | None = None) -> Session:
    """Anew from today's registers, until it is locked. One that was published is kept with the rows that differ and the reason, and
    the new one may be objected to from its own day on. Raises Refused."""
    step = begin(session, by=by, act=Act.BUILD, at=at, once=once)
    if step.done_before:
        return step.session
    session = step.session
    frozen_no(session)
    found: dict[str, Any] = {}
    if session.register_published_at:
        corrected = _correct(session, by=by, reason=written(reason, "reason", REASON_MOST), at=at)
        found["correction"] = str(corrected.pk) if corrected else None
    else:
        write(session, at)
    found |= {"parties": session.register_parties, "area": session.register_area}
    finish(step, words=reason.strip(), data=found, internal=session.register_published_at is None)
    return session


def _correct(session: Session, *, by: Actor, reason: str, at: datetime) -> RegisterCorrection | None:
    """None where nothing differs: then it stays published as it was."""
    assert session.register_published_at
    old, rows = RegisterCorrection(
        id=uuid7(), compound_id=session.compound_id, session=session, fingerprint=session.register_fingerprint, parties=session.register_parties,
        area=session.register_area, published_at=session.register_published_at, reason=reason, at=at, account_id=by.account_id,
    ), fingerprint_rows(session)  # fmt: skip
    write(session, at)
    if session.register_fingerprint == old.fingerprint:
        return None
    old.rows = pure.differing(rows, fingerprint_rows(session))
    old.save(force_insert=True)
    session.register_published_at = at
    changed = [row["home"] for row in old.rows]
    parties = RegisterHome.objects.filter(compound_id=session.compound_id, session=session, label__in=changed)
    told = set(parties.exclude(party=None).values_list("party_id", flat=True))
    tell_owners(
        session, people_of(session, parties=told), key=f"register:{session.register_fingerprint[:8]}", at=at,
        title=_("业主名册改正了"), body=_("%(title)s：您家在名册里的记录改了，请再看一遍，有误可以提。") % {"title": session.title},
    )  # fmt: skip
    return old


@transaction.atomic
def say_same(
    *, by: Actor, session: Session, person: UUID, other: UUID, same: bool, words: str, at: datetime, once: UUID | None = None
) -> None:  # fmt: skip
    """Whether two of the same name and number are one person, and how that was found out. It holds when a second says the same. A
    published register changes when it is built again. Raises Refused."""
    step = begin(session, by=by, act=Act.SAME_OWNER, at=at, once=once)
    if step.done_before:
        return
    frozen_no(step.session)
    if not any({person, other} == {a.person, b.person} for a, b in perhaps_same(step.session)):
        raise Refused(Refusal("said_same", "已经核对过了"))
    first = first_said(session.compound_id).get(frozenset((person, other)))
    if first and first.same is not same:
        first = None
    if first and first.account_id == by.account_id:
        raise Refused(Refusal("second_person", "您已经核对过，要另一位也核对才算"))
    SameOwner(
        id=uuid7(), compound_id=session.compound_id, person_id=person, other_id=other, same=same, words=written(words, "words", REASON_MOST),
        at=at, account_id=by.account_id,
    ).save(force_insert=True)  # fmt: skip
    if first and same and not step.session.register_published_at:
        write(step.session, at)
    finish(step, words=words.strip(), data={"person": str(person), "other": str(other), "same": same}, internal=True)


def frozen_no(session: Session) -> None:
    if session.register_frozen_at:
        raise Refused(Refusal("frozen", "名册已经锁定，不能再改"))


def write(session: Session, at: datetime) -> None:
    """Rows of an earlier build are dropped in one statement each: nothing points to them before the register is locked."""
    for model in (RegisterOwner, RegisterHome, Party):
        rows = model.objects.filter(compound_id=session.compound_id, session=session)
        rows._raw_delete(rows.db)
    rules = session.rules
    found = pure.register(
        _rows(session, record_day(session.record_on, at)),
        count_parking=rules.get("count_parking", False),
        developer=rules.get("developer", ""),
        confirmed=same_pairs(session.compound_id),
    )
    parties, party_of = _parties(session, found)
    Party.objects.bulk_create(parties, batch_size=500)
    rows = [
        RegisterHome(
            id=uuid7(), compound_id=session.compound_id, session=session, home_id=row.home, building_id=row.building, party=party_of.get(row.home),
            place=place, label=label, kind=row.kind, area=row.area or 0, area_source=row.source, undelivered=row.undelivered,
        )
        for place, (row, label) in enumerate(zip(found.rows, _labels(found.rows), strict=True), 1)
    ]  # fmt: skip
    RegisterHome.objects.bulk_create(rows, batch_size=500)
    RegisterOwner.objects.bulk_create(_owners(session, found, rows), batch_size=500)
    session.register_parties, session.register_area = len(parties), sum(party.area for party in parties)
    session.register_fingerprint, session.register_built_at = receipts.fingerprint(fingerprint_rows(session)), at


def _rows(session: Session, day: date) -> list[pure.Row]:
    basis = session.rules.get("area_basis", "building_area")
    owners, developer = _owners_on(session.compound_id, day), developer_of(session)
    homes = (
        Home.objects.filter(compound_id=session.compound_id)
        .order_by("building__position", "building__key", "entrance__position", "entrance__key", "floor", "room_no", "id")
        .values_list("pk", "building_id", "entrance_id", "label", "kind", basis, "area_source", *pure.Handover._fields)
    )  # fmt: skip
    rows = []
    for pk, building, entrance, label, kind, area, source, *handover in homes:
        theirs = tuple(owners.get(pk, ()))
        stock = developer is not None and developer not in theirs and pure.is_undelivered(pure.Handover(*handover), day)
        held = (developer,) if stock and developer else theirs
        rows.append(pure.Row(pk, building, entrance, label, kind, area, source, held, stock))
    return rows


def developer_of(session: Session) -> pure.Owner | None:
    """As the rules name him, among the persons of the register."""
    name = session.rules.get("developer", "")
    found = Person.objects.filter(compound_id=session.compound_id, name=name).order_by("id").first() if name else None
    if found is None:
        return None
    return pure.Owner(found.pk, found.name, found.phone, found.identity_hash, found.is_organisation)


def _owners_on(compound_id: UUID, day: date) -> dict[UUID, list[pure.Owner]]:
    rows = Ownership.objects.filter(
        Q(from_day__isnull=True) | Q(from_day__lte=day),
        Q(to_day__isnull=True) | Q(to_day__gt=day),
        compound_id=compound_id,
    )
    found: dict[UUID, dict[UUID, pure.Owner]] = defaultdict(dict)
    fields = (
        "home_id",
        "person_id",
        "person__name",
        "person__phone",
        "person__identity_hash",
        "person__is_organisation",
    )
    for home, person, name, phone, identity, company in rows.values_list(*fields):
        found[home][person] = pure.Owner(person, name, phone, identity, company)
    return {home: list(owners.values()) for home, owners in found.items()}


def _labels(rows: Any) -> list[str]:
    """Unique: a second home of the same name gets a number behind it."""
    seen: dict[str, int] = defaultdict(int)
    labels = []
    for row in rows:
        seen[row.label] += 1
        labels.append(row.label if seen[row.label] == 1 else f"{row.label}#{seen[row.label]}")
    return labels


def _parties(session: Session, found: pure.Register) -> tuple[list[Party], dict[UUID, Party]]:
    reached = set(
        Binding.objects.filter(compound_id=session.compound_id, state="confirmed", person__isnull=False).values_list(
            "person_id", flat=True
        )
    )
    dead = set(
        Person.objects.filter(compound_id=session.compound_id, deceased_on__isnull=False).values_list("pk", flat=True)
    )
    alike: dict[UUID, set[UUID]] = defaultdict(set)
    phones: dict[UUID, bool] = defaultdict(bool)
    for row in found.rows:
        for owner in row.owners:
            stands = found.same[owner.person].person
            alike[stands].add(owner.person)
            phones[stands] |= bool(owner.phone) and owner.person not in dead
    parties: list[Party] = []
    party_of: dict[UUID, Party] = {}
    for number, one in enumerate(found.parties, 1):
        by_phone = any(phones[stands] or alike[stands] & reached for stands in one.owners)
        party = Party(
            id=uuid7(), compound_id=session.compound_id, session=session, number=number, area=one.area, homes=len(one.rows),
            label=_name(one), building_id=one.rows[0].building, developer=one.developer, reach="phone" if by_phone else "unreached",
        )  # fmt: skip
        parties.append(party)
        party_of |= {row.home: party for row in one.rows}
    return parties, party_of


def _name(party: pure.Party) -> str:
    labels = [row.label for row in party.rows]
    text = "、".join(labels[:3])
    return (f"{text}…" if len(labels) > 3 else text)[:120]


def _owners(session: Session, found: pure.Register, rows: list[RegisterHome]) -> list[RegisterOwner]:
    marks: dict[UUID, str] = {}
    made = []
    for row, source in zip(rows, found.rows, strict=True):
        taken = set()
        for owner in source.owners:
            stands = found.same[owner.person]
            if stands.person in taken:
                continue
            taken.add(stands.person)
            mark = marks.setdefault(stands.person, receipts.owner_mark(session.salt, stands.person.hex, stands.name))
            made.append(
                RegisterOwner(
                    id=uuid7(), compound_id=session.compound_id, session=session, row=row, person_id=owner.person, name=owner.name, mark=mark
                )
            )  # fmt: skip
    return made


def scope_totals(session: Session) -> None:
    """Who may decide each item, and how much area that is: only homes in its scope count (domain §3.1)."""
    rows = list(
        RegisterHome.objects.filter(compound_id=session.compound_id, session=session, party__isnull=False).values_list(
            "party_id", "area", "building_id", "home_id"
        )
    )
    entrance_of = dict(Home.objects.filter(compound_id=session.compound_id).values_list("pk", "entrance_id"))
    for item in Item.objects.filter(compound_id=session.compound_id, session=session):
        buildings, entrances = set(item.scope.get("buildings", ())), set(item.scope.get("entrances", ()))
        within = [
            (party, area)
            for party, area, building, home in rows
            if not (buildings or entrances) or str(building) in buildings or str(entrance_of[home]) in entrances
        ]
        item.total_parties, item.total_area = len({party for party, _ in within}), sum(area for _, area in within)
        item.save(update_fields=["total_parties", "total_area"])


def frozen_yes(session: Session) -> None:
    if session.register_frozen_at is None:
        raise Refused(Refusal("not_frozen", "名册锁定、表决票编了号以后才能送", "以本小区议事规则为准"))
