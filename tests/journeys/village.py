"""A small furnished compound: a matter in every state, people in every part, as on Tuesday 24 March 2026 at ten."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cache
from io import BytesIO
from types import SimpleNamespace
from typing import Any

from backs import come_back
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.assembly.models import (
    Formation,
    FormationObjection,
    Item,
    Nominee,
    Objection,
    Officer,
    Paper,
    Recall,
    RegisterHome,
    RegisterOwner,
    Session,
    TickForm,
)
from linli.assembly.models import Seat as TakenSeat
from linli.assembly.queries.casting import voices
from linli.assembly.rules.sessions import Office, State
from linli.assembly.services import casting, elections, objections, register, signing, voiding
from linli.assembly.services import count as counts
from linli.assembly.services import reading as votes
from linli.assembly.tests import boxes
from linli.assembly.tests import makers as ballot_makers
from linli.assembly.tests import stage as assembly
from linli.assembly.views.casting import Draft
from linli.councils import services as talks
from linli.councils.models import AgendaItem, Seat
from linli.councils.services import meetings, seals
from linli.matters import services, tasks
from linli.matters.models import AlertCall, Ask, Attachment, HomeSeen, HotlineOrder, Matter, ProposedTopic
from linli.matters.queries.alerts import Reach
from linli.matters.rules.batches import USUAL_PAPERS, USUAL_PATH
from linli.matters.services import (
    alerts,
    batches,
    checkins,
    decorations,
    gates,
    hotline,
    orders,
    plans,
    together,
    whistles,
)
from linli.matters.services.intake import Spot
from linli.matters.services.outages import plan_outage
from linli.matters.tests import hotline_books as books
from linli.matters.tests.makers import NOW, Place, account, at, compound
from linli.notices import services as notices
from linli.people import services as people_services
from linli.people.models import Account, Binding, Organisation, Ownership, Person, Post
from linli.people.rules import Body, Role
from linli.people.services import imports
from linli.people.services.assistance import start_assistance
from linli.people.services.register import propose_ownership
from linli.places.models import Building, Home
from linli.plumbing.acts import CLOCK, Actor
from linli.plumbing.tenancy import compound_scope, uuid7
from linli.volunteers import services as call_services
from linli.volunteers.models import Call
from linli.web.samples import photos

STRANGER = "stranger"
ROOMS = ("101", "102", "201", "202", "301", "302", "401", "402")
POSTS = {
    "clerk": (Role.COMMUNITY_WORKER, "周敏"),
    "secretary": (Role.COMMUNITY_SECRETARY, "林建国"),
    "front": (Role.FRONT_DESK, "何静"),
    "manager": (Role.PROPERTY_MANAGER, "赵强"),
    "engineer": (Role.ENGINEER, "李师傅"),
    "grid": (Role.GRID_WORKER, "孙红"),
    "steward": (Role.STEWARD, "方管家"),
    "keeper": (Role.REGISTER_CLERK, "苏文"),
    "chair": (Role.COMMITTEE_CHAIR, "吴海"),
}
OWNERS = ("王秀兰", "陈建军", "刘桂英", "张伟", "黄丽", "徐国强", "高翔", "马晓燕")


@dataclass
class Village:
    place: Place
    people: dict[str, Actor] = field(default_factory=dict)
    matters: dict[str, Matter] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    homes: list[Home] = field(default_factory=list)
    accounts: dict[str, Account] = field(default_factory=dict)
    rows: dict[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.place.slug

    def number(self, name: str) -> int:
        return self.matters[name].number

    def session(self, role: str, **more) -> str:
        """The session cookie of somebody signed in; `more` is what an earlier step would have left in it."""
        browser = self.place.client(self.people.get(role))
        if role in self.accounts:
            browser.force_login(self.accounts[role])
        if role == STRANGER and not more:
            return ""
        session = browser.session
        session.update(more)
        session.save()
        return session.session_key


def furnish(slug: str = "liuxi") -> Village:
    place = compound(slug)
    village = Village(place)
    with compound_scope(place.compound.pk):
        _homes(village)
        _people(village)
        _matters(village)
        _asked(village)
        _ordered(village)
        _registers(village)
        _whistle(village)
        _help(village)
        _decorations(village)
        _hotline(village)
        _batch(village)
        _exports(village)
        _rapid(village)
        _gated(village)
        _calls(village)
        _representatives(village)
        _postings(village)
        _talks(village)
        _sessions(village)
        _voting(village)
        _counts(village)
        _elections(village)
        _meetings(village)
        tasks.run_clocks(NOW)
        tasks.run_whistles(NOW)
    return village


def _elections(village: Village) -> None:
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
        number=4, state="filed", elected_at=at(1), met_on=at(3).date(), filed_at=at(9), filing_no="街备 9 号", seal="两枚",
        term_from=at(1).date(), term_to=date(2031, 2, 28), **common,
    )  # fmt: skip
    for n, (name, kind) in enumerate(zip(OWNERS, ("chair", "member", "member"), strict=False), 1):
        village.rows["taken"] = TakenSeat.objects.create(
            compound=place.compound, formation=made, place=n, name=name, capacity="owner", post=f"committee_{kind}", post_id=uuid7(),
            from_day=at(1).date(), to_day=date(2031, 2, 28),
        )  # fmt: skip
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


VOTE = {
    "chair": "chair", "teller1": "clerk", "teller2": "grid", "scrutineer1": "secretary", "scrutineer2": "front", "clerk1": "keeper",
    "clerk2": "engineer",
}  # fmt: skip


def _counts(village: Village) -> None:
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


def _talks(village: Village) -> None:
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


def _sessions(village: Village) -> None:
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
    village.rows["officer"] = Officer.objects.filter(
        compound=place.compound, session=announced.session, office="chair"
    ).get()
    Paper.objects.create(
        compound=place.compound, session=carried.session, party=carried.parties[0], number="7AB-3CD-9EF", printed_at=NOW
    )
    village.rows["asked"], village.rows["announced"], village.rows["carried"] = (
        asked.session,
        announced.session,
        carried.session,
    )


def _voting(village: Village) -> None:
    """One that is open: the owner is half through a ballot, and another of theirs is in the box."""
    place, owner = village.place, village.people["owner"]
    given = {"opens": NOW - timedelta(days=1), "closes": NOW + timedelta(days=13)}
    items = ({"matter_no": 4, "title": "续聘物业公司三年"}, {"matter_no": 9, "title": "把两处车位改作充电位"})
    made = ballot_makers.vote(place, by=village.people["chair"], items=items, **given)
    ballot_makers.officer(made, Office.CHAIR, village.people["chair"])
    person = Person.objects.get(compound=place.compound, pk=owner.person_id)
    RegisterHome.objects.filter(compound=place.compound, pk=made.rows[0].pk).update(home=owner.home_id)
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


def _meetings(village: Village) -> None:
    """One published with its use of the seal, one called, one held whose members sign, one that waits to be published, one
    that a member draws up, one that a member asks for, one to which too few came."""
    chair, place = village.people["chair"], village.place
    body = place.committee
    village.people["member"] = place.post(Role.COMMITTEE_MEMBER, body, who=_known("孙梅"), name="孙梅")
    village.people["absent"] = place.post(Role.COMMITTEE_MEMBER, body, who=_known("周全"), name="周全")
    village.people["writer"] = place.post(Role.COMMITTEE_SECRETARY, body, who=_known("苏文"), name="苏文")
    others = [place.post(Role.COMMITTEE_MEMBER, body, who=_known(name), name=name) for name in ("钱进", "李冬", "王平")]
    writer, member = village.people["writer"], village.people["member"]
    came = [chair, member, *others]
    where = {"compound": place.compound}

    def called(*titles: str, day: int, at_day: int):
        m = meetings.start(by=chair, **where, at=at(at_day))
        for title in titles:
            meetings.add_item(by=chair, meeting=m, kind="spending", title=title, words="六百元以内", at=at(at_day))
        return meetings.call(by=chair, meeting=m, **where, starts_at=at(day, 9), spot="活动室", at=at(at_day))

    def sat(m, hour: int, people):
        present = [person.account_id for person in people]
        return meetings.hold(by=writer, meeting=m, **where, present=present, at=m.starts_at.replace(hour=hour))

    def sign(m, people, when) -> None:
        for item in AgendaItem.objects.filter(compound_id=m.compound_id, meeting=m):
            for n, person in enumerate(people):
                meetings.sign(by=person, meeting=m, item=item, choice="approve" if n else "against", at=when)

    done = sat(called("买两盏应急灯", day=12, at_day=3), 10, came)
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


def _known(name: str) -> Account:
    return account(name, notice_version="2026-11")


def _homes(village: Village) -> None:
    place = village.place
    buildings = Building.objects.filter(compound=place.compound).order_by("position")
    entrances = [entrance for b in buildings for entrance in b.entrance_set.order_by("position")]
    known = {(h.entrance_id, h.room_no) for h in place.homes}
    Home.objects.bulk_create(
        Home(
            compound=place.compound, building=e.building, entrance=e, floor=int(room[0]), room_no=room,
            label=f"{e.building.label}{e.label}{room}", building_area=8900 + 10 * i,
        )
        for e in entrances
        for i, room in enumerate(ROOMS)
        if (e.pk, room) not in known
    )  # fmt: skip
    village.homes = list(
        Home.objects.filter(compound=place.compound).order_by("building__position", "entrance__position", "room_no")
    )
    for home, name in zip(village.homes[8:], OWNERS, strict=False):
        person = Person.objects.create(compound=place.compound, name=name, phone="13800005170")
        Ownership.objects.create(compound=place.compound, home=home, person=person, from_day=at(1).date())


def _people(village: Village) -> None:
    place, people = village.place, village.people
    for key, (role, name) in POSTS.items():
        people[key] = place.post(role, name=name, who=account(name, notice_version="2026-11"))
    homes = {home.label: home for home in village.homes}
    people["owner"] = place.resident(
        homes["7栋2单元302"], name="李小满", who=account("李小满", notice_version="2026-11")
    )
    people["tenant"] = place.resident(
        homes["7栋2单元401"], "tenant", name="何雨", who=account("何雨", notice_version="2026-11")
    )
    for key in ("owner", "tenant"):
        person = Person.objects.get(compound=place.compound, pk=people[key].person_id)
        Ownership.objects.create(
            compound=place.compound, home=homes["7栋2单元302" if key == "owner" else "7栋2单元401"], person=person
        )
    # Somebody with two compounds' worth of standing, somebody with none, and the installation's operator.
    two = account("郑芳", notice_version="2026-11")
    people["both"] = place.post(Role.COMMITTEE_MEMBER, who=two, name="郑芳")
    people["both"] = place.resident(homes["8栋1单元201"], who=two, name="郑芳")
    village.accounts["newcomer"] = account("新来的", notice_version="2026-11")
    village.accounts["operator"] = account("运营", is_operator=True, notice_version="2026-11")


@cache
def _jpeg(motif: str, after: bool) -> bytes:
    return photos.jpeg(photos.draw(motif, after, 7))


def _photo(motif: str, after: bool = False) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{motif}.jpg", _jpeg(motif, after), "image/jpeg")


def _matters(village: Village) -> None:
    raised = _Street(village)
    with_photo = raised.say("owner", "卫生间顶上漏水，滴到洗手台，楼上说他家没开水", at(22, 16, 20), photo="leak")
    raised.started("in_progress", with_photo, "0303", at(23, 10, 20), handler="engineer")
    services.note(
        by=village.people["engineer"], matter=again(with_photo), words="约了周三上午和楼上一起看", at=at(23, 15, 5)
    )
    village.matters["in_progress"] = again(with_photo)

    pending = raised.say("owner", "楼道灯不亮，晚上看不见台阶", at(20, 19, 40), photo="stairwell")
    raised.started("resolved", pending, "0101", at(21, 9, 0))
    village.matters["resolved"] = together.resolve_shown(
        by=village.people["engineer"], matter=again(pending), words="换了 3 盏声控灯，试过都亮", outcome="fixed", cost_fen=18600, paid_by="物业费",
        files=[_photo("stairwell", after=True)], at=at(23, 17, 30),
    )  # fmt: skip

    raised.say("owner", "单元门关不上，谁都能进来", at(24, 9, 46), name="submitted", photo="entrance_door")
    raised.say("tenant", "单元门坏了，关不严", at(24, 9, 52), name="alike")
    services.accept(
        by=village.people["front"],
        matter=raised.say("tenant", "快递柜太少，放不下", at(24, 8, 30), name="accepted"),
        at=at(24, 9),
    )
    sorted_out = raised.say(
        "owner", "电动车没有地方充电，有人飞线", at(23, 18, 0), photo="charging_cable", name="triaged"
    )
    raised.sort(sorted_out, "0502", at(24, 8, 40), urgency="urgent")
    sent = raised.say("tenant", "消防通道停了三辆车", at(24, 8, 0), name="dispatched", photo="fire_lane")
    raised.give(raised.sort(sent, "0601", at(24, 8, 20), urgency="urgent"), "engineer", at(24, 8, 21))
    back = raised.say("owner", "路口红绿灯坏了", at(23, 9, 0), name="returned")
    raised.give(raised.sort(back, "0405", at(23, 9, 30)), "engineer", at(23, 9, 31))
    village.matters["returned"] = services.send_back(
        by=village.people["engineer"],
        matter=again(back),
        reason="在小区外面，不归物业",
        proposed_body=village.place.agency,
        at=at(23, 11),
    )
    wait = raised.say("owner", "健身器材的扶手断了", at(18, 10, 0), name="suspended", photo="playground")
    raised.started("suspended", wait, "0108", at(18, 11))
    village.matters["suspended"] = services.suspend(
        by=village.people["manager"],
        matter=again(wait),
        pause_reason="parts",
        review_at=at(27, 9),
        words="厂家周五发货",
        at=at(22, 9),
    )
    asked = raised.say("owner", "地下车库有一股味道", at(23, 8, 0), name="asked")
    raised.started("asked", asked, "0702", at(23, 9))
    village.matters["asked"] = services.ask(
        by=village.people["engineer"], matter=again(asked), words="是 1 号口还是 2 号口？", at=at(23, 16)
    )
    late = raised.say("tenant", "门口路灯一闪一闪", at(17, 9, 0), name="late")
    raised.started("late", late, "0101", at(17, 9, 30))
    burst = raised.say("tenant", "3 楼水管爆了，水往下流", at(24, 9, 20), name="emergency", photo="pipe_burst")
    raised.started("emergency", burst, "0202", at(24, 9, 25), urgency="emergency", hazard=True)

    visited = raised.done("tenant", "垃圾两天没收", at(16, 9), "0701")
    village.matters["visited"] = services.return_visit(
        by=village.people["clerk"],
        matter=visited,
        contacted=True,
        solved="partly",
        satisfied="basically",
        comment="夏天再勤一点",
        at=at(20, 10),
    )
    redo = raised.done("owner", "护坡有块石头松了", at(13, 9), "0601")
    village.matters["reopened"] = services.reopen(
        by=village.people["owner"], matter=redo, reason="又松了一块", at=at(23, 9)
    )
    first = raised.done("owner", "3 单元门口地砖翘起来，老人绊过", at(9, 9), "0103", photo="paving", after=True)
    village.matters["closed"] = services.confirm(
        by=village.people["owner"], matter=first, rating="satisfied", at=at(12, 9)
    )
    raised.done("tenant", "单元门口堆了旧家具", at(10, 9), "0603", photo="clutter", after=True, name="to_visit")
    village.matters["declined"] = services.decline(
        by=village.people["front"],
        matter=raised.say("tenant", "隔壁小区太吵", at(19, 9)),
        reason="hotline",
        words="不在这个小区",
        at=at(19, 10),
    )
    village.matters["merged"] = services.merge(
        by=village.people["front"],
        matter=raised.say("tenant", "楼上漏水漏到我家厨房", at(22, 18)),
        target=again(with_photo),
        at=at(23, 9),
    )
    village.matters["withdrawn"] = services.withdraw(
        by=village.people["owner"],
        matter=raised.say("owner", "车位锁打不开", at(21, 9)),
        words="自己弄好了",
        at=at(21, 10),
    )
    services.urge(by=village.people["owner"], matter=again(wait), words="孩子天天去玩", at=at(23, 9))
    services.open_matter(
        by=village.people["clerk"], compound=village.place.compound, words="来电人反映电梯开门慢", source="hotline", source_ref="2603240017",
        reporter_name="宋先生", reporter_phone="13800001234", at=at(24, 9, 10),
    )  # fmt: skip
    village.matters.pop("done")
    for name in ("submitted", "alike", "accepted", "triaged", "dispatched", "late", "emergency", "reopened"):
        village.matters[name] = again(village.matters[name])


def _postings(village: Village) -> None:
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


def _hotline(village: Village) -> None:
    """Four orders, three about one thing (two joined, one proposed), one secret; another export waits; a planned outage."""
    place, clerk = village.place, village.people["clerk"]
    words = "7栋楼道灯不亮，晚上看不见路"
    rows = [books.row(f"26032400{n}", words, when=f"2026-03-2{n} 10:00", due="2026-03-31") for n in (1, 2, 3)]
    rows.append(
        books.row(
            "260324009", "小区门口早上堵车", secret="是", when="2026-03-23 09:00", due="2026-03-24 09:30", place="东门"
        )
    )
    for data in (rows, [*rows[:1], books.row("260324010"), books.row("", "没写编号")]):
        batch = hotline.upload(
            by=clerk, compound=place.compound, filename="工单.xlsx", data=books.xlsx(data), at=at(24, 9)
        )
        if data is rows:
            hotline.take_in(by=clerk, batch=batch, at=at(24, 9))
    village.rows["hotline-import"] = batch
    orders = HotlineOrder.objects.filter(compound=place.compound).order_by("number")
    hotline.join(by=clerk, order=orders[1], at=at(24, 9, 5))
    village.rows["hotline-order"] = orders[0]
    village.rows["topic"] = ProposedTopic.objects.create(
        compound=place.compound, matter=again(village.matters["late"]), title="门口路灯一闪一闪", orders=3, first_at=at(20), last_at=at(23),
        proposed_at=at(24, 8),
    )  # fmt: skip
    plan_outage(
        by=village.people["manager"], compound=place.compound, kind="water", from_at=at(24, 9), to_at=at(24, 17), words="换加压泵", at=at(23)
    )  # fmt: skip


def _gated(village: Village) -> None:
    """More charging posts on common land: the owners vote first."""
    raised, who = _Street(village), village.people
    m = raised.say("owner", "充电桩太少，下班回来充不上", at(23, 18))
    m = services.triage(
        by=who["front"], matter=m, category="0501", level="compound", urgency="project", at=at(23, 18, 30)
    )
    m = services.dispatch(by=who["front"], matter=m, body=village.place.property, at=at(23, 18, 31))
    m = services.take(by=who["engineer"], matter=m, words="先量场地", at=at(23, 19))
    m = plans.open_plan(by=who["chair"], matter=m, kind="works", at=at(23, 19, 10))
    m = plans.verify(by=who["chair"], matter=m, counted="电动车 320\n充电口 24", at=at(23, 19, 20))
    m = plans.add_option(
        by=who["chair"], matter=m, site="东门车棚旁", supplier="甲公司", price_fen=4_800_000, at=at(23, 19, 30)
    )
    village.matters["gated"] = gates.set_gate(
        by=who["chair"], matter=m, planned="common_land", review_at=at(24, month=4), words="东门车棚旁", at=at(23, 20)
    )  # fmt: skip


def _rapid(village: Village) -> None:
    """One on its way, one done with parts and cost."""
    raised, who = _Street(village), village.people
    for name, words, when in (
        ("rapid", "厨房角阀裂了，水止不住", at(24, 9, 48)),
        ("rapid_done", "水表前漏水", at(23, 9)),
    ):
        sent = services.send_rapid(
            by=who["clerk"],
            matter=raised.say("owner", words, when),
            body=village.place.property,
            category="0202",
            at=when,
        )
        village.matters[name] = services.take(by=who["engineer"], matter=sent, words="马上到", at=when)
    done = services.arrive(by=who["engineer"], matter=village.matters["rapid_done"], at=at(23, 9, 20))
    services.note_parts(by=who["engineer"], matter=done, words="角阀 1 个", at=at(23, 9, 40))
    village.matters["rapid_done"] = services.resolve(
        by=who["engineer"],
        matter=again(done),
        words="换好了",
        cost_fen=3500,
        paid_by="物业费",
        evidence=True,
        at=at(23, 9, 50),
    )


def _batch(village: Village) -> None:
    """One case with a home at each sort of step; a second list waits with what it could not take; one way to an agency."""
    place, chair = village.place, village.people["chair"]
    batch = batches.open_batch(
        by=chair, compound=place.compound, title="补办不动产权证", words="2012 年交房，一直没有证", path=USUAL_PATH, papers=USUAL_PAPERS,
        bring_to="物业前台", at=at(2),
    )  # fmt: skip
    batches.add_buildings(
        by=chair, batch=batch, buildings=[village.homes[0].building_id, village.homes[-1].building_id], at=at(2)
    )
    head = "楼栋,单元,房号,契税,当前环节,原因,办结日期,证号\n"
    rows = "7,1,301,有,拿到证,,2026-03-10,示例第 1 号\n7,2,302,无,缺材料,,,\n7,2,401,有,卡住了,开发商欠税费,,\n8,1,201,有,登记中,,,\n"
    for text in (rows, "7,1,301,有,拿到证,,2026-03-10,示例第 1 号\n7,2,302,有,材料齐了,,,\n9,9,909,有,登记中,,,\n"):
        roster = batches.check_import(
            by=chair, batch=batch, filename="台账.csv", data=(head + text).encode(), at=at(20)
        )
        if text is rows:
            batches.apply_import(by=chair, batch=batch, roster=roster, at=at(20))
    village.rows["roster"] = roster
    batches.log_visit(
        by=chair, batch=batch, day=at(18).date(), agency="税务局", persons="业委会两人", result="同意先办契税", next_step="带业主去办",
        said="税务局同意先办契税", at=at(18),
    )  # fmt: skip
    batches.add_milestone(by=chair, batch=batch, title="第一本证发到手", reached_on=at(10).date(), at=at(18))


def _decorations(village: Village) -> None:
    given = {"home": village.homes[1], "from_on": NOW.date(), "to_on": NOW.date() + timedelta(days=30)}
    village.rows["decoration"] = decorations.register_decoration(
        by=village.people["front"], compound=village.place.compound, firm="清风装饰", contact="孟师傅", phone="13900000071",
        at=NOW, **given,
    )  # fmt: skip


def _exports(village: Village) -> None:
    """The case's list with numbers: one more must agree, granted, not granted."""
    place, who = village.place, village.people
    for purpose, said in (
        ("补发票的户挨家打电话，约好来前台的时间", {"secretary": True}),
        ("给卡住的户逐户解释开发商欠税怎么办", {"secretary": True, "chair": True}),
        ("节日给各家发祝福短信", {"clerk": False}),
    ):
        request = people_services.ask_export(
            by=who["front"], compound=place.compound, kind=batches.KIND, params={"number": "1"}, purpose=purpose,
            needed_by=at(27).date(), at=at(24, 8),
        )  # fmt: skip
        for key, yes in said.items():
            people_services.decide_export(
                by=who[key], request=request, yes=yes, words="" if yes else "发通知就行，用不着电话", at=at(24, 9)
            )


