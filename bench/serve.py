"""The production server on a database, as `linli serve` starts it, for as long as a measurement takes."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .databases import ROOT


@dataclass
class Server:
    port: int
    pid: int


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def server(env: dict[str, str]) -> Iterator[Server]:
    """The command is asked of `linli.web.commands.serve` itself; its log goes nowhere but is written."""
    port = _free_port()
    full = {**os.environ, **env, "DJANGO_SETTINGS_MODULE": "linli.web.settings", "PYTHONWARNINGS": "ignore"}
    subprocess.run([sys.executable, "-m", "linli.web.cli", "static"], env=full, cwd=ROOT, check=True)
    with open(os.devnull, "w") as nowhere:
        process = subprocess.Popen(
            [sys.executable, "-m", "linli.web.cli", "serve", "--port", str(port)],
            env=full,
            cwd=ROOT,
            stderr=nowhere,
            stdout=nowhere,
        )
        try:
            _wait(port, process)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(1800):
        if process.poll() is not None:
            raise SystemExit("the server stopped at once; try `linli serve` with the same environment")
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            link.request("GET", "/healthz")
            link.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the server did not answer")
