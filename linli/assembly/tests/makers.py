"""A session in a test, written straight into its tables: frozen register, keys, and the three sheets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from linli.assembly.models import Item, Log, Officer, Party, RegisterHome, RegisterOwner, Session
from linli.assembly.rules.sessions import Office, State
from linli.kernel import receipts, shares
from linli.matters.tests.makers import NOW, Place
from linli.people.models import Person
from linli.places.models import Building, Home
from linli.plumbing import vault
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

OPENS, CLOSES = NOW, NOW + timedelta(days=14)
SALT = "5a" * 16


@dataclass
class Vote:
    """`sheets`: texts of the three, as printed. `owners[i]`: the persons of party i + 1."""

    session: Session
    items: list[Item]
    parties: list[Party]
    rows: list[RegisterHome]
    owners: list[list[Person]]
    sheets: tuple[str, ...]
    officers: dict[str, Actor] = field(default_factory=dict)


def rules(**more: Any) -> dict[str, Any]:
    return {
        "silence_mode": "A", "duplicate_rule": "first_valid_wins", "count_parking": False, "follow_majority": False,
        "per_home_ballot": False, "online": True, "open_ballots": False, "extension_days": 15, **more,
    }  # fmt: skip


def vote(
    place: Place,
    areas: Sequence[int] = (10_000,) * 9,
    *,
    by: Actor,
    state: State = State.OPEN,
    items: Sequence[dict[str, Any]] = ({"matter_no": 4, "title": "选聘物业服务企业"},),
    couples: Sequence[int] = (),
    opens: datetime = OPENS,
    closes: datetime = CLOSES,
    **more: Any,
) -> Vote:
    """One home and one owner a party; a party in `couples` (from 1) has two owners."""
    id, compound = uuid7(), place.compound
    made = shares.make(id.hex)
    secret = Ed25519PrivateKey.generate()
    session = Session.objects.create(
        id=id, compound=compound, number=Session.objects.filter(compound_id=compound.pk).count() + 1, title="2026 年第一次业主大会会议", body_id=by.body_id, ground="committee",
        state=state, profile=compound.profile, rules=rules(**more),
        drafted_at=opens - timedelta(days=40), noticed_at=opens - timedelta(days=20), opens_at=opens, closes_at=closes,
        register_published_at=opens - timedelta(days=20), register_frozen_at=opens - timedelta(days=2), salt=SALT,
        sign_key=secret.public_key().public_bytes_raw().hex(), sign_secret=vault.seal(secret.private_bytes_raw().hex()),
        seal_key=made.public_key, sheets=list(made.digests),
    )  # fmt: skip
    Log.objects.create(id=uuid7(), compound=compound, session=session)
    building = Building.objects.filter(compound_id=compound.pk).order_by("id").first()
    assert building is not None
    parties, rows, owners = [], [], []
    for n, area in enumerate(areas, 1):
        home = Home.objects.create(
            compound=compound, building=building, entrance=place.home.entrance, floor=n, room_no=f"v{session.number}-{n}", label=f"9-1-{n:04}",
            building_area=area, area_source="registered",
        )  # fmt: skip
        party = Party.objects.create(
            compound=compound,
            session=session,
            number=n,
            area=area,
            homes=1,
            label=home.label,
            building=building,
            reach="door",
        )
        row = RegisterHome.objects.create(
            compound=compound, session=session, home=home, building=building, party=party, place=n, label=home.label, kind="residence",
            area=area, area_source="registered",
        )  # fmt: skip
        people = [Person.objects.create(compound=compound, name=f"业主{n}{k}") for k in range(2 if n in couples else 1)]
        for person in people:
            RegisterOwner.objects.create(
                compound=compound, session=session, row=row, person=person, name=person.name,
                mark=receipts.owner_mark(SALT, person.pk.hex, person.name),
            )  # fmt: skip
        parties.append(party)
        rows.append(row)
        owners.append(people)
    _freeze(session, parties)
    made_items = [
        Item.objects.create(
            compound=compound, session=session, place=n, total_parties=len(parties), total_area=sum(areas), **item
        )
        for n, item in enumerate(items, 1)
    ]
    return Vote(session, made_items, parties, rows, owners, tuple(sheet.text for sheet in made.sheets))


def _freeze(session: Session, parties: list[Party]) -> None:
    session.register_parties, session.register_area = len(parties), sum(p.area for p in parties)
    session.register_fingerprint = receipts.fingerprint(published(session))
    session.save()


def published(session: Session) -> list[dict[str, Any]]:
    """Rows as `receipts.fingerprint` takes them."""
    found = RegisterHome.objects.filter(compound_id=session.compound_id, session=session).select_related("party")
    return [
        {
            "home": row.label, "kind": row.kind, "area": row.area, "party": row.party.number if row.party else None,
            "owners": sorted(
                RegisterOwner.objects.filter(compound_id=session.compound_id, row=row).values_list("mark", flat=True)
            ),
        }
        for row in found
    ]  # fmt: skip


def officer(made: Vote, office: Office, actor: Actor, name: str = "某人") -> Actor:
    Officer.objects.create(
        compound_id=made.session.compound_id, session=made.session, office=office, account_id=actor.account_id, name=name,
        sworn_at=made.session.drafted_at,
    )  # fmt: skip
    made.officers[office] = actor
    return actor
