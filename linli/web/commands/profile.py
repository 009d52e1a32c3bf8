"""`linli profile keep FILE.toml`: exit 0 kept, 2 the file is no profile."""

import sys
from argparse import Namespace
from pathlib import Path

from linli.kernel.profiles.keeping import keep


def run(args: Namespace) -> int:
    path = Path(args.file)
    try:
        made = keep(path.stem, path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as wrong:
        print(f"{path.name}: {wrong}", file=sys.stderr)
        return 2
    print(f"{made.key} ({made.name}) is kept; start linli serve and linli worker again, then compounds can adopt it")
    return 0
