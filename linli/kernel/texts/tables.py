"""Messages in a .csv, as a board or a hotline gives them out."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from .message import Message

LONGEST = 10_000_000


class Unreadable(Exception):
    """A sentence for whoever gave the file."""


def rows(path: Path | str, needed: Sequence[str]) -> list[dict[str, str]]:
    csv.field_size_limit(LONGEST)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in needed if name not in (reader.fieldnames or ())]
            if missing:
                there = ", ".join(reader.fieldnames or ()) or "none"
                raise Unreadable(f"{path} has no column {', '.join(missing)}; its columns are: {there}")
            return [{name: value or "" for name, value in row.items() if name is not None} for row in reader]
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"{path} is not UTF-8 text: save it as CSV UTF-8") from error
    except csv.Error as error:
        raise Unreadable(f"{path} is not a CSV file: {error}") from error


def messages(path: Path | str) -> list[Message]:
    return [
        Message(row["message_id"], row.get("title", ""), row.get("text", ""), _day(row), row.get("author", ""))
        for row in rows(path, ("message_id", "title", "text"))
    ]


def _day(row: dict[str, str]) -> int:
    try:
        return date.fromisoformat(row.get("created_at", "")[:10].replace("/", "-")).toordinal()
    except ValueError:
        return 0
