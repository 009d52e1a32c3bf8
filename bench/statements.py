"""The very statements of one request, caught from Django, run again by the database's own tool: pgbench, or a bare sqlite3 loop.

What must differ each time (keys made in the request, the matter's number) is made anew; all else is as it was.
"""

import json
import re
import sqlite3
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .drive import Ask, Meter, Run

Statement = tuple[str, Any, bool]


def caught(ask: Ask) -> list[Statement]:
    """Django runs the request in this process; (sql, parameters, many) of each statement in order."""
    from django.db import connection
    from django.test import Client

    found: list[Statement] = []

    def note(execute, sql, params, many, context):
        found.append((sql, params, many))
        return execute(sql, params, many, context)

    client = Client(enforce_csrf_checks=True, headers=ask.headers, SERVER_NAME="127.0.0.1")
    with connection.execute_wrapper(note):
        response = client.generic(
            ask.method, ask.path, ask.body() or "", content_type=ask.headers.get("Content-Type", "")
        )
    if response.status_code >= 400 or (ask.form is not None and response.status_code not in {302, 303}):
        raise SystemExit(f"{ask.method} {ask.path}: {response.status_code}, expected another answer")
    return found


def _fresh(statements: list[Statement], since_ms: int) -> list[uuid.UUID]:
    """Keys that were made in this request (their time is in them)."""
    text = json.dumps([params for _, params, _ in statements], default=str)
    seen = dict.fromkeys(
        uuid.UUID(m) for m in re.findall(r"[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", text)
    )
    return [u for u in seen if u.version == 7 and u.int >> 80 >= since_ms]


def _number(statements: list[Statement], slug: str) -> int:
    from linli.plumbing.models import Counter
    from linli.plumbing.tenancy import unscoped

    with unscoped("the benchmark reads every compound's number"):
        return Counter.objects.get(compound__slug=slug, name="matter").value


def pgbench_script(ask: Ask) -> str:
    from django.db import connection
    from psycopg import ClientCursor

    since = int(time.time() * 1000)
    once = ask.form is not None
    statements = caught(ask)
    fresh = _fresh(statements, since)
    number = _number(statements, ask.path.split("/")[2]) if once else 0
    lines = ["\\set a random(100000000000, 999999999999)"] if once else []
    begun = False
    connection.ensure_connection()
    mogrify = ClientCursor(connection.connection).mogrify
    for sql, params, many in statements:
        if once and not begun and not sql.startswith("SELECT"):
            lines, begun = [*lines, "BEGIN;"], True
        for row in params if many else [params]:
            text = mogrify(sql, row) if row else sql
            for i, made in enumerate(fresh):
                text = text.replace(str(made), f"{0x01900000 + i:08x}-0000-7000-8000-:a").replace(
                    made.hex, f"{0x01900000 + i:08x}000070008000:a"
                )
            if number and "plumbing_counter" in text and "RETURNING" in text:
                lines.append(text.replace("\n", " ") + " \\gset")
                continue
            if number:
                text = re.sub(rf"\b{number}\b", ":value", text)
            lines.append(text.replace("\n", " ") + ";")
    lines += ["COMMIT;"] if once else []
    return "\n".join(lines) + "\n"


def _once_mark(text: str) -> str:
    """The mark against repeats is a random key that the browser sent."""
    return re.sub(
        r"(?<![0-9a-f-])[0-9a-f]{8}-?[0-9a-f]{4}-?4[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}(?![0-9a-f-])",
        "019000ff-0000-4000-8000-:a",
        text,
    )


