"""Several pieces of work at the same moment, each with its own connection: on a server alone."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, connections


def together(*jobs: Callable[[], Any]) -> list[Any]:
    """What each of them gave, or the error it ended with; in no order."""
    if connection.vendor != "postgresql":
        pytest.skip("threads need a server; run by bin/with-postgres")
    barrier, got = Barrier(len(jobs)), []

    def work(job: Callable[[], Any]) -> None:
        try:
            barrier.wait(20)
            got.append(job())
        except Exception as no:
            got.append(no)
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(job,)) for job in jobs]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    return got
