"""Danger is read from the words: its promise runs day and night, the desk hears at once, a person may put it lower (domain §4.5)."""

import pytest
import time_machine
from django.utils import timezone

from linli.matters import services
from linli.matters.models import Clock, LifeFigure, Matter
from linli.matters.queries import desk as reads
from linli.matters.queries.desk import Filters
from linli.matters.queries.recount import differences
from linli.matters.rules.danger import at_least, told
from linli.notices.models import Message
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from .makers import at

pytestmark = pytest.mark.django_db
EVENING = at(24, 19, 37)


@pytest.fixture(autouse=True)
def _here(place):
    with compound_scope(place.compound.pk), time_machine.travel(EVENING, tick=False):
        yield


@pytest.mark.parametrize(
    ("words", "urgency"),
    [
        ("电梯困人了，里面有老人喘不过气", "emergency"),
        ("厨房燃气泄漏", "emergency"),
        ("楼道着火了", "emergency"),
        ("着火", "emergency"),
        ("可能着火了，有焦味", "emergency"),
        ("老人摔倒了起不来", "emergency"),
        ("水管爆了，水往楼下流", "urgent"),
        ("整栋楼停电了", "urgent"),
        ("单元门打不开", "urgent"),
        ("灯不亮像着火一样红", None),
        ("担心电线老化会着火", None),
        ("楼道堆物容易引发火灾", None),
        ("万一着火了怎么办", None),
        ("消防演练什么时候办", None),
        ("去年着过火，现在电线还没换", None),
        ("烧烤摊冒烟", None),
        ("经常停电，请换变压器", None),
        ("7栋电梯坏了", None),
        ("物业费乱收", None),
    ],
)
def test_what_the_words_say(words, urgency):
    assert told(words) == urgency


def test_nothing_proposed_goes_below_the_words():
    assert at_least("normal", "楼道着火了") == "emergency"
    assert at_least("emergency", "停电了") == "emergency"
    assert at_least("complaint", "物业费乱收") == "complaint"


def _clock(matter):
    return Clock.objects.get(matter=matter, kind="acknowledge")


@pytest.mark.parametrize("source", ["resident_online", "front_desk", "chat_group", "hotline", "patrol"])
def test_the_promise_runs_from_the_words_whatever_way_it_came(place, owner, desk, source):
    by = owner if source == "resident_online" else desk
    m = place.matter(by, "电梯困人了，里面有老人喘不过气", EVENING, source=source)
    assert (m.urgency, m.hazard, _clock(m).due_at) == ("emergency", True, at(24, 19, 42))
    assert AuditEntry.objects.get(subject_id=m.pk, act="raise").data["by_words"] == "emergency"
    urgent = place.matter(by, "水管爆了", EVENING, source=source)
    assert (urgent.urgency, urgent.hazard, _clock(urgent).due_at) == ("urgent", False, at(24, 19, 52))


def test_what_is_spoken_of_at_leisure_or_known_better_is_left_alone(place, desk):
    assert place.matter(desk, "着火了消防车进不来", EVENING, source="council_meeting").urgency == ""
    assert place.matter(desk, "楼道着火了", EVENING, urgency="normal").urgency == "normal"
    assert place.matter(desk, "楼道着火了", EVENING, history=True).urgency == ""


def test_the_desk_hears_at_once(place, owner, desk):
    m = place.matter(owner, "楼道着火了", EVENING)
    letter = Message.objects.get(kind="danger", subject_id=m.pk)
    assert (letter.account_id, letter.title) == (desk.account_id, f"特急：第 {m.label} 号，3月24日 19:42前受理")
    place.matter(desk, "楼道着火了", EVENING)
    assert Message.objects.filter(kind="danger").count() == 1


def test_the_receipt_says_five_minutes_and_whom_to_call(place, owner):
    browser = place.client(owner)
    m = place.matter(owner, "电梯困人了", timezone.now())
    page = browser.get(f"/c/{place.slug}/matters/{m.number}/sent/").content.decode()
    assert "19:42" in page and all(f"tel:{n}" in page for n in (119, 120, 110))


def test_whom_to_call_stands_there_while_typing(place, owner, desk):
    resident, clerk = place.client(owner), place.client(desk)
    for words, there in (("着火了", True), ("灯不亮了好几天", False)):
        typed = resident.get(f"/c/{place.slug}/report/similar/", {"words": words}).content.decode()
        noted = clerk.post(f"/c/{place.slug}/record/hints/", {"words": words}).content.decode()
        assert ("tel:119" in typed, "tel:119" in noted) == (there, there)


def test_the_desk_sees_it_first_with_its_minutes(place, owner, desk):
    late = place.matter(owner, "楼道灯不亮", at(20))
    fire = place.matter(owner, "楼道着火了", EVENING)
    rows = reads.page(place.compound, desk, Filters(), EVENING).rows
    assert [r.number for r in rows] == [fire.number, late.number]
    assert rows[0].due == "5 分钟后"


def test_a_person_may_put_it_lower_and_that_is_written_down(place, owner, desk):
    m = place.matter(owner, "楼道着火了", EVENING)
    services.triage(by=desk, matter=m, category="0606", level="compound", urgency="normal", hazard=False, at=EVENING)
    m.refresh_from_db()
    assert (m.urgency, m.hazard) == ("normal", False)
    assert AuditEntry.objects.get(subject_id=m.pk, act="triage").data["was_urgency"] == "emergency"
    assert Clock.objects.filter(matter=m, kind="acknowledge").count() == 1


@pytest.mark.parametrize(("minutes", "kept"), [(4, True), (50, False)])
def test_sorted_as_more_urgent_its_acceptance_is_judged_by_that(place, owner, desk, minutes, kept):
    m = place.matter(owner, "三楼那边不对劲", at(24, 10))
    services.accept(by=desk, matter=m, at=at(24, 10, minutes))
    assert LifeFigure.objects.get(matter=m).ack_in_time
    services.triage(by=desk, matter=Matter.objects.get(pk=m.pk), category="0606", level="compound", urgency="emergency", at=at(24, 10, 55))  # fmt: skip
    first, second = Clock.objects.filter(matter=m, kind="acknowledge").order_by("round")
    assert (first.urgency, first.breached_at) == ("normal", None)
    assert (second.due_at, second.done_at, second.breached_at is None) == (at(24, 10, 5), first.done_at, kept)
    assert LifeFigure.objects.get(matter=m).ack_in_time is kept
    assert not len(differences(place.compound.pk))
