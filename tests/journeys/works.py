"""What it takes in the village: the whistle, household help, alerts, decisions, rapid work, the hotline, decorators."""

from dataclasses import replace
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from ground import Village
from street import Street, again

from linli.matters import services
from linli.matters.models import AlertCall, Ask, Consultation, HomeSeen, HotlineOrder, ProposedTopic
from linli.matters.queries.alerts import Reach
from linli.matters.queries.gates import gates_of
from linli.matters.services import (
    alerts,
    checkins,
    decorations,
    gates,
    hotline,
    plans,
    whistles,
)
from linli.matters.services.intake import Spot
from linli.matters.services.outages import plan_outage
from linli.matters.services.papers import ready
from linli.matters.tests import hotline_books as books
from linli.matters.tests.makers import NOW, account, at
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.places.models import Home
from linli.plumbing.acts import Actor


def furnish_hotline(village: Village) -> None:
    """Four orders, three about one thing (two joined as they came in, one proposed), one secret; another export waits; a planned outage."""
    place, clerk = village.place, village.people["clerk"]
    words = "7栋楼道灯不亮，晚上看不见路"
    said = {1: words, 2: words, 3: "7栋楼道的灯还是不亮，晚上看不见路了"}
    rows = [books.row(f"26032400{n}", said[n], when=f"2026-03-2{n} 10:00", due="2026-03-31") for n in said]
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
    village.rows["hotline-order"] = orders[0]
    village.rows["topic"] = ProposedTopic.objects.create(
        compound=place.compound, matter=again(village.matters["late"]), title="门口路灯一闪一闪", orders=3, first_at=at(20), last_at=at(23),
        proposed_at=at(24, 8),
    )  # fmt: skip
    plan_outage(
        by=village.people["manager"], compound=place.compound, kind="water", from_at=at(24, 9), to_at=at(24, 17), words="换加压泵", at=at(23)
    )  # fmt: skip


def furnish_gated(village: Village) -> None:
    """More charging posts on common land: the owners vote first."""
    raised, who = Street(village), village.people
    m = raised.say("owner", "充电桩太少，下班回来充不上", at(23, 18))
    m = services.triage(
        by=who["front"], matter=m, category="0501", level="compound", urgency="project", at=at(23, 18, 30)
    )
    m = services.dispatch(
        by=who["front"], matter=m, body=village.place.property, due_at=at(30, 18, month=6), at=at(23, 18, 31)
    )
    m = services.take(by=who["engineer"], matter=m, words="先量场地", at=at(23, 19))
    m = plans.open_plan(by=who["chair"], matter=m, kind="works", at=at(23, 19, 10))
    m = plans.verify(by=who["chair"], matter=m, counted="电动车 320\n充电口 24", at=at(23, 19, 20))
    m = plans.add_option(
        by=who["chair"], matter=m, site="东门车棚旁", supplier="甲公司", price_fen=4_800_000, at=at(23, 19, 30)
    )
    village.matters["gated"] = gates.set_gate(
        by=who["chair"], matter=m, planned="common_land", review_at=at(24, month=4), words="东门车棚旁", at=at(23, 20)
    )  # fmt: skip


def furnish_lacking(village: Village) -> None:
    """A lift that the owners agreed to: the planning permission is not there yet."""
    raised, who = Street(village), village.people
    m = raised.say("owner", "想给我们楼加装电梯", at(20, 18))
    m = services.triage(
        by=who["front"], matter=m, category="0107", level="compound", urgency="project", at=at(20, 18, 30)
    )
    m = services.dispatch(
        by=who["front"], matter=m, body=village.place.property, due_at=at(30, 18, month=6), at=at(20, 18, 31)
    )
    m = services.take(by=who["engineer"], matter=m, words="先量井道", at=at(20, 19))
    m = gates.set_gate(by=who["chair"], matter=m, planned="structure", review_at=at(24, month=4), at=at(20, 20))
    village.matters["lacking"] = gates.decide(
        by=who["chair"], matter=m, gate=gates_of(m)[0], result="passed", body="业主大会", day=at(21).date(), reference="2026 年第 1 次表决",
        papers=ready([SimpleUploadedFile("结果.pdf", b"%PDF-1.4 x")]), at=at(21, 10),
    )  # fmt: skip


def furnish_rapid(village: Village) -> None:
    """One on its way, one done with parts and cost."""
    raised, who = Street(village), village.people
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


def furnish_decorations(village: Village) -> None:
    given = {"home": village.homes[1], "from_on": NOW.date(), "to_on": NOW.date() + timedelta(days=30)}
    village.rows["decoration"] = decorations.register_decoration(
        by=village.people["front"], compound=village.place.compound, firm="清风装饰", contact="孟师傅", phone="13900000071",
        at=NOW, **given,
    )  # fmt: skip


def furnish_help(village: Village) -> None:
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
    raised, home = Street(village), Home.objects.get(compound=place.compound, pk=who["owner"].home_id)
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


def furnish_whistle(village: Village) -> None:
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
    whistles.sign(
        by=liaison, whistle=one, ask=ask, meeting=Consultation.objects.get(compound=place.compound, whistle=one), person=0, agrees=False,
        words="放款要等裁定", at=at(23, 17),
    )  # fmt: skip
    money = whistles.request_funding(
        by=people["clerk"], whistle=one, liable="某置业公司", why="账户被法院冻结", court="区法院", case_no="(2022)执 12 号", frozen_fen=300_000_000,
        asked_fen=25_000_000, at=at(23, 16, 30),
    )  # fmt: skip
    whistles.enter(by=people["clerk"], funding=money, kind="sent", day=at(23).date(), paper="解冻申请", at=at(23, 17))
    whistles.draft(told=replace(told, title="消防通道划线"), at=at(24, 9), **given)
    village.rows["court"] = court
    village.rows["link"] = whistles.token_of(Ask.objects.get(compound=place.compound, pk=ask.pk))
