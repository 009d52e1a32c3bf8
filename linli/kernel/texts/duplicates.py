"""Which messages tell the same thing: the same trouble at the same place.

Messages that share rare pairs of characters are looked at (an inverted index, so nobody compares all with all); for each
pair a few figures are weighed. Rare pairs are mostly names, of a compound, a road, a firm: so how much of each heading's
rare pairs the other message holds tells the place apart, where the sentences alone are alike.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from .cutting import bare, pair_counts, plain
from .message import Message

SHOWN = 0.55
PLAUSIBLE = 0.15  # likeness below which nothing else is asked
PARTNERS = 20
KEPT = 30  # candidates that are looked at closely, for each message
TERMS = 24  # of the heading, and again of the whole
HEAD = 120
# Fitted to pairs judged by people (docs/performance.md); the first scores a pair by itself, the second knows their common likes.
ALONE = {"b": 5.2, "h": 3.55, "least": 2.88, "most": 1.03, "other_number": -0.75, "soon": 1.66, "": -5.18}
TOGETHER = {
    "b": 5.3,
    "h": 4.55,
    "least": 2.93,
    "most": 1.19,
    "other_number": -0.41,
    "soon": 1.84,
    "third": 7.84,
    "": -6.08,
}
SOON = 30  # days; one trouble is told again within weeks, a year later it is another
SOME_DAY = 0.5  # as soon, where a day is not known
_NUMBER = re.compile(r"[a-z]?\d+(?=栋|幢|号|单元|期|路|线|组|村)")
# Two letters before the kind of place are enough to know its name again: 柏家塘小区, 燕联小区.
_PLACE = re.compile(
    r"([\u4e00-\u9fff]{2})(?:小区|社区|花园|家园|公寓|新村|新城|广场|大厦|街道|大道|学校|[小中大]学|学院|幼儿园|医院|"
    r"公司|集团|银行|市场|酒店|[村镇乡路街巷])"
)
_DISTRICT = re.compile(r"[a-z]\d+(?=[市县区])|[\u4e00-\u9fff]{2}(?=县|(?<![小社景园校片辖])区)")
_CITY = re.compile(r"(?:[a-z]|[\u4e00-\u9fff]{2})(?=市(?!民|政|场|容|区|长|委|里|内))")


@dataclass(frozen=True)
class Pair:
    a: int
    b: int
    score: float


def common(n: int) -> int:
    """Pairs in more messages than this tell nothing."""
    return max(60, min(n // 20, 600))


@dataclass
class Index:
    """Messages made ready for comparing; `df` and `n` are those of more messages, where these are some of them."""

    messages: Sequence[Message]
    df: np.ndarray | None = None
    n: int = 0
    numbers: list[frozenset[str]] = field(init=False)
    days: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        titles = [plain(m.title or m.text[:30]) for m in self.messages]
        bodies = [bare(plain(m.text if not m.title else f"{m.title} {m.text}")) for m in self.messages]
        self.bodies = bodies
        self.places = [frozenset(_PLACE.findall(bare(title))) for title in titles]
        self.areas = [(frozenset(_DISTRICT.findall(t)), frozenset(_CITY.findall(t))) for t in titles]
        self.days = np.array([m.day for m in self.messages], dtype=np.float32)
        self.numbers = [frozenset(_NUMBER.findall(title)) for title in titles]
        whole = pair_counts(bodies)
        title = pair_counts([bare(t) for t in titles])
        head = pair_counts([b[: HEAD + len(t)] for b, t in zip(bodies, titles, strict=True)])
        n = max(2, len(titles), self.n)
        if self.df is None:
            df = np.bincount(whole.indices, minlength=whole.shape[1]).astype(np.float32)
        else:
            df, (whole, title, head) = _narrow(self.df, whole, title, head)
        idf = (np.log((1 + n) / (1 + df)) + 1).astype(np.float32)
        self.held = df
        self.whole, self.title, self.head = _cosine(whole, idf), _cosine(title, idf), _cosine(head, idf**1.5)
        rare = np.log(n / np.maximum(df, 1)).astype(np.float32) ** 2 + np.float32(1e-6)
        self.told = _scaled(_ones(title), rare)
        self.told_sum = np.asarray(self.told.sum(axis=1)).ravel() + 1e-6
        self.present = _ones(whole)
        self.lookup = self._lookup(n) if self.df is None else sparse.csr_matrix(whole.shape)

    def _lookup(self, n: int) -> sparse.csr_matrix:
        """For each message its most telling pairs that others have too."""
        fit = (self.held >= 2) & (self.held <= common(n))
        return (_top(self.title, fit, TERMS) + _top(self.whole, fit, TERMS)).tocsr()

    def candidates(self, rows: slice, turned: sparse.csc_matrix) -> tuple[np.ndarray, np.ndarray]:
        near = (self.lookup[rows] @ turned).tocsr()
        a, b = [], []
        for at in range(near.shape[0]):
            begin, end = near.indptr[at], near.indptr[at + 1]
            others, weight = near.indices[begin:end], near.data[begin:end]
            if len(others) > KEPT + 1:
                others = others[np.argpartition(weight, -KEPT - 1)[-KEPT - 1 :]]
            a.append(np.full(len(others), rows.start + at, dtype=np.int32))
            b.append(others)
        return np.concatenate(a or [_NONE]), np.concatenate(b or [_NONE])

    def figures(self, a: np.ndarray, b: np.ndarray, like: np.ndarray) -> dict[str, np.ndarray]:
        """What is weighed of each pair."""
        one = _rows(self.told, self.present, a, b) / self.told_sum[a]
        other = _rows(self.told, self.present, b, a) / self.told_sum[b]
        return {
            "b": like,
            "h": _rows(self.head, self.head, a, b),
            "least": np.minimum(one, other),
            "most": np.maximum(one, other),
            "other_number": _flags(_apart(self.numbers[i], self.numbers[j]) for i, j in _both(a, b)),
            "soon": self._soon(a, b),
        }

    def _soon(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        one, other = self.days[a], self.days[b]
        return np.where((one > 0) & (other > 0), np.exp(-np.abs(one - other) / SOON), SOME_DAY)

    def elsewhere(self, i: int, j: int) -> bool:
        """The headings name places apart, so equal words tell of different things."""
        areas = zip(self.areas[i], self.areas[j], strict=True)
        return any(_differ(mine, its) for mine, its in areas) or self._unknown(i, j)

    def _unknown(self, i: int, j: int) -> bool:
        """Both name places, and neither text knows a place of the other's heading."""
        mine, its = self.places[i], self.places[j]
        if not mine or not its or not mine.isdisjoint(its):
            return False
        return not any(p in self.bodies[j] for p in mine) and not any(p in self.bodies[i] for p in its)

    def cohesion(self, group: Sequence[int]) -> float:
        """Mean likeness of each to each other."""
        n = len(group)
        held = self.whole[list(group)]
        _pairs, place = np.unique(held.indices, return_inverse=True)
        total = np.bincount(place, held.data)
        return float((total @ total - n) / max(1, n * (n - 1)))

    def likeness(self, some: Sequence[int], others: Sequence[int]) -> float:
        """Mean likeness of each of some to each of the others."""
        return float((self.whole[list(some)] @ self.whole[list(others)].T).mean())


