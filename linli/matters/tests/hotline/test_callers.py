"""The caller: sealed, nowhere but at the desk, forgotten in time."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from linli.kernel.tests.refusing import refused
from linli.matters import services, tasks
from linli.matters.models import HotlineImport, HotlineOrder
from linli.matters.services import hotline
from linli.notices.models import Message
from linli.people.rules import Role
from linli.plumbing import vault
from linli.plumbing.models import AuditEntry

from .. import hotline_books as books
from ..hotline_books import CALLER, HOME, PHONE, row
from ..makers import NOW
from .orders import done, taken

pytestmark = pytest.mark.django_db


SECRETS = (CALLER, PHONE, "欧阳女士", "0731-84445566")


def secret_order(place, desk) -> HotlineOrder:
    words = f"我是{CALLER}，住{HOME}，电话{PHONE}，座机0731-84445566。欧阳女士反映7栋楼道灯不亮，请保密"
    return taken(place, desk, row("S-1", words, secret="是", place=HOME))[0]


def nowhere(text: str) -> None:
    for piece in (*SECRETS, "单元301"):
        assert piece not in text, piece


def test_a_caller_s_data_is_kept_sealed_and_nowhere_else(place, desk, caplog, capsys):
    """The whole database but the sealed column, the log, and the file kept."""
    from django.apps import apps
    from django.core import serializers

    order = secret_order(place, desk)
    assert hotline.caller_of(by=desk, order=order, reason="回访", at=NOW).phone == PHONE
    for model in apps.get_models():
        rows = list(model._default_manager.all()) if model._meta.app_label in {"matters", "notices", "plumbing"} else []
        text = serializers.serialize("json", rows, ensure_ascii=False)
        nowhere(text)
    out = capsys.readouterr()
    nowhere(out.out + out.err + caplog.text)


def test_secret_matters_show_no_caller_to_handlers_residents_public_and_search(place, desk, worker):
    order = secret_order(place, desk)
    m = done(place, desk, worker, order)
    resident = place.resident(name="赵小五")
    for by in (worker, place.post(Role.FRONT_DESK), place.post(Role.GRID_WORKER), place.post(Role.COMMITTEE_MEMBER)):
        browser = place.client(by)
        for path in (
            f"matters/{m.number}/",
            f"matters/{m.number}/print/",
            "work/",
            "visits/",
            "desk/",
            f"desk/panel/{m.number}/",
        ):
            answer = browser.get(f"/c/{place.slug}/{path}")
            if answer.status_code == 200:
                nowhere(answer.content.decode())
    from linli.matters.queries.work import find
    from linli.plumbing import search

    for piece in (CALLER, PHONE, "单元301"):
        found = search.find(
            compound_id=place.compound.pk,
            ordinal=place.compound.ordinal,
            kind="matter",
            text=piece,
            before=None,
            limit=9,
        )
        assert list(found) == [], piece
        assert find(place.compound, worker, piece) == []
    m = services.return_visit(
        by=desk, matter=m, contacted=True, called="yes", solved="solved", satisfied="satisfied", at=NOW
    )
    m = services.close(by=desk, matter=m, outcome="fixed", at=NOW)
    for page in ("", "solved/"):
        text = place.client().get(f"/c/{place.slug}/{page}").content.decode()
        nowhere(text)
        assert "灯不亮" not in text
    assert place.client(resident).get(f"/c/{place.slug}/matters/{m.number}/").status_code == 404


def test_export_of_the_register_has_no_caller(place, desk):
    secret_order(place, desk)
    answer = place.client(place.post(Role.FRONT_DESK)).get(f"/c/{place.slug}/desk/export.xlsx")
    import io

    book = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    nowhere(json.dumps([[str(c) for c in r] for r in book.active.iter_rows(values_only=True)], ensure_ascii=False))


def test_the_number_is_shown_to_the_community_alone_when_secret(place, desk, worker):
    order = secret_order(place, desk)
    done(place, desk, worker, order)
    order.refresh_from_db()
    for role in (Role.FRONT_DESK, Role.PROPERTY_MANAGER, Role.GRID_WORKER, Role.COMMITTEE_MEMBER, Role.ENGINEER):
        by = place.post(role)
        assert refused(lambda by=by: hotline.caller_of(by=by, order=order, reason="回访", at=NOW)) == "not_yours"
    assert refused(lambda: hotline.caller_of(by=desk, order=order, reason="", at=NOW)) == "missing_reason"
    hotline.caller_of(by=desk, order=order, reason="回访", at=NOW)
    entry = AuditEntry.objects.get(compound_id=place.compound.pk, act="see_caller")
    assert (entry.words, entry.internal, entry.data) == ("回访", True, {"order": "S-1"})


def test_of_one_who_asked_for_no_secrecy_the_grid_sees_the_number_in_its_case(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    grid = place.post(Role.GRID_WORKER)
    assert refused(lambda: hotline.caller_of(by=grid, order=order, reason="回访", at=NOW)) == "not_yours"
    done(place, desk, worker, order)
    order = HotlineOrder.objects.select_related("matter").get(pk=order.pk)
    assert hotline.caller_of(by=grid, order=order, reason="回访", at=NOW).phone == PHONE
    assert refused(lambda: hotline.caller_of(by=worker, order=order, reason="约时间", at=NOW)) == "not_yours"


def test_no_message_is_sent_to_a_caller(place, desk):
    taken(place, desk, row("1"))
    assert not Message.objects.filter(compound_id=place.compound.pk, phone=PHONE).exists()


def test_callers_are_forgotten_after_two_years(place, desk):
    (order,) = taken(place, desk, row("1"))
    assert tasks.forget_callers(NOW + timedelta(days=729)) == 0
    assert tasks.forget_callers(NOW + timedelta(days=731)) == 1
    order = HotlineOrder.objects.get(pk=order.pk)
    assert hotline.caller_of(by=desk, order=order, reason="查", at=NOW) == hotline.Caller()


def test_a_list_nobody_decided_about_is_dropped_with_its_callers(
    place, desk, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    batch = hotline.upload(by=desk, compound=place.compound, filename="工单.xlsx", data=books.xlsx([row("1")]), at=NOW)
    assert vault.path(batch.stored).exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert [tasks.forget_callers(NOW + timedelta(days=days)) for days in (30, 31, 32)] == [0, 1, 0]
    gone = HotlineImport.objects.get(compound=place.compound)
    assert (gone.state, gone.stored) == ("dropped", "") and not vault.path(batch.stored).exists()
    entry = AuditEntry.objects.get(compound=place.compound, subject_id=batch.pk, act="drop_hotline")
    assert entry.role == "clock"


def test_who_visits_reaches_each_caller_for_a_reason(place, desk, worker):
    """§6.3: the grid in its case; who asked for secrecy the community alone."""
    words = ("7栋电梯坏了", "7栋的电梯又不动了", "电梯故障，老人下不了楼")
    orders = taken(
        place, desk, *(row(str(n), w, caller=f"甲{n}", phone=f"1390000777{n}") for n, w in enumerate(words[:2]))
    )
    m = done(place, desk, worker, orders[0])
    grid, here = place.post(Role.GRID_WORKER), reverse("matters:contact", args=[place.slug, m.number])
    browser = place.client(grid)
    assert "工单 1 的来电人" in browser.get(here).content.decode()
    assert browser.post(here, {"reason": "ask"}).status_code == 422
    page = browser.post(here, {"reason": "ask", "order": str(orders[1].pk)}).content.decode()
    assert "13900007771" in page and "13900007770" not in page
    looked = AuditEntry.objects.get(act="see_caller")
    assert (looked.account_id, looked.data["order"]) == (grid.account_id, "1")


def test_one_caller_needs_no_choice_and_a_secret_one_is_not_the_grid_s(place, desk, worker):
    (order,) = taken(place, desk, row("1"))
    m, grid = done(place, desk, worker, order), place.client(place.post(Role.GRID_WORKER))
    here = reverse("matters:contact", args=[place.slug, m.number])
    assert PHONE in grid.post(here, {"reason": "ask"}).content.decode()
    HotlineOrder.objects.update(secret=True)
    page = grid.post(here, {"reason": "ask"})
    assert PHONE not in page.content.decode()
    assert PHONE in place.client(desk).post(here, {"reason": "ask"}).content.decode()
