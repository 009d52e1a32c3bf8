"""A phone that loses its signal, with what it kept and what waits in it."""

from time import sleep
from typing import Any

from persons import PASSWORD, sign_in, with_password
from playwright.sync_api import BrowserContext, Page

from linli.matters.tests.makers import Place
from linli.plumbing.acts import Actor

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
