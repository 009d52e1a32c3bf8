"""Resident representatives: naming, recording, the household."""

from argparse import Namespace
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine

from linli.kernel.refusal import Refused
from linli.matters.models import Matter
from linli.matters.tests.makers import NOW
from linli.people.models import Post
from linli.people.rules import Role
from linli.plumbing.counters import shift
from linli.plumbing.models import AuditEntry
from linli.volunteers import services
from linli.volunteers.models import Cover, HouseAct
from linli.volunteers.queries import representatives as read
from linli.volunteers.rules.representatives import Kind, within
from linli.web.commands import numbers

from .covering import TODAY, counts, did, messages, name, refused, text, url

pytestmark = pytest.mark.usefixtures("_at_ten")


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("room", "first", "last", "yes"),
    [
        ("101", "", "", True),
        ("302", "101", "302", True),
        ("303", "101", "302", False),
        ("1203", "302", "", True),
        ("302", "1203", "", False),
        ("101", "", "99", False),
        ("301A", "301", "301", True),
    ],
)
def test_rooms_are_compared_by_number(room, first, last, yes):
    assert within(room, first, last) is yes


# ── naming ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_naming_covers_the_homes_of_the_range_from_a_day_to_a_day(place, clerk, aunt):
    home = place.home
    name(place, clerk, aunt, entrance=home.entrance, first=home.room_no, last=home.room_no, to_day=date(2026, 3, 31))
    names = {h.label: [r.name for r in read.covering(place.compound, h, TODAY)] for h in place.homes}
    assert names == {h.label: ["何秀英"] if h == home else [] for h in place.homes}
    assert [bool(read.covering(place.compound, home, day)) for day in (date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 1))] == [
        False, True, False,
    ]  # fmt: skip
    assert messages(place, aunt, "name_representative").count() == 1


def test_naming_twice_by_one_form_names_once(place, clerk, aunt):
    once = uuid4()
    assert name(place, clerk, aunt, once=once).pk == name(place, clerk, aunt, once=once).pk
    assert Cover.objects.filter(compound_id=place.compound.pk).count() == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"first": "门口"}, "first"),
        ({"first": "302", "last": "101"}, "last"),
        ({"to_day": date(2026, 2, 1)}, "to_day"),
    ],
)
def test_naming_asks_for_a_range_that_can_be(place, clerk, aunt, more, field):
    with pytest.raises(Refused) as no:
        name(place, clerk, aunt, **more)
    assert no.value.field == field


def test_only_who_holds_the_post_is_named(place, clerk):
    with refused("no_post"):
        name(place, clerk, place.post(Role.BUILDING_CAPTAIN))


def test_who_lost_the_post_looks_after_nobody(place, aunt, cover):
    Post.objects.filter(pk=aunt.role_id).update(to_day=date(2026, 3, 23))
    assert read.covering(place.compound, place.home, TODAY) == []


def test_ending_ends_from_today(place, clerk, cover):
    for _ in range(2):
        services.end_cover(by=clerk, cover=cover, at=NOW)
    assert read.covering(place.compound, place.home, TODAY) == []
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, act="end_cover").count() == 1


# ── recording ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_acts_are_counted_by_kind_month_and_force(place, aunt, cover):
    did(place, aunt)
    row = did(place, aunt, kind=Kind.SOLVING, force="volunteer_teams", home=place.home, place="")
    who = row.representative_id.hex
    assert counts(place) == {
        "all:volunteer_patrol": 1, "all:problem_solving": 1, f"{who}:volunteer_patrol": 1, f"{who}:problem_solving": 1,
        "force:volunteer_teams": 1,
    }  # fmt: skip


def test_a_wrong_count_is_found_and_put_right(place, aunt, cover, capsys):
    row = did(place, aunt, kind=Kind.SOLVING, force="volunteer_teams")
    mine = f"rep:2026-03:{row.representative_id.hex}:problem_solving"
    check = partial(numbers.run, Namespace(compound=place.slug, repair=False))
    assert check() == 0
    shift(place.compound.pk, {mine: 2, "rep:2026-03:force:volunteer_teams": -1, "rep:2026-02:all:volunteer_patrol": 1})
    capsys.readouterr()
    assert check() == 1
    assert capsys.readouterr().out.splitlines() == [
        "liuxi: 0 matters, 3 differences", "  rep:2026-02:all:volunteer_patrol: 1 should be 0", f"  {mine}: 3 should be 1",
        "  rep:2026-03:force:volunteer_teams: 0 should be 1",
    ]  # fmt: skip
    assert numbers.run(Namespace(compound=place.slug, repair=True)) == 1 and check() == 0
    assert {n for n in counts(place).values() if n} == {1}
    assert AuditEntry.objects.get(compound_id=place.compound.pk, act="repair_numbers").data == {"counts": 3}


