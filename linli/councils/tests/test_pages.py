import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.councils import services
from linli.councils.models import Point, Talk
from linli.matters.models import Matter, ProposedTopic
from linli.matters.tests.makers import NOW
from linli.people.models import Organisation
from linli.people.rules import POSTS, Body, Role

from .makers import AFTER, TONIGHT, announced, handed_on, held, point, published

LATER = AFTER + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def _after_the_talk():
    with time_machine.travel(LATER, tick=False):
        yield


def url(place, name: str, *args) -> str:
    return reverse(f"councils:{name}", args=[place.slug, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


# ── what residents read ─────────────────────────────────────────────────────────────────────────────────────────────


def test_resident_finds_the_next_talk_and_the_last_under_council(place, chair, recorder):
    published(place, chair, recorder)
    coming = announced(place, chair, TONIGHT + timedelta(days=14), at=LATER)
    answer = place.client(place.resident()).get(reverse("notices:council", args=[place.slug]))
    assert "下一次：4月7日19:00" in text(answer) and "上次说的，办得怎样了" in text(answer)
    assert url(place, "talk", coming.number) in answer.content.decode()


def test_resident_reads_the_fate_of_every_point_and_no_speaker(place, chair, recorder):
    talk = held(place, chair, recorder)
    handed_on(place, talk, recorder, speaker="陈建军")
    told = point(talk, recorder, "垃圾房几点开门", "刘桂英")
    services.answer(
        by=recorder, talk=talk, point=told, words="早上六点", answered_by="物业", due_on=date(2026, 4, 1), at=AFTER
    )
    services.publish(by=chair, talk=talk, at=AFTER)
    answer = place.client(place.resident()).get(url(place, "talk", talk.number))
    page = text(answer)
    assert "充电桩太少" in page and "轮到物业" in page and "早上六点" in page and "2026年4月1日前" in page
    assert "过期了" not in page
    with time_machine.travel(AFTER + timedelta(days=30), tick=False):
        assert "答应2026年4月1日前，过期了" in text(place.client(place.resident()).get(url(place, "talk", talk.number)))
    assert "陈建军" not in page and "刘桂英" not in page
    assert reverse("matters:matter", args=[place.slug, 1]) not in answer.content.decode()


def test_recorder_reads_who_spoke_and_opens_the_matter(place, chair, recorder):
    talk = held(place, chair, recorder)
    handed_on(place, talk, recorder, speaker="陈建军")
    answer = place.client(recorder).get(url(place, "talk", talk.number))
    assert "陈建军说的，不公布" in text(answer)
    assert reverse("matters:matter", args=[place.slug, 1]) in answer.content.decode()


def test_points_are_not_shown_before_they_are_published(place, chair, recorder):
    talk = held(place, chair, recorder)
    point(talk, recorder)
    for reader in (place.resident(), place.post(Role.ENGINEER)):
        page = text(place.client(reader).get(url(place, "talk", talk.number)))
        assert "充电桩" not in page and "正在整理" in page


def test_of_a_matter_kept_secret_the_page_says_only_that_there_is_one(place, chair, recorder):
    talk = published(place, chair, recorder)
    Matter.objects.filter(compound_id=place.compound.pk).update(privacy="secret")
    answer = place.client(place.post(Role.GRID_WORKER)).get(url(place, "talk", talk.number))
    assert "转成事项了" in text(answer) and "轮到" not in text(answer)
    assert reverse("matters:matter", args=[place.slug, 1]) not in answer.content.decode()


def test_correction_stands_beside_the_point(place, chair, recorder):
    talk = published(place, chair, recorder)
    first = Point.objects.get(compound_id=place.compound.pk, place=1)
    services.correct(by=recorder, talk=talk, point=first, words="早上七点", reason="记错了", at=LATER)
    page = text(place.client(place.resident()).get(url(place, "talk", talk.number)))
    assert "早上六点" in page and "更正：早上七点" in page


# ── writing it down ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_talk_by_its_pages_from_first_to_last(place, chair, recorder):
    writes, heads = place.client(recorder), place.client(chair)
    said = {"starts_at": "2026-03-25T19:00", "spot": "中心亭子", "subject": "充电", "once": str(uuid4())}
    for _ in range(2):
        answer = heads.post(url(place, "announce"), said, follow=True)
    talk = Talk.objects.get(compound_id=place.compound.pk)
    assert "3月25日" in text(answer).replace("明天", "3月25日") and "中心亭子" in text(answer)
    with time_machine.travel(AFTER + timedelta(days=1), tick=False):
        writes.post(url(place, "act", 1, "hold"), {"attendance": "12"})
        once = str(uuid4())
        for _ in range(2):
            writes.post(url(place, "act", 1, "add"), {"words": "充电桩太少", "speaker": "", "once": once})
        made = Point.objects.get(compound_id=place.compound.pk)
        writes.post(url(place, "point-act", 1, made.pk, "hand_on"), {})
        answer = heads.post(url(place, "act", 1, "publish"), {}, follow=True)
    assert "公布了，公告的草稿也拟好了" in text(answer)
    talk.refresh_from_db()
    assert (talk.state, talk.attendance, talk.posting.state) == ("published", 12, "draft")


def test_what_is_wrong_is_said_and_kept(place, chair, recorder):
    talk = held(place, chair, recorder)
    answer = place.client(recorder).post(
        url(place, "act", talk.number, "add"), {"words": "陈建军嫌吵", "speaker": "陈建军"}
    )
    assert answer.status_code == 422
    assert "不要写说话人的名字" in text(answer) and "陈建军嫌吵" in answer.content.decode()


def test_topic_of_the_hotline_is_taken_up_by_its_page(place, chair, recorder):
    matter = place.matter(place.resident(), "东门外夜里施工太吵")
    talk = announced(place, chair)
    topic = ProposedTopic.objects.create(
        compound=place.compound, matter=matter, title="东门外夜里施工太吵", orders=3, first_at=NOW, last_at=NOW, proposed_at=NOW
    )  # fmt: skip
    browser = place.client(recorder)
    assert "3个来电，放进这次夜话" in text(browser.get(url(place, "talk", talk.number)))
    answer = browser.post(url(place, "topic", talk.number, topic.pk), {"words": "东门外夜里太吵"}, follow=True)
    assert "东门外夜里太吵" in text(answer) and "放进这次夜话" not in text(answer)


def test_secret_topics_are_offered_to_no_talk(place, chair, recorder):
    matter = place.matter(place.resident(), "家里的事", privacy="secret")
    topic = ProposedTopic.objects.create(
        compound=place.compound, matter=matter, title="家里的事", orders=3, first_at=NOW, last_at=NOW, proposed_at=NOW
    )  # fmt: skip
    talk, browser = announced(place, chair), place.client(recorder)
    assert "家里的事" not in text(browser.get(url(place, "talk", talk.number)))
    assert browser.get(url(place, "topic", talk.number, topic.pk)).status_code == 404


def test_open_point_is_spoken_of_on_the_next_talks_page(place, chair, recorder):
    published(place, chair, recorder, due_on=date(2026, 4, 1))
    talk = held(place, chair, recorder, TONIGHT + timedelta(days=14))
    browser = place.client(recorder)
    with time_machine.travel(TONIGHT + timedelta(days=14, hours=2), tick=False):
        answer = browser.get(url(place, "talk", talk.number))
        assert "上次没完的" in text(answer)
        left = Point.objects.get(compound_id=place.compound.pk, place=1)
        said = {"words": "门换好了", "done": "on"}
        answer = browser.post(url(place, "point-act", talk.number, left.pk, "follow_up"), said, follow=True)
    assert "办到了：门换好了" in text(answer)


# ── who: every post, in every state, of this compound's and another's ───────────────────────────────────────────────

# Of a talk that the committee called: its own, and the community that sits with them.
RECORDS = {
    "community_secretary", "community_worker", "committee_chair", "committee_vice_chair", "committee_member", "committee_secretary",
}  # fmt: skip
CALLS = {"community_secretary", "branch_secretary", "committee_chair", "pmc_chair"}
OF_THE_BODY = {"committee_chair"}
OPENS = {"announced": {"hold"}, "held": {"add"}, "published": set(), "cancelled": set()}
HEADS = {"announced": {"cancel"}, "held": {"publish"}, "published": set(), "cancelled": set()}


def somebody(place, role: Role):
    kind = next(body for body in (Body.COMMITTEE, Body.COMMUNITY, *POSTS[role]) if body in POSTS[role])
    near = {"community": place.compound.community} if kind == Body.COMMUNITY else {"compound": place.compound}
    where = {"subdistrict": place.compound.community.subdistrict} if kind in {Body.SUBDISTRICT, Body.AGENCY} else near
    body, _made = Organisation.objects.get_or_create(kind=kind, **where, defaults={"name": "某组织"})
    return place.post(role, body)


@pytest.mark.one_database
@pytest.mark.parametrize("state", OPENS)
def test_each_post_is_offered_its_steps_and_finds_no_others(place, chair, recorder, state):
    talk = announced(place, chair)
    Talk.objects.filter(compound_id=place.compound.pk).update(state=state, attendance=3, held_at=AFTER)
    wrong = []
    for role in POSTS:
        browser = place.client(somebody(place, role))
        may = OPENS[state] if role in RECORDS else set()
        may = may | (HEADS[state] if role in OF_THE_BODY else set())
        for act in ("hold", "cancel", "add", "publish"):
            answer = browser.get(url(place, "act", talk.number, act))
            part = role in (RECORDS if act in {"hold", "add"} else OF_THE_BODY)
            expected = 200 if act in may else 302 if part else 404
            wrong += [] if answer.status_code == expected else [(role, act, answer.status_code)]
        called = browser.get(url(place, "announce")).status_code == 200
        wrong += [] if called is (role in CALLS) else [(role, "announce")]
    assert wrong == []


def test_people_of_another_compound_find_no_talk(place, chair, recorder):
    from linli.matters.tests.makers import compound

    talk, there = published(place, chair, recorder), compound("there")
    made = Point.objects.filter(compound_id=place.compound.pk).first()
    for actor in (there.post(Role.COMMITTEE_CHAIR), there.resident()):
        browser = there.client(actor)
        for address in (
            url(place, "talk", talk.number),
            url(place, "point-act", talk.number, made.pk, "correct"),
            reverse("councils:point-act", args=[there.slug, talk.number, made.pk, "correct"]),
        ):
            assert browser.get(address).status_code == 404


# ── few statements ──────────────────────────────────────────────────────────────────────────────────────────────────


def statements(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


def test_page_of_a_talk_asks_as_often_for_one_point_as_for_many(place, chair, recorder):
    one, many = held(place, chair, recorder), held(place, chair, recorder, TONIGHT + timedelta(days=1))
    handed_on(place, one, recorder)
    for n in range(8):
        handed_on(place, many, recorder, f"第{n}盏灯不亮")
    for talk in (one, many):
        Talk.objects.filter(compound_id=place.compound.pk, pk=talk.pk).update(state="published")
    browser = place.client(place.resident())
    assert statements(browser, url(place, "talk", one.number)) == statements(browser, url(place, "talk", many.number))


def test_list_of_talks_asks_as_often_for_one_as_for_many(place, chair, recorder):
    browser = place.client(place.resident())
    announced(place, chair, LATER + timedelta(hours=3), at=LATER)
    few = statements(browser, url(place, "talks"))
    for n in range(25):
        announced(place, chair, LATER + timedelta(days=1 + n), at=LATER)
    assert statements(browser, url(place, "talks")) == few
    answer = browser.get(url(place, "talks"))
    assert f"?before={26 - 19}" in answer.content.decode()
    assert browser.get(url(place, "talks") + "?before=7").content.decode().count("/talks/") >= 6
