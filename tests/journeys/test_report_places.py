"""Where it is: what a chosen building opens is not left below the bar of 提交."""

import pytest
from persons import PASSWORD, sign_in, with_password
from playwright.sync_api import Page, expect

from linli.matters.tests.makers import compound
from linli.plumbing.tenancy import compound_scope

SMALL = {"width": 375, "height": 640}


def report_page(open_browser, **look: bool) -> Page:
    place = compound("liuxi")
    with compound_scope(place.compound.pk):
        account = with_password(place.resident().account_id)
    page = sign_in(open_browser(**look), account.phone, password=PASSWORD)
    page.set_viewport_size(SMALL)
    page.goto("/c/liuxi/report/")
    return page


def choose_own(page: Page) -> None:
    page.locator('label:has([name="where"][value="own"])').click()


@pytest.mark.parametrize("elder", [False, True])
def test_the_stairwell_comes_up_above_the_bar(transactional_db, open_browser, elder):
    page = report_page(open_browser, elder=elder)
    choose_own(page)
    stairwell, bar = page.locator('label:has([name="spot"][value="楼道"])'), page.locator(".foot")
    expect(stairwell).to_be_in_viewport(ratio=1)
    page.wait_for_function(
        "([a, b]) => a.getBoundingClientRect().bottom <= b.getBoundingClientRect().top",
        arg=[stairwell.element_handle(), bar.element_handle()],
    )


def test_without_script_the_bar_covers_nothing(transactional_db, open_browser):
    page = report_page(open_browser, script=False)
    choose_own(page)
    assert page.locator(".foot").evaluate("foot => getComputedStyle(foot).position") == "static"
