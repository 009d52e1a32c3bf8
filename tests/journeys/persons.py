"""How people move through the pages in the stories: what they see and press, by its words."""

import io
from uuid import UUID

from PIL import Image, ImageDraw
from playwright.sync_api import BrowserContext, Page

from linli.people.models import Account

PASSWORD = "pass-1234-word"


def photo(name: str = "leak.jpg", colour: tuple[int, int, int] = (120, 110, 90)) -> dict:
    image = Image.new("RGB", (1200, 900), colour)
    ImageDraw.Draw(image).ellipse((300, 200, 800, 600), fill=(200, 180, 140))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def with_password(account_id: UUID) -> Account:
    """An account of the makers that has read the privacy notice and may sign in by password."""
    account = Account.objects.get(pk=account_id)
    account.set_password(PASSWORD)
    account.save()
    return account


def sign_in(context: BrowserContext, phone: str, *, password: str = "") -> Page:
    page = context.new_page()
    page.goto("/sign-in/" + ("?way=password" if password else ""))
    page.get_by_label("手机号").fill(phone)
    if password:
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录", exact=True).click()
    else:
        page.get_by_role("button", name="发验证码").click()
        page.get_by_label("验证码").fill(page.locator("[data-shown-code]").inner_text())
        page.get_by_role("button", name="登录", exact=True).click()
    agree = page.get_by_role("button", name="看过了，同意")
    if agree.count():
        agree.click()
    return page


def choose(page: Page, label: str, *, within: str = "body", nth: int = 0) -> None:
    """A chip or a large choice: press its words, as people do."""
    page.locator(within).locator("label", has_text=label).nth(nth).click()


def do(page: Page, slug: str, number: int, act: str) -> None:
    page.goto(f"/c/{slug}/matters/{number}/{act}/")


def press(page: Page, name: str) -> None:
    page.locator("main, aside, .foot, dialog[open]").get_by_role("button", name=name, exact=True).first.click()


def told(page: Page, slug: str) -> str:
    page.goto(f"/c/{slug}/inbox/")
    return page.locator("main").inner_text()
