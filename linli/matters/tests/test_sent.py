"""What a phone sends later: once, with the moment it was done, and never over what happened meanwhile."""

import io
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from linli.matters import services
from linli.matters.models import Attachment, Matter
from linli.matters.tests.makers import NOW, Place, account, compound, in_progress, resolved
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.offline import holder
from linli.plumbing.tenancy import compound_scope

HOUR = 3_600_000
HALF = timedelta(minutes=30)
pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = compound()
    with compound_scope(made.compound.pk), time_machine.travel(NOW + timedelta(hours=2), tick=False):
        yield made


class Cast:
    def __init__(self, place: Place):
        self.place = place
        self.owner, self.clerk = place.resident(), place.post(Role.COMMUNITY_WORKER)
        self.engineer = place.post(Role.ENGINEER)
        self.matter = in_progress(place, self.owner, self.clerk, self.engineer)

    def send(self, act: str, by=None, *, matter=None, minutes: float = 60, files=(), **more):
        """As sw.js posts it: `minutes` ago by the phone's own clock, which stands in another year."""
        by = by or self.engineer
        data = {
            "holder": holder(by), "seen": (matter or self.now).piece, "once": str(uuid4()), "done": str(5 * HOUR), "sent": str(5 * HOUR + int(minutes * 60_000)),
            "photos": list(files), **more,
        }  # fmt: skip
        number = (matter or self.matter).number
        return self.place.client(by).post(f"/c/{self.place.slug}/matters/{number}/{act}/", data)

    @property
    def now(self) -> Matter:
        return Matter.objects.get(compound_id=self.place.compound.pk, pk=self.matter.pk)

    def entries(self, act: str) -> list[AuditEntry]:
        found = AuditEntry.objects.filter(compound_id=self.place.compound.pk, subject_id=self.matter.pk, act=act)
        return list(found.order_by("id"))


@pytest.fixture
def cast(place) -> Cast:
    return Cast(place)


def photo(shade: int = 120) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), (shade, 110, 90)).save(out, "JPEG")
    return SimpleUploadedFile("after.jpg", out.getvalue(), "image/jpeg")


def test_what_was_done_an_hour_ago_counts_from_then_and_says_when_it_came(cast):
    answer = cast.send("arrive", words="到楼下了")
    assert (answer.status_code, answer.json()) == (200, {"result": "done"})
    assert cast.now.arrived_at == NOW + timedelta(hours=1)
    (entry,) = cast.entries("arrive")
    assert (entry.at, entry.channel, entry.words) == (NOW + timedelta(hours=1), "offline", "到楼下了")
    assert datetime.fromisoformat(entry.data["received"]) == NOW + timedelta(hours=2)
    page = cast.place.client(cast.owner).get(f"/c/liuxi/matters/{cast.matter.number}/").content.decode()
    assert "今天 11:00，今天 12:00 送到" in page


def test_the_same_act_twice_is_done_once(cast):
    once = str(uuid4())
    assert cast.send("note", words="缺一个灯座", once=once, files=[photo()]).json() == {"result": "done"}
    assert cast.send("note", words="缺一个灯座", once=once, files=[photo()]).json() == {"result": "done", "again": True}
    assert len(cast.entries("note")) == 1
    assert Attachment.objects.filter(compound_id=cast.place.compound.pk).count() == 1


def test_steps_in_order_are_all_taken_in(cast):
    body = cast.place.property
    cast.matter = cast.place.matter(cast.owner, "门禁坏了，刷卡没反应")
    cast.matter = services.triage(
        by=cast.clerk, matter=cast.matter, category="0101", level="building", urgency="normal", at=NOW
    )
    post = Post.objects.get(pk=cast.engineer.role_id)
    services.dispatch(by=cast.clerk, matter=cast.matter, body=body, post=post, at=NOW)
    assert cast.send("take", words="打过电话", contact="called", minutes=50).json() == {"result": "done"}
    assert cast.send("arrive", minutes=40).json() == {"result": "done"}
    fixed = cast.send(
        "resolve", words="换了读卡器", outcome="fixed", cost_fen="186", paid_by="物业费", files=[photo()], minutes=10
    )
    assert fixed.json() == {"result": "done"}
    now = cast.now
    assert (now.state, now.resolved_at, now.cost_fen) == ("resolved", NOW + timedelta(minutes=110), 18600)
    assert now.photo_after


