import re
from argparse import Namespace
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters.models import Matter
from linli.matters.tests import makers
from linli.matters.tests.makers import NOW, at
from linli.notices.models import Message
from linli.people.models import Post
from linli.people.rules import POSTS, Body, Role
from linli.plumbing.counters import kept, shift
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope
from linli.volunteers import services
from linli.volunteers.models import Cover, HouseAct
from linli.volunteers.queries import representatives as read
from linli.volunteers.rules.representatives import Kind, within
from linli.web.commands import numbers

TODAY = date(2026, 3, 24)


@pytest.fixture(autouse=True)
def _at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def clerk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def aunt(place):
    return place.post(Role.RESIDENT_REPRESENTATIVE, name="何秀英")


@pytest.fixture
def cover(place, clerk, aunt):
    return name(place, clerk, aunt)


def name(place, clerk, aunt, **more):
    given = {"building": place.home.building, "from_day": date(2026, 3, 1), "at": NOW} | more
    return services.name_representative(
        by=clerk, compound=place.compound, post=Post.objects.get(pk=aunt.role_id), **given
    )


def did(here, aunt, **more):
    given = {"kind": Kind.PATROL, "place": "单元门口", "result": "门口的杂物搬走了", "at": NOW} | more
    return services.record_act(by=aunt, compound=here.compound, **given)


def url(place, page, *args):
    return reverse(f"volunteers:{page}", args=[place.slug, *args])


@contextmanager
def refused(key):
    with pytest.raises(Refused) as no:
        yield
    assert no.value.refusal.key == key


def text(answer):
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def counts(place):
    return {name.removeprefix("rep:2026-03:"): n for name, n in kept(place.compound.pk, "rep:").items()}


def messages(place, actor, kind):
    return Message.objects.filter(compound_id=place.compound.pk, account_id=actor.account_id, kind=kind)


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


# ── pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_record_on_the_phone_without_script(place, aunt, cover):
    browser, once = place.client(aunt), str(uuid4())
    assert "记一次" in text(browser.get(url(place, "representative-mine")))
    said = {
        "kind": "civil_persuasion",
        "home": place.home.label,
        "result": "狗绳拴上了",
        "once": once,
        "needs": "草坪要补",
    }
    for _ in range(2):
        answer = browser.post(url(place, "house-act-new"), said, follow=True)
    assert "文明劝导：狗绳拴上了" in text(answer) and "开了一件事" in text(answer)
    row = HouseAct.objects.get(compound_id=place.compound.pk)
    assert row.home == place.home
    page = text(browser.get(url(place, "house-act", row.number)))
    assert f"第{row.matter.label}号" in page


def test_record_keeps_what_was_typed(place, aunt, cover):
    answer = place.client(aunt).post(url(place, "house-act-new"), {"kind": "volunteer_patrol", "result": "搬走了"})
    assert answer.status_code == 422 and "选一户" in text(answer) and "搬走了" in text(answer)


def test_office_names_sees_praises_and_ends(place, clerk, aunt):
    browser = place.client(clerk)
    form = {
        "post": str(aunt.role_id),
        "where": str(place.home.building_id),
        "from_day": "2026-03-01",
        "once": str(uuid4()),
    }
    answer = browser.post(url(place, "representative-new"), form, follow=True)
    assert "何秀英" in text(answer) and "7栋" in text(answer)
    row = did(place, aunt)
    assert "志愿巡逻1" in text(browser.get(url(place, "representatives")))
    assert "志愿巡逻" in text(browser.get(url(place, "house-acts")))
    assert "夸好了" in text(browser.post(url(place, "house-act", row.number), {"word": "warmth"}, follow=True))
    cover = Cover.objects.get(compound_id=place.compound.pk)
    browser.post(url(place, "cover-end", cover.pk))
    assert "现在没有要看的人家" in text(browser.get(url(place, "representatives")))


def test_secret_matter_is_not_named_to_who_may_not_open_it(place, clerk, aunt, cover):
    row = did(place, aunt, needs="这家的事先别说")
    Matter.objects.filter(compound_id=place.compound.pk).update(privacy="secret")
    grid = place.client(place.post(Role.GRID_WORKER))
    page = grid.get(url(place, "house-act", row.number)).content.decode()
    assert row.matter.label not in page and "先别说" not in page


