"""A real Chromium against a live server. Phone is 375 × 812 with touch, desk 1440 × 900.

The headless shell is the same Chromium without its window, at half its cost; what it lacks (a microphone) asks for `whole`.
"""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

# As patient with what is read as with what is pressed: the machine is shared.
expect.set_options(timeout=20_000)

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in this thread

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
PHONE = {"viewport": {"width": 375, "height": 812}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DESK = {"viewport": {"width": 1440, "height": 900}}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in str(item.path):
            item.add_marker(pytest.mark.journey)


def whole() -> str:
    path = os.environ.get("LINLI_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not path:
        pytest.fail("no Chromium here; bin/test installs one or leaves the journeys out")
    return path


@pytest.fixture(scope="session")
def play() -> Iterator[Playwright]:
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def chromium(play: Playwright) -> Iterator[Browser]:
    browser = play.chromium.launch(executable_path=shutil.which("chromium-headless-shell") or whole(), args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def open_browser(chromium: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """A fresh browser for one person: `open_browser()` a phone, `open_browser(desk=True)`, `script=False` without script."""
    contexts: list[BrowserContext] = []

    def make(*, desk: bool = False, script: bool = True, elder: bool = False) -> BrowserContext:
        context = chromium.new_context(
            base_url=live_server.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
            **(DESK if desk else PHONE),
        )
        context.set_default_timeout(20000)
        if elder:
            context.add_cookies([{"name": "elder", "value": "1", "url": live_server.url}])
        contexts.append(context)
        return context

    yield make
    for context in contexts:
        context.close()
