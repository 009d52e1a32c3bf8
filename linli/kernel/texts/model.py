"""A label for a text: words and pairs of characters, the beginning once more, one straight line for each label.

What tells labels apart weighs more: that is learned from the labels, too. Training asks scipy; predicting needs numpy alone.
A model is one .npz of plain arrays and a page of JSON: it can be opened from anywhere without running anything.
"""

import json
import re
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import numpy as np

from .cutting import plain, words

FORM = "linli-triage-2"
BEGINNING = 60  # characters that a title would have
HEADING = 30
LAMBDA = 0.2
RARE = 2
DOUBT = 5  # texts of any label, thought of beside those that hold a feature: a few say little of it
LEAST = 0.02  # what a feature counts that tells no label
_CODES = re.compile(r"[a-z]\d*(?=[市县区镇])|\[[^\]\n]{1,6}\]|[a-z]?\d+")


@dataclass(frozen=True)
class Guess:
    label: str
    score: float  # how likely, 0 to 1
    why: tuple[str, ...]  # words that spoke for it


class Unreadable(Exception):
    """The file holds no model."""


def features(text: str) -> Counter[str]:
    """What a text has to say, each kind under its own mark."""
    whole = _CODES.sub("0", plain(text)).strip()
    found: Counter[str] = Counter()
    for mark, part in (("c", whole), ("b", whole[:BEGINNING]), ("h", whole[:HEADING])):
        for at, letter in enumerate(part):
            if letter != " ":
                found[mark + letter] += 1
                if at + 1 < len(part) and part[at + 1] != " ":
                    found[mark + letter + part[at + 1]] += 1
    found.update("w" + word for word in words(whole))
    return found


KINDS = "cbhw"


@dataclass(frozen=True)
class Model:
    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    weight: np.ndarray  # of each feature
    line: np.ndarray  # features × labels
    slope: float
    texts: int
    columns: tuple[str, ...] = ()  # of a table that it was learned from

    @cached_property
    def _names(self) -> list[str]:
        return list(self.vocabulary)

    def text_of(self, row: dict[str, str]) -> str:
        return "\n".join(filter(None, (row[name] for name in self.columns)))

    def predict(self, text: str, most: int = 3) -> list[Guess]:
        """The likeliest labels, with why."""
        at, weight = _vector(features(text), self.vocabulary, self.weight)
        chance = _chances((weight @ self.line[at])[None, :], self.slope)[0]
        return [Guess(self.labels[k], float(chance[k]), self._why(at, weight, k)) for k in np.argsort(-chance)[:most]]

    def _why(self, at: np.ndarray, weight: np.ndarray, label: int, most: int = 4) -> tuple[str, ...]:
        names = self._names
        spoke = weight * (self.line[at, label] - self.line[at].mean(axis=1))
        said: list[str] = []
        for k in np.argsort(-spoke):
            name = names[at[k]]
            if name[0] == "w" and len(name) > 2 and spoke[k] > 0:
                said.append(name[1:])
            if len(said) == most:
                break
        return tuple(said)

    def save(self, path: Path | str) -> None:
        with open(path, "wb") as file:
            file.write(self.packed())

    def packed(self) -> bytes:
        from io import BytesIO

        page = {
            "form": FORM,
            "labels": self.labels,
            "names": list(self.vocabulary),
            "slope": self.slope,
            "texts": self.texts,
            "columns": self.columns,
        }
        arrays = {"weight": self.weight, "line": self.line.astype(np.float16)}
        arrays["page"] = np.frombuffer(json.dumps(page, ensure_ascii=False).encode(), dtype=np.uint8)
        file = BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()


def load(file: Path | str | IO[bytes]) -> Model:
    """From a path or an open file; never runs what stands in it."""
    try:
        with np.load(file, allow_pickle=False) as held:
            page = json.loads(held["page"].tobytes())
            if page.get("form") != FORM:
                raise Unreadable
            return Model(
                labels=tuple(page["labels"]),
                vocabulary={name: at for at, name in enumerate(page["names"])},
                weight=held["weight"],
                line=held["line"].astype(np.float32),
                slope=float(page["slope"]),
                texts=int(page["texts"]),
                columns=tuple(page["columns"]),
            )
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise Unreadable from error


