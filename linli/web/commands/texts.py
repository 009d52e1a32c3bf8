"""`linli triage | duplicates | hot`: what messages in a .csv say. No database, no settings; the table goes to stdout."""

import csv
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence


def run(args: Namespace) -> int:
    from linli.kernel.texts.model import Unreadable as NoModel
    from linli.kernel.texts.tables import Unreadable

    try:
        return {"train": _train, "predict": _predict, "duplicates": _duplicates, "hot": _hot}[args.texts](args)
    except Unreadable as error:
        return _no(str(error))
    except NoModel:
        return _no(f"{args.model} is not a model that `linli triage train` wrote")
    except BrokenPipeError:
        return 0


def _no(sentence: str) -> int:
    print(f"linli: {sentence}", file=sys.stderr)
    return 2


def _write(header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(header)
    out.writerows(rows)
    return 0


def _train(args: Namespace) -> int:
    from linli.kernel.texts import model, tables

    columns = [name.strip() for name in args.text.split(",") if name.strip()]
    rows = [row for row in tables.rows(args.file, [*columns, args.label]) if row[args.label].strip()]
    texts = ["\n".join(filter(None, (row[name] for name in columns))) for row in rows]
    try:
        made = model.train(texts, [row[args.label].strip() for row in rows], columns)
    except ValueError as error:
        return _no(f"{args.file} cannot be learned from: {error}")
    try:
        made.save(args.out)
    except OSError as error:
        return _no(f"cannot write {args.out}: {error.strerror or error}")
    print(f"learned {len(made.labels)} labels from {made.texts} texts: {args.out}", file=sys.stderr)
    return 0


def _predict(args: Namespace) -> int:
    from linli.kernel.texts import model, tables

    try:
        known = model.load(args.model)
    except OSError as error:
        return _no(f"cannot read {args.model}: {error.strerror or error}")
    rows = tables.rows(args.file, ("message_id", *known.columns))
    guesses = ((row["message_id"], known.predict(known.text_of(row), most=1)[0]) for row in rows)
    return _write(("message_id", "label", "score"), ((one, g.label, f"{g.score:.4f}") for one, g in guesses))


def _duplicates(args: Namespace) -> int:
    from linli.kernel.texts import duplicates, tables

    messages = tables.messages(args.file)
    pairs = duplicates.duplicates(messages)
    rows = ((messages[p.a].id, messages[p.b].id, f"{p.score:.4f}") for p in pairs)
    return _write(("message_id_a", "message_id_b", "score"), rows)


def _hot(args: Namespace) -> int:
    from linli.kernel.texts import hot, tables

    messages = tables.messages(args.file)
    rows = (
        (rank, i.title.strip(), len(i.messages), i.people, " ".join(messages[at].id for at in i.messages))
        for rank, i in enumerate(hot.hot(messages, days=args.days), 1)
    )
    return _write(("rank", "issue", "messages", "distinct_authors", "message_ids"), rows)
