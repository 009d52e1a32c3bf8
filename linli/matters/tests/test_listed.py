"""Overdue goes to the superior, then to the tripartite meeting's list (domain §4.5)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.refusal import Refused
from linli.matters import services, tasks
from linli.matters.models import Clock, Matter
from linli.matters.queries import listed as reads
from linli.matters.tests import makers
from linli.matters.tests.crew import Crew
from linli.matters.tests.makers import NOW, at
from linli.matters.tests.whistle_cast import Cast
from linli.notices.models import Message
from linli.people.models import Organisation
from linli.people.rules import Body, Role
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch(place):
    body = Organisation.objects.create(kind=Body.BRANCH, name="柳溪苑党支部", compound=place.compound)
    return place.post(Role.BRANCH_SECRETARY, body)


def told(matter, kind):
    rows = Message.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk, kind=kind)
    return set(rows.values_list("account_id", flat=True))


def on_list(place) -> int:
    return kept(place.compound.pk, "open:listed").get("open:listed", 0)


def test_a_working_day_after_the_breach_the_three_parties_are_told(
    place, owner, desk, manager, chair, secretary, branch
):
    """Two working hours from Tuesday 10:00 end at 12:00; a working day later is Wednesday 17:30."""
    m = place.matter(owner, when=NOW)
    tasks.run_clocks(at(24, 12))
    tasks.run_clocks(at(25, 17, 29))
    m.refresh_from_db()
    assert m.listed_at is None and on_list(place) == 0
    tasks.run_clocks(at(25, 17, 30))
    tasks.run_clocks(at(26))
    m.refresh_from_db()
    assert m.listed_at == at(25, 17, 30) and on_list(place) == 1
    assert told(m, "list") == {a.account_id for a in (manager, chair, secretary, branch)}
    entries = AuditEntry.objects.filter(compound_id=m.compound_id, subject_id=m.pk, act="list")
    assert [(e.at, e.internal) for e in entries] == [(at(25, 17, 30), True)]


def test_urgent_goes_on_the_list_round_the_clock(place, owner, desk):
    m = place.matter(owner, when=NOW)
    m = services.triage(by=desk, matter=m, category="0202", level="compound", urgency="urgent", at=NOW)
    start = Clock.objects.get(compound_id=m.compound_id, kind="start")
    tasks.run_clocks(start.due_at)
    tasks.run_clocks(start.due_at + timedelta(hours=23, minutes=59))
    assert on_list(place) == 0
    tasks.run_clocks(start.due_at + timedelta(hours=24))
    assert on_list(place) == 1


def test_what_is_done_leaves_the_list(place, owner, desk):
    m = place.matter(owner, when=NOW)
    for _ in range(2):  # after a standstill the breach comes first
        tasks.run_clocks(at(30))
    assert on_list(place) == 1
    m = services.accept(by=desk, matter=m, at=at(30, 11))
    assert m.listed_at is None and on_list(place) == 0


def test_heads_press_for_it_and_the_handler_and_his_head_hear(place, owner, desk, manager, chair):
    engineer = place.post(Role.ENGINEER)
    m = makers.in_progress(place, owner, desk, engineer)
    services.supervise(by=chair, matter=m, words="周五前给个说法", at=at(26))
    assert told(m, "supervise") == {engineer.account_id, manager.account_id}
    page = place.client(owner).get(f"/c/{place.slug}/matters/{m.number}/").content.decode()
    assert "督办：周五前给个说法" in page
    with pytest.raises(Refused):
        services.supervise(by=desk, matter=m, words="快", at=at(26))
    with pytest.raises(Refused) as no:
        services.supervise(by=chair, matter=m, words=" ", at=at(26))
    assert no.value.field == "words"


def test_page_shows_the_longest_first_with_the_last_word(place, owner, desk, chair, manager):
    for minutes, words in ((0, "水管漏水"), (30, "垃圾没人收")):
        place.matter(owner, words, NOW + timedelta(minutes=minutes))
    for _ in range(2):
        tasks.run_clocks(at(30))
    m = place.matter(owner, "路灯不亮", at(30))
    page = place.client(chair).get(f"/c/{place.slug}/listed/").content.decode()
    assert page.index("水管漏水") < page.index("垃圾没人收") and "路灯不亮" not in page and "2 件" in page
    assert "/supervise/" in page and "超了" in page
    assert "/supervise/" not in place.client(manager).get(f"/c/{place.slug}/listed/").content.decode()
    assert place.client(owner).get(f"/c/{place.slug}/listed/").status_code == 404
    assert m.listed_at is None


def test_page_costs_the_same_for_one_and_for_many(place, owner, desk, chair):
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert place.client(chair).get(f"/c/{place.slug}/listed/").status_code == 200
        return len(caught)

    place.matter(owner, "水管漏水", NOW)
    for _ in range(2):
        tasks.run_clocks(at(30))
    one = queries()
    for i in range(44):
        place.matter(owner, f"第 {i} 件事", NOW)
    for _ in range(2):
        tasks.run_clocks(at(30))
    assert queries() == one
    first = place.client(chair).get(f"/c/{place.slug}/listed/")
    assert first.content.decode().count("<article") == 40 and "?after=" in first.content.decode()


def test_joint_orders_and_asks_stand_beside_matters_each_with_its_own_page(place, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with compound_scope(place.compound.pk):
        crew = Crew(place)
        cast = Cast(place)
        order, whistle = crew.placed(crew.sorted(1)), cast.blown()
        for _ in range(2):
            tasks.run_whistles(at(30))
        for _ in range(2):
            tasks.run_orders(at(30, 11))
        for _ in range(2):
            tasks.run_clocks(at(30, 12))
        matters = Matter.objects.filter(listed_at__isnull=False).count()

    def page(who) -> str:
        return place.client(who).get(f"/c/{place.slug}/listed/").content.decode()

    seen = page(cast.chair)
    pages = [f"/c/{place.slug}/whistles/{whistle.number}/", f"/c/{place.slug}/orders/{order.number}/", "/supervise/"]
    places = [seen.index(p) for p in pages]
    assert places == sorted(places) and f"{matters + 3} 件" in seen and seen.count("<article") == matters + 3
    for words in ("哨单第 1 号", "区法院", "前接收，超了", "订单第 1 号", "清和物业", "下单了", "前有结果，超了"):
        assert words in seen
    cleaner, manager = page(place.post(Role.CLEANER)), page(place.post(Role.PROPERTY_MANAGER))
    assert "哨单" not in cleaner and f"{matters + 1} 件" in cleaner and "订单第 1 号" in cleaner
    assert "哨单第 1 号" in manager and pages[0] not in manager and f"{matters + 3} 件" in manager
    assert seen.count("/supervise/") == matters and place.client(cast.chair).get(pages[0]).status_code == 200
    # The manager is one of the three, and opens no whistle.
    manager = page(crew.manager)
    assert (
        "区法院" in manager and pages[0] not in manager and place.client(crew.manager).get(pages[1]).status_code == 200
    )
    Matter.objects.filter(compound=place.compound, pk=cast.matter.pk).update(privacy="secret")
    assert "区法院" not in page(crew.manager) and "区法院" in page(cast.officer)


def test_pages_of_the_list_go_on_where_the_last_ended(place, settings, tmp_path, monkeypatch):
    """One of each kind, all listed in the same moment: no page loses one or shows it twice."""
    settings.MEDIA_ROOT = tmp_path
    with compound_scope(place.compound.pk):
        crew, cast = Crew(place), Cast(place)
        crew.placed(crew.sorted(2))
        cast.blown()
        for job in (tasks.run_whistles, tasks.run_orders, tasks.run_clocks) * 2:
            job(at(30))
        whole = [(r.kind, r.number, r.note) for r in reads.listed(place.compound, cast.chair, at(30)).rows]
        monkeypatch.setattr(reads, "PAGE", 2)
        found, after = [], ""
        while page := reads.listed(place.compound, cast.chair, at(30), after=after):
            found += [(r.kind, r.number, r.note) for r in page.rows]
            after = page.next
            if not after:
                break
        assert found == whole and len(set(found)) == page.count > 4
        with CaptureQueriesContext(connection) as caught:
            reads.listed(place.compound, cast.chair, at(30))
        assert len(caught) == 7


def test_a_visit_nobody_makes_and_a_filing_nobody_does_come_to_the_superior_and_on_the_list(
    place, owner, desk, engineer, manager, chair, secretary, branch
):
    """§4.7 within three working days; §4.5: the superior, a working day later the three parties."""
    m = makers.resolved(place, owner, desk, engineer, urgency="complaint", category="1102")
    for when in (m.visit_due_at - timedelta(minutes=1), m.visit_due_at, m.visit_due_at + timedelta(hours=1)):
        tasks.run_visits(when)
    assert told(m, "breach") == {secretary.account_id} and on_list(place) == 0
    tasks.run_visits(m.visit_due_at + timedelta(days=4))
    tasks.run_visits(m.visit_due_at + timedelta(days=5))
    assert told(m, "list") == {a.account_id for a in (manager, chair, secretary, branch)} and on_list(place) == 1
    assert "前回访" in reads.listed(place.compound, secretary, at(31, 18)).rows[0].broken
    services.internal_note(by=desk, matter=Matter.objects.get(pk=m.pk), words="约了明天", at=at(31, 18))
    assert on_list(place) == 1
    m = services.return_visit(
        by=place.post(Role.COMMUNITY_WORKER), matter=m, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=at(31, 18),
    )  # fmt: skip
    assert m.state == "visited" and on_list(place) == 0
    tasks.run_visits(m.visit_due_at)
    tasks.run_visits(m.visit_due_at + timedelta(days=5))
    m.refresh_from_db()
    assert m.listed_at and on_list(place) == 1
    m = services.close(by=secretary, matter=m, outcome="fixed", at=m.visit_due_at)
    assert (m.visit_due_at, on_list(place)) == (None, 0)
