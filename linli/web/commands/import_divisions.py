"""`linli import divisions FOLDER`: provinces, cities, areas, streets and, where there are files, villages and communities."""

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from linli.places.services import load_divisions

# file pattern, level, the column that names the parent
FILES = (
    ("provinces.csv", "province", ""),
    ("cities.csv", "city", "provinceCode"),
    ("areas.csv", "area", "cityCode"),
    ("streets.csv", "street", "areaCode"),
    ("villages_*.csv", "village", "streetCode"),
)


def run(args: argparse.Namespace) -> int:
    folder = Path(args.folder)
    if not (folder / "provinces.csv").exists():
        print(f"No provinces.csv in {folder}", file=sys.stderr)
        return 2
    for pattern, level, parent in FILES:
        for path in sorted(folder.glob(pattern)):
            print(f"{path.name}: {load_divisions(rows(path, level, parent))}")
    return 0


def rows(path: Path, level: str, parent: str) -> Iterator[tuple[str, str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            yield row["code"], row["name"], level, row[parent] if parent else ""
