"""A slope, and everybody who has to do with it: for the tests of whistles."""

import re
from datetime import timedelta

from linli.matters.models import Ask, Whistle
from linli.matters.services import whistles
from linli.matters.services.whistles import Told
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept

SITE = "https://linli.example"


class Cast:
    """A slope, and everybody who has to do with it."""

    def __init__(self, place):
        self.place = place
        subdistrict = place.compound.community.subdistrict
        self.office = Organisation.objects.create(kind=Body.SUBDISTRICT, name="临溪街道", subdistrict=subdistrict)
        self.court, self.planning = (
            Organisation.objects.create(
                kind=Body.AGENCY, name=name, subdistrict=subdistrict, catalogue=key, liaison="老陈", liaison_phone=phone
            )
            for name, key, phone in (
                ("区法院", "court", "13700000001"),
                ("自然资源局", "natural_resources", "13700000002"),
            )
        )
        self.owner = place.resident()
        self.desk, self.engineer = place.post(Role.FRONT_DESK), place.post(Role.ENGINEER)
        self.chair, self.member = place.post(Role.COMMITTEE_CHAIR), place.post(Role.COMMITTEE_MEMBER)
        self.secretary, self.worker = place.post(Role.COMMUNITY_SECRETARY), place.post(Role.COMMUNITY_WORKER)
        self.officer = place.post(Role.SUBDISTRICT_OFFICER, body=self.office)
        self.matter = makers.in_progress(
            place,
            self.owner,
            self.desk,
            self.engineer,
            "护坡裂了",
            category="0601",
            level="compound",
            urgency="normal",
            hazard=True,
        )

    def liaison(self, body) -> Actor:
        return Actor(
            role="agency_liaison",
            body_id=body.pk,
            body_kind="agency",
            channel="link",
            compound_id=self.place.compound.pk,
        )

    def told(self, *asks, **more) -> Told:
        said = {
            "title": "1、2 栋后坡裂缝",
            "facts": "雨后裂缝 12 米，最宽 8 厘米，下面是上学路",
            "done_below": "拉了警戒线，物业每天看",
            "cause": "power",
            "affected": 3000,
            "figures": "裂缝 12 米",
        }
        return Told(**{**said, **more}, asks=asks)

    def draft(self, *asks, by=None, level="agencies", **more) -> Whistle:
        return whistles.draft(
            by=by or self.worker, compound=self.place.compound, level=level, matters=[self.matter], at=NOW,
            told=self.told(*(asks or ((self.court, "解冻一部分资金"), (self.planning, "勘查地质隐患"))), **more),
        )  # fmt: skip

    def blown(self, *asks, when=NOW, **more) -> Whistle:
        return whistles.approve_and_blow(by=self.officer, whistle=self.draft(*asks, **more), at=when, site=SITE)

    def ask(self, whistle, place=1) -> Ask:
        return Ask.objects.select_related("body").get(compound=self.place.compound, whistle=whistle, place=place)

    def counts(self) -> dict[str, int]:
        return {n: v for n, v in kept(self.place.compound.pk, "whistle:").items() if v}

    def messages(self, phone) -> list[str]:
        rows = Message.objects.filter(compound=self.place.compound, phone=phone).order_by("id")
        return [f"{m.title} {m.body}" for m in rows]


def walk(cast, w, place=1, when=NOW):
    """One ask from received to answered."""
    ask, by = cast.ask(w, place), cast.liaison(cast.ask(w, place).body)
    whistles.receive(by=by, whistle=w, ask=ask, officer="王工", at=when)
    whistles.report_in(by=by, whistle=w, ask=ask, officer="王工", way="site", at=when + timedelta(hours=1))
    return whistles.answer(
        by=by, whistle=w, ask=ask, words="坡已加固", officer="王工", at=when + timedelta(hours=2)
    ), by


def page(cast, who, path):
    return cast.place.client(getattr(cast, who)).get(f"/c/{cast.place.slug}/whistles/{path}")


def post(cast, who, path, **data):
    return cast.place.client(getattr(cast, who)).post(f"/c/{cast.place.slug}/whistles/{path}", data)


def text(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def link(cast, whistle, place=1) -> str:
    return f"/w/{whistles.token_of(cast.ask(whistle, place))}/"