def _help(village: Village) -> None:
    """A list of three prices; one order waits for the household, one is done and paid."""
    place, who = village.place, village.people
    for name, category, fen, unit in (
        ("换灯泡", "0302", 0, ""),
        ("换水龙头", "0301", 3000, "次"),
        ("通下水", "0304", 5000, "次"),
    ):
        village.rows[name] = services.set_price(
            by=who["manager"], compound=place.compound, name=name, category=category, paid=fen > 0, price_fen=fen, unit=unit, doer="property",
            from_day=at(1).date(), note="配件另算" if fen else "", at=at(1),
        )  # fmt: skip
    raised, home = _Street(village), Home.objects.get(compound=place.compound, pk=who["owner"].home_id)
    for name, when in (("quoted", at(23, 15)), ("paid", at(20, 15))):
        made = services.ask_help(
            by=who["owner"], compound=place.compound, words="厨房水龙头一直滴水", price=village.rows["换水龙头"], spot=Spot(home=home), at=when
        )  # fmt: skip
        taken = raised.started(name, made, "0301", when)
        services.quote(by=who["engineer"], matter=taken, lines=[("换龙头", 3000), ("龙头", 4500)], at=when)
    services.agree(by=who["owner"], matter=village.matters["paid"], version=1, at=at(20, 16))
    services.start_paid(by=who["engineer"], matter=village.matters["paid"], at=at(20, 16))
    village.matters["paid"] = services.resolve(
        by=who["engineer"], matter=village.matters["paid"], words="换好了，不滴了", cost_fen=7500, paid_by="住户", evidence=True, at=at(20, 17)
    )  # fmt: skip
    village.matters["quoted"] = again(village.matters["quoted"])
    contacts = [Reach("王秀兰", "owner", "13911110001"), Reach("王小", "family", "13911110002")]
    village.rows["contact"] = alerts.set_contacts(by=who["clerk"], home=home, contacts=contacts, at=at(1))[0]
    village.matters["alert"] = alerts.raise_alert(
        by=who["tenant"], compound=place.compound, home=home, sign="water", site="https://linli.example/", at=at(24, 9, 50)
    )  # fmt: skip
    plan = checkins.plan_check_ins(
        by=who["manager"], compound=place.compound, post=Post.objects.get(pk=who["steward"].role_id), building=home.building, every_days=30, at=at(1)
    )  # fmt: skip
    village.rows["seen"], seen = HomeSeen.objects.filter(compound=place.compound, plan=plan).order_by("id")[:2]
    checkins.check_in(
        by=who["steward"], compound=place.compound, seen=seen, way="door", met=True, topics=["service"], satisfied="satisfied", words="都好", at=at(20)
    )  # fmt: skip
    village.rows["call"] = AlertCall.objects.get(compound=place.compound)


