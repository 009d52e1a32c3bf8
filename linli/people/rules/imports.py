"""Imports: where one stands, and what became of each of its rows."""

from enum import StrEnum


class Stage(StrEnum):
    """Those of WORKING wait for, or are in the hands of, a worker (or of the request itself, when small)."""

    READING = "reading"
    UPLOADED = "uploaded"  # headers recognised, to be confirmed
    CHECKING = "checking"
    CHECKED = "checked"
    PROPOSED = "proposed"  # owners: waits for a second person
    APPLYING = "applying"
    APPLIED = "applied"
    UNDO_ASKED = "undo_asked"  # owners: waits for a second person
    UNDOING = "undoing"
    UNDONE = "undone"
    DROPPED = "dropped"
    FAILED = "failed"  # the file cannot be read


WORKING = (Stage.READING, Stage.CHECKING, Stage.APPLYING, Stage.UNDOING)


class Became(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"
    CONFLICT = "conflict"
    SKIPPED = "skipped"
    REPEAT = "repeat"


TAKEN = (Became.NEW, Became.CHANGED)
NOT_TAKEN = (Became.REFUSED, Became.CONFLICT)
