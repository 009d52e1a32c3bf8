"""Each order of the hotline once, also when two take it in."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from linli.kernel.tests.refusing import refused
from linli.matters.models import HotlineImport, HotlineOrder, Matter
from linli.matters.queries.hotline import look
from linli.matters.services import hotline
from linli.matters.services.hotline import orders as acts
from linli.matters.services.hotline import ticking
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.tenancy import uuid7

from .. import hotline_books as books
from ..hotline_books import CALLER, row
from ..makers import NOW, at
from ..test_whistles import together
from .orders import taken

pytestmark = pytest.mark.django_db


# ── taking in ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_order_becomes_a_matter_of_the_hotline_with_its_number(place, desk):
    (order,) = taken(place, desk, row("2026-001"))
    m = order.matter
    assert (m.source, m.source_ref, m.hotline, m.caller_secret) == ("hotline", "2026-001", 1, False)
    assert (m.words, m.building.key, m.reporter_name, m.reporter_phone) == ("7栋楼道灯不亮", "7", "", "")
    assert (order.received_at, order.due_at) == (at(23, 16, 20), at(30, 17, 30))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_text_files_in_either_encoding(place, desk, encoding):
    data = books.text([row("1"), row("2")], encoding)
    batch = hotline.upload(by=desk, compound=place.compound, filename="工单.csv", data=data, at=NOW)
    assert batch.counts == {"new": 2}


def test_the_same_file_twice_adds_nothing(place, desk):
    first = taken(place, desk, row("1"), row("2"))
    again = taken(place, desk, row("1"), row("2"), row("3"))
    assert [o.pk for o in again[:2]] == [o.pk for o in first] and len(again) == 3
    assert Matter.objects.filter(compound_id=place.compound.pk).count() == 3
    assert HotlineImport.objects.order_by("-uploaded_at", "-id")[0].counts == {"new": 1, "same": 2, "refused": 0}


def test_taking_in_twice_is_once_and_the_file_is_gone_after(place, desk, django_capture_on_commit_callbacks):
    batch = hotline.upload(by=desk, compound=place.compound, filename="a.xlsx", data=books.xlsx([row("1")]), at=NOW)
    name = batch.stored
    assert CALLER.encode() not in vault.path(name).read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(2):
            hotline.take_in(by=desk, batch=batch, at=NOW)
    assert not vault.path(name).exists() and HotlineOrder.objects.count() == 1


def test_a_faulty_row_stops_no_other_and_says_why(place, desk):
    from linli.kernel.rosters.reading import read_sheets

    rows = [row("1"), row("", "没写编号"), row("3", when="昨天"), row("4")]
    found = look(place.compound, read_sheets(books.xlsx(rows), "a.xlsx"), NOW)
    assert [(r.row, r.result) for r in found.rows] == [(3, "new"), (4, "refused"), (5, "refused"), (6, "new")]
    assert "看不懂" in found.rows[2].why and found.rows[2].number == "3"
    assert len(taken(place, desk, *rows)) == 2


def test_what_is_no_export_is_refused_with_a_sentence(place, desk):
    def sent(data, name="a.xlsx"):
        return refused(lambda: hotline.upload(by=desk, compound=place.compound, filename=name, data=data, at=NOW))

    assert sent(b"") == "unreadable"
    assert sent("房号,业主,面积\n1,2,3\n".encode(), "a.csv") == "no_header"


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.COMMITTEE_SECRETARY])
def test_only_the_community_takes_in(place, role):
    by = place.post(role)
    given = {"compound": place.compound, "filename": "a.xlsx", "data": books.xlsx([row("1")]), "at": NOW}
    assert refused(lambda: hotline.upload(by=by, **given)) == "not_yours"


# ── two at once ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_the_same_upload_twice_at_once_is_one(place, desk):
    data, once = books.xlsx([row("1")]), uuid7()
    given = {"by": desk, "compound": place.compound, "filename": "a.xlsx", "data": data, "at": NOW, "once": once}
    got = together(place, lambda: hotline.upload(**given))
    assert len({batch.pk for batch in got}) == HotlineImport.objects.filter(compound=place.compound).count() == 1


@pytest.mark.django_db(transaction=True)
def test_taking_in_holds_its_own_row_and_not_the_compound(place, desk):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks no rows")
    batch = hotline.upload(by=desk, compound=place.compound, filename="a.xlsx", data=books.xlsx([row("1")]), at=NOW)
    with CaptureQueriesContext(connection) as caught:
        hotline.take_in(by=desk, batch=batch, at=NOW)
    held = [q["sql"] for q in caught if "FOR UPDATE" in q["sql"] and "matters_hotlineimport" in q["sql"]]
    assert held and all('FOR UPDATE OF "matters_hotlineimport"' in sql for sql in held)


@pytest.mark.django_db(transaction=True)
def test_explaining_and_the_clock_never_wait_for_each_other(place, desk, monkeypatch):
    """Each is held up between its two locks: matter first, then the order, or they stand still."""
    (order,) = taken(place, desk, row("1"))
    HotlineOrder.objects.filter(pk=order.pk).update(next_at=NOW)

    def slowly(verb):
        def slow(*args, **given):
            time.sleep(0.5)
            return verb(*args, **given)

        return slow

    monkeypatch.setattr(acts, "begin", slowly(acts.begin))
    monkeypatch.setattr(ticking.rules, "plan", slowly(ticking.rules.plan))
    jobs = [
        lambda: hotline.explain(by=desk, order=order, words="说了", at=NOW),
        lambda: hotline.tick(order_id=order.pk, compound_id=place.compound.pk, at=NOW + timedelta(days=3)),
    ]
    got = together(place, lambda: jobs.pop()())
    assert sorted(type(one).__name__ for one in got) == ["HotlineOrder", "bool"]