@dataclass
class _Street:
    """Short hands for the same few verbs."""

    village: Village

    def say(self, who: str, words: str, when: datetime, *, name: str = "", photo: str = "") -> Matter:
        by = self.village.people[who]
        home = Home.objects.get(compound=self.village.place.compound, pk=by.home_id)
        made = services.raise_with_photos(
            by=by, compound=self.village.place.compound, words=words, at=when, files=[_photo(photo)] if photo else [],
            spot=Spot(building=home.building, entrance=home.entrance),
        )  # fmt: skip
        if name:
            self.village.matters[name] = made
        return made

    def sort(self, matter: Matter, category: str, when: datetime, *, urgency: str = "normal", **more) -> Matter:
        return services.triage(
            by=self.village.people["front"],
            matter=again(matter),
            category=category,
            level="compound",
            urgency=urgency,
            at=when,
            **more,
        )

    def give(self, matter: Matter, handler: str, when: datetime) -> Matter:
        post = Post.objects.get(pk=self.village.people[handler].role_id)
        body = Organisation.objects.get(pk=post.organisation_id)
        return services.dispatch(by=self.village.people["front"], matter=again(matter), body=body, post=post, at=when)

    def started(
        self, name: str, matter: Matter, category: str, when: datetime, *, handler: str = "engineer", **more
    ) -> Matter:
        given = self.give(self.sort(matter, category, when, **more), handler, when)
        self.village.matters[name] = services.take(
            by=self.village.people[handler], matter=given, words="知道了，今天去看", at=when
        )
        return self.village.matters[name]

    def done(
        self,
        who: str,
        words: str,
        when: datetime,
        category: str,
        *,
        photo: str = "",
        after: bool = False,
        name: str = "done",
    ) -> Matter:
        taken = self.started(name, self.say(who, words, when, photo=photo), category, when)
        engineer = self.village.people["engineer"]
        made = together.resolve_shown(
            by=engineer, matter=again(taken), words="去看过，当场弄好了", outcome="fixed", cost_fen=0, paid_by="",
            files=[_photo(photo, after=True)] if after else [], at=when.replace(hour=16),
        ) if after else services.resolve(by=engineer, matter=again(taken), words="去看过，当场弄好了", evidence=True, at=when.replace(hour=16))  # fmt: skip
        self.village.matters[name] = made
        return made


