"""How much two reports sound like the same thing: pairs of characters they share, place words left out."""

import re
import unicodedata
from collections.abc import Iterable

from linli.kernel.words import tokens

LIKELY = 30
TOPICS = frozenset("灯梯桩树狗猫蟑鼠漏堵臭吵噪锁")
# Places are asked elsewhere; the rest any report may say, whatever it is about.
_EMPTY = (
    "我们 我家 你们 他们 今天 昨天 明天 晚上 早上 白天 半夜 最近 现在 已经 一直 还是 没有 没人 有人 怎么 什么 这个 那个 一个 "
    "希望 请问 麻烦 尽快 处理 反映 解决 问题 情况 可以 不能 能不能 不是 坏了 又 好几 几天 看看 看一看 一下 来看 小区 物业"
)
_PLACES = r"\d+\s*[栋幢号]?楼?\d*\s*单元|[一二三四五六七八九十]单元|\d+\s*[栋幢]|\d+"
_LEFT_OUT = re.compile("|".join([_PLACES, *sorted(_EMPTY.split(), key=len, reverse=True)]))


def telling(text: str) -> frozenset[str]:
    return frozenset(t for t in tokens(_LEFT_OUT.sub(" ", text)) if len(t) > 1)


def likeness(a: frozenset[str], b: frozenset[str]) -> int:
    """Shared pairs as a share of the shorter text's, in percent; one shared pair alone says nothing in longer texts."""
    shared = len(a & b)
    shorter = min(len(a), len(b))
    if shared == 0 or (shared == 1 and shorter > 2):
        return 0
    return 100 * shared // shorter


def _meets(mine: frozenset[str], text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text).lower()
    return any(pair in plain for pair in mine)


def likeliest(words: str, others: Iterable[tuple[int, str]], *, topics: bool = False) -> list[tuple[int, int]]:
    """(number, percent) of those that may be the same thing, likeliest first.

    With `topics` (others are of the same building) one word of one character that both speak of, lamp or lift, is enough.
    """
    mine = telling(words)
    about = frozenset(words) & TOPICS if topics else frozenset()
    scored = []
    for number, text in others:
        same_topic = bool(about) and not about.isdisjoint(text)
        # Most texts share no pair at all; only the others are cut, which costs thirty times as much.
        if same_topic or _meets(mine, text):
            scored.append((number, likeness(mine, telling(text)) + LIKELY * same_topic))
    return sorted((row for row in scored if row[1] >= LIKELY), key=lambda row: (-row[1], -row[0]))
