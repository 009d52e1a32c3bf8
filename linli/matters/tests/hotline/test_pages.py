"""The hotline's pages and planned outages, end to end through a browser's requests."""

import io
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from linli.matters.models import HotlineImport, HotlineOrder, HotlineReply, Matter, Outage, ProposedTopic
from linli.people.rules import Role
from linli.plumbing.models import AuditEntry

from .. import hotline_books as books
from .. import makers
from ..hotline_books import CALLER, PHONE, row
from ..makers import at
from .orders import done, taken

pytestmark = pytest.mark.django_db


def url(place, name, *args) -> str:
    return reverse(f"matters:{name}", args=[place.slug, *args])


def test_a_file_is_looked_at_then_taken_in(place, desk):
    browser = place.client(desk)
    assert browser.post(url(place, "hotline-bring"), {}).status_code == 422
    data = books.xlsx([row("A-1", secret="是"), row("", "没写编号"), row("A-2", "门禁坏了", place="8栋")])
    sent = browser.post(
        url(place, "hotline-bring"), {"file": SimpleUploadedFile("工单.xlsx", data), "once": str(uuid4())}
    )
    here = url(place, "hotline-import", HotlineImport.objects.get().pk)
    assert sent["Location"] == here
    page = browser.get(here).content.decode()
    assert "2 件新的，0 件已经有了，1 件不收" in page and "没有编号" in page and "要保密" in page
    assert CALLER not in page and PHONE not in page and Matter.objects.count() == 0
    rows = load_workbook(
        io.BytesIO(browser.get(url(place, "hotline-refused", HotlineImport.objects.get().pk)).content)
    ).active
    assert [c.value for c in rows[2]][-2:] == ["4", "没有编号"]
    assert AuditEntry.objects.filter(compound_id=place.compound.pk, act="download_refused").count() == 1
    browser.post(here)
    assert HotlineOrder.objects.count() == 2
    page = browser.get(url(place, "hotline")).content.decode()
    assert "A-1" in page and "A-2" in page and CALLER not in page


def test_a_file_may_be_dropped(place, desk):
    browser = place.client(desk)
    browser.post(url(place, "hotline-bring"), {"file": SimpleUploadedFile("a.xlsx", books.xlsx([row("1")]))})
    browser.post(url(place, "hotline-import", HotlineImport.objects.get().pk), {"drop": "1"})
    assert (HotlineOrder.objects.count(), HotlineImport.objects.get().state) == (0, "dropped")


