"""Return visits (domain §4.7): who must be asked, who is drawn, who may ask, and what two calls without an answer mean."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Follower, Matter, MonthCount, ReturnVisit
from linli.matters.queries.listed import listed as on_list
from linli.matters.queries.recount import differences
from linli.matters.queries.visits import calls
from linli.matters.queries.voices import each_to_hear, to_hear
from linli.matters.rules import visits as rules
from linli.people.models import Account, Post
from linli.people.rules import Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

from . import makers
from .makers import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    made = makers.compound()
    with compound_scope(made.compound.pk), time_machine.travel(NOW, tick=False):
        yield made


@pytest.fixture
def desk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def worker(place):
    return place.post(Role.ENGINEER)


@pytest.fixture
def grid(place):
    return place.post(Role.GRID_WORKER)


def again(m: Matter) -> Matter:
    return Matter.objects.get(compound_id=m.compound_id, pk=m.pk)


def owed(place, desk, worker, words="楼道灯不亮，晚上看不见", **triage) -> Matter:
    """An emergency is always asked about again."""
    return makers.resolved(place, place.resident(), desk, worker, words, **{"urgency": "emergency", **triage})


def url(place, name, *args) -> str:
    return reverse(f"matters:{name}", args=[place.slug, *args])


def visit(place, browser, m, **data):
    given = {"once": str(uuid4()), "next": url(place, "visits"), "way": "phone", **data}
    return browser.post(url(place, "act", m.number, "visit"), given)


def listed(place, by, when=NOW, **kw) -> list[int]:
    return [c.number for c in calls(place.compound, by, when, **kw).rows]


# ── who is asked ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("given", "owed"),
    [
        ({"urgency": "emergency"}, True),
        ({"urgency": "complaint"}, True),
        ({"category": "1102"}, True),
        ({"source": "hotline"}, True),
        ({"level": "agency"}, True),
        ({"category": "1401"}, True),
        ({"source": "care_check"}, True),
        ({}, False),
        ({"urgency": "urgent", "level": "community"}, False),
    ],
)
def test_all_emergency_complaint_hotline_whistle_and_care_matters_are_visited(given, owed):
    usual = {"urgency": "normal", "source": "resident_online", "category": "0101", "level": "building"}
    assert rules.must_visit(**{**usual, **given}) is owed


def test_of_three_tickets_one_is_drawn_whatever_the_key():
    for key in range(200):
        assert [rules.drawn(f"{key:x}", t) for t in range(1, 4)].count(True) == 1


def test_every_place_is_drawn_alike_and_nobody_guesses_it_from_the_number():
    from linli.plumbing import vault

    picked = [t for t in range(1, 3001) if rules.drawn(vault.keyed_hash(f"visit:x:{rules.block_of(t)[0]}"), t)]
    assert len(picked) == 1000
    for place in range(3):
        assert 270 < sum((t - 1) % 3 == place for t in picked) < 400


def test_resolving_draws_once_and_reopening_draws_no_second_time(place, desk, worker):
    resident = place.resident()
    m = makers.resolved(place, resident, desk, worker)
    drawn, ticket = m.visit_wanted, m.visit_ticket
    assert ticket == 1 and (m.visit_due_at is not None) == drawn
    for _ in range(5):
        m = services.reopen(by=resident, matter=m, reason="又坏", at=NOW)
        assert m.visit_due_at is None
        m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="normal", at=NOW)
        m = services.dispatch(by=desk, matter=m, body=place.property, post=Post.objects.get(pk=worker.role_id), at=NOW)
        m = services.take(by=worker, matter=m, words="来了", at=NOW)
        m = services.resolve(by=worker, matter=m, words="换了", evidence=True, at=NOW)
        assert (m.visit_wanted, m.visit_ticket) == (drawn, ticket)


def test_three_in_ten_are_reached_in_a_compound(place, desk, worker):
    made = [makers.resolved(place, place.resident(), desk, worker) for _ in range(9)]
    assert sum(m.visit_wanted for m in made) == 3


def test_call_is_due_in_three_working_days_of_an_emergency_in_one(place, desk, worker):
    assert owed(place, desk, worker).visit_due_at == at(25, 17, 30)
    assert owed(place, desk, worker, urgency="complaint", category="0101").visit_due_at == at(27, 17, 30)


def test_desk_closes_after_five_working_days_only_what_the_draw_left_out(place, desk, worker):
    m = owed(place, desk, worker)
    with pytest.raises(Refused) as no:
        services.close(by=desk, matter=m, at=at(31, 18))
    assert no.value.refusal.key == "visit_first"


@pytest.mark.parametrize(
    "kind",
    [
        {},
        {"urgency": "complaint"},
        {"urgency": "normal", "category": "1102"},
        {"urgency": "normal", "category": "1401"},
    ],
)
def test_what_its_reporter_confirmed_is_visited_all_the_same(place, desk, worker, grid, kind):
    """§4.4 closes it, §4.7 wants all of them visited (ADR 0013)."""
    me = place.resident()
    m = makers.resolved(place, me, desk, worker, **{"urgency": "emergency", **kind})
    due, m = m.visit_due_at, services.confirm(by=me, matter=m, at=NOW)
    assert (m.state, m.outcome, m.visit_due_at) == ("closed", "fixed", due) and due
    assert (listed(place, grid), listed(place, worker)) == ([m.number], [])
    assert "报告人说修好了" in place.client(grid).get(url(place, "visits")).content.decode()
    assert "还会有人来问您一声" in place.client(me).get(url(place, "matter", m.number)).content.decode()
    browser = place.client(grid)
    assert "tel:" in browser.post(url(place, "contact", m.number), {"reason": "visit"}).content.decode()
    told = {"contacted": "yes", "called": "yes", "solved": "solved", "satisfied": "basically"}
    assert visit(place, browser, m, **told).status_code == 302
    m = again(m)
    assert (m.state, m.outcome, m.rating, m.visit_due_at) == ("closed", "fixed", "basically", None)
    assert listed(place, grid) == [] and not differences(place.compound.pk)
    assert MonthCount.objects.get(compound=place.compound, month="2026-03", dim="all", measure="visited").value == 1
    assert "还会有人来问您一声" not in place.client(me).get(url(place, "matter", m.number)).content.decode()


def test_two_calls_without_an_answer_take_nothing_from_the_reporter_s_word(place, desk, worker, grid):
    me = place.resident()
    m = services.confirm(by=me, matter=makers.resolved(place, me, desk, worker, urgency="emergency"), at=NOW)
    for when in (at(24, 11), at(24, 16)):
        m = services.return_visit(by=grid, matter=m, contacted=False, at=when)
    assert (m.state, m.outcome, m.visit_due_at, listed(place, grid)) == ("closed", "fixed", None, [])


def test_a_confirmed_matter_that_nobody_visits_is_on_the_list_of_the_three(place, desk, worker, grid):
    me = place.resident()
    m = services.confirm(by=me, matter=makers.resolved(place, me, desk, worker, urgency="emergency"), at=NOW)
    for _ in range(2):
        tasks.run_visits(at(30))
    found = on_list(place.compound, desk, at(30))
    assert ([r.number for r in found.rows], found.count) == ([m.number], 1) and "回访" in found.rows[0].broken
    m = services.return_visit(
        by=grid, matter=again(m), contacted=True, called="yes", solved="solved", satisfied="satisfied", at=at(30, 11)
    )
    found = on_list(place.compound, desk, at(30, 12))
    assert (found.rows, found.count) == ([], 0) and not differences(place.compound.pk)


# ── the call list ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_is_by_due_time_with_the_late_ones_counted(place, desk, worker, grid):
    soon = owed(place, desk, worker, urgency="complaint")
    first = owed(place, desk, worker)
    page = calls(place.compound, grid, at(26, 9))
    assert ([c.number for c in page.rows], page.late) == ([first.number, soon.number], 1)
    assert (page.rows[0].left, page.rows[1].left) == ("超 15 小时", "还有 1 天 8 小时")


def test_list_leaves_out_ones_own_work_and_the_page_refuses_it(place, desk, worker, grid):
    others, own = owed(place, desk, worker), owed(place, desk, grid)
    assert listed(place, grid) == [others.number]
    page = place.client(grid).get(url(place, "visits")).content.decode()
    assert url(place, "act", others.number, "visit") in page and url(place, "act", own.number, "visit") not in page
    answer = visit(
        place, place.client(grid), own, contacted="yes", called="yes", solved="solved", satisfied="satisfied"
    )
    assert answer.status_code == 422 and again(own).state == "resolved"


def test_what_the_draw_left_out_stands_apart(place, desk, worker, grid):
    m = owed(place, desk, worker)
    Matter.objects.filter(compound_id=m.compound_id, pk=m.pk).update(visit_wanted=False, visit_due_at=None)
    assert (listed(place, grid), listed(place, grid, owed=False)) == ([], [m.number])
    assert m.title in place.client(grid).get(url(place, "visits") + "?rest=1").content.decode()


def test_who_has_a_post_in_the_firm_does_not_ask_about_a_complaint_on_it(place, desk, worker):
    m = owed(place, desk, worker, urgency="complaint", category="1102", level="building")
    both = place.post(Role.COMMITTEE_MEMBER, name="孙三")
    assert listed(place, both) == [m.number]
    place.post(Role.GUARD, who=Account.objects.get(pk=both.account_id))
    assert listed(place, both) == []
    with pytest.raises(Refused):
        services.return_visit(by=both, matter=m, contacted=False, at=NOW)


def test_each_call_says_whom_and_the_desk_keeps_its_menu(place, desk, worker, grid):
    own, left = owed(place, desk, worker), owed(place, desk, worker)
    Follower.objects.filter(compound_id=place.compound.pk, matter=left).update(left_at=NOW)
    after = place.resident(name="王大明")
    Follower.objects.create(
        compound_id=place.compound.pk,
        matter=left,
        account_id=after.account_id,
        name="王大明",
        kind="me_too",
        reported_at=NOW,
        since=NOW,
    )
    community = place.post(Role.COMMUNITY_WORKER)
    for who, menu in ((grid, False), (community, True)):
        page = place.client(who).get(url(place, "visits")).content.decode()
        assert f'打给李*<span class="visually-hidden">，{own.label}' in page and "打给王*<span" in page
        assert ('aria-current="page">回访' in page) == menu and "王大明" not in page
    assert {
        m.pk: v.name for m, v in ((m, each_to_hear(place.compound.pk, [own, left])[m.pk]) for m in (own, left))
    } == {m.pk: to_hear(m).name for m in (own, left)}


def test_list_costs_the_same_for_one_and_three(place, desk, worker, grid):
    browser, counted = place.client(grid), []
    for n in (1, 2):
        for _ in range(n):
            owed(place, desk, worker)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place, "visits")).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_list_goes_on_where_the_page_ended(place, desk, worker, grid, monkeypatch):
    monkeypatch.setattr("linli.matters.queries.visits.PAGE", 2)
    made = [owed(place, desk, worker).number for _ in range(5)]
    seen: list[int] = []
    after = ""
    while True:
        page = calls(place.compound, grid, NOW, after=after)
        seen += [c.number for c in page.rows]
        if not (after := page.next):
            break
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize("after", ["x", "1_x", "9" * 40 + "_" + "0" * 32, "\0"])
def test_list_takes_any_place_to_begin_at(place, grid, after):
    assert place.client(grid).get(url(place, "visits"), {"after": after}).status_code == 200


def test_number_is_shown_with_a_reason_and_written_down(place, desk, worker, grid):
    m, browser = owed(place, desk, worker), place.client(grid)
    assert "tel:" not in browser.get(url(place, "contact", m.number)).content.decode()
    assert "tel:" in browser.post(url(place, "contact", m.number), {"reason": "visit"}).content.decode()
    entry = AuditEntry.objects.get(compound_id=m.compound_id, act="see_contact")
    assert (entry.words, entry.account_id) == ("回访", grid.account_id)


# ── the call ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_four_questions_are_asked_and_kept(place, desk, worker, grid):
    m, browser = owed(place, desk, worker), place.client(grid)
    page = browser.get(url(place, "act", m.number, "visit")).content.decode()
    for question in ("有人为这件事联系过吗", "事情解决了吗", "满意吗", "还有什么要说的"):
        assert question in page
    assert visit(place, browser, m, contacted="yes", solved="solved", satisfied="basically").status_code == 422
    told = {"called": "no", "solved": "partly", "satisfied": "basically", "comment": "剩一盏"}
    assert visit(place, browser, m, contacted="yes", **told).status_code == 302
    row = ReturnVisit.objects.get(compound_id=m.compound_id)
    assert (row.called, row.solved, row.satisfied, row.comment) == ("no", "partly", "basically", "剩一盏")
    assert (again(m).state, again(m).rating) == ("visited", "basically")


def test_not_solved_reopens_by_itself(place, desk, worker, grid):
    m, browser = owed(place, desk, worker), place.client(grid)
    visit(place, browser, m, contacted="yes", called="yes", solved="not", satisfied="unsatisfied")
    assert (again(m).state, again(m).reopens, again(m).handler_post_id) == ("reopened", 1, worker.role_id)


def test_two_calls_in_different_half_days_without_an_answer_close_as_not_confirmed(place, desk, worker, grid):
    m, browser = owed(place, desk, worker), place.client(grid)
    assert visit(place, browser, m, contacted="no").status_code == 302
    assert calls(place.compound, grid, NOW).rows[0].wait
    with time_machine.travel(NOW + timedelta(minutes=119), tick=False):
        assert visit(place, browser, m, contacted="no").status_code == 422
        assert again(m).state == "resolved"
    with time_machine.travel(at(24, 16), tick=False):
        assert not calls(place.compound, grid, at(24, 16)).rows[0].wait
        visit(place, browser, m, contacted="no")
    assert (again(m).state, again(m).outcome, again(m).rating) == ("closed", "not_confirmed", "")
    assert kept(m.compound_id).get("fixed", 0) == 0


def test_a_call_that_was_answered_may_follow_at_once(place, desk, worker, grid):
    m = owed(place, desk, worker)
    services.return_visit(by=grid, matter=m, contacted=False, at=NOW)
    told = {"called": "yes", "solved": "solved", "satisfied": "satisfied"}
    m = services.return_visit(by=grid, matter=m, contacted=True, at=NOW + timedelta(minutes=5), **told)
    assert (m.state, m.rating) == ("visited", "satisfied")


def test_calls_before_a_reopening_do_not_count_after_it(place, desk, worker, grid):
    resident = place.resident()
    m = makers.resolved(place, resident, desk, worker, urgency="emergency")
    services.return_visit(by=grid, matter=m, contacted=False, at=NOW)
    m = services.reopen(by=resident, matter=m, reason="又坏", at=at(24, 15))
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency="emergency", at=at(24, 15))
    m = services.dispatch(
        by=desk, matter=m, body=place.property, post=Post.objects.get(pk=worker.role_id), at=at(24, 15)
    )
    m = services.take(by=worker, matter=m, words="来了", at=at(24, 15))
    m = services.resolve(by=worker, matter=m, words="换了", evidence=True, at=at(24, 16))
    assert services.return_visit(by=grid, matter=m, contacted=False, at=at(25)).state == "resolved"
