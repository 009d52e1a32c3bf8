"""Which reports may be one thing: those that share enough pairs of characters, places left out; of these the kernel weighs
what they say and the places they name."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from linli.kernel.texts.message import Message
from linli.kernel.words import pairs

from .titles import title_of

WORTH_ASKING = 20  # percent
ASKED = 30
A_PAGE = 80  # pairs
WHY = 3
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

_LONG_NUMBERS = re.compile(r"\d{3,}")


def telling(text: str) -> frozenset[str]:
    return pairs(_LEFT_OUT.sub(" ", text))


def likeness(a: frozenset[str], b: frozenset[str]) -> int:
    """Shared pairs as a share of the shorter text's, in percent; one shared pair alone says nothing in longer texts."""
    shared = len(a & b)
    shorter = min(len(a), len(b))
    if shared == 0 or (shared == 1 and shorter > 2):
        return 0
    return 100 * shared // shorter


@lru_cache(maxsize=8192)
def _plain(text: str) -> str:
    """The same open matters are looked through again and again."""
    return unicodedata.normalize("NFKC", text.lower()) if _OTHER_FORMS.search(text) else text.lower()


def sharing(mine: frozenset[str], texts: Sequence[str]) -> set[int]:
    """Which of the texts, by place, hold one of these pairs; cutting the others would cost more.

    All texts are one text here, looked through once for each pair. A page of words shares one with nearly every other
    page: then they are all named unread.
    """
    if len(mine) > A_PAGE:
        return set(range(len(texts)))
    whole = "\0".join(map(_plain, texts))
    ends = list(accumulate(len(part) + 1 for part in whole.split("\0")))
    met: set[int] = set()
    for pair in mine:
        at = whole.find(pair)
        while at >= 0:
            which = bisect_right(ends, at)
            met.add(which)
            at = whole.find(pair, ends[which])
    return met


@dataclass(frozen=True, slots=True)
class Said:
    """`place`: the building, and the entrance, where they are known."""

    words: str
    place: str = ""

    def message(self, id: str) -> Message:
        """As the kernel compares: the known place stands in the heading; telephones and rooms tell who, not what."""
        words = _LONG_NUMBERS.sub(" ", self.words).strip()
        title = title_of(words)
        return Message(id, f"{self.place} {title}".strip(), words.removeprefix(title))


@dataclass(frozen=True, slots=True)
class Alike:
    """`at`: which of those looked at; `why`: words that both say."""

    at: int
    score: float
    why: tuple[str, ...]


def worth_asking(words: str, texts: Sequence[str]) -> list[int]:
    """Which of the texts say enough of the same, likeliest first."""
    mine = telling(words)
    scored = sorted((-likeness(mine, telling(texts[at])), at) for at in sharing(mine, texts))
    return [at for score, at in scored if -score >= WORTH_ASKING][:ASKED]


def alike(mine: Said, looked_at: Sequence[Said], *, most: int) -> list[Alike]:
    """Those that tell the same thing, likeliest first; what a clerk would be shown, and `linli duplicates` lists."""
    chosen = worth_asking(mine.words, [one.words for one in looked_at])
    if not chosen:
        return []
    from linli.kernel.texts.nearest import among  # a quarter of a second and scipy, the first time

    messages = [one.message(str(at)) for at, one in enumerate(looked_at)]
    found = among(mine.message("new"), [messages[at] for at in chosen], messages, most=most)
    return [
        Alike(at, one.score, shared(mine.words, looked_at[at].words)) for one in found for at in [int(one.message.id)]
    ]


def shared(a: str, b: str) -> tuple[str, ...]:
    """The longest words of one that the other says, too; as the first has them."""
    its, runs = telling(b), []
    for part in re.findall(r"\w+", _LEFT_OUT.sub(" ", a)):
        run = ""
        for at, letter in enumerate(part):
            run = run + letter if at and part[at - 1 : at + 1].lower() in its else letter
            if len(run) > 1 and part[at : at + 2].lower() not in its:
                runs.append(run)
    longest = sorted(dict.fromkeys(runs), key=lambda run: -len(run))[:WHY]
    return tuple(run for run in dict.fromkeys(runs) if run in longest)
