"""The village votes: sessions from the draft to the announcement."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from backs import come_back
from ground import Village

from linli.assembly.models import (
    Objection,
    Officer,
    Paper,
    RegisterHome,
    RegisterOwner,
)
from linli.assembly.queries.casting import voices
from linli.assembly.rules.counting import OBJECTS
from linli.assembly.rules.opinions import Said
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import casting, disputing, objections, opinions, register, sheets, signing, voiding
from linli.assembly.services import count as counts
from linli.assembly.services import officers as conducting
from linli.assembly.services import reading as votes
from linli.assembly.tests import boxes
from linli.assembly.tests import makers as ballot_makers
from linli.assembly.tests import stage as assembly
from linli.assembly.tests.test_casting import bound, cast
from linli.assembly.views.casting import Draft
from linli.matters.tests.makers import NOW, at
from linli.people.models import Account, Person
from linli.plumbing import codes
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import uuid7

VOTE = {
    "chair": "chair", "teller1": "clerk", "teller2": "grid", "scrutineer1": "secretary", "scrutineer2": "front", "clerk1": "keeper",
    "clerk2": "engineer",
}  # fmt: skip


def furnish_counts(village: Village) -> None:
    """Sessions whose voting ended: one to be opened, one being counted, one whose lots are to be drawn, one announced."""
    staff = {part: village.people[who] for part, who in VOTE.items()}
    closes = {"closes_at": "2026-03-23T18:00:00+08:00"}
    _voted(village, "to_open", staff, boxes.case(*["approve"] * 6, **closes))
    made = _voted(village, "counting", staff, boxes.case(*["approve"] * 4, *["against"] * 2, channel="paper", **closes))
    boxes.opened(made, staff, at=at(23, 19))
    for number, first, second in (("B001", "approve", "approve"), ("B002", "approve", "against")):
        for clerk, choice in (("clerk1", first), ("clerk2", second)):
            said = votes.plain({"1": choice}, owner=boxes.mark_of(made, int(number[1:])))
            votes.read_paper(session=made.session, by=staff[clerk], number=number, said=said, at=at(23, 20))
    gone = Officer.objects.get(
        compound=village.place.compound, session=made.session, account_id=staff["clerk2"].account_id
    )
    village.rows["gone"], phone = gone, Account.objects.get(pk=village.people["manager"].account_id).phone
    village.rows["replacement"] = conducting.replace_officer(
        by=staff["chair"], session=made.session, officer=gone, name="小钱", phone=phone, sworn=True, words="住院了", at=at(23, 20)
    )  # fmt: skip
    made = _voted(village, "tied", staff, {**boxes.TIED, **closes})
    boxes.opened(made, staff, at=at(23, 19))
    counts.tally(session=made.session, by=staff["teller1"], at=at(23, 20))
    raised = Objection.objects.create(
        compound=village.place.compound, session=made.session, about="result", name="刘桂英", words="B003 号票不是本人投的", raised_at=at(23, 20),
        upheld=True, answer="查实了", answered_at=at(23, 20),
    )  # fmt: skip
    voiding.void(
        session=made.session, by=staff["scrutineer1"], number="B003", reason="not_the_owner", objection=raised.pk, words="验证码发给了别人",
        at=at(23, 20),
    )  # fmt: skip
    made = _voted(village, "announced", staff, boxes.case(*["approve"] * 5, *["against"] * 2, **closes))
    boxes.opened(made, staff, at=at(23, 19))
    counts.tally(session=made.session, by=staff["teller1"], at=at(23, 20))
    for who in ("teller1", "teller2", "scrutineer1", "scrutineer2"):
        signing.sign(session=made.session, by=staff[who], at=at(23, 21))
    signing.announce(session=made.session, by=staff["chair"], at=at(23, 22))


def _voted(village: Village, name: str, staff: dict[str, Actor], given: dict[str, Any]) -> ballot_makers.Vote:
    given = {**given, "ballots": [b | {"at": b["at"].replace("2026-03-25", "2026-03-22")} for b in given["ballots"]]}
    made = boxes.laid(village.place, given, by=staff["chair"], entered=False, homes=village.homes)
    for part, actor in staff.items():
        ballot_makers.officer(made, Office(part.rstrip("12")), actor)
    village.rows[f"vote_{name}"] = made
    return made


def furnish_sessions(village: Village) -> None:
    """One being drafted on a joint request, one announced whose register lacks something, one locked and under delivery."""
    chair, place = village.people["chair"], village.place
    asked = assembly.drafted(place, chair, ground="joint_request")
    register.build(by=chair, session=asked.session, at=NOW)
    announced = assembly.noticed(place, chair)
    village.people["session_chair"] = announced.officers["chair"]
    village.rows["objection"] = objections.object_to(
        by=village.people["owner"], session=announced.session, about="register", words="我家面积写少了", at=NOW
    )
    carried = ballot_makers.vote(
        place, by=chair, state=State.NOTICED, opens=NOW + timedelta(days=10), closes=NOW + timedelta(days=24)
    )
    ballot_makers.officer(carried, Office.CHAIR, village.people["session_chair"])
    scrutineer = ballot_makers.officer(carried, Office.SCRUTINEER, announced.officers["scrutineer"])
    sheets.lose(session=carried.session, by=scrutineer, place=3, words="搬家时没找到", at=NOW)
    sheets.find(session=carried.session, by=scrutineer, place=3, words="在抽屉里，封口完好", at=NOW)
    village.rows["officer"] = Officer.objects.filter(
        compound=place.compound, session=announced.session, office="chair"
    ).get()
    Paper.objects.create(
        compound=place.compound, session=carried.session, party=carried.parties[0], number="7AB-3CD-9EF", printed_at=NOW
    )
    owners = RegisterOwner.objects.filter(compound=place.compound, session=announced.session).order_by("-row__place")
    village.rows["alike"] = list(owners.values_list("person_id", flat=True)[:2])
    Person.objects.filter(compound=place.compound, pk__in=village.rows["alike"]).update(
        name="李四", phone="13800000001"
    )
    village.rows["asked"], village.rows["announced"], village.rows["carried"] = (
        asked.session,
        announced.session,
        carried.session,
    )


def furnish_voting(village: Village) -> None:
    """One that is open: the owner is half through a ballot, and another of theirs is in the box."""
    place, owner = village.place, village.people["owner"]
    given = {"opens": NOW - timedelta(days=1), "closes": NOW + timedelta(days=13)}
    items = ({"matter_no": 4, "title": "续聘物业公司三年"}, {"matter_no": 9, "title": "把两处车位改作充电位"})
    made = ballot_makers.vote(place, by=village.people["chair"], items=items, couples=(8, 9), **given)
    ballot_makers.officer(made, Office.CHAIR, village.people["chair"])
    person = Person.objects.get(compound=place.compound, pk=owner.person_id)
    RegisterHome.objects.filter(compound=place.compound, pk=made.rows[0].pk).update(
        home=owner.home_id, label="7栋2单元302"
    )
    RegisterOwner.objects.filter(compound=place.compound, row=made.rows[0]).update(person=person, name=person.name)
    (voice,) = voices(made.session, owner)
    said = {"1": "approve", "2": "against"}
    made.session.noticed_at, made.session.record_on = at(4), at(1).date()
    made.session.save()
    village.rows["voting"] = made.session
    village.rows["cast"] = casting.cast(
        by=owner, session=made.session, voice=voice.key, choices=said, at=NOW - timedelta(hours=1), once=uuid7()
    )
    draft = Draft(made.session.pk, voice.key, uuid7(), said)
    request = SimpleNamespace(session={}, actor=owner)
    draft.keep(request)
    village.rows["ballot"] = request.session
    come_back(village, made)
    _objecting(village, made)


def _objecting(village: Village, made: ballot_makers.Vote) -> None:
    """A couple: one voted, the other is half through an objection; of another couple the other objects."""
    place, said = village.place, {"1": "approve", "2": "approve"}
    for name, party in (("wife", 8), ("objector", 9)):
        other, by = (bound(place, made, party, k) for k in (0, 1))
        village.people[name] = by
        cast(made, other, said, at=NOW - timedelta(minutes=40))
    village.rows["dispute"] = disputing.object_online(
        by=by,
        session=made.session,
        voice=voices(made.session, by)[0].key,
        items=["1"],
        at=NOW - timedelta(minutes=30),
        once=uuid7(),
    )
    wife = village.people["wife"]
    request = SimpleNamespace(session={"objection_sent": codes.kept("204816", NOW)}, actor=wife)
    Draft(made.session.pk, voices(made.session, wife)[0].key, uuid7(), {"2": OBJECTS}).keep(request, "objection")
    village.rows["objecting"] = request.session


def furnish_opinions(village: Village) -> None:
    """Two where the vote itself is in the official system: one that is open, one that is over."""
    place, owner = village.place, village.people["owner"]
    given = {"opens": NOW - timedelta(days=2), "closes": NOW + timedelta(days=12)}
    items = ({"matter_no": 9, "title": "外墙翻新"}, {"matter_no": 9, "title": "大门换成人脸识别"})
    person = Person.objects.get(compound=place.compound, pk=owner.person_id)
    for name in ("heard", "asking"):
        made = ballot_makers.vote(
            place, (9_000, 8_000), by=village.people["chair"], items=items, official_evote_required=True, **given
        )
        RegisterOwner.objects.filter(compound=place.compound, row=made.rows[0]).update(person=person, name=person.name)
        made.session.noticed_at, made.session.record_on = at(4), at(1).date()
        made.session.save()
        village.rows[name] = made.session
        if name == "heard":
            said = {"1": Said("approve", "请先把报价贴出来"), "2": Said("against", "老人没有手机，刷脸也不放心")}
            opinions.give(by=owner, session=made.session, party=made.parties[0], said=said, at=NOW - timedelta(hours=1))
            made.session.state, made.session.closes_at = State.CLOSED, NOW - timedelta(minutes=30)
            made.session.save()
