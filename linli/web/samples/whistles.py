"""Whistles of the sample compounds: one that waits for approval, some with agencies, the slope with its money, one closed."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from linli.matters.models import Ask, Matter, Whistle
from linli.matters.services import whistles
from linli.matters.services.whistles import Told
from linli.matters.services.whistles.files import Ready
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.people.services.agencies import keep_agency
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry

from .registers import Town

SITE = "http://127.0.0.1:8000"
AGENCIES = (
    ("housing_bureau", "区住建局", "何敏"), ("natural_resources", "自然资源分局", "高原"), ("court", "区人民法院", "钟正"),
    ("fire_brigade", "消防救援大队", "路远"), ("traffic_police", "交警二中队", "常青"),
)  # fmt: skip
# Danger, parking, charging, encroachment: what a compound has no power over.
OFTEN, SLOPE = ("04", "05", "06", "09"), "0608"
SAID = (
    ("housing_bureau", "来人看一看，出处理意见", "fire_brigade", "检查一次，写明怎么改"),
    ("traffic_police", "划线，装一块牌子", "housing_bureau", "审一下改动的方案"),
)


def blow(town: Town) -> int:
    """Through the services; how many."""
    worker = town.as_post(town.plan.places.posts_of("community_worker")[0].key)
    officer = _officer(town)
    bodies = _agencies(town, officer)
    fits = Q()
    for top in OFTEN:
        fits |= Q(category__startswith=top)
    rows = Matter.objects.filter(fits, compound=town.compound, state="in_progress", open=True)
    # What slides down a slope first, where there is one.
    open_ones = sorted(rows.order_by("-number")[:40], key=lambda m: m.category != SLOPE)[:4]
    for n, matter in enumerate(open_ones):
        if n == 0 and town.compound.slug == "yunpo":
            _slope(town, worker, officer, bodies, matter)
        else:
            _usual(town, worker, officer, bodies, matter, n)
    return len(open_ones)


def _officer(town: Town) -> Actor:
    post = Post.objects.filter(
        kind=Role.SUBDISTRICT_OFFICER, organisation__subdistrict=town.compound.community.subdistrict_id
    ).first()
    assert post
    return town._as(f"post:{post.pk}", post.account_id)


def _agencies(town: Town, officer: Actor) -> dict[str, Organisation]:
    """Kept once for the whole subdistrict."""
    there = Organisation.objects.filter(
        kind=Body.AGENCY, subdistrict=town.compound.community.subdistrict_id, ended_on=None
    )
    found = {o.catalogue: o for o in there}
    for n, (key, name, liaison) in enumerate(AGENCIES):
        if key not in found:
            found[key] = keep_agency(
                by=officer, compound=town.compound, catalogue=key, name=name, liaison=liaison, liaison_phone=f"1350000990{n}",
                at=town.now - timedelta(days=300),
            )  # fmt: skip
    return found


def _liaison(town: Town, ask: Ask) -> Actor:
    return Actor(
        role="agency_liaison", body_id=ask.body_id, body_kind="agency", channel="link", compound_id=town.compound.pk
    )


def _draft(town: Town, by: Actor, matter: Matter, asks, when: datetime, files: Sequence[Ready] = (), **said) -> Whistle:
    told = Told(
        **{
            "title": matter.public_title, "facts": "巡查两次，都还在，一次比一次重。", "done_below": "物业设了警示，社区约过一次，没有权力处理。",
            "cause": "power", "affected": 60, "asks": asks, **said,
        }
    )  # fmt: skip
    return whistles.draft(
        by=by, compound=town.compound, level="agencies", told=told, matters=[matter], files=files, at=when
    )


def _paper(title: str, words: str) -> list[Ready]:
    """One page of two lines, in a font that every reader of PDF files has for Chinese."""
    lines = [
        b"BT /F 20 Tf 72 740 Td <%s> Tj ET" % title.encode("utf-16-be").hex().encode(),
        b"BT /F 12 Tf 72 700 Td <%s> Tj ET" % words.encode("utf-16-be").hex().encode(),
    ]
    stream = b"\n".join(lines)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[6 0 R]>>",
        b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>",
    ]  # fmt: skip
    body, starts = b"%PDF-1.4\n", []
    for n, part in enumerate(parts, 1):
        starts.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (n, part)
    table = b"".join(b"%010d 00000 n \n" % at for at in starts)
    tail = b"xref\n0 7\n0000000000 65535 f \n%strailer<</Size 7/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )
    return [Ready(f"{title}.pdf", body + tail)]


def _asks(whistle: Whistle) -> list[Ask]:
    rows = Ask.objects.select_related("body").filter(compound_id=whistle.compound_id, whistle=whistle)
    return list(rows.order_by("place"))


def _last(matter: Matter) -> datetime:
    """When something was written on it last: a story is told in order."""
    rows = AuditEntry.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk)
    return rows.order_by("at").values_list("at", flat=True).last() or matter.reported_at


def _usual(town: Town, worker: Actor, officer: Actor, bodies, matter: Matter, n: int) -> None:
    one, first, other, second = SAID[n % len(SAID)]
    when = min(max(_last(matter), town.now - timedelta(days=4)) + timedelta(minutes=20), town.now)
    whistle = _draft(town, worker, matter, [(bodies[one], first), (bodies[other], second)], when)
    if n == 3:
        return
    whistle = whistles.approve_and_blow(by=officer, whistle=whistle, at=when, site=SITE)
    ask = _asks(whistle)[0]
    if n >= 1:
        whistles.report_in(
            by=_liaison(town, ask),
            whistle=whistle,
            ask=ask,
            officer=ask.body.liaison,
            way="site",
            at=min(when + timedelta(hours=3), town.now),
        )
    if n == 2:
        whistles.answer(
            by=_liaison(town, ask),
            whistle=whistle,
            ask=ask,
            officer=ask.body.liaison,
            words="已经看过，下周进场。",
            at=town.now,
        )


def _slope(town: Town, worker: Actor, officer: Actor, bodies, matter: Matter) -> None:
    """Domain M40: the developer's money is frozen; the court lets part of it go."""
    start = town.now - timedelta(days=40)
    asks = [
        (bodies["court"], "解冻一部分资金修坡"),
        (bodies["natural_resources"], "勘查，出加固方案"),
        (bodies["housing_bureau"], "审方案，参加验收"),
    ]
    whistle = _draft(
        town, worker, matter, asks, start, title="1、2 栋后坡裂缝", affected=3000, urgency="urgent",
        facts="雨后坡面裂了 12 米，最宽 8 厘米，下面是上学的路。", figures="裂缝 12 米，宽 8 厘米", done_below="拉了警戒线，立了牌，物业早晚各看一次。",
        basis="民法典第一千二百五十三条", files=_paper("坡面巡查记录", "裂缝 12 米，最宽 8 厘米，早晚各看一次。"),
    )  # fmt: skip
    whistle = whistles.approve_and_blow(by=officer, whistle=whistle, at=start, site=SITE)
    for ask in _asks(whistle):
        by = _liaison(town, ask)
        whistles.report_in(
            by=by, whistle=whistle, ask=ask, officer=ask.body.liaison, way="site", at=start + timedelta(hours=1)
        )
    day = start + timedelta(days=2)
    whistles.minutes(
        by=worker, whistle=whistle, words="法院先解冻一部分；自然资源分局牵头出方案；住建局审。", at=day,
        attendance=[(ask.body.name, ask.body.liaison) for ask in _asks(whistle)] + [("业委会", "主任")],
    )  # fmt: skip
    money = whistles.request_funding(
        by=worker, whistle=whistle, liable=town.compound.name + "置业有限公司", why="账户被法院冻结", court="区人民法院", case_no="（2025）执 0412 号",
        frozen_fen=860_000_000, asked_fen=26_000_000, basis="执行异议和复议规定", at=day,
    )  # fmt: skip
    steps = (
        ("sent", 3, {"paper": "解冻申请书", "files": _paper("解冻申请书", "请解冻 26 万元，专款修坡。")}), ("got", 6, {"paper": "受理通知书"}), ("decided", 12, {"decision": "partly", "fen": 21_000_000}),
        ("released", 15, {"fen": 21_000_000, "payee": "坡稳岩土工程有限公司", "files": _paper("付款回单", "21 万元，付给坡稳岩土工程有限公司。")}),
    )  # fmt: skip
    for kind, days, more in steps:
        at = start + timedelta(days=days)
        whistles.enter(by=worker, funding=money, kind=kind, day=at.date(), at=at, **more)
    court = _asks(whistle)[0]
    whistles.answer(
        by=_liaison(town, court), whistle=whistle, ask=court, officer=court.body.liaison, words="裁定解冻 21 万元，专款修坡，已经付到施工方。",
        at=start + timedelta(days=16),
    )  # fmt: skip
    whistles.check(by=worker, whistle=whistle, ask=court, at=start + timedelta(days=17))
    whistles.score(
        by=worker, whistle=whistle, ask=court, response="good", quality="good", at=start + timedelta(days=17)
    )
