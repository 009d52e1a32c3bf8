"""A session as its pages make it: drafted, noticed, its register locked, opened. Through the services alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from linli.assembly.models import Session
from linli.assembly.services import convening, drafting, officers, register
from linli.matters.tests.makers import NOW, Place
from linli.people.models import Ownership, Person
from linli.people.rules import Role
from linli.places.models import Home
from linli.plumbing.acts import Actor

# NOW is Tuesday 24 March 2026; the register is objected to until 31 March, a working day.
NOTICED, FROZEN = NOW, NOW + timedelta(days=8)
OPENS, CLOSES = NOW + timedelta(days=16), NOW + timedelta(days=30)


@dataclass
class Stage:
    place: Place
    session: Session
    convener: Actor
    officers: dict[str, Actor] = field(default_factory=dict)
    sheets: tuple[str, ...] = ()


def own(home: Home, *names: str, phone: str = "") -> list[Person]:
    people = [Person.objects.create(compound_id=home.compound_id, name=name, phone=phone) for name in names]
    for person in people:
        Ownership.objects.create(compound_id=home.compound_id, home=home, person=person)
    return people


def owned(place: Place) -> None:
    """Each home its own owner."""
    for n, home in enumerate(place.homes):
        own(home, f"业主{n}", phone=f"1381111{n:04d}")


def draft(place: Place, convener: Actor, at: datetime = NOW, **more: Any) -> Session:
    given = {
        "title": "2026 年第一次业主大会会议",
        "ground": "committee",
        "opens_at": OPENS,
        "closes_at": CLOSES,
        **more,
    }
    return drafting.draft_session(by=convener, compound=place.compound, at=at, **given)


def drafted(place: Place, convener: Actor, **more: Any) -> Stage:
    """With one item and chair and scrutineer named."""
    session = draft(place, convener, **more)
    drafting.add_item(by=convener, session=session, matter_no=4, title="选聘物业服务企业", at=NOW)
    stage = Stage(place, session, convener)
    for office in ("chair", "scrutineer"):
        name_officer(stage, office)
    return stage


def name_officer(stage: Stage, office: str, role: Role = Role.COMMUNITY_WORKER) -> Actor:
    from linli.people.models import Account

    actor = stage.place.post(role, name=f"{office}甲")
    phone = Account.objects.get(pk=actor.account_id).phone
    officers.name_officer(
        by=stage.convener, session=stage.session, office=office, name=f"{office}甲", sworn=True, phone=phone, at=NOW
    )
    stage.officers[office] = actor
    return actor


def noticed(place: Place, convener: Actor, **more: Any) -> Stage:
    stage = drafted(place, convener, **more)
    register.build(by=convener, session=stage.session, at=NOW)
    stage.session = convening.give_notice(by=convener, session=stage.session, at=NOTICED)
    return stage


def frozen(place: Place, convener: Actor, **more: Any) -> Stage:
    stage = noticed(place, convener, **more)
    convening.freeze(by=stage.officers["chair"], session=stage.session, at=FROZEN)
    stage.session, stage.sheets = convening.freeze(by=stage.officers["scrutineer"], session=stage.session, at=FROZEN)
    return stage


def opened(place: Place, convener: Actor, **more: Any) -> Stage:
    stage = frozen(place, convener, **more)
    for office in ("chair", "scrutineer"):
        stage.session = convening.open_voting(by=stage.officers[office], session=stage.session, at=OPENS)
    return stage
