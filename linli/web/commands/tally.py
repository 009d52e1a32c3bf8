"""`linli tally`, `linli check-result`: what a count comes to, and whether an announced one can be. No database, no settings."""

import gc
import json
import sys
from argparse import Namespace
from io import TextIOWrapper
from pathlib import Path

from linli.kernel.tally.case import Malformed


def run(args: Namespace) -> int:
    # A name may hold half a character: it leaves as JSON writes it, whatever the terminal is.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    gc.disable()  # nothing that is read is dropped before the end, and looking for it takes half the time
    try:
        text = sys.stdin.buffer.read() if args.file == "-" else Path(args.file).read_bytes()
    except OSError as error:
        return _no(f"cannot read {args.file}: {error.strerror or error}")
    try:
        return {"tally": _tally, "check": _check}[args.count](text, args)
    except Malformed as no:
        return _no(str(no))
    except BrokenPipeError:
        return 0


def _no(sentence: str) -> int:
    print(f"linli: {sentence}", file=sys.stderr)
    return 2


def _tally(text: bytes, args: Namespace) -> int:
    from linli.kernel.tally import case, count

    counted = count.count(case.read(text))
    if args.explain:
        from linli.kernel.tally import sheet

        sys.stdout.write(sheet.explain(counted))
        return 0
    return _print(counted.as_dict())


def _check(text: bytes, args: Namespace) -> int:
    from linli.kernel.tally import announced

    return _print(announced.check(announced.read(text)).as_dict())


def _print(found: dict[str, object]) -> int:
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return 0
