"""Spreadsheets into the registers of homes and owners: looked at, checked, confirmed, applied as one act, undone whole."""

from linli.people.rules import NOT_TAKEN, TAKEN, WORKING, Became, Stage

from .applying import confirm
from .choosing import choose_columns, upload
from .leaving import drop, keep_applied, undo
from .reading import fields_for
from .stages import ACTS, TWO_PEOPLE
from .steps import download_refused, is_small, work

__all__ = [
    "ACTS",
    "NOT_TAKEN",
    "TAKEN",
    "TWO_PEOPLE",
    "WORKING",
    "Became",
    "Stage",
    "choose_columns",
    "confirm",
    "download_refused",
    "drop",
    "fields_for",
    "is_small",
    "keep_applied",
    "undo",
    "upload",
    "work",
]
