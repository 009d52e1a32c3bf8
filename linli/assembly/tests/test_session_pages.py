"""The pages of a session: each opens for whom it is for, and what is not lawful yet says why in place of a button."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from linli.assembly.models import Item, Objection, Party, Session
from linli.assembly.queries.session_steps import steps
from linli.assembly.rules.sessions import State
from linli.assembly.tests import makers as boxes
from linli.assembly.tests import stage
from linli.kernel.profiles import profile
from linli.matters.tests.makers import NOW
from linli.people.rules import Role
from linli.places.models import Building
from linli.places.queries import calendar


def url(place, name, *args):
    return reverse(f"assembly:{name}", args=[place.slug, *args])


def get(place, actor, name, *args, query="", at=NOW):
    with time_machine.travel(at, tick=False):
        return place.client(actor).get(url(place, name, *args) + query)


def post(place, actor, name, /, *args, at=NOW, **data):
    with time_machine.travel(at, tick=False):
        return place.client(actor).post(url(place, name, *args), data)


FORM = {
    "title": "2026 年第一次业主大会会议", "ground": "committee", "opens_at": "2026-04-09T10:00", "closes_at": "2026-04-23T18:00",
    "place": "社区活动室", "contact": "吴海 0000-1234567",
}  # fmt: skip


def test_a_session_is_drafted_step_by_step_and_noticed(place, chair):
    stage.owned(place)
    assert post(place, chair, "draft", **FORM).status_code == 302
    session = Session.objects.get(compound=place.compound)
    page = get(place, chair, "session", 1).content.decode()
    assert "先写上要表决什么" in page and "民法典第二百七十八条" in page
    assert 0 < page.find("加一件表决事项") < page.find("先写上要表决什么") and page.count("加一件表决事项") == 1
    post(
        place,
        chair,
        "do",
        1,
        "add_item",
        matter_no="7",
        title="加装电梯",
        form="approve",
        scope=f"b:{place.home.building_id}",
    )
    item = Item.objects.get(compound=place.compound)
    assert (item.place, item.scope) == (1, {"buildings": [str(place.home.building_id)]})
    assert "参与投票的四分之三以上" in get(place, chair, "session", 1).content.decode()
    post(place, chair, "do", 1, "build")
    assert "4 位" in get(place, chair, "register", 1).content.decode()
    assert post(place, chair, "do", 1, "notice").status_code == 302
    session.refresh_from_db()
    assert (session.state, session.noticed_at) == (State.NOTICED, NOW)
    assert get(place, chair, "print", 1, "notice").status_code == 200


def test_where_an_item_is_voted_is_chosen_by_building_and_stays_open_when_something_is_wrong(place, chair):
    stage.owned(place)
    stage.drafted(place, chair)
    for n in range(40):
        Building.objects.create(compound=place.compound, key=f"x{n}", label=f"{n + 50}栋")
    page = get(place, chair, "do", 1, "add_item").content.decode()
    assert page.count('<details class="chip-group">') == Building.objects.filter(compound=place.compound).count()
    chosen = f"e:{place.home.entrance_id}"
    wrong = post(place, chair, "do", 1, "add_item", matter_no="7", form="approve", scope=chosen)
    folds = re.findall(r'<details class="chip-group" open>.*?</details>', wrong.content.decode())
    assert wrong.status_code == 422 and len(folds) == 1 and f'value="{chosen}"' in folds[0] and "checked" in folds[0]


def test_the_rules_page_calls_nothing_optional_that_it_asks_for_and_says_what_the_place_has_fixed(place, chair):
    stage.owned(place)
    stage.drafted(place, chair)
    page = get(place, chair, "do", 1, "set_rules").content.decode()
    label = re.search(r'<label[^>]*for="id_silence_basis">.*?</label>', page)
    assert label and "可不填" not in label[0]
    assert "打电话来的业主，由工作人员代录网上票——否（当地没有规定可以代录）" in page


def test_a_late_notice_is_refused_with_its_article(place, chair):
    stage.owned(place)
    made = stage.drafted(place, chair)
    post(place, chair, "do", 1, "build")
    late = stage.OPENS - timedelta(days=14)
    page = get(place, chair, "session", 1, at=late).content.decode()
    assert "最晚要在" in page and "物业管理条例第十四条" in page
    answer = post(place, chair, "do", 1, "notice", at=late)
    assert answer.status_code == 422
    made.session.refresh_from_db()
    assert made.session.state == State.DRAFTING


def test_a_window_too_short_is_refused_beside_its_field(place, chair):
    answer = post(place, chair, "draft", **{**FORM, "closes_at": "2026-04-10T18:00"})
    assert answer.status_code == 422
    assert "投票要开放 5 至 60 天" in answer.content.decode()


def test_sheets_are_shown_once_to_who_presses_second(place, chair):
    stage.owned(place)
    made = stage.noticed(place, chair)
    one = post(place, made.officers["chair"], "do", 1, "freeze", at=stage.FROZEN)
    assert one.status_code == 302
    two = post(place, made.officers["scrutineer"], "do", 1, "freeze", at=stage.FROZEN)
    assert two.status_code == 200
    assert two["Cache-Control"] == "no-store"
    page = two.content.decode()
    assert (
        page.count('class="paper"') == 3
        and page.count("<svg") >= 3
        and "密钥纸　第 1 张（共 3 张）" in page
        and "scrutineer甲" in page
    )
    session = Session.objects.get(compound=place.compound)
    assert session.register_frozen_at == stage.FROZEN
    again = post(place, made.officers["scrutineer"], "do", 1, "freeze", at=stage.FROZEN)
    assert again.status_code == 422


def test_an_owner_objects_and_is_answered_and_nobody_reads_the_name(place, chair):
    stage.owned(place)
    made = stage.noticed(place, chair)
    owner = place.resident(name="李小满")
    post(place, owner, "do", 1, "object", words="我家面积写少了")
    raised = Objection.objects.get(compound=place.compound)
    page = get(place, place.resident(place.homes[1], name="王五"), "session", 1).content.decode()
    assert "我家面积写少了" in page and "李*" in page and "李小满" not in page
    blocked = get(place, made.officers["chair"], "session", 1, at=stage.FROZEN).content.decode()
    assert "还有 1 条异议没答复" in blocked
    answer = post(place, chair, "answer", 1, raised.pk, words="已按产权证改正", upheld="1")
    assert answer.status_code == 302
    assert "成立" in get(place, owner, "session", 1).content.decode()


PAGES = [
    ("sessions", ()), ("draft", ()), ("session", (1,)), ("register", (1,)), ("print", (1, "notice")), ("do", (1, "edit")), ("do", (1, "object")),
    ("do", (1, "freeze")), ("do", (1, "name_officer")), ("request", (1,)),
]  # fmt: skip
# 200: opens; 302: the step is over or not yet; 404: nothing is there for this reader.
SEEN = {
    "drafting": {
        "chair": [200, 200, 200, 200, 404, 200, 404, 404, 200, 404], "owner": [200, 404, 404, 404, 404, 404, 404, 404, 404, 404],
        "tenant": [200, 404, 404, 404, 404, 404, 404, 404, 404, 404], "community": [200, 404, 200, 404, 404, 404, 404, 404, 404, 404],
        "property": [200, 404, 404, 404, 404, 404, 404, 404, 404, 404], "session_chair": [200, 404, 200, 200, 404, 404, 404, 302, 404, 404],
    },
    "noticed": {
        "chair": [200, 200, 200, 200, 200, 302, 404, 404, 200, 404], "owner": [200, 404, 200, 200, 200, 404, 200, 404, 404, 404],
        "tenant": [200, 404, 200, 200, 200, 404, 404, 404, 404, 404], "community": [200, 404, 200, 200, 200, 404, 404, 404, 404, 404],
        "property": [200, 404, 200, 200, 200, 404, 404, 404, 404, 404], "session_chair": [200, 404, 200, 200, 200, 404, 404, 200, 404, 404],
    },
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("state", SEEN)
def test_who_opens_which_page(place, chair, state):
    stage.owned(place)
    if state == "noticed":
        made = stage.noticed(place, chair)
    else:
        made = stage.drafted(place, chair)
        post(place, chair, "do", 1, "build")
    people = {
        "chair": chair, "owner": place.resident(), "tenant": place.resident(relation="tenant", name="租户"),
        "community": place.post(Role.COMMUNITY_WORKER), "property": place.post(Role.PROPERTY_MANAGER), "session_chair": made.officers["chair"],
    }  # fmt: skip
    found = {who: [get(place, actor, name, *args).status_code for name, args in PAGES] for who, actor in people.items()}
    assert found == SEEN[state]


def test_nothing_is_found_from_next_door(place, chair):
    from linli.matters.tests import makers

    stage.owned(place)
    stage.noticed(place, chair)
    there = makers.compound("there")
    stranger = there.resident()
    assert [get(there, stranger, name, *args).status_code for name, args in PAGES] == [200] + [404] * 9
    assert there.client(stranger).get(url(place, "session", 1)).status_code == 404


def test_pages_cost_the_same_for_few_and_for_many(place, chair, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    stage.owned(place)
    made = stage.noticed(place, chair)
    owner = place.resident()

    def cost(*page):
        get(place, owner, *page)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            get(place, owner, *page)
        return len(seen)

    few = [cost("sessions"), cost("session", 1), cost("register", 1)]
    for n in range(2, 5):
        Item.objects.create(compound=place.compound, session=made.session, place=n, matter_no=9, title=f"事{n}")
        stage.draft(place, chair)
    Session.objects.filter(compound=place.compound).exclude(number=1).update(state="noticed")
    assert [cost("sessions"), cost("session", 1), cost("register", 1)] == few


def test_what_is_under_way_is_not_ticked(place, chair):
    """While ballots are cast others are still being carried: both are under way, and the step says how far."""
    made = boxes.vote(place, (9_000, 8_000), by=chair)
    both = {row["title"]: row for row in steps_of(made.session)}
    assert (both["送达表决票"]["state"], both["投票"]["state"]) == ("now", "now")
    Party.objects.filter(compound_id=place.compound.pk).update(delivered_at=NOW)
    Session.objects.filter(compound_id=place.compound.pk, pk=made.session.pk).update(register_parties=2)
    both = {row["title"]: row for row in steps_of(made.session)}
    assert both["送达表决票"]["state"] == "done" and "送到 2 位，共 2 位" in both["送达表决票"]["dates"]


def steps_of(session):
    session.refresh_from_db()
    return steps(session, profile(session.profile), calendar(session.compound), NOW)


def noted(session, step="送街道备案"):
    return next(row["note"] for row in steps_of(session) if row["title"] == step)


def test_each_step_says_by_which_rule(place, chair):
    made = boxes.vote(place, (9_000,), by=chair)
    assert all("为准" in row["note"] or "条" in row["note"] for row in steps_of(made.session))


def test_what_should_be_over_and_is_not_is_marked_late(place, chair):
    made = boxes.vote(place, (9_000,), by=chair)

    def late(**changed):
        Session.objects.filter(compound_id=place.compound.pk, pk=made.session.pk).update(**changed)
        return {row["title"]: row["late"] for row in steps_of(made.session) if row["late"]}

    day = timedelta(days=1)
    assert late(opens_at=NOW - 5 * day, closes_at=NOW + day) == {"送达表决票": "超 5 天"}
    page = get(place, chair, "session", made.session.number).content.decode()
    assert 'class="late nb"' in page
    assert late(state="cancelled") == {}
    assert late(
        state="announced", opens_at=NOW - 60 * day, closes_at=NOW - 50 * day, count_at=NOW - 50 * day,
        counted_at=NOW - 50 * day, announced_at=NOW - 49 * day,
    ).keys() == {"送街道备案"}  # fmt: skip


def test_only_an_election_is_filed_by_the_articles_of_committees(place, chair):
    made = boxes.vote(place, (9_000,), by=chair)
    assert noted(made.session) == "以当地规定和本小区议事规则为准"
    Item.objects.filter(compound_id=place.compound.pk).update(matter_no=3)
    assert noted(made.session) == "物业管理条例第十六条"


def test_who_is_replaced_is_named_and_elections_are_found_from_the_sessions(place, chair):
    stage.owned(place)
    stage.noticed(place, chair)
    page = get(place, chair, "session", 1).content.decode()
    assert "不再担任" not in page and 'aria-label="换下' in page
    assert f'href="/c/{place.slug}/elections/"' in get(place, chair, "sessions").content.decode()
