"""Work where there is no signal: a basement, a killed tab, a server that gives up halfway, a colleague who was quicker."""

import re
from datetime import datetime, timedelta
from time import sleep

import pytest
from django.http import HttpResponse
from django.utils import timezone
from persons import photo
from phones import OUTBOX, SLUG, WORK, Phone
from playwright.sync_api import BrowserContext, expect

from linli.matters import services
from linli.matters.models import Attachment, Matter
from linli.matters.tests.makers import NOW, Place, compound, in_progress
from linli.matters.views import acts
from linli.people.models import Organisation, Post
from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import compound_scope


class Basement(Phone):
    """One worker with a phone and three matters in hand."""

    def __init__(self, place: Place, browser: BrowserContext):
        super().__init__(place, browser)
        with compound_scope(place.compound.pk):
            self.owner, self.clerk = place.resident(), place.post(Role.COMMUNITY_WORKER)
            self.engineer = place.post(Role.ENGINEER, name="李师傅")
            self.going = in_progress(place, self.owner, self.clerk, self.engineer, "地下室的灯不亮")
            self.given = self._given("车库道闸不抬杆", self.engineer)
        self.page = self.sign_in(self.engineer)

    def _given(self, words: str, to: Actor) -> Matter:
        m = self.place.matter(self.owner, words, NOW)
        m = services.triage(by=self.clerk, matter=m, category="0101", level="building", urgency="normal", at=NOW)
        body, post = Organisation.objects.get(pk=to.body_id), Post.objects.get(pk=to.role_id)
        return services.dispatch(by=self.clerk, matter=m, body=body, post=post, at=NOW)

    def do(self, matter: Matter, step: str, words: str = "", picture: dict | None = None) -> None:
        self.page.goto(f"/c/{SLUG}/matters/{matter.number}/")
        part = self.page.locator(f"[data-field-step={step}]")
        part.locator("summary").click()
        if words:
            part.locator("textarea[name=words]").fill(words)
        if step == "resolve":
            part.locator("input[name=cost_fen]").fill("0")
        if picture:
            part.locator("input[type=file]").set_input_files([picture])
        part.locator("form button.btn-wide").last.click() if step == "x" else part.locator(
            "form button.btn-primary"
        ).click()
        self.page.wait_for_url(f"**{WORK}")

    def done(self, matter: Matter) -> list[tuple[str, str, str]]:
        with compound_scope(self.place.compound.pk):
            rows = AuditEntry.objects.filter(
                compound_id=self.place.compound.pk, subject_id=matter.pk, channel="offline"
            )
            return [(e.act, e.words, e.channel) for e in rows.order_by("id")]

    def moments(self, matter: Matter) -> list[tuple[datetime, datetime]]:
        """When each was done, and when it arrived."""
        with compound_scope(self.place.compound.pk):
            rows = AuditEntry.objects.filter(compound_id=matter.compound_id, subject_id=matter.pk, channel="offline")
            return [(e.at, datetime.fromisoformat(e.data["received"])) for e in rows.order_by("id")]

    def state(self, matter: Matter) -> str:
        with compound_scope(self.place.compound.pk):
            return Matter.objects.get(compound_id=matter.compound_id, pk=matter.pk).state


@pytest.fixture
def basement(transactional_db, open_browser, settings, tmp_path) -> Basement:
    settings.MEDIA_ROOT = tmp_path
    return Basement(compound(SLUG), open_browser())