def test_the_same_act_sent_twice_is_one(place, aunt, cover):
    once = uuid4()
    first = did(place, aunt, once=once, needs="路灯不亮")
    assert did(place, aunt, once=once, needs="路灯不亮").pk == first.pk
    assert HouseAct.objects.filter(compound_id=place.compound.pk).count() == 1
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 1
    assert counts(place)["all:volunteer_patrol"] == 1


@pytest.mark.parametrize(("kind", "home", "source"), [
    (Kind.SERVICE, True, "home_visit"), (Kind.PERSUASION, False, "patrol"), (Kind.PATROL, True, "patrol"),
])  # fmt: skip
def test_what_is_to_be_done_becomes_a_matter_found_that_way(place, aunt, cover, kind, home, source):
    where = {"home": place.home, "place": ""} if home else {}
    row = did(place, aunt, kind=kind, needs="楼道灯不亮", **where)
    assert (row.matter.source, row.matter.words) == (source, "楼道灯不亮")
    assert row.matter.home_id == (place.home.pk if home else None)


def test_following_up_later_opens_one_matter(place, aunt, cover):
    row = did(place, aunt)
    made = [services.follow_up(by=aunt, compound=place.compound, act=row, words="路灯不亮", at=NOW) for _ in range(2)]
    assert made[0] == made[1] == HouseAct.objects.get(compound_id=place.compound.pk, pk=row.pk).matter


def test_numbers_of_people_are_taken_out(place, aunt, cover):
    row = did(place, aunt, result="打 13800005170 找到了人", place="13800005170 家门口")
    assert "13800005170" not in row.result + row.place


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "vote"}, "kind"),
        ({"kind": Kind.SOLVING}, "force"),
        ({"place": " "}, "place"),
        ({"result": " "}, "result"),
        ({"when": NOW + timedelta(minutes=1)}, "when"),
        ({"when": NOW - timedelta(days=32)}, "when"),
    ],
)
def test_an_act_needs_kind_place_result_and_a_time_that_was(place, aunt, cover, more, field):
    with pytest.raises(Refused) as no:
        did(place, aunt, **more)
    assert no.value.field == field


def test_only_named_homes_are_recorded_in(place, clerk, aunt):
    with refused("no_homes"):
        did(place, aunt)
    name(place, clerk, aunt)
    other = next(h for h in place.homes if h.building_id != place.home.building_id)
    with refused("not_your_home"):
        did(place, aunt, home=other)


def test_praise_is_one_word_said_once_by_somebody_else(place, clerk, aunt, cover):
    row = did(place, aunt)
    services.praise(by=clerk, act=row, word="warmth", at=NOW)
    assert services.praise(by=clerk, act=row, word="diligence", at=NOW).praise == "warmth"
    assert messages(place, aunt, "praise").count() == 1
    with refused("not_yours"):
        services.praise(by=aunt, act=did(place, aunt), word="warmth", at=NOW)


# ── the household ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_household_reads_the_name_and_asks_without_a_number(place, aunt, cover):
    resident = place.resident(name="李小满")
    browser, page = place.client(resident), url(place, "my-representative")
    phone = aunt_phone(aunt)
    shown = browser.get(page)
    assert "何秀英" in text(shown) and phone not in shown.content.decode()
    form = {"words": "水表读数不会看，电话 13800005170", "once": str(uuid4())}
    for _ in range(2):
        assert browser.post(page, form).status_code == 302
    asked = messages(place, aunt, "ask_representative").get()
    assert place.home.label in asked.title and "13800005170" not in asked.body
    again = browser.post(page, {"words": "", "once": str(uuid4())})
    assert again.status_code == 422 and "过半小时再说" in text(again)
    with time_machine.travel(NOW + timedelta(minutes=31), tick=False):
        assert browser.post(page, {"words": "", "once": str(uuid4())}).status_code == 302


def aunt_phone(actor):
    from linli.people.models import Account

    return Account.objects.get(pk=actor.account_id).phone


def test_household_without_one_is_sent_to_the_community(place):
    answer = place.client(place.resident()).get(url(place, "my-representative"))
    assert "您家还没有居民代表" in text(answer) and "tel:" in answer.content.decode()