def test_out_of_order_waits_as_a_conflict(cast):
    cast.matter = cast.place.matter(cast.owner)
    answer = cast.send("arrive")
    assert (answer.status_code, answer.json()["result"]) == (409, "conflict")


@pytest.mark.parametrize("minutes", [-60, 73 * 60])
def test_a_moment_beyond_belief_is_the_moment_of_receipt(cast, minutes):
    cast.send("arrive", minutes=minutes)
    assert cast.now.arrived_at == NOW + timedelta(hours=2)


def test_nothing_was_done_before_the_turn_began(cast):
    cast.send("arrive", minutes=71 * 60)
    assert cast.now.arrived_at == cast.now.turn_since == NOW


def test_what_somebody_else_wrote_is_not_sent_by_who_signed_in_after(cast):
    other = cast.place.post(Role.ENGINEER)
    answer = cast.send("arrive", by=other, holder=holder(cast.engineer))
    assert (answer.status_code, answer.json()["result"]) == (403, "other")
    assert cast.send("arrive", by=other, holder="").json()["result"] == "other"
    assert cast.entries("arrive") == []


def test_another_standing_of_the_same_account_is_somebody_else(cast):
    who = account("周一平")
    one, two = cast.place.post(Role.ENGINEER, who=who), cast.place.post(Role.COMMUNITY_WORKER, who=who)
    assert cast.send("internal_note", by=two, holder=holder(one), words="x").json()["result"] == "other"


def test_a_mark_of_somebody_elses_act_does_nothing(cast):
    once = str(uuid4())
    cast.send("note", words="一", once=once)
    front = cast.place.post(Role.FRONT_DESK)
    assert cast.send("note", by=front, words="二", once=once).status_code in {200, 409}
    assert [e.words for e in cast.entries("note")] == ["一"]


def test_given_to_somebody_else_meanwhile_is_shown_and_kept_beside(cast):
    other, body = cast.place.post(Role.ENGINEER), cast.place.property
    m = services.recall(by=cast.place.post(Role.FRONT_DESK), matter=cast.matter, reason="要换整根管", at=NOW)
    m = services.dispatch(
        by=cast.place.post(Role.FRONT_DESK), matter=m, body=body, post=Post.objects.get(pk=other.role_id), at=NOW
    )
    services.take(by=other, matter=m, words="我去", at=NOW)
    said = cast.send("resolve", words="换了灯", outcome="fixed", files=[photo()], minutes=180)
    assert said.status_code == 409
    told = said.json()
    assert (told["result"], told["says"], told["note"]) == ("conflict", "这一步不归您办", True)
    assert any("要换整根管" in line for line in told["meanwhile"]) and told["now"]
    kept = cast.send(
        "late",
        meant="resolve",
        words="换了灯",
        outcome="fixed",
        cost_fen="一百",
        paid_by="物业",
        contact="x",
        files=[photo()],
    )
    assert kept.json() == {"result": "done"}
    assert cast.now.state == "in_progress"
    (entry,) = cast.entries("internal_note")
    assert (entry.internal, entry.data["meant"], entry.data["cost"]) == (True, "resolve", "一百")
    (shot,) = Attachment.objects.filter(compound_id=cast.place.compound.pk)
    assert (shot.internal, shot.entry_id) == (True, entry.pk)
    seen = cast.place.client(other).get(f"/c/liuxi/matters/{m.number}/").content.decode()
    assert "没有信号时记的“办好了”没赶上" in seen and "换了灯" in seen
    assert "换了灯" not in cast.place.client(cast.owner).get(f"/c/liuxi/matters/{m.number}/").content.decode()


def test_closed_meanwhile_is_a_conflict_that_can_still_be_kept(cast):
    done = resolved(cast.place, cast.owner, cast.clerk, cast.engineer, "窗户关不上")
    services.confirm(by=cast.owner, matter=done, rating="satisfied", at=NOW)
    told = cast.send("note", matter=done, words="还差一个螺丝").json()
    assert (told["result"], told["note"]) == ("conflict", True)
    assert cast.send("late", matter=done, words="还差一个螺丝", meant="note").json() == {"result": "done"}


