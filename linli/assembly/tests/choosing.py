"""A property company being chosen in a test, brought as far as is asked. Through the services alone, but for the count."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest

from linli.assembly.models import Bid, Item, Outcome, Selection, Session
from linli.assembly.queries import selections as queries
from linli.assembly.services import selections as verbs
from linli.kernel.refusal import Refused
from linli.matters.tests.makers import NOW, SHANGHAI, Place
from linli.people.models import Account
from linli.people.rules import Role
from linli.plumbing.acts import Actor

from . import makers

ENDS = date(2026, 9, 30)
COMMENTS = date(2026, 4, 7)
CALLED = datetime(2026, 4, 8, 10, 0, tzinfo=SHANGHAI)
BIDS = date(2026, 4, 28)
OPENED = datetime(2026, 4, 29, 10, 0, tzinfo=SHANGHAI)
PUT = OPENED + timedelta(days=3)
ANNOUNCED = datetime(2026, 6, 10, 10, 0, tzinfo=SHANGHAI)
STANDS = ANNOUNCED + timedelta(days=10)
STARTS = date(2026, 10, 1)
COMES = datetime(2026, 10, 1, 9, 0, tzinfo=SHANGHAI)
UNTIL = date(2026, 10, 11)
CRITERIA = [("服务方案", 40), ("报价", 30), ("业绩和信誉", 30)]
PLAN = {
    "services": "保洁、秩序、绿化、共用设施维护，标准不低于现在", "months": 36, "fee_model": "lump_sum", "price_cap": 200, "least": 2,
    "criteria": CRITERIA, "comments_until": COMMENTS,
}  # fmt: skip
COMPANIES = (("甲安物业服务有限公司", 165), ("乙和物业服务有限公司", 158))
POINTS = {"a": ([36, 20, 25], [30, 30, 20]), "b": ([35, 22, 26], [31, 30, 21]), "c": ([38, 21, 24], [28, 30, 22])}
PDF = b"%PDF-1.4 contract"
CONTRACT = {
    "price_fen": 165, "months": 36, "signed_on": date(2026, 6, 21), "starts_on": STARTS, "notice_days": 60,
    "clauses": ["items", "quality", "fees", "term", "handover"], "signer": "吴海", "company_signer": "林建",
    "seal_line": "第 0003 号", "handover_until": UNTIL, "name": "物业服务合同",
}  # fmt: skip


@dataclass
class Choice:
    """`scorers`: three, of whom the last has no account here."""

    place: Place
    chair: Actor
    writer: Actor
    manager: Actor | None
    scorers: dict[str, Actor] = field(default_factory=dict)
    selection: Selection | None = None

    @property
    def made(self) -> Selection:
        assert self.selection
        self.selection.refresh_from_db()
        return self.selection

    def does(self, verb: Any, by: Actor, at: datetime, **more: Any) -> Any:
        return verb(by=by, selection=self.made, at=at, **more)

    @property
    def bids(self) -> list[Bid]:
        return queries.bids(self.made)


def choice(place: Place) -> Choice:
    return Choice(
        place, place.post(Role.COMMITTEE_CHAIR, name="吴海"), place.post(Role.COMMITTEE_SECRETARY, name="方文"),
        place.post(Role.PROPERTY_MANAGER, name="周一平") if place.property else None,
    )  # fmt: skip


def started(place: Place, ground: str = "expiry", at: datetime = NOW) -> Choice:
    c = choice(place)
    c.selection = verbs.start(by=c.chair, compound=place.compound, ground=ground, contact="业委会，0000-1234567", at=at)
    return c


def noticed(place: Place, **more: Any) -> Choice:
    c = started(place, **more)
    c.does(verbs.give_notice, c.chair, NOW, given_on=NOW.date(), ends_on=ENDS, delivered="当面签收")
    return c


def name_scorers(c: Choice) -> None:
    for key, role in (("a", Role.COMMITTEE_MEMBER), ("b", Role.COMMUNITY_WORKER)):
        c.scorers[key] = c.place.post(role, name=f"评委{key}")
        phone = Account.objects.get(pk=c.scorers[key].account_id).phone
        c.does(
            verbs.name_scorer, c.writer, NOW, name=f"评委{key}", side="owner" if key == "a" else "community", declared=True, phone=phone
        )  # fmt: skip
    c.does(verbs.name_scorer, c.writer, NOW, name="外请专家", side="expert", declared=True)


def planned(place: Place, **more: Any) -> Choice:
    c = noticed(place)
    c.does(verbs.set_plan, c.writer, NOW, **{**PLAN, **more})
    name_scorers(c)
    c.does(verbs.put_up, c.chair, NOW)
    return c


def bidding(place: Place, companies: Any = COMPANIES, **more: Any) -> Choice:
    c = planned(place, **more)
    c.does(verbs.call, c.chair, CALLED, until=BIDS)
    for company, _price in companies:
        c.does(verbs.receive, c.writer, CALLED, company=company, contact="林建", phone="0000-7654321")
    return c


def opened(place: Place, **more: Any) -> Choice:
    c = bidding(place, **more)
    c.does(verbs.open_bids, c.chair, OPENED, witnesses=["苏文", "何静"])
    for bid, (_company, price) in zip(c.bids, COMPANIES, strict=True):
        c.does(verbs.enter, c.writer, OPENED, bid=bid, price_fen=price, promise="三十分钟到场")
    return c


def scores(c: Choice) -> None:
    for key in "ab":
        for bid, points in zip(c.bids, POINTS[key], strict=True):
            c.does(verbs.score, c.scorers[key], OPENED, bid=bid, points=points)
    expert = queries.scorers(c.made)[-1]
    for bid, points in zip(c.bids, POINTS["c"], strict=True):
        c.does(verbs.enter_score, c.writer, OPENED, scorer=expert, bid=bid, points=points)


def scored(place: Place, **more: Any) -> Choice:
    c = opened(place, **more)
    scores(c)
    c.does(verbs.publish, c.chair, OPENED)
    return c


def item_for(c: Choice, title: str = "选聘甲安物业服务有限公司", **more: Any) -> Item:
    """Of a session that the committee prepares."""
    item = {"matter_no": 4, "title": title, **more}
    return makers.vote(c.place, by=c.chair, state="drafting", items=[item], opens=NOW + timedelta(days=60)).items[0]


def voting(place: Place) -> Choice:
    c = scored(place)
    c.does(verbs.put, c.chair, PUT, bid=c.bids[0], item=item_for(c))
    return c


def announce(c: Choice, result: str = "passed") -> None:
    """As the count leaves it."""
    item = queries.puts(c.made)[-1].item
    compound = c.place.compound
    Outcome.objects.create(compound=compound, item=item, result=result, found={}, sheet="", at=ANNOUNCED)
    Session.objects.filter(compound_id=compound.pk, pk=item.session_id).update(
        state="announced", announced_at=ANNOUNCED
    )


def chosen(place: Place) -> Choice:
    c = voting(place)
    announce(c)
    c.does(verbs.decide, c.chair, STANDS)
    return c


def signed(place: Place, **more: Any) -> Choice:
    c = chosen(place)
    c.does(verbs.sign, c.chair, STANDS + timedelta(days=1), **{**CONTRACT, "file": BytesIO(PDF), **more})
    return c


def filed(place: Place) -> Choice:
    c = signed(place)
    c.does(
        verbs.file, c.chair, STANDS + timedelta(days=5), filing_no="街备 12 号", filed_on=(STANDS + timedelta(days=5)).date(),
        filed_with="临溪街道",
    )  # fmt: skip
    return c


def entered(place: Place) -> Choice:
    c = filed(place)
    c.does(verbs.admit, c.chair, COMES, manager="林建", phone="13812340001")
    return c


def refused(c, verb, by, at=NOW, **more) -> str:
    with pytest.raises(Refused) as no:
        c.does(verb, by, at, **more)
    return no.value.refusal.key
