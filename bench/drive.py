"""Load on a running server: `wrk` with many clients, and one patient client of our own; CPU counted meanwhile."""

import gzip
import http.client
import json
import random
import shutil
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlencode

from . import processes

LUA = """
local file = dofile("%s")
local threads, n = {}, 0
wrong = 0
function setup(thread) table.insert(threads, thread) end
function init() math.randomseed(%d) end
local function words()
  local said = {}
  for i = 1, %d do said[i] = file.pool[math.random(#file.pool)] end
  return table.concat(said)
end
function request()
  n = n + 1
  local r = file.asks[(n %% #file.asks) + 1]
  local body = r.body
  if body then
    body = string.format(body, words(), math.random(0, 0xffffff), math.random(0, 0xffffff) * 16777216 + math.random(0, 0xffffff))
  end
  return wrk.format(r.method, r.path, r.headers, body)
end
function response(status) if status ~= %d then wrong = wrong + 1 end end
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("RESULT {\\"requests\\": %%d, \\"us\\": %%d, \\"wrong\\": %%d, \\"p50\\": %%f, \\"p99\\": %%f}\\n",
    summary.requests, summary.duration, threads[1]:get("wrong") + e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
"""
WORDS_LENGTH = 34


@cache
def characters() -> str:
    """Those that occur in the sample texts."""
    from linli.web.samples.texts import kinds

    found = {c for k in kinds().values() for t in k.texts for c in t.words if "\u4e00" <= c <= "\u9fff"}
    return "".join(sorted(found))


@dataclass
class Ask:
    """One request, ready to be sent. A form is a report: its words and its mark against repeats are new each time."""

    method: str
    path: str
    cookie: str
    form: dict[str, str] | None = None

    @property
    def headers(self) -> dict[str, str]:
        given = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        if self.form is not None:
            given |= {"Content-Type": "application/x-www-form-urlencoded"}
        return given

    def body(self) -> str | None:
        if self.form is None:
            return None
        words = "".join(random.choices(characters(), k=WORDS_LENGTH))
        return urlencode(self.form | {"words": words, "once": str(uuid.uuid4())})

    def lua(self) -> str:
        headers = ", ".join(f"[{json.dumps(k)}] = {json.dumps(v)}" for k, v in self.headers.items())
        made = f"method = {json.dumps(self.method)}, path = {json.dumps(self.path)}, headers = {{ {headers} }}"
        if self.form is not None:
            # Lua fills the words, and six and twelve random digits of the mark against repeats.
            body = urlencode(self.form).replace("%", "%%") + "&words=%s&once=00%06x-0000-4000-8000-%012x"
            made += f", body = {json.dumps(body)}"
        return f"{{ {made} }}"


@dataclass
class Run:
    clients: int
    requests: int
    seconds: float
    per_second: float
    p50_ms: float
    p99_ms: float
    server_ms: float
    database_ms: float
    cpu_ms: float
    others: float
    errors: int

    def dict(self) -> dict:
        return {k: round(v, 3) if isinstance(v, float) else v for k, v in asdict(self).items()}


class Meter:
    """CPU of the server's and the database's processes, and of everybody else, between two moments."""

    def __init__(self, server: int, database: list[int]) -> None:
        self.server, self.database = [server], database

    def read(self) -> tuple[float, float, float, float]:
        busy, clock = processes.busy()
        return processes.cpu(self.server), processes.cpu(self.database) if self.database else 0.0, busy, clock


def wrk(asks: list[Ask], port: int, meter: Meter, clients: int, seconds: int) -> Run:
    if not shutil.which("wrk"):
        raise SystemExit("wrk is not installed (apt-get install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        pool = ", ".join(json.dumps(quote(c)) for c in characters())
        rows = ",\n".join(a.lua() for a in asks)
        Path(folder, "asks.lua").write_text(f"return {{ pool = {{ {pool} }}, asks = {{\n{rows}\n}} }}\n")
        given = (
            Path(folder, "asks.lua"),
            random.randrange(1 << 30),
            WORDS_LENGTH,
            302 if asks[0].form is not None else 200,
        )
        Path(folder, "run.lua").write_text(LUA % given)
        command = [
            "wrk",
            "-t1",
            f"-c{clients}",
            f"-d{seconds}s",
            "--timeout",
            "10s",
            "-s",
            f"{folder}/run.lua",
            f"http://127.0.0.1:{port}",
        ]
        before = meter.read()
        out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        after = meter.read()
    got = json.loads(next(line for line in out.splitlines() if line.startswith("RESULT "))[7:])
    server, database, busy, clock = (b - a for a, b in zip(before, after, strict=True))
    n = max(1, got["requests"])
    return Run(
        clients=clients, requests=got["requests"], seconds=got["us"] / 1e6, per_second=got["requests"] / (got["us"] / 1e6),
        p50_ms=got["p50"], p99_ms=got["p99"], server_ms=1000 * server / n, database_ms=1000 * database / n,
        cpu_ms=1000 * (server + database) / n, others=max(0.0, (busy - server - database) / clock), errors=got["wrong"],
    )  # fmt: skip


@dataclass
class Answer:
    status: int
    body: str
    location: str


class Client:
    """One client that keeps its connection."""

    def __init__(self, port: int) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, ask: Ask) -> Answer:
        self.link.request(ask.method, ask.path, ask.body(), ask.headers)
        response = self.link.getresponse()
        raw = response.read()
        body = gzip.decompress(raw) if response.headers.get("Content-Encoding") == "gzip" else raw
        return Answer(response.status, body.decode(errors="replace"), response.headers.get("Location", ""))


def patient(asks: Callable[[int], Ask], port: int, meter: Meter, times: int, rounds: int = 3) -> dict[str, float]:
    """CPU and waiting milliseconds of one request, one client, the best of some rounds."""
    client = Client(port)
    best: dict[str, float] = {}
    for i in range(6):  # both workers warm
        client.ask(asks(i))
    for _ in range(rounds):
        waits = []
        before = meter.read()
        for i in range(times):
            started = time.perf_counter()
            answer = client.ask(asks(i))
            waits.append(time.perf_counter() - started)
            if answer.status >= 400:
                raise SystemExit(f"{asks(i).path}: {answer.status}")
        after = meter.read()
        server, database = (1000 * (after[k] - before[k]) / times for k in (0, 1))
        if not best or server + database < best["cpu_ms"]:
            waits.sort()
            best = {
                "cpu_ms": round(server + database, 3), "server_ms": round(server, 3), "database_ms": round(database, 3),
                "p50_ms": round(1000 * waits[len(waits) // 2], 2), "p99_ms": round(1000 * waits[int(len(waits) * 0.99)], 2),
            }  # fmt: skip
    return best
