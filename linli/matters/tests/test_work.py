"""The workbench: today's list, one press or one page an act, return visits by somebody else."""

import io
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from linli.matters import services
from linli.matters.models import Matter
from linli.matters.queries import work as reads
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.forms import YuanField
from linli.plumbing.tenancy import compound_scope

from . import makers
from .makers import NOW, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = makers.compound()
    with compound_scope(made.compound.pk), time_machine.travel(NOW, tick=False):
        yield made


@pytest.fixture
def desk(place):
    return place.post(Role.COMMUNITY_WORKER)


@pytest.fixture
def worker(place):
    return place.post(Role.ENGINEER)


def given(place, desk, to=None, body=None, urgency="normal", when=NOW, words="楼道灯不亮") -> Matter:
    m = place.matter(place.resident(name="李小满"), words, when)
    m = services.triage(by=desk, matter=m, category="0101", level="building", urgency=urgency, at=when)
    body = body or Organisation.objects.get(pk=to.body_id)
    return services.dispatch(
        by=desk, matter=m, body=body, post=Post.objects.get(pk=to.role_id) if to else None, at=when
    )


def again(m: Matter) -> Matter:
    return Matter.objects.get(pk=m.pk)


def url(place, name, *args) -> str:
    return reverse(f"matters:{name}", args=[place.slug, *args])


def photo() -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.effect_noise((64, 48), 40).convert("RGB").save(out, "JPEG")
    return SimpleUploadedFile("after.jpg", out.getvalue(), "image/jpeg")


def listed(place, by, when=NOW) -> list[tuple[str, int, str]]:
    return [(g.key, t.number, t.act) for g in reads.tasks(place.compound, by, when) for t in g.tasks]


# ── the list ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_list_holds_what_is_mine_and_what_my_body_has_without_a_person(place, desk, worker):
    colleague = place.post(Role.ENGINEER, name="赵二")
    mine, bodys = given(place, desk, worker), given(place, desk, body=place.property)
    given(place, desk, colleague)
    given(place, desk, body=place.committee)
    assert {n for _g, n, _a in listed(place, worker)} == {mine.number, bodys.number}


def test_list_is_grouped_by_time_overdue_first_and_only_the_first_is_red(place, desk, worker):
    late = given(place, desk, worker, when=at(19, 9))
    noon = given(place, desk, worker, when=at(24, 9, 45), urgency="urgent")
    today = given(place, desk, worker, when=at(23, 9))
    later = given(place, desk, worker, when=at(24, 9))
    assert listed(place, worker) == [
        ("late", late.number, "take"), ("noon", noon.number, "take"), ("today", today.number, "take"), ("later", later.number, "take"),
    ]  # fmt: skip
    page = place.client(worker).get(url(place, "work")).content.decode()
    assert "今天 3 件" in page
    assert page.count("btn-primary") == 1 and page.count("due-late") == 1


def test_a_stopped_one_stands_apart_and_says_what_it_waits_for(place, desk, worker):
    manager = place.post(Role.PROPERTY_MANAGER)
    m = services.take(by=worker, matter=given(place, desk, worker), words="看过了", at=NOW)
    services.suspend(by=manager, matter=m, pause_reason="parts", review_at=at(30), at=NOW)
    groups = reads.tasks(place.compound, worker, at(26))
    assert [(g.key, [(t.when, t.left, t.act) for t in g.tasks]) for g in groups] == [
        ("stopped", [("等配件", "停了 2 天", "resume")])
    ]


@pytest.mark.parametrize(
    ("state", "urgency", "clock", "arrived", "act"),
    [
        ("dispatched", "normal", "start", False, "take"),
        ("in_progress", "normal", "finish", False, "arrive"),
        ("in_progress", "normal", "finish", True, "resolve"),
        ("in_progress", "coordination", "start", False, "meet"),
        ("in_progress", "project", "start", True, "propose"),
        ("in_progress", "project", "finish", False, "resolve"),
        ("in_progress", "emergency", "make_safe", True, "make_safe"),
        ("in_progress", "urgent", "finish", True, "resolve"),
        ("suspended", "normal", "finish", True, "resume"),
    ],
)
def test_one_next_act(state, urgency, clock, arrived, act):
    assert reads.next_act(state, urgency, clock, arrived) == act


