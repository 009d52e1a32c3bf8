"""What was said in the village: a matter in every state, with photos, and the lamps gathered into one order."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from ground import Village

from linli.matters import services
from linli.matters.models import Attachment, Matter
from linli.matters.services import (
    orders,
    together,
)
from linli.matters.services.intake import Spot
from linli.matters.tests.makers import at
from linli.people.models import Organisation, Post
from linli.places.models import Home
from linli.web.samples import photos


@cache
def _jpeg(motif: str, after: bool) -> bytes:
    return photos.jpeg(photos.draw(motif, after, 7))


def shown_photo(motif: str, after: bool = False) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{motif}.jpg", _jpeg(motif, after), "image/jpeg")


def furnish_matters(village: Village) -> None:
    raised = Street(village)
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
        files=[shown_photo("stairwell", after=True)], at=at(23, 17, 30),
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


@dataclass
class Street:
    """Short hands for the same few verbs."""

    village: Village

    def say(self, who: str, words: str, when: datetime, *, name: str = "", photo: str = "") -> Matter:
        by = self.village.people[who]
        home = Home.objects.get(compound=self.village.place.compound, pk=by.home_id)
        made = services.raise_with_photos(
            by=by, compound=self.village.place.compound, words=words, at=when, files=[shown_photo(photo)] if photo else [],
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
            files=[shown_photo(photo, after=True)] if after else [], at=when.replace(hour=16),
        ) if after else services.resolve(by=engineer, matter=again(taken), words="去看过，当场弄好了", evidence=True, at=when.replace(hour=16))  # fmt: skip
        self.village.matters[name] = made
        return made


def again(matter: Matter) -> Matter:
    return Matter.objects.get(compound_id=matter.compound_id, pk=matter.pk)


def furnish_ordered(village: Village) -> None:
    """The lamps, gathered by the committee and placed; the company has not answered yet."""
    raised, chair = Street(village), village.people["chair"]
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


def picture(village: Village) -> Attachment:
    return Attachment.objects.filter(compound_id=village.place.compound.pk, kind="photo").order_by("id")[0]
