"""A voice note recorded on the page: held, tapped, by key; played back, deleted, sent."""

from collections.abc import Iterator
from time import sleep

import pytest
from persons import PASSWORD, choose, press, sign_in, with_password
from playwright.sync_api import Browser, Page, Playwright, expect

from conftest import FLAGS, whole
from linli.matters.models import Attachment
from linli.matters.tests.makers import compound
from linli.plumbing.tenancy import compound_scope


@pytest.fixture(scope="module")
def chromium(play: Playwright) -> Iterator[Browser]:
    browser = play.chromium.launch(executable_path=whole(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def page(transactional_db, open_browser, settings, tmp_path) -> Page:
    settings.MEDIA_ROOT = tmp_path
    place = compound("liuxi")
    with compound_scope(place.compound.pk):
        account = with_password(place.resident().account_id)
    browser = open_browser()
    browser.grant_permissions(["microphone"])
    page = sign_in(browser, account.phone, password=PASSWORD)
    page.goto("/c/liuxi/report/")
    page.get_by_text("录一段话", exact=True).click()
    expect(page.get_by_label("录一段话，最长 60 秒")).to_be_hidden()
    page.place = place
    return page


def recorder(page: Page):
    return page.locator("[data-voice]")


def hold(page: Page, seconds: float) -> None:
    box = page.locator("[data-voice-record]").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 10)
    page.mouse.down()
    expect(recorder(page)).to_have_attribute("data-voice", "on")
    sleep(seconds)
    page.mouse.up()


def test_held_and_sent(page):
    hold(page, 1.6)
    expect(page.get_by_text("录好了，2 秒。")).to_be_visible()
    assert page.locator("[data-voice-heard]").evaluate("heard => heard.src").startswith("blob:")
    page.get_by_label("说说是什么事").fill("楼道里有怪声音")
    choose(page, "我家")
    press(page, "提交")
    page.locator(".receipt").wait_for()
    with compound_scope(page.place.compound.pk):
        (row,) = Attachment.objects.all()
    assert (row.kind, row.seconds) == ("voice", 2)


def test_tapped_deleted_and_by_key(page):
    button = page.locator("[data-voice-record]")

    def count():
        return page.locator("[name=voice]").evaluate("field => field.files.length")

    button.click()
    expect(recorder(page)).to_have_attribute("data-voice", "on")
    expect(button).to_contain_text("还能说 59 秒", timeout=3000)
    button.click()
    expect(recorder(page)).to_have_attribute("data-voice", "done")
    assert count() == 1
    page.get_by_role("button", name="删掉").click()
    expect(recorder(page)).to_have_attribute("data-voice", "idle")
    assert count() == 0
    button.press("Enter")
    expect(recorder(page)).to_have_attribute("data-voice", "on")
    button.press("Enter")
    expect(recorder(page)).to_have_attribute("data-voice", "done")


def test_without_a_microphone_the_file_field_is_there(page):
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('no')); }")
    page.locator("[data-voice-record]").click()
    expect(page.get_by_text("没有打开麦克风")).to_be_visible()
    expect(page.get_by_label("录一段话，最长 60 秒")).to_be_visible()
