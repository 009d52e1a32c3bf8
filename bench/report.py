"""`report`: the tables of docs/performance.md, from bench/results/*.json. What stands outside the marks is written by hand."""

import re
from typing import Any

from . import results
from .databases import ENGINES, ROOT

PAGE = ROOT / "docs" / "performance.md"
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
SIZED = {
    "list": "resident's list of 20", "home": "resident's front page", "matter-resident": "one matter, its reporter", "matter-clerk": "one matter, a clerk",
    "panel": "desk panel of one matter", "desk": "desk, 40 open by due time", "desk-category": "desk, one category", "desk-turn": "desk, one party",
    "desk-building": "desk, one building", "desk-overdue": "desk, overdue", "desk-source": "desk, one source", "desk-ended": "desk, ended",
    "work": "worker's list of today", "search-common": "search page, common word", "search-rare": "search page, rare word", "search-two": "search page, two words",
    "find-common": "search alone, common word", "find-rare": "search alone, rare word", "find-two": "search alone, two words",
}  # fmt: skip


def _table(head: list[str], rows: list[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(v) for v in line) + " |" for line in lines)


def load(what: str) -> str:
    rows = []
    for engine in ENGINES:
        found = results.load(f"{what}-{engine}")
        if not found:
            rows.append([NAMES[engine], *["not run"] + [""] * 8])
            continue
        bare = {r["clients"]: r for r in found["bare"]}
        for r in found["runs"]:
            b = bare.get(r["clients"])
            rows.append([
                NAMES[engine], r["clients"], f"**{r['cpu_ms']:.2f}**", f"{r['server_ms']:.2f} + {r['database_ms']:.2f}", f"{r['per_second']:.0f}",
                f"{r['p50_ms']:.1f}", f"{r['p99_ms']:.1f}", f"{b['cpu_ms']:.2f}" if b else "", f"{b['per_second']:.0f}" if b else "", r["errors"] or "",
            ])  # fmt: skip
    head = [
        "database",
        "clients",
        "CPU ms",
        "server + database",
        "per second",
        "p50 ms",
        "p99 ms",
        "bare SQL, CPU ms",
        "bare SQL, per second",
        "errors",
    ]
    return _table(head, rows) + "\n\n" + _noise(f"{what}-{e}" for e in ENGINES)


def _noise(names: Any) -> str:
    said = []
    for name in names:
        if found := results.load(name):
            m = found["machine"]
            said.append(
                f"{name}: {m['date']}, {m['cores']} × {m['cpu']}, load average {found['load']:.1f}, pace {found.get('pace_ms', '–')} ms"
            )
    return "\n".join(f"<sub>{line}</sub>  " for line in said)


def sizes(engine: str) -> str:
    found = results.load(f"sizes-{engine}")
    if not found:
        return "not run"
    by_size = {int(size): row for size, row in found["sizes"].items()}
    columns = sorted(by_size)
    rows: list[list[Any]] = []
    for name, words in SIZED.items():
        got = {size: by_size[size][name]["cpu_ms"] for size in columns if name in by_size[size]}
        if got:
            ratio = max(got.values()) / got[min(got)]
            rows.append([words, *(f"{got[s]:.2f}" if s in got else "" for s in columns), f"{ratio:.2f}×"])
    rows.append(["database on disk, MB", *(round(by_size[s]["bytes"] / 1e6) for s in columns), ""])
    rows.append(["memory of the server, MB", *(by_size[s].get("memory_mb", "") for s in columns), ""])
    rows.append(["pace of the machine, ms", *(by_size[s].get("pace_ms", "") for s in columns), ""])
    return (
        _table(["CPU ms, one client", *(f"{s:,}" for s in columns), "largest to smallest"], rows)
        + "\n\n"
        + _noise([f"sizes-{engine}"])
    )


def imported() -> str:
    rows = []
    for engine in ENGINES:
        if not (found := results.load(f"import-{engine}")):
            rows.append([NAMES[engine], "not run"] + [""] * 6)
            continue
        steps = ", ".join(f"{name} {seconds:.1f}" for name, seconds in found["steps"].items())
        rows.append([
            NAMES[engine], f"{found['homes']:,}", found["file_mb"], f"**{found['seconds']:.1f}**", steps, f"{found['cpu_s']:.1f}",
            f"{found['database_cpu_s']:.1f}", f"**{found['peak_mb']}**",
        ])  # fmt: skip
    head = [
        "database",
        "homes",
        "file, MB",
        "seconds",
        "of which",
        "CPU s, process",
        "CPU s, database",
        "peak memory, MB",
    ]
    return _table(head, rows) + "\n\n" + _noise(f"import-{e}" for e in ENGINES)


def write() -> None:
    made = {
        "submit": load("submit"), "list": load("list"), "desk": load("desk"), "import": imported(),
        **{f"sizes-{e}": sizes(e) for e in ENGINES},
    }  # fmt: skip
    text = PAGE.read_text(encoding="utf-8")
    for name, table in made.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
        if not pattern.search(text):
            raise SystemExit(f"{PAGE.name} has no place for {name}")
        text = pattern.sub(lambda m, table=table: f"{m[1]}{table}\n{m[2]}", text)
    PAGE.write_text(text, encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} written")
