"""Check-ins by stewards (M3): who was not seen for how long, what was said, what came of it."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import tasks
from linli.matters.access import parts_in
from linli.matters.models import CheckIn, CheckPlan, CheckReview, Follower, HomeSeen, Matter
from linli.matters.queries import checkins as read
from linli.matters.rules.checkins import buckets, due
from linli.matters.rules.states import Who
from linli.matters.services import checkins
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW
from linli.people.models import Ownership, Post
from linli.people.rules import Role
from linli.people.services import imports
from linli.places.models import Home
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.numbers import page_in
from linli.plumbing.offline import holder
from linli.plumbing.tenancy import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_at_ten")]
LATER = NOW + timedelta(days=3)


@pytest.fixture
def steward(place):
    return place.post(Role.STEWARD)


def planned(place, manager, steward, **more):
    post = Post.objects.get(pk=steward.role_id)
    given = {"post": post, "building": place.home.building, "every_days": 30, "at": NOW} | more
    return checkins.plan_check_ins(by=manager, compound=place.compound, **given)


def seen_of(place, plan, n=0):
    return HomeSeen.objects.select_related("plan").filter(compound=place.compound, plan=plan).order_by("id")[n]


def visited(place, steward, seen, **more):
    given = {"way": "door", "met": True, "satisfied": "satisfied", "at": LATER} | more
    return checkins.check_in(by=steward, compound=place.compound, seen=seen, **given)


def test_a_home_nobody_ever_saw_is_due_at_once():
    assert due(NOW, 30, ever=False) == NOW
    assert due(NOW, 30, ever=True) == NOW + timedelta(days=30)


def test_kept_counts_of_a_check_in():
    assert buckets(NOW, met=False, satisfied="", needs=0) == {"checkin:2026-03:tried": 1}
    assert buckets(NOW, met=True, satisfied="basically", needs=2) == {
        "checkin:2026-03:tried": 1,
        "checkin:2026-03:met": 1,
        "checkin:2026-03:basically": 1,
        "checkin:2026-03:needs": 2,
    }


def test_a_plan_holds_every_home_of_the_building_and_another_keeps_what_is_known(place, manager, steward):
    first = planned(place, manager, steward)
    visited(place, steward, seen_of(place, first))
    second = planned(place, manager, place.post(Role.STEWARD, name="新管家"), every_days=7, at=LATER)
    first.refresh_from_db()
    rows = HomeSeen.objects.filter(compound=place.compound, plan=second)
    assert (first.ended_at, rows.count(), rows.filter(ever=True, since=LATER).count()) == (LATER, 2, 1)
    assert CheckPlan.objects.filter(compound=place.compound, ended_at=None).count() == 1


@pytest.mark.parametrize(("change", "key"), [({"every_days": 0}, "bad_days"), ({"every_days": 400}, "bad_days")])
def test_a_plan_without_sense_is_refused(place, manager, steward, change, key):
    with pytest.raises(Refused) as no:
        planned(place, manager, steward, **change)
    assert no.value.refusal.key == key


def test_only_the_manager_plans_and_only_for_a_steward(place, manager, steward):
    with pytest.raises(Refused):
        planned(place, steward, steward)
    engineer = Post.objects.get(pk=place.post(Role.ENGINEER).role_id)
    with pytest.raises(Refused, match="管家"):
        planned(place, manager, steward, post=engineer)


def test_a_visit_opens_matters_in_the_same_act_and_once(place, manager, steward):
    seen, once = seen_of(place, planned(place, manager, steward)), uuid7()
    for _ in range(2):
        row = visited(place, steward, seen, topics=["repair", "x"], needs=["楼道灯坏了", " ", "水压低"], once=once)
    made = Matter.objects.filter(compound=place.compound).order_by("number")
    assert [(m.source, m.home_id, m.number) for m in made] == [("home_visit", seen.home_id, n) for n in row.needs]
    assert (row.topics, len(row.needs), CheckIn.objects.filter(compound=place.compound).count()) == (["repair"], 2, 1)
    counts = kept(place.compound.pk, "checkin:2026-03:")
    assert counts == {f"checkin:2026-03:{name}": n for name, n in (("tried", 1), ("met", 1), ("satisfied", 1), ("needs", 2))}  # fmt: skip


def test_who_in_the_home_said_it_hears_of_it_and_confirms(place, manager, steward):
    owner = place.resident(name="王建国")
    Ownership.objects.create(compound=place.compound, home=place.home, person_id=owner.person_id, from_day=NOW.date())
    seen = HomeSeen.objects.get(compound=place.compound, plan=planned(place, manager, steward), home=place.home)
    row = visited(place, steward, seen, needs=["龙头滴水"], person_id=owner.person_id)
    m = Matter.objects.get(compound=place.compound, number=row.needs[0])
    assert (m.reporter_person_id, m.reporter_account_id) == (owner.person_id, owner.account_id)
    assert Follower.objects.get(compound=place.compound, matter=m).kind == "reporter"
    assert Who.REPORTER in parts_in(m, owner)
    stranger = place.resident(place.homes[2], name="赵远")
    with pytest.raises(Refused, match="请选这一户的人"):
        visited(place, steward, seen, needs=["水压低"], person_id=stranger.person_id)


def test_the_page_offers_who_lives_there_masked_and_the_only_one_is_chosen(place, manager, steward):
    owner = place.resident(name="王建国")
    Ownership.objects.create(compound=place.compound, home=place.home, person_id=owner.person_id, from_day=NOW.date())
    seen = HomeSeen.objects.get(compound=place.compound, plan=planned(place, manager, steward), home=place.home)
    browser, here = place.client(steward), reverse("matters:check-in", args=[place.slug, seen.pk])
    form = browser.get(here).context["form"]
    assert form["who"].value() == str(owner.person_id)
    shown = browser.get(here).content.decode()
    assert "王*" in shown and "王建国" not in shown
    given = {"way": "door", "met": "met", "need_1": "龙头滴水"}
    assert browser.post(here, given | {"who": str(uuid7())}).status_code == 422
    assert browser.post(here, given | {"who": str(owner.person_id)}).status_code == 302
    assert Matter.objects.get(compound=place.compound).reporter_person_id == owner.person_id


def test_nobody_there_is_kept_and_does_not_count_as_seen(place, manager, steward):
    seen = seen_of(place, planned(place, manager, steward))
    visited(place, steward, seen, met=False, satisfied="")
    seen.refresh_from_db()
    assert (seen.ever, seen.since, CheckIn.objects.get(compound=place.compound).met) == (False, NOW, False)


def test_another_steward_has_no_say(place, manager, steward):
    seen = seen_of(place, planned(place, manager, steward))
    with pytest.raises(Refused):
        visited(place, place.post(Role.STEWARD), seen)


def test_longest_unseen_comes_first_page_by_page(manager):
    town = makers.compound("big", homes=400)
    boss, steward = town.post(Role.PROPERTY_MANAGER), town.post(Role.STEWARD)
    plan = planned(town, boss, steward)
    last = seen_of(town, plan, 0)
    visited(town, steward, last)
    mine, found, after = read.plans(town.compound), [], None
    while True:
        rows = read.unseen(town.compound, LATER, mine=mine, after=after)
        found += rows[: read.PAGE]
        if len(rows) <= read.PAGE:
            break
        after = page_in(rows[read.PAGE - 1].key)
    assert (len(found), len({r.seen_id for r in found}), found[-1].seen_id) == (200, 200, last.pk)
    assert (found[0].late, found[-1].late, found[-1].ever) == (True, False, True)


def test_the_list_costs_the_same_for_one_and_many(manager):
    def queries(slug, homes):
        town = makers.compound(slug, homes=homes)
        boss, steward = town.post(Role.PROPERTY_MANAGER), town.post(Role.STEWARD)
        planned(town, boss, steward)
        browser = town.client(steward)
        browser.get(reverse("matters:checkins", args=[slug]))
        with CaptureQueriesContext(connection, ) as seen:  # fmt: skip
            assert browser.get(reverse("matters:checkins", args=[slug])).status_code == 200
        return len(seen)

    assert queries("one", 4) == queries("many", 40)


def test_the_manager_reads_it_once_and_never_their_own(place, manager, steward):
    row = visited(place, steward, seen_of(place, planned(place, manager, steward)))
    for _ in range(2):
        checkins.review_check_in(by=manager, row=row, words="好", at=LATER)
    assert CheckReview.objects.filter(compound=place.compound).count() == 1
    with pytest.raises(Refused):
        checkins.review_check_in(by=steward, row=row, at=LATER)


def test_from_the_plan_to_the_reading_by_browser(place, manager, steward):
    boss, hand = place.client(manager), place.client(steward)

    def url(name, *args):
        return reverse(f"matters:{name}", args=[place.slug, *args])

    data = {"building": str(place.home.building_id), "post": str(steward.role_id), "every_days": "0"}
    assert boss.post(url("check-plans"), data).status_code == 422
    assert boss.post(url("check-plans"), data | {"every_days": "30"}).status_code == 302
    assert "今天该走访 2 户" in hand.get(url("work")).content.decode()
    assert "还没见过" in hand.get(url("checkins")).content.decode()
    seen = seen_of(place, CheckPlan.objects.get(compound=place.compound))
    visit = {"way": "phone", "met": "met", "topics": ["life"], "need_1": "想换个灯"}
    assert hand.post(url("check-in", seen.pk), visit | {"met": ""}).status_code == 422
    assert hand.post(url("check-in", seen.pk), visit | {"satisfied": "basically"}).status_code == 302
    page = boss.get(url("check-plans")).content.decode()
    assert "生活上的难处" in page and "基本满意" in page
    row = CheckIn.objects.get(compound=place.compound)
    assert 'name="words"' in page
    boss.post(url("check-review", row.pk), {"words": "灯的事盯一下"})
    page = boss.get(url("check-plans")).content.decode()
    assert "看过" in page and "灯的事盯一下" in page
    assert boss.get(url("check-in", seen.pk)).status_code == 404


# ── made without a signal ───────────────────────────────────────────────────────────────────────────────────────────


def sent(place, by, seen, *, minutes=60, path="", **more):
    data = {
        "holder": holder(by), "seen": f"{seen.since.isoformat()} {seen.ever:d}", "once": str(uuid7()), "done": "0", "sent": str(minutes * 60_000),
        "way": "door", "met": "met", **more,
    }  # fmt: skip
    with time_machine.travel(LATER, tick=False):
        return place.client(by).post(f"/c/{place.slug}/check-ins/{seen.pk}/{path}", data)


def test_a_check_in_without_a_signal_counts_from_when_it_was_made_and_once(place, manager, steward):
    seen, once = seen_of(place, planned(place, manager, steward)), str(uuid7())
    assert sent(place, steward, seen, words="都好", need_1="想换个灯", once=once).json() == {"result": "done"}
    assert sent(place, steward, seen, words="都好", once=once).json() == {"result": "done", "again": True}
    row, matter = CheckIn.objects.get(compound=place.compound), Matter.objects.get(compound=place.compound)
    seen.refresh_from_db()
    ago = LATER - timedelta(hours=1)
    assert (row.at, row.words, row.satisfied, row.needs) == (ago, "都好", "", [matter.number])
    assert (seen.since, seen.ever, matter.reported_at) == (ago, True, LATER)
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, subject_id=row.pk)
    assert (entry.channel, datetime.fromisoformat(entry.data["received"])) == ("offline", LATER)


def test_nobody_there_without_a_signal_is_kept_with_its_note(place, manager, steward):
    seen = seen_of(place, planned(place, manager, steward))
    assert sent(place, steward, seen, met="nobody", words="邻居说回老家了").json() == {"result": "done"}
    row = CheckIn.objects.get(compound=place.compound)
    assert (row.met, row.words) == (False, "邻居说回老家了")


def test_somebody_saw_them_meanwhile_is_told_and_kept_on_wish(place, manager, steward):
    seen, other = seen_of(place, planned(place, manager, steward)), place.post(Role.STEWARD, name="新管家")
    now = seen_of(place, planned(place, manager, other, at=LATER - timedelta(minutes=30)))
    visited(place, other, now, way="phone", at=LATER - timedelta(minutes=20))
    answer = sent(place, steward, seen, words="都好")
    said = answer.json()
    assert (answer.status_code, said["note"], said["says"]) == (409, True, "后来有人见过这一户了")
    assert "打电话" in said["meanwhile"][-1]
    assert sent(place, steward, seen, words="都好", path="late/").json() == {"result": "done"}
    now.refresh_from_db()
    assert now.since == LATER - timedelta(minutes=20)
    assert CheckIn.objects.filter(compound=place.compound).count() == 2


def test_ones_own_second_visit_is_no_conflict(place, manager, steward):
    """Both were made while the phone still showed the home as before the first."""
    seen = seen_of(place, planned(place, manager, steward))
    assert sent(place, steward, seen, words="都好").json() == {"result": "done"}
    assert sent(place, steward, seen, minutes=50, words="忘了一件", need_1="换灯").json() == {"result": "done"}
    assert CheckIn.objects.filter(compound=place.compound).count() == 2
    assert Matter.objects.filter(compound=place.compound).count() == 1


def test_made_while_the_plan_was_still_ones_own_goes_into_the_running_one(place, manager, steward):
    seen = seen_of(place, planned(place, manager, steward))
    again = planned(place, manager, place.post(Role.STEWARD, name="新管家"), at=LATER - timedelta(minutes=10))
    assert sent(place, steward, seen).json() == {"result": "done"}
    now = HomeSeen.objects.get(compound=place.compound, plan=again, home=seen.home_id)
    assert (now.ever, now.since) == (True, LATER - timedelta(hours=1))


def test_made_after_another_took_over_is_a_conflict(place, manager, steward):
    seen = seen_of(place, planned(place, manager, steward))
    planned(place, manager, place.post(Role.STEWARD, name="新管家"), at=LATER - timedelta(hours=2))
    assert sent(place, steward, seen).json()["says"] == "这一户已经不归您走访了"


def test_another_stewards_home_and_a_plain_post_are_not_taken_in(place, manager, steward):
    seen = seen_of(place, planned(place, manager, steward))
    other = place.post(Role.STEWARD, name="新管家")
    assert sent(place, other, seen).json()["note"] is False
    assert place.client(steward).post(f"/c/{place.slug}/check-ins/{seen.pk}/late/", {"met": "met"}).status_code == 404
    assert not CheckIn.objects.filter(compound=place.compound).exists()


# ── homes come and go ───────────────────────────────────────────────────────────────────────────────────────────────


def another(home, room):
    return Home.objects.create(
        compound_id=home.compound_id, building=home.building, entrance=home.entrance, floor=9, room_no=room, label=room
    )


def test_a_home_that_came_after_the_plan_is_in_it_and_due_once(place, manager, steward):
    plan = planned(place, manager, steward)
    assert tasks.follow_homes(LATER) == 0
    new = another(place.home, "901")
    assert tasks.follow_homes(LATER) == 1
    assert tasks.follow_homes(LATER) == 0
    row = HomeSeen.objects.get(compound=place.compound, plan=plan, home=new)
    assert (row.since, row.ever) == (LATER, False)
    assert "901" in {r.home for r in read.unseen(place.compound, LATER, mine=read.plans(place.compound))}


def test_a_home_that_moved_to_another_building_is_in_its_plan_alone_with_what_is_known(place, manager, steward):
    first = planned(place, manager, steward)
    other = next(h for h in place.homes if h.building_id != place.home.building_id)
    second = planned(place, manager, steward, building=other.building)
    moving = seen_of(place, first)
    visited(place, steward, moving)
    Home.objects.filter(compound=place.compound, pk=moving.home_id).update(
        building=other.building, entrance=other.entrance, room_no="902"
    )
    assert tasks.follow_homes(LATER + timedelta(days=1)) == 2
    row = HomeSeen.objects.get(compound=place.compound, home=moving.home_id)
    assert (row.plan_id, row.since, row.ever) == (second.pk, LATER, True)


def test_a_home_of_a_plan_that_ended_stays_what_it_was(place, manager, steward):
    first = planned(place, manager, steward)
    planned(place, manager, place.post(Role.STEWARD, name="新管家"), at=LATER)
    another(place.home, "903")
    assert tasks.follow_homes(LATER) == 1
    assert HomeSeen.objects.filter(compound=place.compound, plan=first).count() == 2


def test_an_import_is_taken_back_although_its_homes_stood_in_a_plan(place, manager, steward):
    planned(place, manager, steward)
    clerk = place.post(Role.FRONT_DESK)
    building, entrance = place.home.building.key, place.home.entrance.key
    data = f"楼栋,单元,房号,建筑面积\n{building},{entrance},1901,90\n".encode()
    roster = imports.upload(by=clerk, compound=place.compound, kind="homes", filename="表.csv", data=data, once=None, at=NOW)  # fmt: skip

    def worked():
        imports.work(roster_id=roster.pk, compound_id=roster.compound_id, at=NOW)
        roster.refresh_from_db()

    worked()
    imports.choose_columns(by=clerk, roster=roster, at=NOW, fields={}, sheets=[0], keep=[], reason="", sure=False)
    worked()
    imports.confirm(by=clerk, roster=roster, at=NOW)
    worked()
    assert tasks.follow_homes(NOW) == 1
    imports.undo(by=clerk, roster=roster, reason="传错了小区", at=LATER)
    worked()
    assert not Home.objects.filter(compound=place.compound, room_no="1901").exists()
    assert HomeSeen.objects.filter(compound=place.compound).count() == 2
