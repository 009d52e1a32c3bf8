"""Spreadsheets into the registers of homes and owners: looked at, checked, confirmed, applied as one act, undone whole."""

from linli.people.rules.imports import NOT_TAKEN, TAKEN, WORKING, Became, Stage

from .applying import confirm
from .choosing import choose_columns, choose_header, upload
from .leaving import drop, forget_original, keep_applied, undo
from .reading import fields_for
from .stages import ACTS, KEEP_ORIGINAL, TWO_PEOPLE
from .steps import download_refused, is_small, work

__all__ = [
    "ACTS",
    "KEEP_ORIGINAL",
    "NOT_TAKEN",
    "TAKEN",
    "TWO_PEOPLE",
    "WORKING",
    "Became",
    "Stage",
    "choose_columns",
    "choose_header",
    "confirm",
    "download_refused",
    "drop",
    "fields_for",
    "forget_original",
    "is_small",
    "keep_applied",
    "undo",
    "upload",
    "work",
]