def test_workbench_costs_the_same_for_one_and_three(place, desk, worker):
    counted = []
    browser = place.client(worker)
    for n in (1, 2):
        for _n in range(n):
            given(place, desk, worker)
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(url(place, "work")).status_code == 200
        counted.append(len(seen))
    assert counted[0] == counted[1] <= 3


# ── doing it ────────────────────────────────────────────────────────────────────────────────────────────────────────


def act(place, browser, m, name, **data):
    return browser.post(url(place, "act", m.number, name), {"once": str(uuid4()), "next": url(place, "work"), **data})


def test_a_worker_takes_arrives_and_shows_it_done_with_cost_to_the_fen(place, desk, worker):
    m, browser = given(place, desk, worker), place.client(worker)
    assert act(place, browser, m, "take", words="").status_code == 422
    assert act(place, browser, m, "take", words="打过电话，下午来", contact="called")["Location"] == url(place, "work")
    assert act(place, browser, m, "arrive").status_code == 302
    bare = act(place, browser, m, "resolve", outcome="fixed", words="换了灯")
    assert bare.status_code == 422 and "请拍一张办好后的照片" in bare.content.decode()
    assert "请写花了多少元，没花钱写 0" in bare.content.decode()
    done = act(
        place,
        browser,
        m,
        "resolve",
        outcome="fixed",
        words="换了 3 盏灯",
        photos=photo(),
        cost_fen="1,186.05元",
        paid_by="物业费",
    )
    assert done.status_code == 302
    m = again(m)
    assert (m.state, m.outcome, m.cost_fen, m.paid_by) == ("resolved", "fixed", 118605, "property")
    assert m.photo_after != ""


def test_explained_needs_no_photo_but_words(place, desk, worker):
    m = services.take(by=worker, matter=given(place, desk, worker), words="打过电话", at=NOW)
    browser = place.client(worker)
    assert act(place, browser, m, "resolve", outcome="explained", words="").status_code == 422
    assert act(place, browser, m, "resolve", outcome="explained", words="说清楚了").status_code == 302


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("186", 18600),
        ("186.5", 18650),
        ("0.05", 5),
        ("1,860.00元", 186000),
        ("１８６．５０", 18650),
        ("", None),
        ("¥12", 1200),
    ],
)
def test_money_is_exact(typed, fen):
    assert YuanField(required=False).clean(typed) == fen


@pytest.mark.parametrize("typed", ["一百", "1.234", "-5", "1e3", "12.", "99999999999"])
def test_money_that_is_none_is_refused(typed):
    from django.core.exceptions import ValidationError

    if typed == "12.":
        assert YuanField(required=False).clean(typed) == 1200
        return
    with pytest.raises(ValidationError):
        YuanField(required=False).clean(typed)


def test_a_colleague_does_not_do_it(place, desk, worker):
    m = given(place, desk, worker)
    colleague = place.client(place.post(Role.ENGINEER, name="赵二"))
    assert act(place, colleague, m, "take", words="我来").status_code == 422
    assert again(m).state == "dispatched"


def test_a_handler_sees_the_number_after_one_press_and_it_is_written_down(place, desk, worker):
    from linli.plumbing.models import AuditEntry

    m = given(place, desk, worker)
    page = place.client(worker).post(url(place, "contact", m.number), {"reason": "appoint"}).content.decode()
    assert "tel:139" in page
    assert AuditEntry.objects.filter(act="see_contact", account_id=worker.account_id).count() == 1


def test_finding_on_site_by_words(place, desk, worker):
    given(place, desk, worker, words="门禁刷不开")
    page = place.client(worker).get(url(place, "find") + "?q=门禁").content.decode()
    assert "门禁刷不开" in page
    assert "没找到" in place.client(worker).get(url(place, "find") + "?q=电梯").content.decode()