def test_lists_take_as_many_queries_for_one_as_for_many(place, clerk, aunt, cover):
    did(place, aunt)
    pages = [(place.client(clerk), url(place, p)) for p in ("representatives", "house-acts")]
    pages += [(place.client(aunt), url(place, "representative-mine"))]
    pages += [(place.client(clerk), url(place, "representative", cover.representative_id))]

    def cost():
        found = []
        for browser, page in pages:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert browser.get(page).status_code == 200
            found.append(len(seen))
        return found

    cost()
    one = cost()
    for n in range(12):
        other = place.post(Role.RESIDENT_REPRESENTATIVE, name=f"代表{n}")
        name(place, clerk, other)
        did(place, other, needs="路灯不亮", kind=Kind.SERVICE, home=place.home)
        did(place, aunt, needs="路灯不亮", home=place.home)
    assert cost() == one


def test_acts_are_read_page_by_page(place, clerk, aunt, cover):
    for n in range(read.PAGE + 3):
        did(place, aunt, result=f"第{n}遍")
    browser = place.client(clerk)
    first = browser.get(url(place, "house-acts"))
    assert first.context["more"] == 4 and len(first.context["acts"]) == read.PAGE
    rest = browser.get(url(place, "house-acts") + "?before=4")
    assert len(rest.context["acts"]) == 3 and rest.context["more"] is None


# ── who: post × here and next door ──────────────────────────────────────────────────────────────────────────────────

OFFICE = {"community_secretary", "community_worker", "grid_leader", "grid_worker"}
REPRESENTATIVE = {"resident_representative"}


@pytest.mark.django_db
@pytest.mark.parametrize("role", [r for r in Role if r in POSTS or r in (Role.OWNER, Role.OCCUPANT)])
def test_each_post_opens_its_pages_here_and_none_next_door(role):
    here, there = makers.compound("here"), makers.compound("there")
    made = {}
    for spot in (here, there):
        with compound_scope(spot.compound.pk):
            office = spot.post(Role.COMMUNITY_WORKER)
            aunt = spot.post(Role.RESIDENT_REPRESENTATIVE, name="何秀英")
            cover = name(spot, office, aunt)
            made[spot.slug] = (cover, did(spot, aunt))
    actor = _somebody(here, role)
    cover, act = made["here"]
    opens = {
        page: here.client(actor).get(url(here, page, *args)).status_code
        for page, args in {
            "representatives": (), "representative-new": (), "house-acts": (), "representative": (cover.representative_id,),
            "house-act": (act.number,), "representative-mine": (), "my-representative": (),
        }.items()
    }  # fmt: skip
    office, own, home = role in OFFICE, role in REPRESENTATIVE, role in (Role.OWNER, Role.OCCUPANT)
    yes = {True: 200, False: 404}
    assert opens == {
        "representatives": yes[office], "representative-new": yes[office], "house-acts": yes[office], "representative": yes[office],
        "house-act": yes[office], "representative-mine": yes[own], "my-representative": yes[home],
    }  # fmt: skip
    assert here.client(actor).post(url(here, "cover-end", made["there"][0].pk)).status_code == 404
    for page, args in (
        ("representatives", ()),
        ("house-acts", ()),
        ("representative-mine", ()),
        ("my-representative", ()),
    ):
        assert here.client(actor).get(url(there, page, *args)).status_code == 404, page
    with compound_scope(there.compound.pk), refused("not_yours"):
        services.end_cover(by=actor, cover=made["there"][0], at=NOW)
    with compound_scope(there.compound.pk), refused("not_yours"):
        did(there, actor)


def _somebody(place, role):
    if role in (Role.OWNER, Role.OCCUPANT):
        return place.resident(relation="owner" if role == Role.OWNER else "tenant")
    from linli.people.models import Organisation

    kind = sorted(POSTS[role])[0]
    near = {"community": place.compound.community} if kind == Body.COMMUNITY else {"compound": place.compound}
    where = {"subdistrict": place.compound.community.subdistrict} if kind in {Body.SUBDISTRICT, Body.AGENCY} else near
    body, _made = Organisation.objects.get_or_create(kind=kind, **where, defaults={"name": "某组织"})
    return place.post(role, body)


def test_another_representative_reads_no_act_of_this_one(place, clerk, aunt, cover):
    row = did(place, aunt)
    other = place.post(Role.RESIDENT_REPRESENTATIVE, name="赵远")
    assert place.client(other).get(url(place, "house-act", row.number)).status_code == 404
    with refused("not_yours"):
        services.follow_up(by=other, compound=place.compound, act=row, words="灯", at=at(24, 11))
