"""A steward's round, and a neighbour's help, where there is no signal."""

from dataclasses import replace

from django.utils import timezone
from persons import choose, photo
from phones import OUTBOX, SLUG, Phone
from playwright.sync_api import BrowserContext, expect

from linli.matters.models import CheckIn, HomeSeen, Matter
from linli.matters.services import checkins
from linli.matters.tests.makers import NOW, Place, compound
from linli.people.models import Organisation, Post
from linli.people.rules import Body, Role
from linli.plumbing.models import AuditEntry
from linli.plumbing.tenancy import compound_scope
from linli.volunteers import services as volunteering
from linli.volunteers.models import Call, CallPhoto, Claim, HouseAct

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


def test_what_is_sent_after_the_session_ended_waits_until_one_signs_in(transactional_db, open_browser):
    r = Round(compound(SLUG, homes=12), open_browser())
    (first, *_others) = r.homes
    r.page.goto(ROUND)
    r.page.evaluate("async () => { await navigator.serviceWorker.ready; }")
    r.page.goto(f"{ROUND}{first.pk}/")
    r.page.context.clear_cookies(name="sessionid")
    choose(r.page, "见到了")
    r.page.get_by_label("说了什么").fill("都好")
    r.page.get_by_role("button", name="记好").click()
    r.page.wait_for_url("**/sign-in/**")
    assert r.seen() == []
    r.page = r.sign_in(r.steward)
    r.page.goto(ROUND)
    r.empties()
    assert r.seen() == [(True, "都好", 0)]


# ── a resident representative ───────────────────────────────────────────────────────────────────────────────────────

MINE = f"/c/{SLUG}/representatives/mine/"


class Stairs(Phone):
    """A resident representative who looks after a building."""

    def __init__(self, place: Place, browser: BrowserContext):
        super().__init__(place, browser)
        with compound_scope(place.compound.pk):
            clerk, self.aunt = (
                place.post(Role.COMMUNITY_WORKER),
                place.post(Role.RESIDENT_REPRESENTATIVE, name="何秀英"),
            )
            volunteering.name_representative(
                by=clerk, compound=place.compound, post=Post.objects.get(pk=self.aunt.role_id), building=place.home.building,
                from_day=timezone.localdate(), at=timezone.now(),
            )  # fmt: skip
        self.page = self.sign_in(self.aunt)

    def write(self, kind: str, where: str, result: str) -> None:
        self.page.goto(MINE)
        self.page.get_by_role("link", name="记一次").click()
        choose(self.page, kind)
        self.page.get_by_label("或者在哪里").fill(where)
        self.page.get_by_label("结果").fill(result)
        self.page.get_by_role("button", name="记下来").click()
        self.page.wait_for_url(f"**{MINE}")

    def recorded(self) -> list[str]:
        with compound_scope(self.place.compound.pk):
            return list(HouseAct.objects.order_by("number").values_list("result", flat=True))


def test_a_representative_records_in_a_stairwell_without_a_signal(transactional_db, open_browser):
    s = Stairs(compound(SLUG), open_browser())
    s.go_down(MINE, pages=2)
    s.write("志愿巡逻", "1单元楼道", "杂物搬走了")
    s.write("文明劝导", "2单元门口", "车推走了")
    assert s.recorded() == []
    expect(s.page.locator("[data-field-here] li")).to_have_count(2)
    s.page.close()
    s.page = s.browser.new_page()
    s.page.goto(MINE)
    s.come_up()
    s.empties()
    assert s.recorded() == ["杂物搬走了", "车推走了"]


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
