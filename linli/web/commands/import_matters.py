"""`linli import matters FILE --compound SLUG`: exit 0 all in, 1 some refused, 2 unreadable."""

import csv
import sys
from argparse import Namespace
from pathlib import Path

from django.utils import timezone

from linli.kernel.refusal import Refused
from linli.kernel.rosters.reading import Unreadable, read_sheets
from linli.matters.services.imports import import_rows, mapping_of, source_of
from linli.places.access import compound_by_slug
from linli.plumbing.acts import Actor
from linli.plumbing.tenancy import compound_scope

BATCH = 500


def _stop(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 2


def run(args: Namespace) -> int:
    path = Path(args.file)
    compound = compound_by_slug(args.compound)
    if compound is None:
        return _stop(f"没有这个小区：{args.compound}")
    given = dict(pair.partition("=")[::2] for pair in args.map.split(",") if pair)
    try:
        sheet = next((s for s in read_sheets(path, path.name) if not s.hidden and s.rows), None)
        if sheet is None:
            return _stop("文件里没有内容")
        header, *body = sheet.rows
        columns = mapping_of([str(h or "") for h in header], given)
    except OSError as error:
        return _stop(f"读不了这个文件：{error.strerror}")
    except Unreadable as no:
        return _stop(str(no))
    except Refused as no:
        return _stop(str(no))
    by = Actor(role="import", channel="import", compound_id=compound.pk)
    rows = ((i, list(cells)) for i, cells in enumerate(body, 2) if any(c not in (None, "") for c in cells))
    counts = {"created": 0, "same": 0, "refused": 0}
    refused: list[tuple[int, str]] = []
    with compound_scope(compound.pk):
        for outcome in import_rows(
            by=by,
            compound=compound,
            rows=rows,
            columns=columns,
            source=source_of(header),
            history=args.history,
            at=timezone.now(),
        ):
            counts[outcome.result] += 1
            if outcome.result == "refused":
                refused.append((outcome.row, outcome.reason))
            if sum(counts.values()) % BATCH == 0:
                print(f"{sum(counts.values())} 行", file=sys.stderr, flush=True)
    back = Path(path).with_suffix(".refused.csv")
    if refused:
        with back.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow([*header, "行号", "没有收进的原因"])
            writer.writerows([*body[row - 2], row, reason] for row, reason in refused)
    else:
        back.unlink(missing_ok=True)
    print(
        f"新收 {counts['created']} 件，已有 {counts['same']} 件，没收 {counts['refused']} 件"
        + (f"，原因见 {back}" if refused else "")
    )
    return 1 if refused else 0
