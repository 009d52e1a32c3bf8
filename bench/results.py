"""Figures on disk: bench/results/NAME.json, small enough to keep under version control."""

import json
import os
import platform
import time
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ.get("LINLI_BENCH_RESULTS", Path(__file__).with_name("results")))


def machine() -> dict[str, Any]:
    cpu = next(
        (
            line.split(":")[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        "",
    )
    return {"cores": os.cpu_count(), "cpu": cpu, "python": platform.python_version(), "date": time.strftime("%Y-%m-%d")}


def save(name: str, found: dict[str, Any]) -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(
        json.dumps({"machine": machine(), **found}, indent=1, ensure_ascii=False) + "\n"
    )


def load(name: str) -> dict[str, Any] | None:
    path = FOLDER / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else None


def pace() -> float:
    """CPU milliseconds of a fixed loop: tells a slow or crowded machine from slow code (200 on the machine of the report)."""
    best = float("inf")
    for _ in range(3):
        started, x = time.process_time(), 0
        for i in range(2_000_000):
            x += i * i % 7
        best = min(best, 1000 * (time.process_time() - started))
    return round(best)