def again(matter: Matter) -> Matter:
    return Matter.objects.get(compound_id=matter.compound_id, pk=matter.pk)


def _ordered(village: Village) -> None:
    """The lamps, gathered by the committee and placed; the company has not answered yet."""
    raised, chair = _Street(village), village.people["chair"]
    lamps = [
        raised.sort(raised.say(who, words, at(23, 19), name=f"lamp{i}"), "0101", at(24, 8, 50))
        for i, (who, words) in enumerate(
            (("owner", "车棚的灯不亮"), ("tenant", "后门的灯一闪一闪"), ("both", "地库入口灯坏了"))
        )
    ]
    order, _ = orders.gather(
        by=chair, compound=village.place.compound, matters=lamps, title="把公共的灯都修好", at=at(24, 9, 5)
    )
    orders.place(
        by=chair, order=order, title=order.title, words="都换成声控的，夜里试过", wanted_by=at(28, 18), at=at(24, 9, 10)
    )


def _whistle(village: Village) -> None:
    """One under way with an answer, money and a consultation; one that waits for approval."""
    place, people = village.place, village.people
    office = Organisation.objects.create(
        kind="subdistrict_office", name="临溪街道", subdistrict=place.compound.community.subdistrict
    )
    people["officer"] = place.post(
        Role.SUBDISTRICT_OFFICER, body=office, name="梁明", who=account("梁明", notice_version="2026-11")
    )
    court = Organisation.objects.create(
        kind="agency", name="区法院", catalogue="court", liaison="老陈", liaison_phone="13700000001",
        subdistrict=place.compound.community.subdistrict,
    )  # fmt: skip
    told = whistles.Told(
        title="护坡有裂缝，下面是上学路", facts="雨后裂了 12 米，最宽 8 厘米", done_below="拉了警戒线，物业每天看", cause="power",
        affected=3000, asks=[(court, "解冻一部分资金"), (place.agency, "勘查，出加固方案")],
    )  # fmt: skip
    given = {
        "by": people["clerk"],
        "compound": place.compound,
        "level": "agencies",
        "matters": [again(village.matters["late"])],
    }
    one = whistles.draft(told=told, at=at(23, 9), **given)
    whistles.approve_and_blow(by=people["officer"], whistle=one, at=at(23, 9, 30), site="https://linli.example")
    ask = Ask.objects.select_related("body").get(compound=place.compound, whistle=one, place=1)
    liaison = Actor(
        role="agency_liaison", body_id=court.pk, body_kind="agency", channel="link", compound_id=place.compound.pk
    )
    whistles.report_in(by=liaison, whistle=one, ask=ask, officer="王工", way="site", at=at(23, 14))
    whistles.minutes(
        by=people["clerk"], whistle=one, words="法院放款，住建局出方案", attendance=[("区法院", "王工"), ("业委会", "吴海")], at=at(23, 16)
    )  # fmt: skip
    money = whistles.request_funding(
        by=people["clerk"], whistle=one, liable="某置业公司", why="账户被法院冻结", court="区法院", case_no="(2022)执 12 号", frozen_fen=300_000_000,
        asked_fen=25_000_000, at=at(23, 16, 30),
    )  # fmt: skip
    whistles.enter(by=people["clerk"], funding=money, kind="sent", day=at(23).date(), paper="解冻申请", at=at(23, 17))
    whistles.draft(told=replace(told, title="消防通道划线"), at=at(24, 9), **given)
    village.rows["court"] = court
    village.rows["link"] = whistles.token_of(Ask.objects.get(compound=place.compound, pk=ask.pk))