def _both(a: np.ndarray, b: np.ndarray) -> Iterable[tuple[int, int]]:
    return zip(a.tolist(), b.tolist(), strict=True)


def _flags(found: Iterable[bool]) -> np.ndarray:
    return np.fromiter(found, dtype=np.float32)


def _apart(a: frozenset[str], b: frozenset[str]) -> bool:
    return bool(a) and bool(b) and a.isdisjoint(b)


def _differ(a: frozenset[str], b: frozenset[str]) -> bool:
    """Each names an area that the other does not: from B to A is not from C to A."""
    return bool(a - b) and bool(b - a)


_NONE = np.zeros(0, dtype=np.int32)


def _narrow(df: np.ndarray, *counts: sparse.csr_matrix) -> tuple[np.ndarray, list[sparse.csr_matrix]]:
    """Without the pairs that none of them holds: of a few messages nearly all."""
    held, place = np.unique(np.concatenate([c.indices for c in counts]), return_inverse=True)
    begins = np.cumsum([0, *(c.nnz for c in counts)])
    return df[held], [
        sparse.csr_matrix((c.data, place[begin : begin + c.nnz], c.indptr), shape=(c.shape[0], max(1, len(held))))
        for c, begin in zip(counts, begins, strict=False)
    ]


def _cosine(counts: sparse.csr_matrix, weight: np.ndarray) -> sparse.csr_matrix:
    made = counts.copy()
    made.data = (1 + np.log(made.data)) * weight[made.indices]
    lengths = np.sqrt(np.asarray(made.multiply(made).sum(axis=1)).ravel())
    made.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(made.indptr)).astype(np.float32)
    return made


def _ones(counts: sparse.csr_matrix) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones_like(counts.data), counts.indices, counts.indptr), shape=counts.shape)


def _scaled(counts: sparse.csr_matrix, weight: np.ndarray) -> sparse.csr_matrix:
    counts.data *= weight[counts.indices]
    return counts


