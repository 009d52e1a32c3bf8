"""Which words of a heading name one place or one body: 凉塘路, 诺亚山林, 58车贷.

A name is a run of words of which one is no ordinary word, that several headings hold and their texts say again. The
messages that hold it are alike, and their headings do not name places apart: else it is a district, or a kind of trouble.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from .duplicates import Index

SHORTEST, LONGEST = 3, 12  # letters
HALF = 0.5
AGAIN = 0.7  # times a text says it, on average
ALIKE = 0.12  # mean likeness of whole messages that hold it
APART = 0.34  # share of their pairs that name places apart
SAME = 0.3  # so alike that they tell of one thing, whatever else they name
LOOKED_AT = 40
_PROPER = ("nrt", "ns", "nt", "nz")
_EDGES = tuple("udpcry")  # words that begin or end no name: of, not, in, and, which
_MEASURES = tuple("年月日号点时分秒米元块万亿个人次天周度岁期多百千k%")
_QUALITIES = tuple("性化型式")  # a kind of thing, however rare the word
_AREA = r"(?:街道|[镇乡县市省]|(?<![小社景园校片辖])区)"  # of many places
_THEN_AREA, _ENDS_AREA = re.compile(_AREA), re.compile(_AREA + "$")


class Names:
    """The headings cut into words; `titles` and `texts` are plain."""

    def __init__(self, titles: Sequence[str], texts: Sequence[str], index: Index) -> None:
        import rjieba

        self.titles, self.texts, self.index = titles, texts, index
        self._known: dict[str, bool] = {}
        self._words = [rjieba.tag(title) for title in titles]
        self._saying: dict[str, list[int]] = defaultdict(list)
        for at, title in enumerate(titles):
            for three in {title[b : b + SHORTEST] for b in range(len(title) - SHORTEST + 1)}:
                if three.isalnum():
                    self._saying[three].append(at)

    def holding(self, name: str) -> list[int]:
        few = min(self._saying[name[:SHORTEST]], self._saying[name[-SHORTEST:]], key=len)
        return [at for at in few if name in self.titles[at]]

    def says(self, at: int, name: str) -> bool:
        return name in self.titles[at] or name in self.texts[at]

    def all(self) -> Iterable[tuple[str, list[int]]]:
        """Every name that headings share, and which hold it."""
        cut_so = Counter(run for at in range(len(self.titles)) for run in self._runs(at))
        one: dict[tuple[int, ...], bool] = {}
        for run, count in cut_so.items():
            if count < 2:
                continue
            held = self.holding(run)
            if count < HALF * len(held) or self._is_area(run, held) or self._again(run, held) < AGAIN:
                continue
            if (same := tuple(held)) not in one:
                one[same] = self._are_of_one(held)
            if one[same]:
                yield run, held

    def _are_of_one(self, held: Sequence[int]) -> bool:
        alike = self.index.cohesion(held)
        return alike >= SAME or (alike >= ALIKE and self._apart(held) < APART)

    def _again(self, run: str, group: Sequence[int]) -> float:
        return sum(min(self.texts[at].count(run), 3) for at in group) / len(group)

    def _is_area(self, run: str, held: Sequence[int]) -> bool:
        if _ENDS_AREA.search(run):
            return True
        return sum(bool(_THEN_AREA.match(self.titles[at].partition(run)[2])) for at in held) > HALF * len(held)

    def _apart(self, held: Sequence[int]) -> float:
        pairs = list(combinations(held[:: 1 + len(held) // LOOKED_AT], 2))
        return sum(self.index.elsewhere(a, b) for a, b in pairs) / max(1, len(pairs))

    def _runs(self, at: int) -> set[str]:
        words, found = self._words[at], set()
        for begin, (word, tag) in enumerate(words):
            if self._is_edge(word, tag) or not word.isalnum():
                continue
            run, proper = "", False
            for end in range(begin, len(words)):
                word, tag = words[end]
                run += word
                if not word.isalnum() or len(run) > LONGEST:
                    break
                proper = proper or self._proper(word, tag, words[end + 1][0] if end + 1 < len(words) else "")
                if self._is_edge(word, tag) or (begin == end and self._one_word(word, tag)):
                    continue
                if proper and len(run) >= SHORTEST and _chinese(run) and "街道" not in run:
                    found.add(run)
        return found

    def _proper(self, word: str, tag: str, after: str) -> bool:
        if tag == "m" or word.isdigit():
            return after.isalnum() and not after.startswith(_MEASURES) and not word.endswith(_MEASURES)
        if not _chinese(word) or word.endswith(_QUALITIES):
            return False
        return tag in _PROPER or not self._is_known(word)

    def _is_edge(self, word: str, tag: str) -> bool:
        return tag[0] in _EDGES or (tag[0] == "v" and self._is_known(word))

    def _one_word(self, word: str, tag: str) -> bool:
        return tag != "ns" and self._is_known(word)

    def _is_known(self, word: str) -> bool:
        import rjieba

        if word not in self._known:
            self._known[word] = rjieba.has_word(word)
        return self._known[word]


def _chinese(word: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in word)
