"""`sizes`: the same pages at 1,000 to 1,000,000 matters, one client; search by words through `plumbing.search` and the page."""

import json
import os
import subprocess
import sys
import time
from itertools import cycle
from typing import Any
from urllib.parse import quote

from . import processes, results
from .databases import ROOT, Postgres, Sqlite
from .drive import Ask, Client, Meter, patient
from .load import visitors
from .serve import server
from .shape import COMMON, COMPOUNDS, RARE

TIMES = 60
TWO_WORDS = f"{COMMON} 没人"


def pages(found: dict) -> dict[str, list[Ask]]:
    """What is asked, in turn in every compound; one name a row of the table."""

    def each(who: str, path: str) -> list[Ask]:
        return [Ask("GET", f"/c/{v['slug']}/{path}", v["cookie"]) for v in found[who]]

    def desk(query: str) -> list[Ask]:
        return each("clerks", f"desk/{query}")

    first = found["clerks"][0]
    return {
        "list": each("residents", "mine/"),
        "home": each("residents", "home/"),
        "matter-resident": each("residents", f"matters/{found['open']}/"),
        "matter-clerk": each("clerks", f"matters/{found['closed']}/"),
        "panel": each("clerks", f"desk/panel/{found['open']}/"),
        "desk": desk(""),
        "desk-category": desk("?category=0101"),
        "desk-turn": desk("?turn=property"),
        "desk-building": [Ask("GET", f"/c/{first['slug']}/desk/?building={found['building']}", first["cookie"])],
        "desk-overdue": desk("?view=overdue"),
        "desk-source": desk("?source=resident_online"),
        "desk-ended": desk("?view=ended"),
        "work": each("engineers", "work/"),
        "search-common": desk(f"?q={quote(COMMON)}"),
        "search-rare": desk(f"?q={quote(RARE)}"),
        "search-two": desk(f"?q={quote(TWO_WORDS)}"),
    }  # fmt: skip


def measure(engine: Sqlite | Postgres, sizes: list[int], rounds: int) -> None:
    found = (results.load(f"sizes-{engine.name}") or {}).get("sizes", {})
    for size in sizes:
        env = engine.filled(size)
        row: dict[str, Any] = {"bytes": engine.size(env)}
        who = visitors(env)
        with server(env) as running:
            meter = Meter(running.pid, engine.pids())
            for name, asks in pages(who).items():
                if Client(running.port).ask(asks[0]).status == 404:
                    continue
                turn = cycle(asks)
                row[name] = patient(lambda i, turn=turn: next(turn), running.port, meter, TIMES, rounds)
                print(engine.name, size, name, row[name], flush=True)
            row["memory_mb"] = round(processes.memory([running.pid]) / 1e6)
        row |= search(engine, env)
        row["pace_ms"] = results.pace()
        found[str(size)] = row
        results.save(f"sizes-{engine.name}", {"sizes": found, "load": os.getloadavg()[0]})


def search(engine: Sqlite | Postgres, env: dict[str, str]) -> dict[str, Any]:
    """`plumbing.search.find` itself, in a process of its own; CPU of that process and of the database."""
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "bench", "_find"], env={**os.environ, **env}, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    assert child.stdin and child.stdout
    found: dict[str, Any] = {}
    for name, words in (("find-common", COMMON), ("find-rare", RARE), ("find-two", TWO_WORDS)):
        best: dict[str, Any] = {}
        for _ in range(3):
            before = processes.cpu([child.pid]), processes.cpu(engine.pids()) if engine.pids() else 0.0
            print(json.dumps(words), file=child.stdin, flush=True)
            hits, times = json.loads(child.stdout.readline())
            after = processes.cpu([child.pid]), processes.cpu(engine.pids()) if engine.pids() else 0.0
            ms = 1000 * (after[0] - before[0] + after[1] - before[1]) / times
            if not best or ms < best["cpu_ms"]:
                best = {"cpu_ms": round(ms, 3), "hits": hits}
        found[name] = best
        print(engine.name, name, best, flush=True)
    child.stdin.close()
    child.wait()
    return found


def inside() -> None:
    """Answers one word a line: asks every compound for it in turn, for a second at least."""
    from linli.places.models import Compound
    from linli.plumbing.search import find

    compounds = list(Compound.objects.order_by("ordinal")[:COMPOUNDS])
    for line in sys.stdin:
        words = json.loads(line)
        times = hits = 0
        started = time.perf_counter()
        while time.perf_counter() - started < 1 or times < COMPOUNDS:
            c = compounds[times % COMPOUNDS]
            got = find(compound_id=c.pk, ordinal=c.ordinal, kind="matter", text=words)
            hits += len(got) if times < COMPOUNDS else 0
            times += 1
        print(json.dumps([hits / COMPOUNDS, times]), flush=True)
