"""`linli calendar keep FILE.csv` and `linli calendar check`: exit 0 all well, 1 a year is missing, 2 the file is not readable."""

import csv
import sys
from argparse import Namespace
from datetime import date
from pathlib import Path

from django.utils import timezone

from linli.places.queries import year_missing
from linli.places.services import keep_days
from linli.plumbing.acts import Actor

KINDS = {"rest": False, "休": False, "work": True, "班": True}


def run(args: Namespace) -> int:
    if args.what == "keep":
        try:
            days = _read(Path(args.file))
        except (OSError, ValueError) as wrong:
            print(wrong, file=sys.stderr)
            return 2
        compounds = keep_days(by=Actor(role="operator", channel="terminal"), days=days, at=timezone.now())
        print(f"{len(days)} days kept for {compounds} compounds")
    missing = year_missing(timezone.localdate())
    if missing:
        print(f"The holidays of {missing} are not known: its deadlines count Monday to Friday", file=sys.stderr)
    return 1 if missing else 0


def _read(path: Path) -> dict[str, bool]:
    days: dict[str, bool] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for line, row in enumerate(csv.reader(file), 1):
            if not row:
                continue
            try:
                day, kind = (cell.strip() for cell in row)
                days[date.fromisoformat(day).isoformat()] = KINDS[kind]
            except (ValueError, KeyError):
                raise ValueError(f"{path.name}, line {line}: a day and rest or work, as in 2027-02-06,rest") from None
    if not days:
        raise ValueError(f"{path.name}: no days")
    return days
