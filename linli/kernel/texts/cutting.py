"""From text to figures: words and pairs of characters, without a vocabulary where none is needed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # half a second and 40 MB that cutting and predicting never use
    from scipy import sparse

BUCKETS = 1 << 20
CHUNK = 4000
_SALUTATION = re.compile(r"(?:尊敬|敬爱)的?[^,:。!\n]{0,12}[,:!]|[您你]们?好[!,。]?")
# Cities and districts are in every message of a city: they name no place. Only codes are cut; a name tells places apart.
_AREA = re.compile(r"(?<![a-z\d])[a-z]\d*(?=[市区县])[市区县]|\[[^\]\n]{1,6}\]")


# What Chinese texts hold of other forms, at a tenth of the cost of making all of a page normal.
_WIDE = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20}


def plain(text: str) -> str:
    text = text.translate(_WIDE)
    return (text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)).lower()


def bare(text: str) -> str:
    """Without greetings and area codes, which say nothing about the matter."""
    return _SALUTATION.sub(" ", _AREA.sub(" ", text))


def words(text: str) -> list[str]:
    """Words of a plain text; no marks."""
    import rjieba

    return [word for word in rjieba.cut(text) if any(c.isalnum() for c in word)]


def pair_counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """How often each pair of neighbouring characters stands in each text; pairs over a space or mark are none."""
    from scipy import sparse

    parts = [_chunk(texts[at : at + CHUNK]) for at in range(0, len(texts), CHUNK)]
    return sparse.vstack(parts, format="csr") if parts else sparse.csr_matrix((0, BUCKETS), dtype=np.float32)


_MARKS = np.zeros(0x110000, dtype=bool)
_MARKS[[*range(0x30), *range(0x3A, 0x61), *range(0x7B, 0xC0), *range(0x2000, 0x3005), *range(0xFF00, 0xFF70)]] = True


def _chunk(texts: Sequence[str]) -> sparse.csr_matrix:
    from scipy import sparse

    indices, counts, pointer = counted(texts)
    return sparse.csr_matrix((counts, indices, pointer), shape=(len(texts), BUCKETS))


def counted(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pairs, how often each, and where each text's begin."""
    points = np.frombuffer(" ".join([*texts, ""]).encode("utf-32-le", "replace"), dtype=np.uint32)
    lengths = np.fromiter((len(text) + 1 for text in texts), dtype=np.int64, count=len(texts))
    row = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    good = ~_MARKS[points]
    both = good[:-1] & good[1:]
    first, second = points[:-1][both].astype(np.uint64), points[1:][both].astype(np.uint64)
    mixed = (first * np.uint64(0x9E3779B1) + second * np.uint64(0x85EBCA77)) >> np.uint64(7)
    keys = row[:-1][both] * BUCKETS + (mixed & np.uint64(BUCKETS - 1)).astype(np.int64)
    found, counts = np.unique(keys, return_counts=True)
    pointer = np.searchsorted(found, np.arange(len(texts) + 1, dtype=np.int64) * BUCKETS)
    return (found % BUCKETS).astype(np.int32), counts.astype(np.float32), pointer.astype(np.int32)
