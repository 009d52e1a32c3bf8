"""`submit` and `list`: the server at 1, 8 and 32 clients, and the same SQL by the database's own tool in the same run."""

import json
import os
import subprocess
import sys
from typing import Any

from . import drive, results, statements
from .databases import ROOT, Postgres, Sqlite
from .drive import Ask, Meter
from .serve import server

CLIENTS = (1, 8, 32)


def asks(found: dict) -> dict[str, list[Ask]]:
    """One of each kind per compound."""

    def report(v: dict) -> Ask:
        return Ask("POST", f"/c/{v['slug']}/report/", v["cookie"], {"csrfmiddlewaretoken": v["token"], "where": "home"})

    return {
        "submit": [report(v) for v in found["residents"]],
        "list": [Ask("GET", f"/c/{v['slug']}/mine/", v["cookie"]) for v in found["residents"]],
        "desk": [Ask("GET", f"/c/{v['slug']}/desk/", v["cookie"]) for v in found["clerks"]],
    }


def visitors(env: dict[str, str]) -> dict:
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench", "_visitors"],
        env={**os.environ, **env},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return json.loads(next(line for line in out.splitlines() if line.startswith("VISITORS "))[9:])


def measure(engine: Sqlite | Postgres, what: str, matters: int, seconds: int, rounds: int) -> None:
    env = engine.copy(matters, "run")
    found = visitors(env)
    rows: list[dict[str, Any]] = []
    with server(env) as running:
        meter = Meter(running.pid, engine.pids())
        for clients in CLIENTS:
            tries = []
            for r in range(rounds):
                given = asks(found)[what]
                drive.wrk(given, running.port, meter, clients, 1) if r == 0 else None
                tries.append(drive.wrk(given, running.port, meter, clients, seconds))
            best = min(tries, key=lambda t: t.cpu_ms)
            rows.append(best.dict())
            print(engine.name, what, best.dict(), flush=True)
    own = bare(engine, env, what, seconds, rounds)
    results.save(
        f"{what}-{engine.name}",
        {"matters": matters, "runs": rows, "bare": own, "load": os.getloadavg()[0], "pace_ms": results.pace()},
    )


def bare(engine: Sqlite | Postgres, env: dict[str, str], what: str, seconds: int, rounds: int) -> list[dict[str, Any]]:
    out = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "bench", "_bare", what, str(seconds), str(rounds)], env={**os.environ, **env, "LINLI_LOG": "ERROR"},
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    got = json.loads(next(line for line in out.splitlines() if line.startswith("BARE "))[5:])
    if engine.name == "sqlite":
        print(engine.name, what, "bare", got, flush=True)
        return got
    rows = []
    for clients in CLIENTS:
        meter = Meter(os.getpid(), engine.pids())
        tries = [statements.pgbench(env["DATABASE_URL"], got, meter, clients, seconds) for _ in range(rounds)]
        rows.append(min(tries, key=lambda t: t.cpu_ms).dict() | {"statements": got[0].count(";\n")})
        print(engine.name, what, "bare", rows[-1], flush=True)
    return rows


def inside(what: str, seconds: float, rounds: int) -> None:
    """In a process that has Django: the scripts for pgbench, or the SQLite loop itself."""
    from django.conf import settings
    from django.db import connection

    from .visitors import visitors as known

    given = asks(known())[what]
    if connection.vendor == "sqlite":
        base = settings.DATABASES["default"]
        tries = [
            statements.sqlite_loop(base["NAME"], base["OPTIONS"]["init_command"], given, seconds).dict()
            for _ in range(rounds)
        ]
        print("BARE " + json.dumps([min(tries, key=lambda t: t["cpu_ms"])]))
    else:
        print("BARE " + json.dumps([statements.pgbench_script(ask) for ask in given]))
