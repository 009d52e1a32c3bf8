"""CPU and memory of process trees, read from /proc."""

import os
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ProcessLookupError):
        return []


def tree(roots: list[int]) -> list[int]:
    """The processes and all that they started."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and (stat := _stat(int(name))):
            parents.setdefault(int(stat[1]), []).append(int(name))
    found, waiting = [], list(roots)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += parents.get(pid, [])
    return found


def cpu(roots: list[int]) -> float:
    """Seconds of CPU used by the trees so far; ended children count through their parent."""
    total = 0
    for pid in tree(roots):
        if stat := _stat(pid):
            total += sum(int(v) for v in stat[11:15])
    return total / TICK


def memory(roots: list[int]) -> int:
    """Bytes that the trees hold: proportional set size, so that shared pages count once."""
    total = 0
    for pid in tree(roots):
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except (OSError, ProcessLookupError):
            pass
    return total


def busy() -> tuple[float, float]:
    """Seconds of CPU the whole machine has used, and the clock, to tell how much others took meanwhile."""
    values = [int(v) for v in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(values) - values[3] - values[4]) / TICK, time.perf_counter()