def _asked(village: Village) -> None:
    """Two who wait to be bound."""
    place = village.place
    for home, name, relation in ((village.homes[9], "陈建军", "owner"), (village.homes[12], "胡小兵", "tenant")):
        row = Binding.objects.create(
            compound=place.compound,
            account=account(name),
            home=home,
            relation=relation,
            claimed_name=name,
            note="上个月刚搬来",
            asked_at=at(23, 20),
        )
        village.rows.setdefault("binding", row)
    tenant = village.people["tenant"].account_id
    village.rows["confirmed"] = Binding.objects.get(compound=place.compound, account_id=tenant)


OWNERS_SHEET = """楼栋,单元,房号,业主姓名,电话,建筑面积
7,1,401,韩梅,13800001111,89.60
7,1,402,白云,1380000,89.70
8,2,101,唐明,13800003333,89.o0
8,2,,无名,,89.00
8,2,102,马晓燕,13800004444,91.20
"""
HOMES_SHEET = "楼栋,单元,房号,建筑面积\n9,1,101,88.20\n9,1,102,90.00\n"


def _registers(village: Village) -> None:
    """An import at each step, and a change that waits for a second pair of eyes."""
    place, clerk = village.place, village.people["keeper"]

    def uploaded(text: str, kind: str, name: str) -> Any:
        roster = imports.upload(
            by=clerk, compound=place.compound, kind=kind, filename=name, data=text.encode(), once=None, at=at(24, 9)
        )
        imports.work(roster_id=roster.pk, compound_id=place.compound.pk, at=at(24, 9))
        roster.refresh_from_db()
        return roster

    def checked(roster: Any) -> Any:
        chosen = {
            "fields": {},
            "sheets": list(range(len(roster.mapping["sheets"]))),
            "keep": [],
            "reason": "",
            "sure": False,
        }
        roster = imports.choose_columns(by=clerk, roster=roster, at=at(24, 9), **chosen)
        imports.work(roster_id=roster.pk, compound_id=place.compound.pk, at=at(24, 9))
        roster.refresh_from_db()
        return roster

    village.rows["import"] = uploaded(OWNERS_SHEET, "owners", "业主名册.csv")
    village.rows["import-checked"] = checked(
        uploaded(OWNERS_SHEET.replace("韩梅", "韩小梅"), "owners", "业主名册 三月.csv")
    )
    homes = checked(uploaded(HOMES_SHEET, "homes", "九栋房屋表.csv"))
    homes = imports.confirm(by=clerk, roster=homes, at=at(24, 9))
    imports.work(roster_id=homes.pk, compound_id=place.compound.pk, at=at(24, 9))
    village.rows["import-applied"] = homes
    village.rows["import-odd"] = uploaded("柳溪苑\n幢数,门洞号,几零几,平米数\n7,1,301,89\n", "homes", "奇怪的表.csv")
    waiting = checked(uploaded(HOMES_SHEET + "9,2,301,80\n9,2,302,8O\n", "homes", "九栋再来.csv"))
    imports.confirm(by=clerk, roster=waiting, at=at(24, 9))
    village.rows["import-working"] = waiting
    owned = Ownership.objects.filter(compound=place.compound).select_related("home", "person").order_by("id")[0]
    village.rows["paper"] = start_assistance(
        by=village.people["grid"], purpose="楼道灯不亮，请人来看", channel="visit", person=owned.person, home=owned.home, at=at(23),
        paper=_sheet(),
    )  # fmt: skip
    village.rows["owned"] = owned
    propose_ownership(
        by=clerk,
        kind="end",
        home=owned.home,
        person=owned.person,
        day=at(20).date(),
        reason="房子卖了，看过不动产证",
        at=at(23),
    )


