"""The pages of a formation: what each reader sees, each step by its page, who finds what, few statements."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.assembly.models import Formation, Nominee
from linli.assembly.queries import elections as queries
from linli.assembly.queries import offices
from linli.assembly.services import elections
from linli.matters.tests.makers import NOW
from linli.people.models import Organisation, Post
from linli.people.rules import POSTS, Body, Role

from .forming import (
    COUNTED,
    ENDS,
    LISTED,
    TICKS,
    announced,
    counted,
    listed,
    noticed,
    returned,
    standing,
    ticking,
    village,
)


@pytest.fixture
def v(db):
    return village(homes=12)


def url(v, name: str, *args) -> str:
    return reverse(f"assembly:{name}", args=[v.place.slug, *args])


def text(answer) -> str:
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", answer.content.decode()))


def get(v, by, name: str, *args, query: str = ""):
    return v.place.client(by).get(url(v, name, *args) + query)


def post(v, by, name: str, /, *args, **said):
    return v.place.client(by).post(url(v, name, *args), {"once": str(uuid4()), **said}, follow=True)


# ── from the announcement to the posts, by pages alone ──────────────────────────────────────────────────────────────


def test_a_committee_comes_of_it_by_its_pages(v):
    ring = {"seats": "5", "owner_seats": "3", "households": "2", "until": "2026-03-31", "contact": "社区服务站"}
    with time_machine.travel(NOW, tick=False):
        assert "公告发出了" in text(post(v, v.secretary, "election-new", **ring))
        v.formation = Formation.objects.get(compound_id=v.place.compound.pk)
        for n in (0, 1, 2):
            assert "您报名了" in text(post(v, v.owner(n), "election-act", 1, "stand", why="有空", pledge="on"))
        said = {"name": "业主3", "home": v.place.homes[3].label, "why": "好人"}
        assert "等他本人同意" in text(post(v, v.owner(4), "election-act", 1, "nominate", **said))
        third = Nominee.objects.get(compound_id=v.made.compound_id, name="业主3")
        assert get(v, v.owner(5), "nominee", 1, third.pk).status_code == 404
        assert "同意了" in text(post(v, v.owner(3), "nominee-act", 1, third.pk, "consent", pledge="on"))
        assert "签上了" in text(post(v, v.owner(5), "nominee-act", 1, third.pk, "back"))
        said = {"name": "业主6", "home": v.place.homes[6].label}
        assert "签上了" in text(post(v, v.worker, "nominee-act", 1, third.pk, "back", **said))
        for row in queries.nominees(v.made):
            for key in queries.checks_wanted(v.made):
                seen = {"key": key, "holds": "yes", "evidence": "看了原件"}
                assert "记下了" in text(post(v, v.worker, "nominee-act", 1, row.pk, "check", **seen))
    with time_machine.travel(LISTED, tick=False):
        assert "名单公布了" in text(post(v, v.secretary, "election-act", 1, "list"))
        assert "过了才能上门划票" in text(get(v, v.secretary, "election", 1))
    with time_machine.travel(TICKS, tick=False):
        assert "编好号了" in text(post(v, v.secretary, "election-act", 1, "start"))
        form = {"state": "returned", "first": "周一平", "second": "陈二喜", "numbers": [str(n) for n in range(1, 9)]}
        where = url(v, "election-forms", 1)
        answer = v.place.client(v.worker).post(where, {"once": str(uuid4()), **form}, follow=True)
        assert "记下了" in text(answer)
        post(v, v.secretary, "election-act", 1, "close")
        for clerk in (v.worker, v.secretary):
            for number in range(1, 4):
                ticks = ["1", "2", "3"] if number < 3 or clerk is v.worker else ["1", "2", "4"]
                post(v, clerk, "election-entry", 1, form=str(number), ticks=ticks)
            for number in range(4, 9):
                post(v, clerk, "election-entry", 1, form=str(number), ticks=["1", "2", "3"])
        seen = text(get(v, v.worker, "election-differences", 1))
        assert "第3号" in seen and "划了没划" in seen
        said = {"form": "3", "ticks": ["1", "2", "3"]}
        assert "等另一位也看一遍" in text(post(v, v.worker, "election-differences", 1, **said))
        assert "没有等您看的" in text(get(v, v.worker, "election-differences", 1))
        assert "定下了" in text(post(v, v.secretary, "election-differences", 1, **said))
        assert "计出来了" in text(post(v, v.secretary, "election-act", 1, "count"))
        for n, capacity in enumerate(("residents_committee", "occupant")):
            more = {"capacity": capacity, "name": f"委员{n}", "phone": f"1381234567{n}"}
            assert "加上了" in text(post(v, v.officer, "election-act", 1, "seat", **more))
        chair = offices.seats(v.made)[0].pk
        assert "确认了" in text(post(v, v.officer, "election-act", 1, "confirm", chair=str(chair)))
        assert "公示了" in text(post(v, v.secretary, "election-act", 1, "notice"))
    with time_machine.travel(ENDS, tick=False):
        assert "岗位有了" in text(post(v, v.officer, "election-act", 1, "establish"))
        done = post(v, v.officer, "election-act", 1, "file", filing_no="街备 3 号", seal="一枚，居委会保管")
        assert "备案了，在工作" in text(done)
    body = Organisation.objects.get(compound=v.place.compound, kind=Body.PMC)
    assert (
        sorted(Post.objects.filter(organisation=body).values_list("kind", flat=True))
        == ["pmc_chair"] + ["pmc_member"] * 4
    )


# ── what is shown ───────────────────────────────────────────────────────────────────────────────────────────────────


@time_machine.travel(NOW, tick=False)
def test_who_has_not_agreed_is_named_to_nobody_else(v):
    announced(v)
    v.does(elections.nominate, v.owner(1), NOW, name="业主0", home=v.place.homes[0], why="好")
    for by, sees in ((v.owner(0), True), (v.owner(1), True), (v.worker, True), (v.owner(2), False)):
        assert ("业主0" in text(get(v, by, "election", 1))) is sees


@time_machine.travel(TICKS, tick=False)
def test_nobody_reads_a_result_before_the_count(v):
    ticking(v)
    returned(v, [1, 2, 3])
    for by in (v.owner(0), v.worker, v.officer):
        page = text(get(v, by, "election", 1))
        assert "收回3张，25.00%" in page and "划票结果" not in page


@time_machine.travel(COUNTED, tick=False)
def test_little_reach_is_said_with_the_result(v):
    page = text(get(v, counted(ticking(v), {1: [0, 1], 2: [0]}).owner(0), "election", 1))
    assert "收回的不到一半" in page and "划票结果" in page


@time_machine.travel(LISTED, tick=False)
def test_who_objects_is_named_to_those_who_look_into_it_alone(v):
    listed(v)
    post(v, v.owner(8), "election-act", 1, "object", words="名单里有人欠费")
    assert "业主8" in text(get(v, v.worker, "election", 1))
    page = text(get(v, v.owner(9), "election", 1))
    assert "名单里有人欠费" in page and "业主8" not in page


def test_after_the_days_of_the_list_its_page_says_when_they_ended_and_what_remains(v):
    listed(v)
    with time_machine.travel(LISTED, tick=False):
        page = text(get(v, v.owner(9), "election", 1))
        assert "提异议" in page and "异议期到" not in page
    with time_machine.travel(TICKS, tick=False):
        page = text(get(v, v.owner(9), "election", 1))
        assert "异议期到" in page and "为止" in page
        assert "提异议" not in page and "反映情况" in page
        assert "异议期到" not in text(get(v, v.worker, "election", 1))


@time_machine.travel(NOW, tick=False)
def test_what_is_wrong_is_said_beside_its_field_and_all_is_kept(v):
    announced(v)
    said = {"name": "没这个人", "home": "9-9-909", "why": "热心人"}
    answer = post(v, v.owner(1), "election-act", 1, "nominate", **said)
    assert answer.status_code == 422 and "业主名册里没有找到" in text(answer) and "热心人" in answer.content.decode()


# ── who: every post, step by step, here and next door ───────────────────────────────────────────────────────────────

LEADS, WORKS, NAMES = {"community_secretary"}, {"community_secretary", "community_worker"}, {"subdistrict_officer"}
FIRST = {
    "nominate": WORKS, "list": LEADS, "start": LEADS, "close": LEADS, "count": LEADS, "notice": LEADS, "draw": LEADS,
    "seat": NAMES, "confirm": NAMES, "take_back": NAMES, "establish": NAMES, "file": NAMES, "cancel": LEADS | NAMES, "object": set(),
    "stand": set(),
}  # fmt: skip
NOW_OPEN = {"nominate", "list", "cancel", "stand"}  # while recommending


def somebody(place, role: Role):
    kind = next(body for body in (Body.COMMUNITY, *sorted(POSTS[role])) if body in POSTS[role])
    near = {"community": place.compound.community} if kind == Body.COMMUNITY else {"compound": place.compound}
    where = {"subdistrict": place.compound.community.subdistrict} if kind in {Body.SUBDISTRICT, Body.AGENCY} else near
    body, _made = Organisation.objects.get_or_create(kind=kind, **where, defaults={"name": "某组织"})
    return place.post(role, body)


@pytest.mark.one_database
@time_machine.travel(NOW, tick=False)
def test_each_post_finds_its_steps_and_no_others(v):
    announced(v)
    wrong = []
    for role in POSTS:
        browser = v.place.client(somebody(v.place, role))
        for act, who in FIRST.items():
            expected = (200 if act in NOW_OPEN else 302) if role in who else 404
            status = browser.get(url(v, "election-act", 1, act)).status_code
            wrong += [] if status == expected else [(role, act, status)]
        new = browser.get(url(v, "election-new")).status_code == 200
        wrong += [] if new is (role in LEADS) else [(role, "new")]
        assert browser.get(url(v, "election", 1)).status_code == 200
    assert wrong == []


@pytest.mark.one_database
@time_machine.travel(TICKS, tick=False)
def test_forms_are_for_those_who_carry_and_read_them(v):
    ticking(v)
    for role in POSTS:
        browser = v.place.client(somebody(v.place, role))
        for name, *kind in (
            ("election-forms",),
            ("election-print", "ticks"),
            ("election-entry",),
            ("election-differences",),
        ):
            opens = browser.get(url(v, name, 1, *kind)).status_code in {200, 302}
            assert opens is (role in WORKS), (role, name)
    assert get(v, v.owner(0), "election-forms", 1).status_code == 404


@time_machine.travel(NOW, tick=False)
def test_people_of_another_compound_find_nothing(v):
    announced(v)
    made, there = standing(v, 0), village(homes=4, slug="there")
    for by in (there.secretary, there.owner(0)):
        browser = there.place.client(by)
        for name, more in (("election", ()), ("nominee", (made.pk,)), ("nominee-act", (made.pk, "drop"))):
            assert browser.get(url(v, name, 1, *more)).status_code == 404
            assert browser.get(reverse(f"assembly:{name}", args=[there.place.slug, 1, *more])).status_code == 404


# ── few statements ──────────────────────────────────────────────────────────────────────────────────────────────────


def statements(browser, address: str) -> int:
    browser.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert browser.get(address).status_code == 200
    return len(seen)


@pytest.mark.parametrize("who", ["owner", "worker"])
@time_machine.travel(NOW, tick=False)
def test_the_page_asks_as_often_for_one_nominee_as_for_many(v, who):
    announced(v)
    standing(v, 0)
    browser = v.place.client(v.owner(0) if who == "owner" else v.worker)
    few = statements(browser, url(v, "election", 1))
    for n in range(1, 8):
        standing(v, n)
    assert statements(browser, url(v, "election", 1)) == few


@time_machine.travel(ENDS, tick=False)
def test_pages_of_forms_and_of_the_end_stay_small(v):
    ticking(v)
    browser = v.place.client(v.worker)
    assert statements(browser, url(v, "election-forms", 1)) <= 12
    noticed(counted(v, {n: [0, 1, 2, 3] for n in range(1, 9)}))
    assert statements(browser, url(v, "election", 1)) <= 16


@time_machine.travel(NOW + timedelta(days=1), tick=False)
def test_list_asks_as_often_for_one_as_for_many(v):
    announced(v)
    browser = v.place.client(v.owner(0))
    few = statements(browser, url(v, "elections"))
    for _ in range(3):
        v.does(elections.cancel, v.secretary, NOW, reason="重来")
        announced(v)
    assert statements(browser, url(v, "elections")) == few
