"""`python -m bench texts [FOLDER]`: what `linli triage`, `duplicates` and `hot` find in FOLDER (../shared/data/messages), and how fast."""

import csv
import random
import resource
import time
from collections import defaultdict
from itertools import combinations
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "messages"
MANY = 100_000
SEEDS = 5


def run(where: str = "", many: int = MANY) -> int:
    folder = Path(where) if where else FOLDER
    if not folder.is_dir():
        print(f"no messages at {folder}: nothing measured")
        return 0
    _triage(folder)
    _duplicates(folder)
    _hot(folder)
    _fast(folder, many)
    return 0


def _table(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _triage(folder: Path) -> None:
    import numpy as np
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    from linli.kernel.texts import model

    rows = _table(folder / "triage_labelled.csv")
    texts = ["\n".join(filter(None, (r["title"], r["text"]))) for r in rows]
    labels = np.array([r["label"] for r in rows])
    begin, seeds = time.process_time(), []
    for seed in range(SEEDS):
        scores = []
        for learn, ask in StratifiedKFold(5, shuffle=True, random_state=seed).split(texts, labels):
            made = model.train([texts[i] for i in learn], list(labels[learn]))
            scores.append(f1_score(labels[ask], [made.predict(texts[i], 1)[0].label for i in ask], average="macro"))
        seeds.append(np.mean(scores))
        folds = ", ".join(f"{s:.3f}" for s in scores)
        print(f"triage, seed {seed}: macro-F1 {np.mean(scores):.3f} ± {np.std(scores):.3f} in 5 folds ({folds})")
    print(
        f"triage: macro-F1 {np.mean(seeds):.4f} ± {np.std(seeds):.4f} over {SEEDS} seeds; a model of {len(made.packed()) // 1024:,} kB; "
        f"{(time.process_time() - begin) / 5 / SEEDS:.1f} s of CPU to learn {len(learn):,} and ask {len(ask)}"
    )


def _duplicates(folder: Path) -> None:
    from linli.kernel.texts import duplicates, tables

    messages = tables.messages(folder / "message_feed.csv")
    clusters: dict[str, set[str]] = defaultdict(set)
    for row in _table(folder / "duplicate_clusters.csv"):
        clusters[row["cluster_id"]].add(row["message_id"])
    unsure = {row["message_id"] for row in _table(folder / "duplicate_ambiguous.csv")}
    unlike = [
        frozenset((r["message_id_a"], r["message_id_b"])) for r in _table(folder / "duplicate_hard_negatives.csv")
    ]
    pairs = {c: {frozenset(p) for p in combinations(ids - unsure, 2)} for c, ids in clusters.items()}
    true = set().union(*pairs.values())
    small = set().union(*(p for c, p in pairs.items() if len(clusters[c]) < 10))
    found = {frozenset((messages[p.a].id, messages[p.b].id)) for p in duplicates.duplicates(messages)}
    joined = sum(pair in found for pair in unlike)
    found = {pair for pair in found if not pair & unsure}
    precision, recall = len(found & true) / max(1, len(found)), len(found & small) / len(small)
    print(
        f"duplicates: {len(found)} pairs, precision {precision:.3f}, recall {recall:.3f} in clusters under 10, {joined} of {len(unlike)} hard negatives joined"
    )


def _hot(folder: Path) -> None:
    from linli.kernel.texts import hot, tables

    messages = tables.messages(folder / "message_feed.csv")
    clusters: dict[str, set[str]] = defaultdict(set)
    for row in _table(folder / "duplicate_clusters.csv"):
        clusters[row["cluster_id"]].add(row["message_id"])
    found = [{messages[at].id for at in issue.messages} for issue in hot.hot(messages)]
    for row in _table(folder / "hot_issues.csv"):
        ids = clusters.get(row["issue_id"], set())
        if len(ids) < 5:
            continue
        rank, best = max(enumerate(found, 1), key=lambda f: len(f[1] & ids) / len(f[1] | ids))
        where = f"rank {rank}, {len(best & ids)} of {len(best)} messages" if best & ids else "not an issue of many"
        print(f"hot: {row['issue']} ({len(ids)} messages, {row['distinct_authors']} people): {where}")


def _fast(folder: Path, many: int) -> None:
    from linli.kernel.texts import tables
    from linli.kernel.texts.duplicates import duplicates
    from linli.kernel.texts.message import Message

    feed, chance = tables.messages(folder / "message_feed.csv"), random.Random(1)
    made = [
        Message(str(at), _changed(m.title, chance), _changed(m.text, chance))
        for at in range(many)
        for m in [feed[at % len(feed)]]
    ]
    _one(made, feed, chance)
    begin, cpu = time.perf_counter(), time.process_time()
    found = duplicates(made)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(
        f"duplicates among {many:,}: {len(found):,} pairs in {time.perf_counter() - begin:.0f} s "
        f"({time.process_time() - cpu:.0f} s of CPU), {memory:,} MB at most"
    )


def _one(made: list, feed: list, chance: random.Random, asked: int = 300) -> None:
    """One new message against all of them."""
    from linli.kernel.texts.message import Message
    from linli.kernel.texts.nearest import Nearest

    before, cpu = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, time.process_time()
    held = Nearest(made)
    ready = time.process_time() - cpu
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    took, clock = [], []
    for m in chance.sample(feed, min(asked, len(feed))):
        new = Message("new", _changed(m.title, chance), _changed(m.text, chance))
        begin, cpu = time.perf_counter(), time.process_time()
        held.nearest(new)
        took.append(1000 * (time.process_time() - cpu))
        clock.append(1000 * (time.perf_counter() - begin))
    took.sort(), clock.sort()
    middle, late = len(took) // 2, int(len(took) * 0.95)
    print(
        f"one new among {len(made):,}: {took[middle]:.0f} ms of CPU (95 of 100 within {took[late]:.0f}), by the clock {clock[middle]:.0f} "
        f"({clock[late]:.0f}); the index made in {ready:.0f} s of CPU, {after - before:,} MB more"
    )


def _changed(text: str, chance: random.Random) -> str:
    """One character in twelve is another."""
    letters = list(text)
    for _ in range(len(letters) // 12):
        letters[chance.randrange(len(letters))] = chr(0x4E00 + chance.randrange(3000))
    return "".join(letters)
