"""A label for a text: words and pairs of characters, the beginning once more, one straight line for each label.

Training asks scikit-learn; predicting needs numpy alone. A model is one .npz of plain arrays and a page of JSON: it can be
opened from anywhere without running anything.
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

FORM = "linli-triage-1"
BEGINNING = 60  # characters that a title would have
HEADING = 30
TOPICS = 100
SHARE = 0.5  # of topics in what is weighed
LAMBDA = 0.1
RARE = 2
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
    idf: np.ndarray
    line: np.ndarray  # features × labels
    topics: np.ndarray  # features × TOPICS
    by_topic: np.ndarray  # TOPICS × labels
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
        at, weight = _vector(features(text), self.vocabulary, self.idf)
        votes = weight @ self.line[at]
        place = weight @ self.topics[at].astype(np.float32)
        length = float(np.sqrt(place @ place)) or 1.0
        votes = (1 - SHARE) * votes + SHARE * (place / length) @ self.by_topic
        chance = _chances(votes[None, :], self.slope)[0]
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
        arrays = {
            "idf": self.idf,
            "line": self.line.astype(np.float16),
            "topics": self.topics.astype(np.float16),
            "by_topic": self.by_topic,
        }
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
                idf=held["idf"],
                line=held["line"].astype(np.float32),
                topics=held["topics"],
                by_topic=held["by_topic"],
                slope=float(page["slope"]),
                texts=int(page["texts"]),
                columns=tuple(page["columns"]),
            )
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise Unreadable from error


def _vector(found: Counter[str], vocabulary: dict[str, int], idf: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each kind has the same say, however many it finds."""
    at, weight = [], []
    for kind in KINDS:
        mine = [(vocabulary[name], count) for name, count in found.items() if name[0] == kind and name in vocabulary]
        if not mine:
            continue
        places = np.array([p for p, _ in mine])
        heavy = (1 + np.log(np.array([c for _, c in mine], dtype=np.float32))) * idf[places]
        at.append(places)
        weight.append(heavy / np.sqrt(heavy @ heavy) / np.sqrt(len(KINDS)))
    if not at:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    return np.concatenate(at), np.concatenate(weight).astype(np.float32)


def _chances(votes: np.ndarray, slope: float) -> np.ndarray:
    grown = np.exp(slope * (votes - votes.max(axis=1, keepdims=True)))
    return grown / grown.sum(axis=1, keepdims=True)


def train(texts: Sequence[str], labels: Sequence[str], columns: Sequence[str] = ()) -> Model:
    """Least squares on words and topics; the score is made honest on texts that were left out."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):  # on a busy machine threads that wait for each other cost ten times what they save
        return replace(_train(texts, labels), columns=tuple(columns))


def _train(texts: Sequence[str], labels: Sequence[str]) -> Model:
    from scipy import sparse

    names = tuple(sorted({str(label) for label in labels}))
    if len(names) < 2:
        raise ValueError("one label alone")
    found = [features(text) for text in texts]
    seen = Counter(name for one in found for name in one)
    vocabulary = {name: at for at, name in enumerate(sorted(n for n, c in seen.items() if c >= RARE))}
    if not vocabulary:
        raise ValueError("nothing is said twice")
    df = np.array([seen[name] for name in vocabulary], dtype=np.float32)
    idf = (np.log((1 + len(texts)) / (1 + df)) + 1).astype(np.float32)
    vectors = [_vector(one, vocabulary, idf) for one in found]
    pointer = np.concatenate([[0], np.cumsum([len(at) for at, _ in vectors])])
    rows = sparse.csr_matrix(
        (np.concatenate([w for _, w in vectors]), np.concatenate([a for a, _ in vectors]), pointer),
        shape=(len(texts), len(vocabulary)),
    )
    topics = _topics(rows)
    place = rows @ topics
    place /= np.maximum(np.sqrt((place**2).sum(axis=1, keepdims=True)), 1e-6)
    wanted = np.where(np.array(labels)[:, None] == np.array(names)[None, :], 1.0, -1.0)
    like = (1 - SHARE) * (rows @ rows.T).toarray() + SHARE * place @ place.T
    solved = _solve(like, wanted)
    return Model(
        labels=names, vocabulary=vocabulary, idf=idf, line=np.asarray(rows.T @ solved, dtype=np.float32), topics=topics.astype(np.float16),
        by_topic=(place.T @ solved).astype(np.float32), slope=_slope(like, wanted), texts=len(texts),
    )  # fmt: skip


def _topics(rows: Any) -> np.ndarray:
    """What goes together in these texts: the first directions of their variance."""
    from sklearn.utils.extmath import randomized_svd

    most = min(TOPICS, min(rows.shape) - 1)
    return randomized_svd(rows, most, random_state=0)[2].T.astype(np.float32)


def _solve(like: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    from scipy.linalg import solve

    return solve(like + LAMBDA * np.eye(len(like)), wanted, assume_a="pos")


def _slope(like: np.ndarray, wanted: np.ndarray) -> float:
    """How sure votes may sound, judged by texts each left out once."""
    fold = np.random.default_rng(0).integers(0, 5, len(like))
    votes = np.zeros_like(wanted)
    for k in range(5):
        mine, others = np.flatnonzero(fold == k), np.flatnonzero(fold != k)
        if len(mine) and len(others):
            votes[mine] = like[np.ix_(mine, others)] @ _solve(like[np.ix_(others, others)], wanted[others])
    truth = wanted.argmax(axis=1)
    return min(
        (float(s) for s in np.geomspace(0.5, 20, 25)),
        key=lambda s: -float(np.log(_chances(votes, s)[np.arange(len(truth)), truth] + 1e-9).sum()),
    )
