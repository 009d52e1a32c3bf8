"""Sheets of paper, written once: as PDF, on a page and as a spreadsheet."""

from .page import html, tables, xlsx
from .parts import (
    TICK,
    Cell,
    Code,
    Ending,
    Fields,
    Grid,
    Lines,
    Look,
    Notes,
    Paper,
    Part,
    Role,
    Runs,
    Strong,
    Tear,
    Words,
)
from .press import pdf, pictures

__all__ = [
    "TICK", "Cell", "Code", "Ending", "Fields", "Grid", "Lines", "Look", "Notes", "Paper", "Part", "Role", "Runs", "Strong", "Tear", "Words",
    "html", "pdf", "pictures", "tables", "xlsx",
]  # fmt: skip