def test_an_hour_in_the_basement(basement):
    b = basement
    b.go_down()
    b.page.goto(WORK)
    expect(b.page.locator("[data-field-words]")).to_contain_text("离线 · 看到的是")
    expect(b.page.get_by_text("车库道闸不抬杆")).to_be_visible()

    b.do(b.given, "take", "打过电话了，下午来")
    expect(b.page.locator("[data-field-words]")).to_contain_text("1 条等着送")
    expect(b.page.locator(f"[data-field-card='matters/{b.given.number}'] [data-field-done]")).to_contain_text("接单")
    b.do(b.given, "arrive")
    b.do(b.going, "note", "缺一个灯座", photo("lamp.jpg"))
    b.page.close()

    b.page = b.browser.new_page()
    b.do(b.given, "resolve", "换了道闸的保险", photo("gate.jpg", (220, 216, 206)))
    b.page.goto(OUTBOX)
    expect(b.page.locator(".outbox-row")).to_have_count(4)
    assert b.done(b.given) == b.done(b.going) == []
    b.page.close()

    b.page = b.browser.new_page()
    b.wait_an_hour()
    b.come_up()
    b.page.goto(WORK)
    b.empties()
    assert [act for act, _, _ in b.done(b.given)] == ["take", "arrive", "resolve"]
    assert b.done(b.going) == [("note", "缺一个灯座", "offline")]
    assert b.state(b.given) == "resolved"
    with compound_scope(b.place.compound.pk):
        assert Attachment.objects.filter(compound_id=b.place.compound.pk).count() == 2
    b.page.goto(f"/c/{SLUG}/matters/{b.given.number}/")
    story = re.sub(r"\s+", "", b.page.locator("main").inner_text())
    for done, arrived in b.moments(b.given):
        assert timedelta(minutes=60) <= arrived - done < timedelta(minutes=62)
        told = f"{moment(done, timezone.now())}，{moment(arrived, timezone.now())}送到"
        assert re.sub(r"\s+", "", told) in story


def test_server_that_gives_up_halfway_gets_each_act_once_in_order(basement, monkeypatch):
    b = basement
    b.go_down()
    b.do(b.going, "arrive", "到地下室了")
    b.do(b.going, "note", "缺一个灯座", photo("lamp.jpg"))
    b.do(b.given, "take", "打过电话了")
    whole, heard = acts.take_in, []

    def failing(request, doing, act, *rest):
        """The first arrives; the second is done but its answer lost; the third meets a closed door."""
        heard.append(act)
        if len(heard) == 1:
            return whole(request, doing, act, *rest)
        if len(heard) == 2:
            whole(request, doing, act, *rest)
        return HttpResponse(status=503)

    monkeypatch.setattr(acts, "take_in", failing)
    b.come_up()
    b.page.goto(WORK)
    for _ in range(100):
        if len(heard) >= 2:
            break
        sleep(0.1)
    assert heard[:2] == ["arrive", "note"]
    assert [item["act"] for item in b.items()] == ["note", "take"]
    monkeypatch.setattr(acts, "take_in", whole)
    b.page.reload()
    b.empties()
    assert [act for act, _, _ in b.done(b.going)] == ["arrive", "note"]
    assert [act for act, _, _ in b.done(b.given)] == ["take"]
    with compound_scope(b.place.compound.pk):
        assert Attachment.objects.filter(compound_id=b.place.compound.pk).count() == 1


def test_one_act_that_the_server_cannot_take_holds_back_nothing_else(basement, monkeypatch):
    b = basement
    b.go_down()
    b.do(b.going, "note", "缺一个灯座")
    b.do(b.given, "take", "打过电话了")
    whole = acts.take_in

    def failing(request, doing, act, *rest):
        return HttpResponse(status=500) if act == "note" else whole(request, doing, act, *rest)

    monkeypatch.setattr(acts, "take_in", failing)
    b.come_up()
    b.page.goto(OUTBOX)
    for _ in range(100):
        if [item["act"] for item in b.items()] == ["note"]:
            break
        sleep(0.1)
    assert [act for act, _, _ in b.done(b.given)] == ["take"]
    for _ in range(20):
        if b.page.get_by_text("次还没送到，会接着试").count():
            break
        b.page.reload()
        sleep(0.5)
    expect(b.page.locator(".outbox-row")).to_contain_text("次还没送到，会接着试")
    monkeypatch.setattr(acts, "take_in", whole)
    b.page.reload()
    b.empties()
    assert b.done(b.going) == [("note", "缺一个灯座", "offline")]


