"""Work where there is no signal: a basement, a killed tab, a server that gives up halfway, a colleague who was quicker."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from persons import PASSWORD, choose, photo, sign_in, with_password
from playwright.sync_api import BrowserContext, Page, expect

from linli.matters import services
from linli.matters.models import Attachment, CheckIn, HomeSeen, Matter
from linli.matters.services import checkins
from linli.matters.tests.makers import NOW, Place, compound, in_progress
from linli.matters.views import acts
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.acts import Actor
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import moment
from linli.plumbing.tenancy import compound_scope
from linli.volunteers import services as volunteering
from linli.volunteers.models import Call, CallPhoto, Claim

SLUG = "liuxi"
WORK = f"/c/{SLUG}/work/"
OUTBOX = f"/c/{SLUG}/work/outbox/"


class Phone:
    """Of one worker or volunteer, with what it kept and what waits in it."""

    page: Page

    def __init__(self, place: Place, browser: BrowserContext):
        self.place, self.browser = place, browser

    def sign_in(self, actor: Actor) -> Page:
        return sign_in(self.browser, with_password(actor.account_id).phone, password=PASSWORD)

    def go_down(self, path: str = WORK, pages: int = 4) -> None:
        """The list was looked at above ground; then the signal is gone."""
        self.page.goto(path)
        kept = "async () => (await Promise.all((await caches.keys()).filter((n) => n.startsWith('kept:')).map(async (n) => (await (await caches.open(n)).keys()).length))).reduce((a, b) => a + b, 0)"
        for _ in range(100):
            if self.page.evaluate(kept) >= pages:
                break
            sleep(0.1)
        else:
            raise AssertionError("nothing was kept")
        self.browser.set_offline(True)

    def wait_an_hour(self) -> None:
        """By the clock that acts are kept and sent with: the worker's behind the pages, which the pages' clock does not move."""
        (worker,) = self.browser.service_workers
        worker.evaluate("() => { const now = Date.now.bind(Date); Date.now = () => now() + 3600000; }")

    def come_up(self) -> None:
        self.browser.set_offline(False)

    def items(self) -> list[dict[str, Any]]:
        return self.page.evaluate(
            "async () => (await outbox.all()).map(({act, subject, state, says, once}) => ({act, subject, state, says, once}))"
        )

    def empties(self) -> None:
        for _ in range(200):
            if not self.items():
                return
            sleep(0.1)
        raise AssertionError(self.items())


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


# ── a steward's round ───────────────────────────────────────────────────────────────────────────────────────────────

ROUND = f"/c/{SLUG}/check-ins/"


class Round(Phone):
    """A steward with a plan for a building of three homes, none of them seen."""

    def __init__(self, place: Place, browser: BrowserContext):
        super().__init__(place, browser)
        with compound_scope(place.compound.pk):
            self.manager, self.steward = place.post(Role.PROPERTY_MANAGER), place.post(Role.STEWARD, name="韩管家")
            plan = checkins.plan_check_ins(
                by=self.manager, compound=place.compound, post=Post.objects.get(pk=self.steward.role_id), building=place.home.building, every_days=30,
                at=NOW,
            )  # fmt: skip
            rows = HomeSeen.objects.select_related("home", "plan").filter(compound_id=place.compound.pk, plan=plan)
            self.homes = list(rows.order_by("id"))[:3]
        self.page = self.sign_in(self.steward)

    def visit(self, seen: HomeSeen, met: str, words: str, need: str = "") -> None:
        self.page.goto(ROUND)
        self.page.get_by_role("link", name=seen.home.label).click()
        choose(self.page, met)
        self.page.get_by_label("说了什么").fill(words)
        if need:
            self.page.get_by_label("要办的事 1").fill(need)
        self.page.get_by_role("button", name="记好").click()
        self.page.wait_for_url(f"**{ROUND}")

    def seen(self) -> list[tuple[bool, str, int]]:
        with compound_scope(self.place.compound.pk):
            rows = CheckIn.objects.filter(compound_id=self.place.compound.pk).order_by("id")
            return [(row.met, row.words, len(row.needs)) for row in rows]


def test_a_steward_goes_round_where_there_is_no_signal(transactional_db, open_browser):
    r = Round(compound(SLUG, homes=12), open_browser())
    first, second, third = r.homes
    r.go_down(ROUND, pages=5)
    gone = timezone.now()
    r.visit(first, "没人应", "邻居说回老家了")
    r.visit(second, "见到了", "都好", "楼道的灯要跺脚才亮")
    card = r.page.locator(f"[data-field-card='check-ins/{second.pk}']")
    expect(card.locator("[data-field-done]")).to_contain_text("走访")
    expect(r.page.locator("[data-field-words]")).to_contain_text("2 条等着送")
    r.page.close()

    r.page = r.browser.new_page()
    r.visit(third, "见到了", "谢谢常来")
    assert r.seen() == []
    stands_in = replace(r.steward, account_id=r.manager.account_id)
    with compound_scope(r.place.compound.pk):  # the third was rung from the office meanwhile
        checkins.check_in(
            by=stands_in, compound=r.place.compound, seen=third, way="phone", met=True, satisfied="satisfied", words="电话里说都好",
            at=timezone.now(),
        )  # fmt: skip
    r.come_up()
    r.page.goto(OUTBOX)
    rows = r.page.locator(".outbox-row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("后来有人见过这一户了")
    expect(rows).to_contain_text("打电话")
    assert r.seen()[1:] == [(False, "邻居说回老家了", 0), (True, "都好", 1)]
    rows.get_by_role("button", name="照样记在里面").click()
    expect(rows).to_have_count(0)
    assert r.seen()[3:] == [(True, "谢谢常来", 0)]
    with compound_scope(r.place.compound.pk):
        moments = AuditEntry.objects.filter(compound_id=r.place.compound.pk, act="check_in", channel="offline")
        assert len(moments) == 3
        assert all(gone <= e.at < timezone.now() and e.at.isoformat() < e.data["received"] for e in moments)
        (need,) = Matter.objects.filter(compound_id=r.place.compound.pk)
        assert need.home_id == second.home_id


# ── a neighbour's help ──────────────────────────────────────────────────────────────────────────────────────────────

BOARD = f"/c/{SLUG}/calls/"


class Help(Phone):
    """A volunteer who took two calls on; a third is open."""

    def __init__(self, place: Place, browser: BrowserContext):
        super().__init__(place, browser)
        with compound_scope(place.compound.pk):
            team = Organisation.objects.create(kind=Body.VOLUNTEERS, name="邻里志愿队", compound=place.compound)
            self.caller, self.chen = place.resident(name="李小满"), place.post(Role.VOLUNTEER, team, name="陈建国")
            self.rice, self.bed = [self._taken(words) for words in ("一袋米搬上楼", "旧床垫抬到楼下")]
            self.open = self._shouted("谁家有缝纫机")
        self.page = self.sign_in(self.chen)

    def _shouted(self, words: str) -> Call:
        got = volunteering.shout(
            by=self.caller, compound=self.place.compound, words=words, kind="carry", window="days", at=timezone.now()
        ).call
        assert got is not None
        return got

    def _taken(self, words: str) -> Call:
        return volunteering.claim(by=self.chen, call=self._shouted(words), at=timezone.now())

    def write(self, call: Call, step: str, words: str, picture: dict | None = None) -> None:
        self.page.goto(f"{BOARD}{call.number}/")
        part = self.page.locator(f"[data-field-step={step}]")
        part.locator("summary").click()
        part.locator("textarea").first.fill(words)
        if picture:
            part.locator("input[type=file]").set_input_files([picture])
        part.locator("button.btn-primary").click()
        expect(self.page.locator("[data-field-here]")).to_be_visible()

    def photos(self, call: Call) -> int:
        with compound_scope(self.place.compound.pk):
            return CallPhoto.objects.filter(compound_id=call.compound_id, call=call).count()

    def story(self, call: Call) -> list[tuple[str, str]]:
        with compound_scope(self.place.compound.pk):
            rows = AuditEntry.objects.filter(compound_id=call.compound_id, subject_id=call.pk, channel="offline")
            return list(rows.order_by("id").values_list("act", "words"))


def test_a_volunteer_helps_where_there_is_no_signal_and_claims_only_with_one(transactional_db, open_browser):
    h = Help(compound(SLUG), open_browser())
    h.go_down(BOARD, pages=5)
    h.page.goto(BOARD)
    expect(h.page.get_by_role("button", name="我来接")).to_be_disabled()
    expect(h.page.get_by_text("没有信号不能接：谁先接算谁的")).to_be_visible()
    h.write(h.rice, "note", "到楼下了")
    h.write(h.rice, "finish", "搬上去了，放在门口", photo("rice.jpg"))
    h.page.close()

    h.page = h.browser.new_page()
    h.write(h.bed, "finish", "抬下去了", photo("bed.jpg", (220, 216, 206)))
    h.page.goto(BOARD)
    expect(h.page.locator(f"[data-field-card='calls/{h.rice.number}'] [data-field-done]")).to_contain_text("说一句")
    assert h.story(h.rice) == []
    with compound_scope(h.place.compound.pk):
        volunteering.withdraw(by=h.caller, call=h.bed, reason="女儿回来抬了", at=timezone.now())
    h.come_up()
    h.page.goto(OUTBOX)
    rows = h.page.locator(".outbox-row")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("抬下去了")
    expect(rows).to_contain_text("撤回了")
    assert h.story(h.rice) == [("note", "到楼下了"), ("finish", "搬上去了，放在门口")]
    rows.get_by_role("button", name="照样记在里面").click()
    expect(rows).to_have_count(0)
    assert h.story(h.bed) == [("late", "抬下去了")]
    assert [h.photos(call) for call in (h.rice, h.bed)] == [1, 1]

    h.page.goto(BOARD)
    expect(h.page.get_by_text("没有信号不能接")).to_be_hidden()
    h.page.get_by_role("button", name="我来接").click()
    expect(h.page.get_by_text("轮到您，您接的")).to_be_visible()
    with compound_scope(h.place.compound.pk):
        assert Claim.objects.filter(compound_id=h.place.compound.pk, call=h.open, left_at=None).count() == 1
