"""The bodies of the village: committees being formed, their meetings, night talks, a posting."""

from datetime import date
from typing import Any

from django.utils import timezone
from ground import OWNERS, Village, known

from linli.assembly.models import (
    Formation,
    FormationObjection,
    Item,
    Nominee,
    Recall,
    Session,
    TickForm,
)
from linli.assembly.models import Seat as TakenSeat
from linli.assembly.services import elections
from linli.councils import services as talks
from linli.councils.models import AgendaItem, Seat
from linli.councils.queries.fees import members_then
from linli.councils.rules.fees import last_half
from linli.councils.services import fees, meetings, seals
from linli.matters.tests.makers import NOW, at
from linli.notices import services as notices
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.acts import CLOCK
from linli.plumbing.tenancy import uuid7


def furnish_elections(village: Village) -> None:
    """Two committees being formed: of one people are recommended, of the other the forms are read, and two readings differ."""
    place, clerk = village.place, village.people["clerk"]
    common = {
        "compound": place.compound, "kind": "pmc", "title": "柳溪苑小区物业管理委员会", "body": place.community,
        "profile": "national_default", "seats": 5, "owner_seats": 3, "most": 3, "households": 2, "contact": "社区服务站",
        "recommend_until": at(30).date(), "announced_at": at(20),
    }  # fmt: skip
    for number, state in ((1, "recommending"), (2, "counting"), (3, "ticking")):
        more = (
            {}
            if number == 1
            else {"ticks_at": at(21), "listed_at": at(20), "list_until": at(21).date(), "fingerprint": "5b" * 32}
        )
        made = Formation.objects.create(number=number, state=state, homes=4, forms_back=2, **common, **more)
        for n, (home, name) in enumerate(zip(place.homes, OWNERS, strict=False), 1):
            row = Nominee.objects.create(
                compound=place.compound, formation=made, place=n if number > 1 else None, name=name, home=home,
                home_label=home.label, way="joint", why="热心，有空", nominated_at=at(20), consented_at=at(20), backings=3,
            )  # fmt: skip
        village.rows[f"formation_{state}"], village.rows["nominee"] = made, row
        if number > 1:
            TickForm.objects.bulk_create(
                TickForm(
                    compound=place.compound, formation=made, number=n, home=home, building=home.building, label=home.label,
                    area=8900, state="returned" if n < 3 else "printed",
                )
                for n, home in enumerate(place.homes, 1)
            )  # fmt: skip
    village.rows["nominee"] = Nominee.objects.filter(compound=place.compound, formation__number=1).first()
    counting = village.rows["formation_counting"]
    form = TickForm.objects.get(compound=place.compound, formation=counting, number=1)
    for by, ticks in ((clerk, [1, 2]), (village.people["secretary"], [1, 3])):
        elections.read(by=by, formation=counting, form=form, ticks=ticks, at=at(23))
    village.rows["challenge"] = FormationObjection.objects.create(
        compound=place.compound,
        formation=village.rows["formation_ticking"],
        about="list",
        name="王秀兰",
        words="他家有违建",
        raised_at=at(22),
    )
    _committee(village, common)


