from playwright.sync_api import expect


def test_a_stranger_opens_the_front_page_on_a_phone(open_browser):
    page = open_browser().new_page()
    page.goto("/")
    expect(page.locator("h1")).to_have_text("楼里的事，说出来，办好，看得见")
    assert page.evaluate("document.documentElement.scrollWidth <= 375")


def test_the_front_page_reads_the_same_without_script(open_browser):
    page = open_browser(script=False).new_page()
    page.goto("/")
    expect(page.locator("h1")).to_be_visible()
    page.get_by_role("button", name="大字").click()
    expect(page.locator("html")).to_have_class("elder")