def _calls(village: Village) -> None:
    """A call at each stage, as its caller, claimer, neighbours and watchers meet it."""
    people, place = village.people, village.place
    team = Organisation.objects.create(kind=Body.VOLUNTEERS, name="邻里志愿队", compound=place.compound)
    people["volunteer"] = place.post(
        Role.VOLUNTEER, team, name="陈建国", who=account("陈建国", notice_version="2026-11")
    )
    people["captain"] = place.post(
        Role.BUILDING_CAPTAIN, name="孙桂芳", who=account("孙桂芳", notice_version="2026-11")
    )
    call_services.say_willing(by=people["tenant"], willing=True, at=at(20))

    def shout(name: str, words: str, kind: str, hour: int, by: str = "owner") -> Call:
        got = call_services.shout(
            by=people[by], compound=place.compound, words=words, kind=kind, window="today", at=at(24, hour)
        )
        assert got.call is not None
        village.calls[name] = got.call
        return got.call

    shout("open", "儿子寄了两箱苹果在门卫，搬不上楼", "carry", 9)
    shout("far", "想请人教一教手机交医保", "accompany", 9, by="both")
    for name in ("claimed", "done", "confirmed"):
        one = call_services.claim(
            by=people["volunteer"], call=shout(name, "柜门的合页松了，帮我拧一下", "repair", 8), risks=(), at=at(24, 9)
        )
        call_services.join(by=people["captain"], call=one, at=at(24, 9, 10))
        if name != "claimed":
            one = call_services.finish(by=people["volunteer"], call=one, result="换了一颗螺丝", at=at(24, 9, 30))
        if name == "confirmed":
            call_services.confirm(by=people["owner"], call=one, thanks="谢谢小陈", at=at(24, 9, 40))
    call_services.withdraw(by=people["owner"], call=shout("withdrawn", "借个打气筒", "borrow", 8), at=at(24, 9))