def test_both_limits_stand_on_the_list_the_matter_and_the_panel(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    browser = place.client(desk)
    page = browser.get(url(place, "hotline")).content.decode()
    assert "热线期限" in page and "我们的期限" in page and "今天 12:00" in page
    number = order.matter.number
    assert "要答复" in browser.get(url(place, "matter", number)).content.decode()
    assert "要答复" in browser.get(url(place, "panel", number)).content.decode()


def test_panel_says_when_our_limit_would_be_later_than_the_hotlines(place, desk):
    (order,) = taken(place, desk, row("1"))
    browser, here = place.client(desk), url(place, "panel", order.matter.number)
    later = "比 12345 要的晚"
    HotlineOrder.objects.update(due_at=at(31, month=12))
    assert later not in browser.get(here).content.decode()
    HotlineOrder.objects.update(due_at=makers.NOW)
    assert later in browser.get(here).content.decode()
    HotlineOrder.objects.update(waits=False)
    assert later not in browser.get(here).content.decode()


def test_list_costs_the_same_for_one_and_three(place, desk):
    browser, counted = place.client(desk), []
    for numbers in (["1"], ["2", "3"]):
        taken(place, desk, *[row(n, f"第{n}件事", place="") for n in numbers])
        with CaptureQueriesContext(connection) as seen:
            browser.get(url(place, "hotline"))
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_the_caller_is_shown_with_a_reason_and_written_down(place, desk):
    (order,) = taken(place, desk, row("1", secret="是"))
    browser = place.client(desk)
    assert PHONE not in browser.get(url(place, "hotline-order", order.pk)).content.decode()
    assert browser.post(url(place, "hotline-act", order.pk, "caller"), {}).status_code == 422
    shown = browser.post(url(place, "hotline-act", order.pk, "caller"), {"reason": "visit"})
    assert PHONE in shown.content.decode() and shown["Cache-Control"] == "no-store"
    assert AuditEntry.objects.get(compound_id=place.compound.pk, act="see_caller").words == "回访"


@pytest.mark.parametrize(
    "role", [Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.COMMITTEE_CHAIR, Role.COMMITTEE_SECRETARY]
)
def test_nobody_else_finds_the_hotline(place, desk, role):
    (order,) = taken(place, desk, row("1"))
    browser = place.client(place.post(role))
    for name, args in (("hotline", []), ("hotline-order", [order.pk]), ("hotline-bring", [])):
        assert browser.get(url(place, name, *args)).status_code == 404
    assert browser.post(url(place, "hotline-act", order.pk, "caller"), {"reason": "visit"}).status_code == 404


def test_one_tap_joins_and_the_topic_is_shown_and_dropped(place, desk):
    words = "7栋楼道灯不亮晚上看不见"
    taken(place, desk, *[row(str(n), words, when=f"2026-03-2{n} 10:00", due="2026-04-20") for n in (1, 2, 3)])
    browser = place.client(desk)
    for order in HotlineOrder.objects.exclude(likely=None):
        browser.post(url(place, "hotline-act", order.pk, "join"), {"once": str(uuid4())})
    main = Matter.objects.get(hotline=3)
    page = browser.get(url(place, "hotline")).content.decode()
    assert "3 个来电说" in page and "3 个来电" in page and "等议事会来接" in page
    Matter.objects.filter(pk=main.pk).update(caller_secret=True)
    page = browser.get(url(place, "hotline")).content.decode()
    assert "等议事会来接" not in page and "议事会不接" in page
    topic = ProposedTopic.objects.get()
    assert topic.matter_id == main.pk
    browser.post(url(place, "hotline-topic", topic.pk), {"reason": "下周就换"})
    assert ProposedTopic.objects.get().state == "dropped"


def test_explained_sent_back_and_exported(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    browser = place.client(desk)
    told = {"words": "配件下周到", "due_at": "2026-04-08T17:00", "once": str(uuid4())}
    assert browser.post(url(place, "hotline-act", order.pk, "explain"), {"words": ""}).status_code == 422
    assert browser.post(url(place, "hotline-act", order.pk, "explain"), told).status_code == 302
    browser.post(url(place, "hotline-act", order.pk, "explain"), told)
    order.refresh_from_db()
    assert (order.extended, order.due_at) == (1, at(8, 17, month=4))
    done(place, desk, worker, order)
    file = browser.post(url(place, "hotline-export"), {"order": [str(order.pk), "x"]})
    text = [list(r) for r in load_workbook(io.BytesIO(file.content)).active.iter_rows(values_only=True)]
    assert text[1][0] == "1" and CALLER not in str(text) and PHONE not in str(text)
    assert "1" in browser.get(url(place, "hotline") + "?answered=1").content.decode()
    assert browser.post(url(place, "hotline-act", order.pk, "back"), {"words": "还是不亮"}).status_code == 302
    assert Matter.objects.get(pk=order.matter_id).state == "reopened"


def test_the_answer_is_read_and_put_right_before_it_leaves(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    browser = place.client(desk)
    here = url(place, "hotline-order", order.pk)
    for page in (browser.get(here), browser.get(url(place, "hotline"))):
        assert "不能导出：还没有办好" in page.content.decode()
    correct = url(place, "hotline-act", order.pk, "correct")
    given = {"words": "换了灯泡，联系 13800001234", "once": str(uuid4())}
    assert browser.post(correct, given).status_code == 422
    done(place, desk, worker, order)
    assert browser.get(here).context["reply"].handling in browser.get(here).content.decode()
    for _ in range(2):
        assert browser.post(correct, given).status_code == 302

    def left() -> str:
        file = browser.post(url(place, "hotline-export"), {"order": [str(order.pk)]})
        return load_workbook(io.BytesIO(file.content)).active["C2"].value

    first = left()
    assert first.startswith("换了灯泡") and "13800001234" not in first
    assert browser.post(correct, {"words": first}).status_code == 422
    assert browser.post(correct, {"words": "换了两个灯泡"}).status_code == 302
    order.refresh_from_db()
    assert order.waits and order.touched_at
    assert left() == "换了两个灯泡"
    rows = HotlineReply.objects.filter(order=order).order_by("at", "id")
    assert [r.kind for r in rows] == ["written", "exported", "written", "exported"]
    assert "导出过的" in browser.get(here).content.decode() and first in browser.get(here).content.decode()


# ── planned outages ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_outage_is_shown_before_somebody_reports_it_and_vanishes_after(place):
    front, resident = place.client(place.post(Role.FRONT_DESK)), place.client(place.resident())
    given = {
        "kind": "water",
        "building": str(place.home.building_id),
        "from_at": "2026-03-24T09:00",
        "to_at": "2026-03-24T17:00",
        "words": "换泵",
    }
    assert front.post(url(place, "outages"), {**given, "to_at": "2026-03-24T08:00"}).status_code == 422
    assert front.post(url(place, "outages"), given).status_code == 302
    for name in ("home", "report"):
        assert "7栋停水" in resident.get(url(place, name)).content.decode()
    typed = {"where": "home", "words": "家里停水了怎么回事"}
    assert "7栋停水" in resident.get(url(place, "similar"), typed).content.decode()
    assert "7栋停水" not in resident.get(url(place, "similar"), {**typed, "words": "楼道灯不亮了"}).content.decode()
    neighbour = place.client(place.resident(place.homes[-1], name="王五"))
    assert "停水" not in neighbour.get(url(place, "home")).content.decode()
    with time_machine.travel(at(24, 17), tick=False):
        assert "7栋停水" not in place.client(place.resident(name="赵六")).get(url(place, "home")).content.decode()


def test_an_outage_is_shown_however_short_the_words_and_by_the_place_chosen(place):
    """§ hotline: before they send, at the resident's form and at the desk's."""
    front, building = place.client(place.post(Role.FRONT_DESK)), place.home.building_id
    given = {
        "kind": "water",
        "building": str(building),
        "from_at": "2026-03-24T09:00",
        "to_at": "2026-03-24T17:00",
        "words": "换泵",
    }
    front.post(url(place, "outages"), given)
    me, other = place.client(place.resident()), place.client(place.resident(place.homes[-1], name="王五"))

    def shown(browser, **said):
        return "7栋停水" in browser.get(url(place, "similar"), said).content.decode()

    assert shown(me, where="home", words="没水了") and shown(me, where="home", words="没水了", denied="12")
    assert not shown(me, where="home", words="灯坏了")
    assert not shown(other, where="home", words="停水了")
    assert shown(other, where="other", elsewhere=f"b:{building}", words="停水了")
    page = front.post(url(place, "record-hints"), {"words": "没水", "building": str(building)}).content.decode()
    assert "7栋停水" in page


def test_an_outage_of_the_whole_compound_ends_early(place, desk):
    browser = place.client(desk)
    given = {
        "kind": "power",
        "building": "",
        "from_at": "2026-03-25T09:00",
        "to_at": "2026-03-25T17:00",
        "once": str(uuid4()),
    }
    for _ in range(2):
        browser.post(url(place, "outages"), given)
    outage = Outage.objects.get()
    resident = place.client(place.resident())
    assert "全小区停电" in resident.get(url(place, "home")).content.decode()
    browser.post(url(place, "outage-end", outage.pk))
    assert "全小区停电" not in resident.get(url(place, "home")).content.decode()


@pytest.mark.parametrize("role", [Role.STEWARD, Role.COMMITTEE_CHAIR, Role.GRID_WORKER])
def test_only_property_and_community_plan_outages(place, role):
    assert place.client(place.post(role)).get(url(place, "outages")).status_code == 404
