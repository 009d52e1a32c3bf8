"""Every page, in a real browser: 320, 375 and 1440 px, large type, dark, without script, and for readers of screens.

Each named address has a sample or a reason why it is no page; a new page without either fails. With LINLI_SHOTS set, a
picture of each goes into /tmp/shots.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
import time_machine
from audit import SHOTS, Sample, bare, whole
from django.core.management import call_command
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from ground import Village
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer
from samples import samples
from street import picture
from village import NOW, furnish

from conftest import PHONE
from linli.plumbing.tenancy import compound_scope, tenant_guard

# Ten minutes on two cores: part of `make soak`, not of every run.
pytestmark = [pytest.mark.soak, pytest.mark.one_database, pytest.mark.django_db]
POST_ONLY = {
    "assembly:statement-invite",
    "matters:hotline-export", "matters:hotline-topic", "matters:hotline-act", "matters:outage-end",
    "web:elder", "web:theme", "web:language", "people:sign-out", "people:end-sessions", "matters:bulk", "matters:undo", "matters:check-review",
    "places:new-grid",
    "assembly:nominee-evidence",
    "volunteers:willing",
    "volunteers:cover-end",
    "people:end-assist",
    "people:decide-change",
    "people:import-columns",
    "people:import-apply",
    "people:import-undo",
    "people:import-keep",
    "people:import-drop",
    "matters:batch-bulk",
    "matters:batch-import-act",
    "matters:batch-paper",
    "matters:decoration-end",
    "assembly:print-ballots",
    "people:export-file",
    "notices:told",
    "people:my-copy",
}  # fmt: skip
# No page of words: pictures, a sheet for a spreadsheet, a part of a page, what machines read.
NO_PAGE = {
    "matters:file",
    "matters:public-file",
    "matters:order-photo",
    "matters:whistle-file",
    "assembly:paper",
    "assembly:delivery-photo",
    "assembly:bid-paper",
    "assembly:contract-paper",
    "matters:paper",
    "matters:link-file",
    "matters:export",
    "matters:hotline-refused",
    "matters:similar",
    "matters:record-hints",
    "volunteers:claim-box",
    "volunteers:photo",
    "people:import-refused",
    "councils:meeting-paper",
    "matters:who",
    "matters:check-in-late",
    "matters:batch-export",
    "matters:batch-refused",
    "matters:batch-unreached",
    "assembly:bulletin",
    "assembly:count-scan",
    "assembly:receipt-file",
    "assembly:filing-paper",
    "assembly:official-document",
    "web:manifest",
    "web:service-worker",
    "web:healthz",
    "web:readyz",
    "web:metrics",
}


# ── one village, one server, one browser for the module ─────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def village(django_db_setup, django_db_blocker) -> Iterator[Village]:
    """Kept for the whole module (a flush after each test would cost more than the pages)."""
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        stack.enter_context(time_machine.travel(NOW, tick=True))
        stack.callback(call_command, "flush", verbosity=0, interactive=False)
        stack.enter_context(tenant_guard())
        made = furnish()
        stack.enter_context(compound_scope(made.place.compound.pk))
        yield made


@pytest.fixture
def _django_db_helper(village: Village) -> None:
    """In pytest-django's place: a test in a transaction of its own would hold SQLite's one lock, and a page that writes would wait."""


@pytest.fixture(scope="module")
def address(village: Village) -> Iterator[str]:
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def walk(chromium: Browser, village: Village, address: str) -> Iterator[Callable]:
    contexts = []

    def opened(sample: Sample, *, script: bool = True) -> Page:
        shape = PHONE | {"device_scale_factor": 1.5 if SHOTS else 1}
        context = chromium.new_context(
            base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", java_script_enabled=script, **shape
        )
        context.set_default_timeout(8000)
        cookie = village.session(sample.role, **sample.session)
        if cookie:
            context.add_cookies([{"name": "sessionid", "value": cookie, "url": address}])
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


# ── the tests ───────────────────────────────────────────────────────────────────────────────────────────────────────

ROLES = (
    "stranger",
    "newcomer",
    "both",
    "operator",
    "owner",
    "tenant",
    "wife",
    "objector",
    "engineer",
    "grid",
    "steward",
    "manager",
    "keeper",
    "front",
    "clerk",
    "secretary",
    "chair",
    "volunteer",
    "captain",
    "representative",
    "officer",
    "member",
    "writer",
    "absent",
    "session_chair",
)


def of(village: Village, role: str) -> list[Sample]:
    only = os.environ.get("LINLI_PAGE", "")
    return [s for s in samples(village) if s.role == role and re.search(only, s.shot)]


@pytest.mark.parametrize("role", ROLES)
def test_pages_of(role, village, walk):
    wrong = []
    for sample in of(village, role):
        page = walk(sample)
        wrong += [f"{sample.shot} {sample.path}: {w}" for w in whole(page, sample)]
        page.context.close()
    assert not wrong, "\n" + "\n".join(wrong)


@pytest.mark.parametrize("role", ROLES)
def test_pages_without_script_of(role, village, walk):
    wrong = []
    page = None
    for sample in of(village, role):
        if page is None or sample.session:
            page = walk(sample, script=False)
        wrong += [f"{sample.shot} {sample.path}: {w}" for w in bare(page, sample)]
        if sample.session:
            page = None
    assert not wrong, "\n" + "\n".join(wrong)


def named() -> set[str]:
    def below(resolver, spaces: tuple[str, ...]) -> Iterator[str]:
        for row in resolver.url_patterns:
            if hasattr(row, "url_patterns"):
                yield from below(row, (*spaces, row.namespace) if row.namespace else spaces)
            elif row.name:
                yield ":".join((*spaces, row.name))

    return set(below(get_resolver(), ()))


def test_every_named_address_has_a_sample(village):
    shown = {s.name for s in samples(village)}
    assert {s.role for s in samples(village)} <= set(ROLES)
    assert named() - shown - POST_ONLY - NO_PAGE == set()


def test_what_only_takes_a_post_refuses_a_visit(village):
    browsers = [
        village.place.client(village.people[role]) for role in ("secretary", "keeper", "owner", "manager", "chair")
    ]
    for name in sorted(POST_ONLY):
        pattern = reverse_any(name, village)
        assert 405 in {browser.get(pattern).status_code for browser in browsers}, name


def reverse_any(name: str, v: Village) -> str:
    for args in (
        [],
        [v.slug],
        [v.place.compound.community_id],
        [v.slug, v.rows["import"].pk],
        [v.slug, v.rows["import"].pk, "join"],
        [v.slug, 1],
        [v.slug, 1, v.rows["roster"].pk],
        [v.slug, v.rows["decoration"].pk],
        [v.slug, 1, v.rows["roster"].pk, 0],
        [v.slug, 1, 1],
        [v.slug, 1, v.rows["nominee"].pk, v.rows["roster"].pk],
    ):
        try:
            return reverse(name, args=args)
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def test_photos_open_to_those_who_may_see_them(village):
    row = picture(village)
    path = reverse("matters:file", args=[village.slug, row.pk, "thumb"])
    assert village.place.client(village.people["owner"]).get(path).status_code == 200
    assert village.place.client().get(path).status_code in {302, 404}


def test_the_village_stands_at_its_hour(village):
    assert abs((timezone.now() - NOW).total_seconds()) < 3600
