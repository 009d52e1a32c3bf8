"""`python -m bench texts [FOLDER]`: what `linli triage`, `duplicates` and `hot` find in FOLDER (../shared/data/messages), and how fast."""

import csv
import os
import random
import resource
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from linli.places.models import Compound

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "messages"
MANY = 100_000
SEEDS = 5
TOP = 20


def run(where: str = "", many: int = MANY) -> int:
    folder = Path(where) if where else FOLDER
    if not folder.is_dir():
        print(f"no messages at {folder}: nothing measured")
        return 0
    _triage(folder)
    _duplicates(folder)
    _desk(folder)
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


@dataclass(frozen=True)
class Judged:
    """What people said of the feed: which pairs are one thing, which are not, which are not to be counted."""

    true: set[frozenset[str]]
    small: set[frozenset[str]]  # of clusters under 10
    unlike: list[frozenset[str]]
    unsure: set[str]

    @classmethod
    def read(cls, folder: Path) -> "Judged":
        clusters: dict[str, set[str]] = defaultdict(set)
        for row in _table(folder / "duplicate_clusters.csv"):
            clusters[row["cluster_id"]].add(row["message_id"])
        unsure = {row["message_id"] for row in _table(folder / "duplicate_ambiguous.csv")}
        unlike = _table(folder / "duplicate_hard_negatives.csv")
        pairs = {c: {frozenset(p) for p in combinations(ids - unsure, 2)} for c, ids in clusters.items()}
        return cls(
            set().union(*pairs.values()),
            set().union(*(p for c, p in pairs.items() if len(clusters[c]) < 10)),
            [frozenset((r["message_id_a"], r["message_id_b"])) for r in unlike],
            unsure,
        )

    def words(self, found: set[frozenset[str]]) -> str:
        joined = sum(pair in found for pair in self.unlike)
        counted = {pair for pair in found if not pair & self.unsure}
        precision = len(counted & self.true) / max(1, len(counted))
        recall = len(counted & self.small) / len(self.small)
        return (
            f"{len(counted)} pairs, precision {precision:.3f}, recall {recall:.3f} in clusters under 10, "
            f"{joined} of {len(self.unlike)} hard negatives joined"
        )


def _duplicates(folder: Path) -> None:
    from linli.kernel.texts import duplicates, tables

    messages = tables.messages(folder / "message_feed.csv")
    found = {frozenset((messages[p.a].id, messages[p.b].id)) for p in duplicates.duplicates(messages)}
    print("duplicates:", Judged.read(folder).words(found))


def _desk(folder: Path) -> None:
    """Each message of the feed as it comes in, beside those that came before and are in hand: what its panel shows."""
    from linli.kernel.texts import tables

    messages = sorted(tables.messages(folder / "message_feed.csv"), key=lambda m: (m.day, m.id))
    with tempfile.TemporaryDirectory() as data:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "linli.web.settings", "LINLI_DATA": data, "DATABASE_URL": ""}
        import django

        django.setup()
        found, took = _shown(messages)
    judged = Judged.read(folder)
    order = {m.id: at for at, m in enumerate(messages)}
    twins = {max(pair, key=order.__getitem__) for pair in judged.small}
    met = {max(pair, key=order.__getitem__) for pair in judged.small & found}
    print(f"duplicates as the desk shows them, three at most: {judged.words(found)};")
    print(
        f"    of {len(twins)} messages with an earlier one of their thing {len(met)} are shown it; {took:.0f} ms of CPU each"
    )


def _compound() -> "Compound":
    from django.utils import timezone

    from linli.places.models import Community, Compound, Subdistrict

    area = Subdistrict.objects.create(name="测速街道")
    community = Community.objects.create(subdistrict=area, name="测速社区")
    return Compound.objects.create(
        community=community, ordinal=1, name="测速小区", slug="texts", phone="0000-1234567", created_at=timezone.now()
    )


def _shown(messages: list) -> tuple[set[frozenset[str]], float]:
    """Pairs shown, and milliseconds of CPU for one."""
    from django.core.management import call_command
    from django.utils import timezone

    from linli.matters.models import Matter
    from linli.matters.queries.duplicates import beside
    from linli.matters.rules.titles import title_of
    from linli.plumbing import search
    from linli.plumbing.acts import Actor
    from linli.plumbing.tenancy import compound_scope

    call_command("migrate", verbosity=0)
    compound, by = _compound(), Actor(role="community_worker")
    ids: dict[int, str] = {}
    found, begin = set(), time.process_time()
    with compound_scope(compound.pk):
        for number, m in enumerate(messages, 1):
            words, now = f"{m.title}\n{m.text}", timezone.now()
            made = Matter(
                compound=compound, number=number, words=words, title=title_of(words), reported_at=now, turn_since=now
            )
            made.save(force_insert=True)
            search.put(compound_id=compound.pk, ordinal=compound.ordinal, kind="matter", number=number, text=words)
            ids[number] = m.id
            found |= {frozenset((m.id, ids[shown.one.number])) for shown in beside(made, compound, by)}
    return found, 1000 * (time.process_time() - begin) / len(messages)


def _hot(folder: Path) -> None:
    from linli.kernel.texts import hot, tables
    from linli.kernel.texts.cutting import plain

    messages = sorted(tables.messages(folder / "message_feed.csv"), key=lambda m: (m.day, m.id))
    naming, lowest = [0, 0], (1.0, "")
    for issue in hot.hot(messages)[:TOP]:
        saying = sum(issue.name in plain(messages[at].title + messages[at].text) for at in issue.messages if issue.name)
        naming[0], naming[1] = naming[0] + saying, naming[1] + len(issue.messages)
        lowest = min(lowest, (saying / len(issue.messages), issue.name or issue.title))
    print(
        f"hot: of {naming[1]} messages in the first {TOP} issues {naming[0]} say its name; least, {lowest[0]:.0%}: {lowest[1]}"
    )
    half = len(messages) // 2
    parts = {"all": messages, "earlier half": messages[:half], "later half": messages[half:]}
    for seed in range(SEEDS):
        shuffled = random.Random(seed).sample(messages, len(messages))
        parts |= {f"random half {seed}a": shuffled[:half], f"random half {seed}b": shuffled[half:]}
    for name, part in parts.items():
        _ranks(folder, name, part, 5)


def _ranks(folder: Path, part: str, messages: list, least: int) -> None:
    """Where the issues people marked stand, of which `least` messages are here."""
    from linli.kernel.texts import hot

    clusters: dict[str, set[str]] = defaultdict(set)
    for row in _table(folder / "duplicate_clusters.csv"):
        clusters[row["cluster_id"]].add(row["message_id"])
    found = [{messages[at].id for at in issue.messages} for issue in hot.hot(messages)]
    author = {m.id: m.author for m in messages}
    for row in _table(folder / "hot_issues.csv"):
        ids = clusters.get(row["issue_id"], set()) & author.keys()
        if len(ids) < least:
            continue
        rank, best = max(enumerate(found, 1), key=lambda f: (len(f[1] & ids), -f[0]))
        where = f"rank {rank}, {len(best & ids)} of its {len(best)} messages" if best & ids else "not an issue of many"
        print(f"hot, {part}: {row['issue']} ({len(ids)} messages, {len({author[i] for i in ids})} people): {where}")


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