def test_a_step_of_the_last_leg_is_none_of_this_one(cast):
    done = services.resolve(by=cast.engineer, matter=cast.matter, words="换了灯", evidence=True, at=NOW)
    again = services.reopen(by=cast.owner, matter=done, reason="又灭了", at=NOW)
    again = services.triage(by=cast.clerk, matter=again, category="0101", level="building", urgency="normal", at=NOW)
    post = Post.objects.get(pk=cast.engineer.role_id)
    again = services.dispatch(by=cast.clerk, matter=again, body=cast.place.property, post=post, at=NOW + HALF)
    told = cast.send("take", words="来了", contact="called", seen=cast.matter.piece)
    assert told.json()["says"] == "这件事后来又重新办了，您记的是上一次的"
    assert cast.send("note", words="第一次换的灯座").json() == {"result": "done"}
    assert cast.send("take", words="来了", contact="called").json() == {"result": "done"}


def test_what_lacks_something_is_refused_with_the_sentence(cast):
    answer = cast.send("resolve", words="换了灯", outcome="fixed", cost_fen="0")
    assert (answer.status_code, answer.json()) == (422, {"result": "refused", "says": "请拍一张办好后的照片"})
    assert cast.send("note", words="x", once="nonsense").json()["result"] == "refused"
    broken = SimpleUploadedFile("a.jpg", b"no photo", "image/jpeg")
    assert cast.send("note", words="x", files=[broken]).json()["result"] == "refused"


def test_desk_acts_and_unseen_matters_are_not_taken_in(cast):
    assert cast.send("close", by=cast.clerk).json()["note"] is False
    stranger = compound("other")
    clerk = stranger.post(Role.COMMUNITY_WORKER)
    with compound_scope(stranger.compound.pk):
        answer = stranger.client(clerk).post(
            f"/c/other/matters/{cast.matter.number}/note/",
            {"holder": holder(clerk), "sent": "1", "done": "1", "once": str(uuid4()), "words": "x"},
        )
    assert (answer.status_code, answer.json()["result"]) == (409, "conflict")


def test_residents_cannot_keep_beside(cast):
    assert cast.send("late", by=cast.owner, words="x").json()["result"] == "conflict"
    with pytest.raises(services.work.Refused):
        services.keep_late(by=cast.owner, matter=cast.matter, words="x", at=NOW)


def test_without_a_sign_in_the_phone_is_sent_to_sign_in(cast):
    place = cast.place
    answer = place.client().post(f"/c/liuxi/matters/{cast.matter.number}/note/", {"sent": "1", "words": "x"})
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in/")


def test_who_tells_the_phone_whose_acts_it_may_send(cast):
    answer = cast.place.client(cast.engineer).get("/c/liuxi/work/who/")
    assert answer.json()["holder"] == holder(cast.engineer) and answer.json()["token"]
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_field_page_offers_what_comes_after_the_next_step(cast, django_assert_num_queries):
    page = cast.place.client(cast.engineer).get(f"/c/liuxi/work/{cast.matter.number}/").content.decode()
    assert f'data-holder="{holder(cast.engineer)}"' in page
    for step in ("arrive", "resolve", "note"):
        assert f'data-field-step="{step}"' in page
    assert 'data-field-step="make_safe"' not in page and "data-after" not in page
    cast.matter = cast.place.matter(cast.owner, "单元门关不上")
    sorted_out = services.triage(
        by=cast.clerk, matter=cast.matter, category="0101", level="building", urgency="urgent", at=NOW
    )
    post = Post.objects.get(pk=cast.engineer.role_id)
    services.dispatch(by=cast.clerk, matter=sorted_out, body=cast.place.property, post=post, at=NOW)
    page = cast.place.client(cast.engineer).get(f"/c/liuxi/work/{cast.matter.number}/").content.decode()
    for step in ("arrive", "make_safe", "resolve"):
        assert f'data-field-step="{step}" data-subject="matters/{cast.matter.number}" data-after="take" hidden' in page
    watcher = cast.place.post(Role.GRID_WORKER)
    page = cast.place.client(watcher).get(f"/c/liuxi/work/{cast.matter.number}/").content.decode()
    assert "data-field-step" not in page
    assert cast.place.client(cast.owner).get(f"/c/liuxi/work/{cast.matter.number}/").status_code == 404


def test_residents_pages_are_not_marked_to_be_kept(cast):
    page = cast.place.client(cast.owner).get(f"/c/liuxi/matters/{cast.matter.number}/").content.decode()
    assert "data-holder" not in page and "field.js" not in page and 'name="seen"' not in page
