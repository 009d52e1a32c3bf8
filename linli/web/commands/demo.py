"""`linli demo`: sample compounds on the embedded SQLite, the production server and a worker, in the foreground."""

import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from argparse import Namespace
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from .serve import command, environment


def _say(*words: str) -> None:
    print(*words, flush=True)


def reserve_port(wanted: int) -> tuple[int, IO[str]]:
    """Kept while the lock is: the server binds seconds later, and would share its port with another demo's."""
    for port in range(wanted, wanted + 200):
        try:
            return port, _reserved(port)
        except OSError:
            continue
    raise SystemExit("no free port")


def _reserved(port: int) -> IO[str]:
    lock = (Path(tempfile.gettempdir()) / f"linli-demo-{port}.lock").open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
    except OSError:
        lock.close()
        raise
    return lock


def _fingerprint() -> str:
    """Changes when the code's migrations or static files do: then the database and the static files are brought up to date."""
    base = Path(settings.BASE).parent
    names = [*base.glob("*/migrations/*.py"), *base.glob("**/static/**/*")]
    digest = hashlib.sha256()
    for path in sorted(p for p in names if p.is_file()):
        stat = path.stat()
        digest.update(f"{path} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _prepare() -> None:
    stamp = settings.DATA / "prepared"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return
    _say("准备数据库和页面 / Preparing database and pages")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def _drop_half_loaded() -> None:
    """A first start that was broken off while loading begins anew; nobody has worked on it yet."""
    if not (settings.DATA / "loading").exists():
        return
    for path in [*settings.DATA.glob("linli.sqlite3*"), settings.DATA / "prepared", settings.DATA / "loading"]:
        path.unlink(missing_ok=True)
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)


def _load() -> None:
    loaded, loading = settings.DATA / "samples", settings.DATA / "loading"
    if loaded.exists():
        return
    from linli.places.models import Compound
    from linli.web.samples import load

    if Compound.objects.exists():
        raise SystemExit(f"{settings.DATA} holds compounds that are no samples; use linli serve, or another LINLI_DATA")
    _say("放进三个示例小区，不到一分钟 / Loading three sample compounds, under a minute")
    loading.touch()
    load.load(say=_say)
    connections.close_all()
    loaded.touch()
    loading.unlink()


def _wait(port: int, child: subprocess.Popen) -> None:
    for _ in range(300):
        if child.poll() is not None:
            raise SystemExit("the server stopped; see the lines above")
        try:
            urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).read()
            return
        except (URLError, OSError):
            time.sleep(0.1)
    raise SystemExit("the server did not answer")


def run(args: Namespace) -> int:
    if os.environ.get("DATABASE_URL"):
        raise SystemExit("linli demo runs on its own SQLite; unset DATABASE_URL, or use linli serve")
    if args.reset:
        shutil.rmtree(settings.DATA, ignore_errors=True)
        os.execv(sys.executable, [sys.executable, "-u", "-m", "linli.web.cli", "demo", "--port", str(args.port)])
    settings.DATA.mkdir(parents=True, exist_ok=True)
    _drop_half_loaded()
    _prepare()
    _load()
    port, lock = reserve_port(args.port)
    env = {**environment(), "LINLI_SHOW_CODES": "1", "LINLI_LOG": os.environ.get("LINLI_LOG", "WARNING")}
    server = subprocess.Popen(command("127.0.0.1", port), env=env, start_new_session=True)
    children = [server]

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for ending in (signal.SIGTERM, signal.SIGHUP):  # a closed terminal ends both too, unless nohup said no
        if signal.getsignal(ending) != signal.SIG_IGN:
            signal.signal(ending, stop)
    try:
        from linli.web.samples import load  # while the server starts

        sign_ins = load.sign_ins()
        connections.close_all()
        _wait(port, server)
        worker = [sys.executable, "-m", "linli.web.cli", "worker"]
        children.append(subprocess.Popen(worker, env=env, start_new_session=True))
        _say("")
        _say(f"http://127.0.0.1:{port}")
        _say("")
        _say(f"登录 / Sign in at http://127.0.0.1:{port}/sign-in/?way=password")
        for line in sign_ins:
            _say(line)
        _say("")
        _say("Ctrl-C 结束 / ends both server and worker. make demo-reset 重来 / starts over.")
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        for child in children:
            if child.poll() is None:
                child.terminate()
        for child in children:
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        lock.close()