def _top(weights: sparse.csr_matrix, fit: np.ndarray, most: int) -> sparse.csr_matrix:
    """The `most` heaviest of each row among the pairs that fit."""
    row = np.repeat(np.arange(weights.shape[0]), np.diff(weights.indptr))
    chosen = fit[weights.indices]
    row, column, data = row[chosen], weights.indices[chosen], weights.data[chosen]
    order = np.argsort(row * 2 - data.astype(np.float64))  # weights are 1 at most
    row, column, data = row[order], column[order], data[order]
    begins = np.searchsorted(row, np.arange(weights.shape[0]))
    kept = np.arange(len(row)) - begins[row] < most
    return sparse.csr_matrix((data[kept], (row[kept], column[kept])), shape=weights.shape)


def _rows(x: sparse.csr_matrix, y: sparse.csr_matrix, a: np.ndarray, b: np.ndarray, step: int = 40_000) -> np.ndarray:
    """Products of row a of one with row b of the other."""
    parts = [
        np.asarray(x[a[at : at + step]].multiply(y[b[at : at + step]]).sum(axis=1)).ravel()
        for at in range(0, len(a), step)
    ]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.float32)


def _weigh(figures: dict[str, np.ndarray], weights: dict[str, float]) -> np.ndarray:
    total = sum(figures[name] * weight for name, weight in weights.items() if name) + weights[""]
    return 1 / (1 + np.exp(-np.asarray(total, dtype=np.float64)))


def _pairs(index: Index) -> tuple[np.ndarray, np.ndarray]:
    turned = index.lookup.T.tocsr()
    found = [
        index.candidates(slice(at, min(at + 500, len(index.messages))), turned)
        for at in range(0, len(index.messages), 500)
    ]
    a, b = np.concatenate([f[0] for f in found] or [_NONE]), np.concatenate([f[1] for f in found] or [_NONE])
    low, high = np.minimum(a, b).astype(np.int64), np.maximum(a, b).astype(np.int64)
    keys = np.unique(low[low != high] << 32 | high[low != high])
    return keys >> 32, keys & 0xFFFFFFFF


def _weighed(index: Index, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    like = _rows(index.whole, index.whole, a, b)
    near = np.flatnonzero(like >= PLAUSIBLE)
    near = near[[not index.elsewhere(i, j) for i, j in _both(a[near], b[near])]] if len(near) else near
    return a[near], b[near], index.figures(a[near], b[near], like[near])


def third(a: np.ndarray, b: np.ndarray, alone: np.ndarray, floor: float = 0.3) -> np.ndarray:
    """How much more a third message, like both, speaks for the pair than the two do themselves."""
    near: dict[int, dict[int, float]] = {}
    sure = alone >= floor
    for i, j, score in zip(a[sure].tolist(), b[sure].tolist(), alone[sure].tolist(), strict=True):
        near.setdefault(i, {})[j] = score
        near.setdefault(j, {})[i] = score
    more = np.zeros(len(a))
    for at, (i, j, score) in enumerate(zip(a.tolist(), b.tolist(), alone.tolist(), strict=True)):
        mine, its = near.get(i), near.get(j)
        if score > 0.97 or not mine or not its:
            continue
        few, many = (mine, its) if len(mine) < len(its) else (its, mine)
        best = max((min(s, many[k]) for k, s in few.items() if k in many), default=0.0)
        more[at] = max(0.0, best - score)
    return more


def scores(index: Index, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The likely ones of these pairs, and how likely each is."""
    a, b, figures = _weighed(index, a, b)
    alone = _weigh(figures, ALONE)
    return a, b, _weigh({**figures, "third": third(a, b, alone)}, TOGETHER)


def _scored(index: Index) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return scores(index, *_pairs(index))


def duplicates(messages: Sequence[Message], *, shown: float = SHOWN) -> list[Pair]:
    """Pairs a clerk would be shown, likeliest first; at most PARTNERS for one message."""
    a, b, score = _scored(Index(messages))
    order = np.argsort(-score, kind="stable")
    order = order[score[order] >= shown]
    return list(_limited(a[order].tolist(), b[order].tolist(), score[order].tolist()))


def joined(index: Index, score: float) -> list[tuple[int, int, float]]:
    """All pairs from this score on, in no order."""
    a, b, likely = _scored(index)
    sure = likely >= score
    return list(zip(a[sure].tolist(), b[sure].tolist(), likely[sure].tolist(), strict=True))


def _limited(a: Sequence[int], b: Sequence[int], score: Sequence[float]) -> Iterable[Pair]:
    count: dict[int, int] = {}
    for i, j, s in zip(a, b, score, strict=True):
        if count.get(i, 0) < PARTNERS or count.get(j, 0) < PARTNERS:
            count[i], count[j] = count.get(i, 0) + 1, count.get(j, 0) + 1
            yield Pair(i, j, s)