def _committee(village: Village, common: dict[str, Any]) -> None:
    """An owners' committee in office, of whom one may be removed; and a session that will elect another."""
    place = village.place
    common = {
        **common,
        "kind": "committee",
        "title": "柳溪苑小区业主委员会",
        "body": place.committee,
        "made": place.committee,
    }
    made = Formation.objects.create(
        number=4, state="filed", elected_at=at(1), met_on=at(3).date(), filed_at=at(9), filing_no="街备 9 号", seal="两枚", handed_over_at=at(2),
        term_from=at(1).date(), term_to=date(2031, 2, 28), **common,
    )  # fmt: skip
    for n, (name, kind) in enumerate(zip(OWNERS, ("chair", "member", "member"), strict=False), 1):
        village.rows["taken"] = TakenSeat.objects.create(
            compound=place.compound, formation=made, place=n, name=name, capacity="owner", post=f"committee_{kind}", post_id=uuid7(),
            from_day=at(1).date(), to_day=date(2031, 2, 28),
        )  # fmt: skip
    held = Post.objects.create(  # of the owner who reads here what is proposed against him; over, so that nothing else changes
        organisation=place.committee, kind="committee_member", account_id=village.people["owner"].account_id, holder_name=OWNERS[2],
        from_day=at(1).date(), to_day=at(1).date(),
    )  # fmt: skip
    village.rows["taken"].post_id = held.pk
    village.rows["taken"].save()
    session = Session.objects.create(
        compound=place.compound, number=90, title="临时会议", body=place.committee, ground="committee", profile="national_default",
        drafted_at=at(20),
    )  # fmt: skip
    replacing, choosing = (
        Item.objects.create(compound=place.compound, session=session, matter_no=3, **more)
        for more in (
            {"place": 1, "title": "更换成员"},
            {"place": 2, "title": "补选委员", "form": "per_candidate", "seats": 1},
        )
    )
    village.rows["election_item"] = choosing
    village.rows["recall"] = Recall.objects.create(
        compound=place.compound,
        formation=made,
        seat=village.rows["taken"],
        item=replacing,
        ground="一年没来开会",
        put_at=at(20),
    )


def furnish_talks(village: Village) -> None:
    """One published, one held whose page begins with what that left open, one to come."""
    chair, clerk, place = village.people["chair"], village.people["clerk"], village.place
    where = {"by": chair, "compound": place.compound, "spot": "中心亭子"}
    first = talks.announce(**where, subject="充电和停车", starts_at=at(10, 19), at=at(3))
    first = talks.hold(by=clerk, talk=first, attendance=23, at=at(10, 21))
    said = {"by": clerk, "talk": first, "at": at(10, 21)}
    one = talks.add(**said, words="充电桩太少，晚上抢不到", speaker="刘桂英")
    two = talks.add(**said, words="垃圾房关得太早")
    assert one and two
    talks.hand_on(**said, compound=place.compound, point=one)
    talks.answer(**said, point=two, words="晚上延到九点关门", answered_by="物业", due_on=at(20).date())
    first = talks.publish(by=chair, talk=first, at=at(11))
    village.rows["point"] = talks.correct(
        by=clerk, talk=first, point=two, words="垃圾房周末关得太早", reason="漏了周末", at=at(12)
    ).point
    held = talks.announce(**where, starts_at=at(23, 19), at=at(12))
    held = talks.hold(by=clerk, talk=held, attendance=17, at=at(23, 21))
    village.rows["said"] = talks.add(by=clerk, talk=held, words="楼道里堆着旧柜子", speaker="张伟", at=at(23, 21))
    talks.announce(**where, subject="加装电梯", starts_at=at(31, 19), at=at(23, 22))


