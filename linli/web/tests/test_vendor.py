"""Files of others are what VENDOR.toml says, and light enough for an old phone."""

import gzip
import hashlib
import tomllib
from pathlib import Path

STATIC = Path(__file__).resolve().parent.parent / "static"
RECORD = tomllib.loads((STATIC / "vendor" / "VENDOR.toml").read_text())["file"]


def test_vendored_files_are_as_recorded() -> None:
    wrong = [
        row["file"]
        for row in RECORD
        if hashlib.sha256((STATIC / "vendor" / row["file"]).read_bytes()).hexdigest() != row["sha256"]
    ]
    assert wrong == []


def test_vendored_files_are_all_recorded() -> None:
    assert {path.name for path in (STATIC / "vendor").iterdir()} - {"VENDOR.toml"} == {row["file"] for row in RECORD}


def test_first_view_is_light() -> None:
    """Sheets and scripts of a resident's page, compressed, in bytes."""
    files = [
        "vendor/bootstrap.css",
        "vendor/htmx.min.js",
        "linli/tokens.css",
        "linli/linli.css",
        "linli/linli.js",
        "linli/icons.svg",
    ]
    assert sum(len(gzip.compress((STATIC / name).read_bytes())) for name in files) < 60_000
