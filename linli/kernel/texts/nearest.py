"""One new message against a hundred thousand, or against a few: which of them tell the same thing.

Kept are the texts and, for each, its rare pairs of characters turned around; of the few that share them the same figures
are weighed as among all with all (duplicates.py).
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from .cutting import BUCKETS, CHUNK, bare, counted, plain
from .duplicates import KEPT, SHOWN, TERMS, Index, common, scores
from .message import Message

OF = 2000  # as many messages are thought of behind the few that were looked at
NOBODY_ELSE = 12  # pairs that no other message has yet; the next one may


@dataclass(frozen=True)
class Near:
    message: Message
    score: float


class Nearest:
    """Messages by what is rare in them; grows and shrinks one by one."""

    def __init__(self, messages: Sequence[Message] = ()) -> None:
        self.df = np.zeros(BUCKETS, dtype=np.float32)
        self._messages: list[Message | None] = []
        self._place: dict[str, int] = {}
        self._holding: dict[int, array[int]] = {}
        for at in range(0, len(messages), CHUNK):
            self._learn(_texts(messages[at : at + CHUNK]))
        for at in range(0, len(messages), CHUNK):
            self._keep(messages[at : at + CHUNK])

    def __len__(self) -> int:
        return len(self._place)

    def add(self, message: Message) -> None:
        """One of the same id is replaced."""
        self.drop(message.id)
        self._learn(_texts([message]))
        self._keep([message])

    def drop(self, id: str) -> None:
        at = self._place.pop(id, None)
        if at is not None:
            self._messages[at] = None

    def nearest(self, message: Message, *, most: int = 5, shown: float = SHOWN) -> list[Near]:
        """Those a clerk would be shown, likeliest first; never the message itself."""
        found = [self._messages[at] for at in self._candidates(message)]
        return _best(message, [m for m in found if m is not None], self.df, 1 + len(self), most, shown)

    def _learn(self, texts: Sequence[tuple[str, str]]) -> None:
        pairs, _counts, _begins = counted([whole for _title, whole in texts])
        self.df += np.bincount(pairs, minlength=BUCKETS).astype(np.float32)

    def _keep(self, messages: Sequence[Message]) -> None:
        for message, telling in zip(messages, self._telling(messages), strict=True):
            at = self._place[message.id] = len(self._messages)
            self._messages.append(message)
            for pair in telling.tolist():
                if (held := self._holding.get(pair)) is None:
                    held = self._holding[pair] = array("I")
                held.append(at)

    def _telling(self, messages: Sequence[Message]) -> Iterable[np.ndarray]:
        """The rarest of each heading and of each whole; of those that nobody else has, a few."""
        texts = _texts(messages)
        titles, _counts, title_begins = counted([title for title, _whole in texts])
        wholes, _counts, whole_begins = counted([whole for _title, whole in texts])
        for at in range(len(texts)):
            title = titles[title_begins[at] : title_begins[at + 1]]
            whole = wholes[whole_begins[at] : whole_begins[at + 1]]
            yield np.unique(np.concatenate([self._rare(title), self._rare(whole)]))

    def _rare(self, pairs: np.ndarray) -> np.ndarray:
        seen = self.df[pairs]
        shared = pairs[(seen >= 2) & (seen <= common(len(self._messages) + 1))]
        if len(shared) > TERMS:
            shared = shared[np.argpartition(self.df[shared], TERMS)[:TERMS]]
        return np.concatenate([shared, pairs[seen < 2][:NOBODY_ELSE]])

    def _candidates(self, message: Message) -> list[int]:
        weight: dict[int, float] = {}
        own = self._place.get(message.id)
        for pair in next(iter(self._telling([message]))).tolist():
            held = self._holding.get(pair, ())
            worth = 1 / (1 + len(held))
            for at in held:
                weight[at] = weight.get(at, 0.0) + worth
        standing = (at for at in weight if at != own and self._messages[at] is not None)
        return sorted(standing, key=lambda at: (-weight[at], -at))[:KEPT]


def among(
    message: Message, others: Sequence[Message], looked_at: Sequence[Message], *, most: int = 5, shown: float = SHOWN
) -> list[Near]:
    """The same of a few `others`, chosen from all that were `looked_at`: a pair that few of those hold is rare."""
    pairs, _counts, _begins = counted([whole for _title, whole in _texts([message, *looked_at])])
    df = np.bincount(pairs, minlength=BUCKETS).astype(np.float32)
    return _best(message, others, df, max(OF, 1 + len(looked_at)), most, shown)


def _best(message: Message, others: Sequence[Message], df: np.ndarray, n: int, most: int, shown: float) -> list[Near]:
    if not others:
        return []
    a, b = np.triu_indices(1 + len(others), 1)
    a, b, score = scores(Index([message, *others], df=df, n=n), a, b)
    mine = np.flatnonzero((a == 0) & (score >= shown))
    best = mine[np.argsort(-score[mine], kind="stable")][:most]
    return [Near(others[b[at] - 1], float(score[at])) for at in best]


def _texts(messages: Sequence[Message]) -> list[tuple[str, str]]:
    """Heading and whole, as they are compared."""
    return [
        (bare(plain(m.title or m.text[:30])), bare(plain(f"{m.title} {m.text}" if m.title else m.text)))
        for m in messages
    ]
