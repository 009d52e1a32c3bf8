"""How often matters shown as likely the same were joined, and how to tell it from the entries alone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from linli.kernel.clock import month_of

from .figures import Told
from .states import Act

# Kept counts: by month what was shown when somebody decided, what was joined to one of those, what was sorted on its own.
PREFIX = "alike:"


def counts(shown: Sequence[int], at: datetime, joined: int | None = None) -> dict[str, int]:
    """What one decision adds. Joined to a matter that was not shown, it was neither."""
    month = f"{PREFIX}{month_of(at)}"
    return {
        f"{month}:shown": int(bool(shown)),
        f"{month}:merged": int(joined in shown),
        f"{month}:denied": int(bool(shown) and joined is None),
    }


def parted(shown: Sequence[int], at: datetime, joined: int) -> dict[str, int]:
    """What is added when that decision is taken back: they were not the same."""
    month, wrong = f"{PREFIX}{month_of(at)}", int(joined in shown)
    return {f"{month}:merged": -wrong, f"{month}:denied": wrong}


def told(entries: Iterable[Told]) -> Counter[str]:
    """By one matter's entries in their order."""
    found, merged = Counter[str](), None
    for entry in entries:
        shown = entry.data.get("alike", [])
        if entry.act == Act.TRIAGE:
            found.update(counts(shown, entry.at))
        elif entry.act == Act.MERGE and "target_number" in entry.data:
            merged = entry
            found.update(counts(shown, entry.at, entry.data["target_number"]))
        elif entry.act == Act.UNMERGE and "parted" not in entry.data and merged:
            found.update(parted(merged.data.get("alike", []), merged.at, merged.data["target_number"]))
            merged = None
    return found