def _representatives(village: Village) -> None:
    """A representative of the owner's building, with acts of two kinds; one opened a matter."""
    people, place = village.people, village.place
    people["representative"] = place.post(
        Role.RESIDENT_REPRESENTATIVE, name="何秀英", who=account("何秀英", notice_version="2026-11")
    )
    cover = call_services.name_representative(
        by=people["clerk"], compound=place.compound, post=Post.objects.get(pk=people["representative"].role_id),
        building=place.home.building, from_day=at(1).date(), at=at(20),
    )  # fmt: skip
    given = {"by": people["representative"], "compound": place.compound}
    patrol = call_services.record_act(
        **given, kind="volunteer_patrol", place="单元门口", result="门口的杂物搬走了", needs="门口的地砖松了", at=at(23)
    )
    solved = call_services.record_act(
        **given, kind="problem_solving", force="volunteer_teams", home=place.home, result="晾衣杆装好了", at=at(23, 11)
    )
    call_services.praise(by=people["clerk"], act=patrol, word="warmth", at=at(23, 12))
    village.rows |= {"representative": cover.representative, "patrol": patrol, "solved": solved}


def _sheet() -> bytes:
    out = BytesIO()
    Image.new("RGB", (900, 1200), (236, 232, 220)).save(out, "JPEG")
    return out.getvalue()


def picture(village: Village) -> Attachment:
    return Attachment.objects.filter(compound_id=village.place.compound.pk, kind="photo").order_by("id")[0]