def furnish_meetings(village: Village) -> None:
    """One published with its use of the seal, one called, one held whose members sign, one that waits to be published, one
    that a member draws up, one that a member asks for, one to which too few came."""
    chair, place = village.people["chair"], village.place
    body = place.committee
    village.people["member"] = place.post(Role.COMMITTEE_MEMBER, body, who=known("孙梅"), name="孙梅")
    village.people["absent"] = place.post(Role.COMMITTEE_MEMBER, body, who=known("周全"), name="周全")
    village.people["writer"] = place.post(Role.COMMITTEE_SECRETARY, body, who=known("苏文"), name="苏文")
    others = [place.post(Role.COMMITTEE_MEMBER, body, who=known(name), name=name) for name in ("钱进", "李冬", "王平")]
    writer, member = village.people["writer"], village.people["member"]
    came = [chair, member, *others]
    where = {"compound": place.compound}

    def called(*titles: str, day: int, at_day: int, put: str = ""):
        m = meetings.start(by=chair, **where, at=at(at_day))
        for title in titles:
            meetings.add_item(by=chair, meeting=m, kind="spending", title=title, words="六百元以内", at=at(at_day))
        if put:
            meetings.add_item(by=chair, meeting=m, kind="assembly", title=put, at=at(at_day))
        return meetings.call(by=chair, meeting=m, **where, starts_at=at(day, 9), spot="活动室", at=at(at_day))

    def sat(m, hour: int, people):
        present = [person.account_id for person in people]
        return meetings.hold(by=writer, meeting=m, **where, present=present, at=m.starts_at.replace(hour=hour))

    def sign(m, people, when) -> None:
        for item in AgendaItem.objects.filter(compound_id=m.compound_id, meeting=m):
            for n, person in enumerate(people):
                meetings.sign(by=person, meeting=m, item=item, choice="approve" if n else "against", at=when)

    done = sat(called("买两盏应急灯", day=12, at_day=3, put="选聘物业公司"), 10, came)
    sign(done, came, at(12, 10))
    meetings.write_minutes(by=writer, meeting=done, words="看了三家的价钱，选最便宜的。", at=at(12, 11))
    meetings.publish(by=chair, meeting=done, **where, at=at(13))
    meetings.correct(by=writer, meeting=done, words="灯是三盏。", reason="记错了", at=at(14))
    called("修单元门", "换门口的灯", day=31, at_day=20)
    signing = sat(called("修单元门的锁", "买灭火器", day=24, at_day=10), 10, came)
    for item in AgendaItem.objects.filter(compound_id=signing.compound_id, meeting=signing):
        meetings.sign(by=others[0], meeting=signing, item=item, choice="approve", at=at(24, 10))
    waits = sat(called("给花坛换土", day=23, at_day=9), 10, came)
    sign(waits, came, at(23, 10))
    draft = meetings.start(by=chair, **where, at=at(23))
    meetings.add_item(by=chair, meeting=draft, kind="seal", title="和花店签合同", at=at(23))
    asked = meetings.start(by=member, **where, at=at(23))
    meetings.add_item(by=member, meeting=asked, kind="supervise", title="请物业说明电梯维保", at=at(23))
    meetings.propose(by=member, meeting=asked, at=at(23))
    few = called("修围墙", day=20, at_day=9)
    meetings.miss(by=writer, meeting=few, present=[chair.account_id], at=at(20, 10))
    village.rows |= {"done": done, "signing": signing, "waits": waits, "agenda": draft, "asked_for": asked, "few": few}
    village.rows["seat"] = Seat.objects.filter(compound_id=signing.compound_id, meeting=signing).first()
    stamp = {"seal": "committee", "paper": "contract", "copies": 2, "at": at(14)}
    item = AgendaItem.objects.get(compound_id=done.compound_id, meeting=done, place=1)
    used = seals.ask(by=writer, **where, document="买灯的合同", item=item, **stamp)
    seals.use(by=writer, request=used, at=at(14, 11))
    seals.ask(by=writer, **where, document="给物业的函", **stamp)
    seals.ask(by=writer, **where, document="给花店的函", item=item, **stamp)
    Post.objects.filter(organisation=body).update(from_day=date(2025, 6, 1))
    half = last_half(timezone.localdate(at(14)))
    sat_then = members_then(body.pk, half)
    fees.publish(by=chair, **where, paid={p.account_id: 95_000 for p in sat_then}, source="物业公司收费台账", at=at(14))


def furnish_postings(village: Village) -> None:
    """The month told to everybody, once as a draft and once issued."""
    place, words = village.place, "受理 12 件，办结 9 件：办好了 7 件，没有确认 2 件。\n按时办完：7/9，77.78%"
    for name, month in (("issued", "1"), ("draft", "2")):
        made = notices.draft(
            by=CLOCK, compound_id=place.compound.pk, body=place.community, kind="disclosure", title=f"2026年{month}月大家的事办得怎么样",
            words=words, key=f"month:2026-0{month}", at=NOW,
        )  # fmt: skip
        assert made is not None
        village.rows[name] = made
    notices.issue(by=village.people["secretary"], posting=village.rows["issued"], at=NOW)
