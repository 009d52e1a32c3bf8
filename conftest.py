"""Shared by all tests: a tenant guard on every database test, and small makers of places and people."""

import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import time_machine
from hypothesis import settings

# How long an example takes is the machine's business.
settings.register_profile("linli", deadline=None)
settings.load_profile("linli")


# What a test asks for when it asks a database anything.
_ASKS = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys first and large files before small: at the end no worker walks a long way while the other has nothing to do.

    What asks no database is the same on each: it runs on SQLite's turn, and on PostgreSQL's not again.
    """
    if "DATABASE_URL" in os.environ:
        again = [
            item
            for item in items
            if item.get_closest_marker("django_db") or _ASKS & set(getattr(item, "fixturenames", ()))
        ]
        config.hook.pytest_deselected(items=list(set(items) - set(again)))
        items[:] = again
    size = Counter(item.path for item in items)
    items.sort(key=lambda item: ("journeys" not in item.path.parts, -size[item.path]))


@pytest.fixture(autouse=True)
def _guarded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Any statement that reaches into tenant tables without naming the compound fails the test."""
    if not _ASKS & set(request.fixturenames):
        yield
        return
    request.getfixturevalue(
        "transactional_db"
        if "live_server" in request.fixturenames
        else "db"
        if "db" in request.fixturenames
        else "transactional_db"
    )
    from linli.plumbing.tenancy import tenant_guard

    with tenant_guard():
        yield


@pytest.fixture
def _at_ten() -> Iterator[None]:
    """When the makers' compounds are looked at, unless a test says otherwise."""
    from linli.matters.tests.makers import NOW

    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(scope="session")
def installation(django_db_setup: None) -> Callable[[Path], dict[str, str]]:
    """The environment of processes whose SQLite database lies in this folder: empty, and migrated as the tests' one is, a copy of it."""

    def make(folder: Path) -> dict[str, str]:
        from django.db import connection

        with (
            closing(sqlite3.connect(connection.settings_dict["NAME"])) as ours,
            closing(sqlite3.connect(folder / "linli.sqlite3")) as theirs,
        ):
            ours.backup(theirs)
        env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        return env | {
            "LINLI_DATA": str(folder), "LINLI_SECRET_KEY": "x", "LINLI_LOG": "INFO", "DJANGO_SETTINGS_MODULE": "linli.web.settings",
        }  # fmt: skip

    return make


@pytest.fixture
def own_database(installation: Callable[[Path], dict[str, str]], tmp_path: Path) -> dict[str, str]:
    return installation(tmp_path)
