"""`python -m bench [submit] [list] [sizes] [import] [report]`, or `texts` alone: nothing named means everything. `--help` tells the rest."""

import argparse
import os
import sys

PARTS = ("submit", "list", "desk", "sizes", "import")


def _django() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "linli.web.settings"
    django.setup()


def _inner(argv: list[str]) -> int:
    """What a child with Django and one database does."""
    _django()
    what, *rest = argv
    if what == "_fill":
        from .fill import fill

        fill(int(rest[0]))
    elif what == "_visitors":
        from .visitors import write

        write()
    elif what == "_bare":
        from .load import inside

        inside(rest[0], float(rest[1]), int(rest[2]))
    elif what == "_find":
        from .sizes import inside as find

        find()
    elif what == "_import":
        from .imports import inside as apply

        apply(rest[0])
    return 0


def main(argv: list[str]) -> int:
    if argv[:1] == ["texts"]:
        from .texts import run

        return run(*argv[1:2])
    if argv and argv[0].startswith("_"):
        return _inner(argv)
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Measure Linli; docs/performance.md is made of the figures."
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}, fill, report; nothing: all of them"
    )
    parser.add_argument("--db", choices=["sqlite", "postgres"], action="append", help="one database alone")
    parser.add_argument("--sizes", default="1000,10000,100000,1000000", help="how many matters")
    parser.add_argument(
        "--matters", type=int, default=100_000, help="how many matters there are under submit, list and desk"
    )
    parser.add_argument("--homes", type=int, default=100_000, help="how many homes the imported file has")
    parser.add_argument("--seconds", type=int, default=5, help="length of a run")
    parser.add_argument("--rounds", type=int, default=3, help="runs of which the best counts")
    args = parser.parse_args(argv)
    parts = args.parts or [*PARTS, "report"]
    if wrong := set(parts) - {*PARTS, "fill", "report"}:
        parser.error(f"unknown: {', '.join(wrong)}")
    sizes = [int(s) for s in args.sizes.split(",")]
    from . import databases

    for name in args.db or databases.ENGINES:
        if set(parts) == {"report"}:
            break
        with databases.engine(name) as engine:
            _measure(engine, parts, sizes, args)
    if "report" in parts:
        from .report import write

        write()
    return 0


def _measure(engine, parts: list[str], sizes: list[int], args: argparse.Namespace) -> None:
    if "fill" in parts:
        for size in sizes:
            engine.filled(size)
    for what in ("submit", "list", "desk"):
        if what in parts:
            from .load import measure

            measure(engine, what, args.matters, args.seconds, args.rounds)
    if "sizes" in parts:
        from .sizes import measure as by_size

        by_size(engine, sizes, args.rounds)
    if "import" in parts:
        from .imports import measure as importing

        importing(engine, args.homes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
