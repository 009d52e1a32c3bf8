"""The `linli` command. Kernel commands start without Django; the others load it when they run."""

import argparse
import os
import sys
from collections.abc import Callable


def _django() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "linli.web.settings")
    django.setup()


def _manage(*argv: str) -> None:
    _django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["linli", *argv])


def _run(name: str) -> Callable[[argparse.Namespace], int]:
    """A command lives in linli/web/commands/<name>.py as run(args) -> exit code."""

    def run(args: argparse.Namespace) -> int:
        _django()
        from importlib import import_module

        return int(import_module(f"linli.web.commands.{name}").run(args) or 0)

    return run


def _quiet(name: str) -> Callable[[argparse.Namespace], int]:
    """A line of the log for each of ten thousand rows would bury what the command says itself."""

    def run(args: argparse.Namespace) -> int:
        os.environ.setdefault("LINLI_LOG", "WARNING")
        return _run(name)(args)

    return run


def _pure(name: str) -> Callable[[argparse.Namespace], int]:
    """Without Django: no database, no settings, no secret."""

    def run(args: argparse.Namespace) -> int:
        from importlib import import_module

        return int(import_module(f"linli.web.commands.{name}").run(args) or 0)

    return run


def _texts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    triage = commands.add_parser("triage", help="learn labels from a .csv of messages, and give them").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    train = triage.add_parser("train", help="learn from messages that have a label")
    train.add_argument("file")
    train.add_argument("--text", default="title,text", metavar="COLUMN,…")
    train.add_argument("--label", default="label", metavar="COLUMN")
    train.add_argument("--out", required=True, metavar="MODEL")
    train.set_defaults(run=_pure("texts"), texts="train")
    predict = triage.add_parser("predict", help="message_id,label,score for each message")
    predict.add_argument("model")
    predict.add_argument("file")
    predict.set_defaults(run=_pure("texts"), texts="predict")
    duplicates = commands.add_parser("duplicates", help="pairs of messages in a .csv that tell the same thing")
    duplicates.add_argument("file")
    duplicates.set_defaults(run=_pure("texts"), texts="duplicates")
    hot = commands.add_parser("hot", help="what many people raise in a .csv of messages")
    hot.add_argument("file")
    hot.add_argument("--days", type=int, help="before the newest message; all without it")
    hot.set_defaults(run=_pure("texts"), texts="hot")


def _counts(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    tally = commands.add_parser("tally", help="count one item, or an election, from a file (docs/tally.md)")
    tally.add_argument("file", metavar="FILE.json", help="- for standard input")
    tally.add_argument(
        "--explain", action="store_true", help="the count sheet in Chinese, each comparison with its article"
    )
    tally.set_defaults(run=_pure("tally"), count="tally")
    check = commands.add_parser("check-result", help="does an announced result follow from what was published?")
    check.add_argument("file", metavar="FILE.json", help="- for standard input")
    check.set_defaults(run=_pure("tally"), count="check")
    verify = commands.add_parser("verify", help="check a vote's bulletin, and a receipt, offline (docs/proof.md)")
    verify.add_argument("file", metavar="BULLETIN.zip")
    verify.add_argument("--receipt", metavar="R.json")
    verify.set_defaults(run=_pure("verify"))


def parser() -> argparse.ArgumentParser:
    main = argparse.ArgumentParser(prog="linli", description="Linli (邻里): governing a residential compound together.")
    commands = main.add_subparsers(dest="command", required=True, metavar="COMMAND")

    demo = commands.add_parser("demo", help="sample compounds, server and worker on this machine")
    demo.add_argument("--port", type=int, default=8000)
    demo.add_argument("--reset", action="store_true", help="start over with fresh sample compounds")
    demo.set_defaults(run=_run("demo"))

    serve = commands.add_parser("serve", help="the production server")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    serve.set_defaults(run=_run("serve"))

    worker = commands.add_parser("worker", help="due clocks, messages and queued work; any number of them may run")
    worker.add_argument("--once", action="store_true", help="do what is due now and stop")
    worker.add_argument("--seconds", type=float, default=5, help="pause between rounds")
    worker.set_defaults(run=_run("worker"))

    operator = commands.add_parser("operator", help="operators of this installation").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    create = operator.add_parser("create", help="make an operator, who signs in by phone and password")
    create.add_argument("phone")
    create.add_argument("--name", default="")
    create.set_defaults(run=_run("operator"))

    imports = commands.add_parser("import", help="read a file into the database").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    matters = imports.add_parser(
        "matters", help="a message-board export (.csv, .xlsx); hotline orders are taken in on the page 12345 工单"
    )
    matters.add_argument("file")
    matters.add_argument("--compound", required=True, metavar="SLUG")
    matters.add_argument("--map", default="", metavar="FIELD=HEADER,…")
    matters.add_argument("--history", action="store_true", help="keep the dates, start no clock, send nothing")
    matters.set_defaults(run=_quiet("import_matters"))
    divisions = imports.add_parser(
        "divisions", help="administrative divisions (a folder of provinces, cities, areas, streets .csv)"
    )
    divisions.add_argument("folder")
    divisions.set_defaults(run=_run("import_divisions"))

    _texts(commands)
    _counts(commands)
    numbers = commands.add_parser("numbers", help="the kept numbers of matters").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    check = numbers.add_parser("check", help="count everything anew from the entries and compare; exit 1 if different")
    check.add_argument("--compound", default="", metavar="SLUG", help="this one alone")
    check.add_argument("--repair", action="store_true", help="put right what is different, as one recorded act")
    check.set_defaults(run=_quiet("numbers"))

    calendar = commands.add_parser("calendar", help="the year's holidays and swapped workdays").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    keep = calendar.add_parser("keep", help="take in a .csv of 2027-02-06,rest and 2027-02-20,work, for every compound")
    keep.add_argument("file")
    keep.set_defaults(run=_quiet("calendar"))
    known = calendar.add_parser("check", help="is the year known, from November on the next? exit 1 if not")
    known.set_defaults(run=_quiet("calendar"))

    profile = commands.add_parser("profile", help="a place's own rules (docs/operations/profiles.md)").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    own = profile.add_parser("keep", help="take in a .toml of local rules, for compounds to adopt")
    own.add_argument("file")
    own.set_defaults(run=_pure("profile"))

    audit = commands.add_parser("audit", help="the log of acts").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    intact = audit.add_parser("verify", help="was an entry changed, removed or slipped in? exit 1 if so")
    intact.add_argument("--compound", default="", metavar="SLUG", help="this one alone")
    intact.add_argument(
        "--head", default="", metavar="HEX", help="with --compound: a head noted earlier must stand in the chain"
    )
    intact.set_defaults(run=_quiet("audit"))

    migrate = commands.add_parser("migrate", help="bring the database up to date")
    migrate.set_defaults(run=lambda args: _manage("migrate", "--verbosity", "0"))
    static = commands.add_parser("static", help="collect the static files")
    static.set_defaults(run=lambda args: _manage("collectstatic", "--noinput", "--verbosity", "0"))
    manage = commands.add_parser("manage", help="Django's own commands: linli manage shell")
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    manage.set_defaults(run=lambda args: _manage(*args.rest))
    return main


def main(argv: list[str] | None = None) -> int:
    args = parser().parse_args(argv)
    return int(args.run(args) or 0)


if __name__ == "__main__":
    sys.exit(main())