def test_what_a_colleague_overtook_is_shown_and_kept_inside(basement):
    b = basement
    b.go_down()
    b.do(b.given, "take", "打过电话了")
    b.do(b.given, "resolve", "换了保险", photo("gate.jpg", (220, 216, 206)))
    b.do(b.going, "note", "缺一个灯座")
    with compound_scope(b.place.compound.pk):
        other = b.place.post(Role.ENGINEER, name="王师傅")
        m = services.take(by=b.engineer, matter=b.given, words="在路上", at=NOW)
        Matter.objects.filter(compound_id=m.compound_id, pk=m.pk).update(handler_post=other.role_id)
    b.come_up()
    b.page.goto(OUTBOX)
    rows = b.page.locator(".outbox-row")
    expect(rows.filter(has_text="没赶上")).to_have_count(1)
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("在路上")
    expect(rows.nth(1)).to_contain_text("排在前面的定了再送")
    assert [act for act, _, _ in b.done(b.going)] == ["note"]
    expect(b.page.locator("[data-field-words]")).to_contain_text("1 条要您看一看")

    rows.nth(0).get_by_role("button", name="不送了").click()
    b.page.get_by_role("button", name="先留着").click()
    expect(rows).to_have_count(2)
    rows.nth(0).get_by_role("button", name="照样记在里面").click()
    expect(rows).to_have_count(1)
    expect(rows.nth(0)).to_contain_text("没赶上")
    rows.nth(0).get_by_role("button", name="改一改再送").click()
    b.page.locator("#edit-words").fill("换了保险，请王师傅再看一眼")
    b.page.get_by_role("button", name="再送一次").click()
    expect(rows).to_have_count(0)
    expect(b.page.get_by_text("没有等着送的")).to_be_visible()
    assert b.state(b.given) == "in_progress"
    with compound_scope(b.place.compound.pk):
        late = AuditEntry.objects.filter(compound_id=m.compound_id, subject_id=m.pk, act="internal_note").order_by("id")
        assert [(e.data["meant"], e.words) for e in late] == [
            ("take", "打过电话了"), ("resolve", "换了保险，请王师傅再看一眼"),
        ]  # fmt: skip
        (shot,) = Attachment.objects.filter(compound_id=m.compound_id)
        assert shot.internal


def test_somebody_else_on_the_same_phone_finds_nothing_and_sends_nothing(basement):
    b = basement
    b.go_down()
    b.do(b.going, "note", "缺一个灯座")
    b.browser.clear_cookies()  # the session ran out before it could be sent
    b.come_up()
    with compound_scope(b.place.compound.pk):
        other = b.place.post(Role.ENGINEER, name="王师傅")
    b.page.goto(WORK)
    b.page.close()
    b.page = b.sign_in(other)
    b.page.goto(OUTBOX)
    expect(b.page.locator("[data-outbox-others]")).to_have_text("这部手机上还有别人记的 1 条，等本人登录再送。")
    assert "缺一个灯座" not in b.page.locator("body").inner_text()
    sleep(1)
    assert b.done(b.going) == [] and len(b.items()) == 1
    b.browser.set_offline(True)
    b.page.goto(f"/c/{SLUG}/matters/{b.going.number}/")
    expect(b.page.get_by_role("heading", name="没有网络")).to_be_visible()

    b.come_up()
    b.browser.clear_cookies()
    b.page.close()
    b.page = b.sign_in(b.engineer)
    b.page.goto(WORK)
    b.empties()
    assert b.done(b.going) == [("note", "缺一个灯座", "offline")]


def test_signing_out_without_a_signal_erases_the_pages_and_keeps_what_was_not_sent(basement):
    b = basement
    b.go_down()
    b.do(b.going, "note", "缺一个灯座")
    b.page.evaluate(
        "() => { const form = Object.assign(document.createElement('form'), {method: 'post', action: '/sign-out/'}); document.body.append(form); form.submit(); }"
    )
    expect(b.page.get_by_role("heading", name="还没退出")).to_be_visible()
    b.page.goto(WORK)
    expect(b.page.get_by_role("heading", name="没有网络")).to_be_visible()
    b.come_up()
    b.page.goto(WORK)
    b.empties()


def test_what_lacks_a_photo_is_changed_and_sent(basement):
    b = basement
    b.go_down()
    b.do(b.going, "resolve", "换了灯管")
    b.come_up()
    b.page.goto(OUTBOX)
    row = b.page.locator(".outbox-row")
    expect(row).to_contain_text("请拍一张办好后的照片")
    row.get_by_role("button", name="改一改再送").click()
    b.page.locator("#edit-photos").set_input_files([photo("lamp.jpg", (220, 216, 206))])
    b.page.get_by_role("button", name="再送一次").click()
    b.empties()
    assert b.state(b.going) == "resolved"