def pgbench(url: str, scripts: list[str], meter: Meter, clients: int, seconds: int) -> Run:
    """Without preparing, as Django sends them. `server` is pgbench itself, which is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        names = []
        for i, script in enumerate(scripts):
            Path(folder, f"{i}.sql").write_text(_once_mark(script))
            names += ["-f", f"{folder}/{i}.sql"]
        before = meter.read()
        done = subprocess.run(
            ["pgbench", "-n", "-M", "simple", "-c", str(clients), "-j", "1", "-T", str(seconds), "-l", "--log-prefix", f"{folder}/log", *names, url],
            capture_output=True, text=True, cwd=folder,
        )  # fmt: skip
        after = meter.read()
        if done.returncode:
            raise SystemExit(done.stderr[-2000:])
        waits = sorted(
            int(line.split()[2]) / 1000 for file in Path(folder).glob("log.*") for line in file.read_text().splitlines()
        )
    _, database, busy, clock = (b - a for a, b in zip(before, after, strict=True))
    tps = float(re.search(r"tps = ([\d.]+)", done.stdout)[1])  # type: ignore[index]
    return _run(clients, waits, tps, 1000 * database / len(waits), max(0.0, (busy - database) / clock))


def sqlite_loop(path: str, pragmas: str, asks: list[Ask], seconds: float) -> Run:
    """One process, one connection, the settings of the product; its own CPU counts as the database's."""
    since = int(time.time() * 1000)
    plans = [_plan(ask, since) for ask in asks]
    from django.db import connection

    connection.close()
    link = sqlite3.connect(path, isolation_level=None, timeout=20)
    for pragma in filter(None, pragmas.split(";")):
        link.execute(pragma)
    waits, used, started, i = [], time.process_time(), time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        begun = time.perf_counter()
        _replay(link, *plans[i % len(plans)])
        waits.append(1000 * (time.perf_counter() - begun))
        i += 1
    cpu, took = time.process_time() - used, time.perf_counter() - started
    return _run(1, sorted(waits), i / took, 1000 * cpu / i, 0.0)


Plan = tuple[bool, list[tuple[str, Callable[[dict], Any], bool, bool]], list[uuid.UUID]]


def _plan(ask: Ask, since: int) -> Plan:
    statements = caught(ask)
    number = _number(statements, ask.path.split("/")[2]) if ask.form is not None else 0
    fresh = _fresh(statements, since)
    steps = []
    for sql, params, many in statements:
        made = [_filled(row, fresh, number) for row in (params if many else [params or ()])]
        rows: Any = made if many else made[0]
        counter = bool(number) and "plumbing_counter" in sql and "RETURNING" in sql
        steps.append((sql.replace("%s", "?"), _maker(rows, many), many, counter))
    return ask.form is not None, steps, fresh


def _filled(row: Any, fresh: list[uuid.UUID], number: int) -> list[Any]:
    """Values, and in the place of those that change their name: ("key", i), ("text", words), ("number", offset)."""
    values: list[Any] = []
    for value in row:
        if number and isinstance(value, int) and not isinstance(value, bool) and value & 0xFFFFFFFF == number:
            values.append(("number", value - number))
        elif isinstance(value, str) and re.fullmatch(r"[0-9a-f]{12}4[0-9a-f]{19}", value):
            values.append(("once",))
        elif isinstance(value, str) and any(f.hex in value or str(f) in value for f in fresh):
            values.append(("text", value))
        else:
            values.append(value)
    return values


def _maker(rows: Any, many: bool) -> Callable[[dict], Any]:
    def one(row: list[Any], at: dict) -> list[Any]:
        return [at["fill"](v) if isinstance(v, tuple) else v for v in row]

    return lambda at: [one(r, at) for r in rows] if many else one(rows, at)


def _replay(link: sqlite3.Connection, writes: bool, steps: list, fresh: list[uuid.UUID]) -> None:
    keys = {f: uuid.uuid4() for f in fresh}
    now = {"number": 0}

    def fill(value: tuple) -> Any:
        if value[0] == "number":
            return now["number"] + value[1]
        if value[0] == "once":
            return uuid.uuid4().hex
        text = value[1]
        for old, new in keys.items():
            text = text.replace(old.hex, new.hex).replace(str(old), str(new))
        return text

    at = {"fill": fill}
    for sql, make, many, counter in steps:
        if many:
            link.executemany(sql, make(at))
            continue
        found = link.execute(sql, make(at)).fetchall()
        if counter:
            now["number"] = found[0][0]
    if writes:
        link.execute("COMMIT")


def _run(clients: int, waits: list[float], per_second: float, ms: float, others: float) -> Run:
    n = len(waits)
    return Run(clients, n, n / per_second, per_second, waits[n // 2], waits[int(n * 0.99)], 0.0, ms, ms, others, 0)
