"""A property company chosen, page by page: from the notice that the contract ends to the vote, and from its result to the last key."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, expect
from voters import ANNOUNCED, Hall, post, send

from linli.assembly.rules.selections import HANDED
from linli.matters import services as matters
from linli.matters.models import Matter
from linli.matters.tests.makers import NOW
from linli.people.rules import Role

# Before the notice of the session, on NOW; and after its result has stood.
BEGINS, CALLED, OPENED, PUT = (NOW - timedelta(days=days) for days in (50, 41, 22, 21))
SIGNED, COMES = ANNOUNCED + timedelta(days=12), datetime(2026, 6, 1, 9, tzinfo=NOW.tzinfo)
ENDS, COMMENTS, BIDS = date(2026, 5, 31), CALLED.date() - timedelta(days=1), OPENED.date() - timedelta(days=3)
COMPANIES = (("甲安物业服务有限公司", "1.65"), ("乙和物业服务有限公司", "1.58"))
POINTS = {"member": ((36, 20, 25), (30, 30, 20)), "worker": ((35, 22, 26), (31, 30, 21))}
SHEET = ((38, 21, 24), (28, 30, 22))
ONE = "/selections/1/"
CONTRACT = {"name": "合同.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 contract"}


def does(hall: Hall, who: str, path: str, **filled: Any) -> Page:
    """A step of the selection, which is not refused."""
    page = hall.does(who, f"{ONE}{path}", **filled)
    assert not page.locator(".errors, .field-error").count(), page.locator("main").inner_text()
    return page


def gathered(hall: Hall) -> None:
    hall.joins("convener", post(hall.place, Role.COMMITTEE_CHAIR, "吴海"))
    hall.joins("writer", post(hall.place, Role.COMMITTEE_SECRETARY, "方文"))
    hall.joins("member", post(hall.place, Role.COMMITTEE_MEMBER, "钱宁"))
    hall.joins("worker", post(hall.place, Role.COMMUNITY_WORKER, "孔明月"))
    hall.joins("manager", post(hall.place, Role.PROPERTY_MANAGER, "周一平"))


def planned(hall: Hall) -> None:
    """The company is told in writing; the plan with its scorers is put up."""
    hall.does("convener", "/selections/new/", ground="expiry", contact="业委会，0000-1234567")
    does(
        hall, "convener", "notice/", given_on=str(BEGINS.date()), ends_on=str(ENDS), delivered="书面，物业经理当面签收"
    )
    does(
        hall, "writer", "set_plan/", services="保洁、秩序、绿化、共用设施维护", months="36", fee_model="lump_sum", price_cap="2.00", least="2",
        criteria="服务方案 40\n报价 30\n业绩和信誉 30", comments_until=str(COMMENTS),
    )  # fmt: skip
    for who, name, side in (("member", "钱宁", "committee"), ("worker", "孔明月", "community")):
        does(hall, "writer", "name_scorer/", name=name, side=side, phone=hall.phone(who), declared="on")
    does(hall, "writer", "name_scorer/", name="外请专家", side="expert", declared="on")
    page = does(hall, "convener", "plan/")
    expect(page.locator("main")).to_contain_text("大家提意见")


def scored(hall: Hall) -> None:
    """Envelopes in, opened before two witnesses, written down; three score, one of them on paper."""
    hall.until(CALLED)
    does(hall, "convener", "call/", until=str(BIDS))
    for company, _price in COMPANIES:
        does(hall, "writer", "receive/", company=company, contact="林建", phone="0000-7654321")
    hall.until(OPENED)
    does(hall, "convener", "open/", first="苏文", second="何静")
    for number, (_company, price) in enumerate(COMPANIES, 1):
        does(hall, "writer", f"bids/{number}/enter/", price_fen=price, promise="三十分钟到场")
        for who, points in POINTS.items():
            _scores(hall, who, f"bids/{number}/score/", points[number - 1])
        _scores(hall, "writer", f"bids/{number}/sheets/3/", SHEET[number - 1])
    page = does(hall, "convener", "publish/")
    expect(page.locator("main")).to_contain_text("82.33")


def _scores(hall: Hall, who: str, path: str, points: tuple[int, ...]) -> None:
    does(hall, who, path, **{f"item_{n}": str(given) for n, given in enumerate(points)})


def put(hall: Hall) -> None:
    """One press: the best is asked about, in a session drafted for it; each page leads to the other."""
    hall.until(PUT)
    page = hall.at("convener", ONE)
    page.get_by_role("link", name="提请业主大会表决").first.click()
    send(page)
    page.get_by_role("link", name="看这次会议").click()
    expect(page.locator("main")).to_contain_text("甲安物业服务有限公司，住宅每平方米每月 1.65 元，包干制，合同 36 个月")
    page.get_by_role("link", name="第 1 次选聘物业公司").click()
    expect(page.locator("main")).to_contain_text("业主大会表决中")


def _given_out(hall: Hall, reader: str) -> Matter:
    """Something that the old company has not done yet."""
    now, desk = timezone.now(), post(hall.place, Role.FRONT_DESK, "郑晓")
    m = hall.place.matter(hall.actors[reader], when=now)
    m = matters.triage(by=desk, matter=m, category="0101", level="compound", urgency="normal", at=now)
    return matters.dispatch(by=desk, matter=m, body=hall.place.property, at=now)


def came(hall: Hall, reader: str) -> None:
    """What stood is signed at the voted price, filed; the new company comes, the old one hands over and goes."""
    hall.until(SIGNED)
    does(hall, "convener", "decide/")
    page = does(
        hall, "convener", "sign/", signed_on=str(SIGNED.date()), starts_on=str(COMES.date()), signer="吴海", company_signer="林建",
        seal_line="第 0003 号", handover_until=str(COMES.date() + timedelta(days=10)), file=CONTRACT,
    )  # fmt: skip
    does(hall, "convener", "file/", filing_no="街备 12 号", filed_on=str(SIGNED.date()), filed_with="临溪街道")
    expect(page.locator("main")).to_contain_text("原合同到 2026-05-31 才结束")
    expect(hall.at(reader, "/contracts/1/").locator("main")).to_contain_text("1.65")
    open_one = _given_out(hall, reader)
    hall.until(COMES)
    does(hall, "convener", "admit/", manager="林建", phone="13812340001")
    for key in HANDED:
        does(hall, "manager", f"hand-over/{key}/give/", what="按清单")
        does(hall, "convener", f"hand-over/{key}/take/", what="按清单")
    page = hall.at("convener", ONE)
    expect(page.locator("main")).to_contain_text("还有 1 件诉求在它手上没办完，先转给新公司")
    does(hall, "convener", "hand_on/")
    does(hall, "convener", "leave/")
    expect(hall.at(reader, ONE).locator("main")).to_contain_text("交接完了")
    page = hall.at(reader, f"/matters/{open_one.number}/")
    expect(page.locator("main")).to_contain_text("转给甲安物业服务有限公司接着办")
