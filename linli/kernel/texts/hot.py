"""What many people raise about one place or one body, counted by people.

A hundred complaints of one person are one person: issues stand by how many people raise them; messages break a tie.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .cutting import bare, plain
from .duplicates import Index, joined
from .message import Message

JOINED = 0.5  # score from which two messages belong to one issue
PEOPLE = 2
HALF = 0.5
PURE = 0.45  # share of a phrase's messages that must be of the issue whose name it is taken for
COHESION = 0.12  # mean likeness of whole messages; generic words gather what is not alike
PHRASE = 3


@dataclass(frozen=True)
class Issue:
    title: str
    messages: tuple[int, ...]  # by place in what was given, oldest first
    people: int
    lately: int  # people in the later half of the time looked at
    before: int  # people in the earlier half

    @property
    def trend(self) -> str:
        return "rising" if self.lately > self.before else "falling" if self.lately < self.before else "steady"


def hot(messages: Sequence[Message], *, days: int | None = None) -> list[Issue]:
    """Issues of several people, most people first; of the last `days` before the newest message, or of all."""
    newest = max((m.day for m in messages), default=0)
    looked_at = [at for at, m in enumerate(messages) if days is None or m.day > newest - days]
    chosen = [messages[at] for at in looked_at]
    middle = (min((m.day for m in chosen), default=0) + newest) / 2
    titles = [bare(plain(m.title or m.text[:40])) for m in chosen]
    found = [_issue(chosen, titles, group, middle) for group in _groups(chosen, titles)]
    ranked = sorted((i for i in found if i.people >= PEOPLE), key=lambda i: (-i.people, -len(i.messages), i.messages))
    return [Issue(i.title, tuple(looked_at[at] for at in i.messages), i.people, i.lately, i.before) for i in ranked]


def _issue(messages: Sequence[Message], titles: Sequence[str], group: Sequence[int], middle: float) -> Issue:
    in_order = tuple(sorted(group, key=lambda at: (messages[at].day, at)))
    common = Counter(phrase for at in group for phrase in _phrases(titles[at]))
    central = max(in_order, key=lambda at: sum(common[p] for p in _phrases(titles[at])) / (5 + len(titles[at])))
    return Issue(
        title=messages[central].title or messages[central].text[:40],
        messages=in_order,
        people=_people(messages, group),
        lately=_people(messages, [at for at in group if messages[at].day > middle]),
        before=_people(messages, [at for at in group if messages[at].day <= middle]),
    )


def _people(messages: Sequence[Message], group: Iterable[int]) -> int:
    return len({messages[at].author or messages[at].id for at in group})


def _phrases(title: str) -> set[str]:
    return {p for p in (title[at : at + PHRASE] for at in range(len(title) - PHRASE + 1)) if p.isalnum()}


def _groups(messages: Sequence[Message], titles: Sequence[str]) -> list[list[int]]:
    sets = _Sets(len(messages))
    index = Index(messages)
    for a, b in joined(index, JOINED):
        sets.join(a, b)
    saying: dict[str, list[int]] = defaultdict(list)
    for at, title in enumerate(titles):
        for phrase in _phrases(title):
            saying[phrase].append(at)
    for group in sorted(sets.groups(), key=lambda g: (-_people(messages, g), g)):
        if _people(messages, group) > PEOPLE:
            _gather(sets, group, titles, saying, index)
    return sets.groups()


def _gather(sets: "_Sets", group: Sequence[int], titles: Sequence[str], saying: dict[str, list[int]], index: Index) -> None:  # fmt: skip
    """Who names the issue as most of its messages do belongs to it, however different the sentence."""
    common = Counter(phrase for at in group for phrase in _phrases(titles[at]))
    for phrase, count in common.items():
        if count < HALF * len(group) or count < PURE * len(saying[phrase]):
            continue
        if index.cohesion(saying[phrase]) >= COHESION:
            _join_most(sets, group[0], saying[phrase])


def _join_most(sets: "_Sets", to: int, saying: Sequence[int]) -> None:
    """Another group comes whole, when half of it says so; one stray title does not tie two issues together."""
    saying_so = Counter(sets.top(at) for at in saying)
    for top, count in saying_so.items():
        if top != sets.top(to) and count >= HALF * sets.size[top]:
            sets.join(to, top)


class _Sets:
    def __init__(self, n: int) -> None:
        self.above = list(range(n))
        self.size = [1] * n

    def top(self, at: int) -> int:
        while self.above[at] != at:
            self.above[at] = self.above[self.above[at]]
            at = self.above[at]
        return at

    def join(self, a: int, b: int) -> None:
        low, high = sorted((self.top(a), self.top(b)))
        if low != high:
            self.above[high] = low
            self.size[low] += self.size[high]

    def groups(self) -> list[list[int]]:
        found: dict[int, list[int]] = defaultdict(list)
        for at in range(len(self.above)):
            found[self.top(at)].append(at)
        return [group for group in found.values() if len(group) > 1]
