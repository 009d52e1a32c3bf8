"""The production server: granian over WSGI. On SQLite one thread a worker (waiting writers sleep), on PostgreSQL four."""

import os
import sys
import tempfile
from argparse import Namespace

from django.conf import settings

from linli.web import metrics


def command(host: str, port: int) -> list[str]:
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    threads = "1" if sqlite else "4"
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2",
        "--blocking-threads", threads, "--no-ws", "--log-level", "warning", "linli.web.wsgi:application",
    ]  # fmt: skip


def environment() -> dict[str, str]:
    """The server's processes count side by side in one folder, so that each can tell of all."""
    return {**os.environ, metrics.SHARED: tempfile.mkdtemp(prefix="linli-metrics-")}


def run(args: Namespace) -> int:
    argv = command(args.host, args.port)
    os.execve(argv[0], argv, environment())
