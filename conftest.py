"""Shared by all tests: a tenant guard on every database test, and small makers of places and people."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

# How long an example takes is the machine's business.
settings.register_profile("linli", deadline=None)
settings.load_profile("linli")


@pytest.fixture(autouse=True)
def _guarded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Any statement that reaches into tenant tables without naming the compound fails the test."""
    if not {"db", "transactional_db", "live_server"} & set(request.fixturenames):
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
