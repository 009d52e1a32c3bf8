"""The production server: granian over WSGI. On SQLite one thread a worker (waiting writers sleep), on PostgreSQL four."""

import os
import sys
from argparse import Namespace

from django.conf import settings


def command(host: str, port: int) -> list[str]:
    sqlite = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
    threads = "1" if sqlite else "4"
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "2",
        "--blocking-threads", threads, "--no-ws", "--log-level", "warning", "linli.web.wsgi:application",
    ]  # fmt: skip


def run(args: Namespace) -> int:
    argv = command(args.host, args.port)
    os.execv(argv[0], argv)