def _vector(found: Counter[str], vocabulary: dict[str, int], weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each kind has the same say, however many it finds."""
    at, heavy = [], []
    for kind in KINDS:
        mine = [(vocabulary[name], count) for name, count in found.items() if name[0] == kind and name in vocabulary]
        if not mine:
            continue
        places = np.array([p for p, _ in mine])
        spoke = _dampened(np.array([c for _, c in mine], dtype=np.float32)) * weight[places]
        at.append(places)
        heavy.append(spoke / np.sqrt(spoke @ spoke) / np.sqrt(len(KINDS)))
    if not at:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    return np.concatenate(at), np.concatenate(heavy).astype(np.float32)


def _dampened(counts: np.ndarray) -> np.ndarray:
    return 1 + np.log(counts)


def _chances(votes: np.ndarray, slope: float) -> np.ndarray:
    grown = np.exp(slope * (votes - votes.max(axis=1, keepdims=True)))
    return grown / grown.sum(axis=1, keepdims=True)


def train(texts: Sequence[str], labels: Sequence[str], columns: Sequence[str] = ()) -> Model:
    """Least squares on what is said; the score is made honest on texts that were left out."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # on a busy machine threads that wait for each other cost ten times what they save
        return replace(_train(texts, labels), columns=tuple(columns))


def _train(texts: Sequence[str], labels: Sequence[str]) -> Model:
    names = tuple(sorted({str(label) for label in labels}))
    if len(names) < 2:
        raise ValueError("one label alone")
    found = [features(text) for text in texts]
    seen = Counter(name for one in found for name in one)
    vocabulary = {name: at for at, name in enumerate(sorted(n for n, c in seen.items() if c >= RARE))}
    if not vocabulary:
        raise ValueError("nothing is said twice")
    said, kinds = _said(found, vocabulary), np.array([KINDS.index(name[0]) for name in vocabulary])
    is_so = np.array(labels)[:, None] == np.array(names)[None, :]
    weight, line = _learned(said, kinds, is_so)
    return Model(
        labels=names, vocabulary=vocabulary, weight=weight, line=line, slope=_slope(said, kinds, is_so), texts=len(texts),
    )  # fmt: skip


def _said(found: Sequence[Counter[str]], vocabulary: dict[str, int]) -> Any:
    """Texts × features: how loudly each is said."""
    from scipy import sparse

    known = [[(vocabulary[name], count) for name, count in one.items() if name in vocabulary] for one in found]
    pairs = np.array([pair for one in known for pair in one], dtype=np.int64).reshape(-1, 2)
    pointer = np.concatenate([[0], np.cumsum([len(one) for one in known])])
    counts = _dampened(pairs[:, 1].astype(np.float32))
    return sparse.csr_matrix((counts, pairs[:, 0], pointer), shape=(len(found), len(vocabulary)))


def _learned(said: Any, kinds: np.ndarray, is_so: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What each feature weighs, and its line for each label."""
    weight = _weights(said, is_so)
    rows = _rows(said, kinds, weight)
    texts = np.maximum(is_so.sum(axis=0), 1)
    share = len(is_so) / len(texts) / texts[is_so.argmax(axis=1)]  # a text of a rare label counts more
    solved = _solve((rows @ rows.T).toarray(), np.where(is_so, 1.0, -1.0), LAMBDA / np.sqrt(share))
    return weight, np.asarray(rows.T @ solved, dtype=np.float32)


def _weights(said: Any, is_so: np.ndarray) -> np.ndarray:
    """Rarity, and how far the labels of the texts that hold a feature are from the usual ones (their divergence)."""
    here = said.astype(bool).astype(np.float64)
    usual = np.maximum(is_so.mean(axis=0), 1e-9)
    by_label = here.T @ is_so.astype(np.float64)
    texts = by_label.sum(axis=1)
    chance = (by_label + DOUBT * usual) / (texts + DOUBT)[:, None]
    tells = (chance * np.log(chance / usual)).sum(axis=1)
    rarity = np.log((1 + len(is_so)) / (1 + texts)) + 1
    return np.where(texts >= RARE, rarity * np.sqrt(np.maximum(tells, 0) + LEAST), 0).astype(np.float32)


def _rows(said: Any, kinds: np.ndarray, weight: np.ndarray) -> Any:
    """As `_vector` makes them, of all texts at once."""
    rows = said.copy()
    rows.data *= weight[rows.indices]
    own = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr)) * len(KINDS) + kinds[rows.indices]
    lengths = np.sqrt(np.bincount(own, rows.data.astype(np.float64) ** 2, minlength=rows.shape[0] * len(KINDS)))
    rows.data /= np.maximum(lengths, 1e-9)[own] * np.sqrt(len(KINDS))
    return rows


def _solve(like: np.ndarray, wanted: np.ndarray, loose: np.ndarray) -> np.ndarray:
    from scipy.linalg import solve

    return solve(like + np.diag(loose), wanted, assume_a="pos")


def _slope(said: Any, kinds: np.ndarray, is_so: np.ndarray) -> float:
    """How sure votes may sound, judged by texts each left out once."""
    fold = np.random.default_rng(0).integers(0, 5, len(is_so))
    votes = np.zeros(is_so.shape)
    for k in range(5):
        mine, others = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
        if len(mine) and len(others):
            weight, line = _learned(said[others], kinds, is_so[others])
            votes[mine] = _rows(said[mine], kinds, weight) @ line
    truth = is_so.argmax(axis=1)
    return min(
        (float(s) for s in np.geomspace(0.5, 20, 25)),
        key=lambda s: -float(np.log(_chances(votes, s)[np.arange(len(truth)), truth] + 1e-9).sum()),
    )
