"""How much two reports sound like the same thing: pairs of characters they share, place words left out."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from linli.kernel.words import pairs

LIKELY = 30
A_PAGE = 80  # pairs
HEADED, HEADED_WORDS, HEADED_PAIRS = 60, 20, 4
TOPICS = frozenset("灯梯桩树狗猫蟑鼠漏堵臭吵噪锁")
# Places are asked elsewhere; the rest any report may say, whatever it is about.
_EMPTY = (
    "我们 我家 你们 他们 今天 昨天 明天 晚上 早上 白天 半夜 最近 现在 已经 一直 还是 没有 没人 有人 怎么 什么 这个 那个 一个 "
    "希望 请问 麻烦 尽快 处理 反映 解决 问题 情况 可以 不能 能不能 不是 坏了 又 好几 几天 看看 看一看 一下 来看 小区 物业"
)
_PLACES = r"\d+\s*[栋幢号]?楼?\d*\s*单元|[一二三四五六七八九十]单元|\d+\s*[栋幢]|\d+"
_WORDS = sorted(_EMPTY.split(), key=len, reverse=True)
# Which characters any of it begins with is asked first: most of a page begins nothing.
_LEFT_OUT = re.compile(
    rf"(?=[\d一二三四五六七八九十{''.join(sorted({w[0] for w in _WORDS}))}])(?:{'|'.join([_PLACES, *_WORDS])})"
)

# Letters and digits that tokens spell otherwise; making a page of Chinese normal costs as much as all the rest here.
_OTHER_FORMS = re.compile(r"[\u3300-\u33ff\uf900-\ufaff\uff10-\uff9f\u2100-\u218f\u2460-\u24ff]")


def telling(text: str) -> frozenset[str]:
    return pairs(_LEFT_OUT.sub(" ", text))


def likeness(a: frozenset[str], b: frozenset[str]) -> int:
    """Shared pairs as a share of the shorter text's, in percent; one shared pair alone says nothing in longer texts."""
    shared = len(a & b)
    shorter = min(len(a), len(b))
    if shared == 0 or (shared == 1 and shorter > 2):
        return 0
    return 100 * shared // shorter


def headed_alike(words: int, a: frozenset[str], b: frozenset[str]) -> bool:
    """Whether two long reports are likely the same by their headings, though their texts share little.

    Two people who fill a page each about one thing tell it apart; the place and the trouble stand in both headings.
    `words`: the likeness of the whole texts.
    """
    return words >= HEADED_WORDS and len(a & b) >= HEADED_PAIRS and likeness(a, b) >= HEADED


def sharing(mine: frozenset[str], texts: Sequence[str]) -> set[int]:
    """Which of the texts, by place, hold one of these pairs; cutting the others would cost more.

    All texts are one text here, looked through once for each pair. A page of words shares one with nearly every other
    page: then they are all named unread.
    """
    if len(mine) > A_PAGE:
        return set(range(len(texts)))
    whole = "\0".join(texts).lower()
    if _OTHER_FORMS.search(whole):
        whole = unicodedata.normalize("NFKC", whole)
    ends = list(accumulate(len(part) + 1 for part in whole.split("\0")))
    met: set[int] = set()
    for pair in mine:
        at = whole.find(pair)
        while at >= 0:
            which = bisect_right(ends, at)
            met.add(which)
            at = whole.find(pair, ends[which])
    return met


def likeliest(words: str, others: Iterable[tuple[int, str]], *, topics: bool = False) -> list[tuple[int, int]]:
    """(number, percent) of those that may be the same thing, likeliest first.

    With `topics` (others are of the same building) one word of one character that both speak of, lamp or lift, is enough.
    """
    mine = telling(words)
    about = frozenset(words) & TOPICS if topics else frozenset()
    others = list(others)
    met = sharing(mine, [text for _, text in others])
    scored = []
    for i, (number, text) in enumerate(others):
        same_topic = bool(about) and not about.isdisjoint(text)
        if same_topic or i in met:
            scored.append((number, likeness(mine, telling(text)) + LIKELY * same_topic))
    return sorted((row for row in scored if row[1] >= LIKELY), key=lambda row: (-row[1], -row[0]))
