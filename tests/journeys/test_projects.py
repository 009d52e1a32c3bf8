"""The committee takes an issue up and sees it through: charging posts, and the way cars go through the gates."""

from datetime import timedelta

import pytest
from django.utils import timezone
from persons import PASSWORD, choose, do, sign_in, with_password
from playwright.sync_api import Page, expect

from linli.matters.models import Matter, Plan
from linli.matters.tests.makers import Place, compound, in_progress
from linli.notices.models import Posting
from linli.people.rules import Role
from linli.plumbing.tenancy import compound_scope

SLUG = "liuxi"


@pytest.fixture
def place(transactional_db) -> Place:
    return compound(SLUG)


def begin(place: Place, open_browser, words: str, category: str, kind: str) -> tuple[Page, Matter]:
    with compound_scope(place.compound.pk):
        chair, desk = place.post(Role.COMMITTEE_CHAIR), place.post(Role.FRONT_DESK)
        hand, owner = place.post(Role.ENGINEER), place.resident()
        matter = in_progress(
            place, owner, desk, hand, words, timezone.now(), category=category, urgency="project", level="compound"
        )
    page = sign_in(open_browser(desk=True), with_password(chair.account_id).phone, password=PASSWORD)
    do(page, SLUG, matter.number, "plan_open")
    choose(page, kind, within="main")
    send(page)
    return page, matter


def send(page: Page) -> None:
    page.locator("main form button.btn-primary").last.click()
    page.wait_for_url("**/matters/1/")


def fill(page: Page, act: str, **given: str) -> None:
    do(page, SLUG, 1, act)
    for name, value in given.items():
        page.locator(f"main [name={name}]").fill(value)


def decide(page: Page, planned: str, body: str, **more: str) -> None:
    """The gate before the work, and the record of what was decided."""
    today = timezone.localdate()
    do(page, SLUG, 1, "gate_set")
    choose(page, planned, within="main")
    page.locator("main [name=review_at]").fill((today + timedelta(days=30)).isoformat())
    send(page)
    do(page, SLUG, 1, "plan_install")
    assert page.url.endswith("/matters/1/"), "nothing is put up before it is decided"
    fill(page, "gate_decide", body=body, day=today.isoformat(), reference="会议纪要第 6 号", **more)
    choose(page, "通过", within="main")
    send(page)


def test_charging_posts_from_counting_to_telling_everybody(place, open_browser):
    page, _matter = begin(place, open_browser, "充电桩太少，下班回来充不上", "0501", "设施项目")
    fill(page, "plan_verify", counted="电动车 320\n充电桩 12")
    send(page)
    fill(page, "plan_option", site="6 栋东侧", supplier="绿能", price_fen="48000")
    send(page)
    do(page, SLUG, 1, "plan_choose")
    choose(page, "6 栋东侧", within="main")
    page.locator("main [name=words]").fill("物业出电，商家包维护")
    send(page)
    decide(page, "限额以内的小笔开支", "业委会")
    do(page, SLUG, 1, "plan_install")
    send(page)
    fill(page, "plan_use", counted="充电桩 32")
    send(page)
    fill(page, "plan_report", words="新的充电桩可以用了")
    send(page)
    with compound_scope(place.compound.pk):
        posting = Posting.objects.get(compound_id=place.compound.pk)
        assert "原来：电动车 320，充电桩 12" in posting.body and "现在：充电桩 32" in posting.body
        assert Plan.objects.get(compound_id=place.compound.pk).step == "reported"


def test_cars_go_another_way_after_everybody_was_asked(place, open_browser):
    page, _matter = begin(place, open_browser, "早上南门进出的车堵成一团", "0405", "通行方案")
    fill(page, "plan_verify", counted="早高峰进 210")
    send(page)
    fill(page, "plan_option", site="南门只进，东门可进可出")
    send(page)
    for voice, given in (
        ("部门的意见", {"who": "交警中队", "words": "可行，画好标线"}),
        ("居民的意见", {"who": "全体住户", "asked": "300", "agree": "240", "against": "20"}),
    ):
        fill(page, "plan_opinion", **given)
        choose(page, voice, within="main")
        send(page)
    fill(page, "plan_way", way_in="南门")
    choose(page, "只进不出", within="main")
    send(page)
    do(page, SLUG, 1, "plan_choose")
    choose(page, "南门只进", within="main")
    page.locator("main [name=words]").fill("物业画线、立牌")
    send(page)
    expect(page.locator("main")).to_contain_text("南门")
    decide(page, "小区里的车怎么走", "议事会", posted_on=timezone.localdate().isoformat())
    for paper, body in (("交警的意见", "交警中队"), ("消防的意见", "消防救援站")):
        do(page, SLUG, 1, "plan_install")
        assert page.url.endswith("/matters/1/"), "nothing is put up before the opinions are there"
        fill(page, "gate_paper", body=body, day=timezone.localdate().isoformat(), reference="复函")
        choose(page, paper, within="main")
        choose(page, "同意", within="main")
        page.locator("main input[type=file]").first.set_input_files(
            {"name": "意见.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 " + body.encode()}
        )
        send(page)
    do(page, SLUG, 1, "plan_install")
    send(page)
    today = timezone.localdate()
    tried = {"trial_from": (today - timedelta(days=30)).isoformat(), "review_on": today.isoformat()}
    fill(page, "plan_use", counted="早高峰进 150", **tried)
    send(page)
    fill(page, "plan_report", words="南门试行一个月，早上不堵了")
    send(page)
    with compound_scope(place.compound.pk):
        plan = Plan.objects.get(compound_id=place.compound.pk)
        assert (plan.kind, plan.step, plan.chosen.site) == ("traffic", "reported", "南门只进，东门可进可出")
        body = Posting.objects.get(compound_id=place.compound.pk).body
        assert "原来：早高峰进 210" in body and "现在：早高峰进 150" in body
