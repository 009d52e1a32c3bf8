"""Cutting text for a search that finds Chinese words of two characters.

Most Chinese words have two characters. SQLite's trigram tokenizer sees nothing shorter than three,
and PostgreSQL's parser, which looks for spaces, takes a whole sentence for one word. So we cut
before the database does: every pair of neighbouring characters becomes a token, and a word of n
characters is found by its n - 1 pairs.

Tokens hold letters and digits only, in lower case. Joined by spaces they pass FTS5's `unicode61`
unchanged, and as bare words of an FTS5 query none is an operator. In PostgreSQL use
`array_to_tsvector`, which takes them as they are: the parser behind `to_tsvector('simple', ...)`
keeps Chinese pairs, but reads 12e3abc as the number 12e3 and a word.
"""

import re
import unicodedata
from collections.abc import Iterator
from operator import add

LONGEST = 32
ALONE = "*"

_HAN = r"\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd"
# Normalising a page of Chinese costs more than cutting it, and its own marks would ask for it: they become marks again.
_OTHER_FORMS = re.compile(r"[^\x00-\x7f\u4e00-\u9fff“”‘’—…、。《》，：；？！（）]")
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|[^\W_{_HAN}]+")


def tokens(text: str) -> list[str]:
    """What to index, each once, in order of appearance."""
    return list(dict.fromkeys(token for token, _ in _cut(text)))


def pairs(text: str) -> frozenset[str]:
    """Those of `tokens` that say something by themselves, at half the cost: for comparing texts, not for finding them."""
    found: set[str] = set()
    if _OTHER_FORMS.search(text):
        text = unicodedata.normalize("NFKC", text)
    for run in _RUN.finditer(text.lower()):
        word = run[0]
        if run["han"] is not None:
            found.update(map(add, word, word[1:]))
        elif len(word) > 1:
            found.add(word[:LONGEST])
    return frozenset(found)


def query_tokens(text: str) -> list[str]:
    """What a document must hold, all of it, to be found.

    A Chinese character that stands alone ends in `ALONE`: the index holds it only where it also
    stood alone. Ask for two characters, or search it as a prefix, which finds the pairs that
    begin with it but not words that end in it.
    """
    return list(dict.fromkeys(token + ALONE * alone for token, alone in _cut(text)))


def _cut(text: str) -> Iterator[tuple[str, bool]]:
    for run in _RUN.finditer(unicodedata.normalize("NFKC", text).lower()):
        word = run[0]
        if run["han"] is None:
            # Longer runs are no words; cut alike on both sides they still meet.
            yield word[:LONGEST], False
        elif len(word) == 1:
            yield word, True
        else:
            yield from ((word[at : at + 2], False) for at in range(len(word) - 1))
