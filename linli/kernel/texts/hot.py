"""What many people raise about one place or one body, counted by people.

A hundred complaints of one person are one person: issues stand by how many people raise them; messages break a tie.
An issue is what messages that tell the same thing name most (names.py), with all that name it in their heading, and
those like them that name it in their text. Where they name nothing, only near duplicates are together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .cutting import bare, plain
from .duplicates import Index, joined
from .message import Message
from .names import ALIKE, HALF, SHORTEST, Names

LIKE = 0.3  # score from which a message belongs to those of its name
JOINED = 0.5  # score from which two messages begin an issue
SURE = 0.64  # score from which one belongs though it names nothing
MOST = 0.66  # share of a name's people that hold a longer name
PEOPLE = 2
MANY = 3  # people who name one thing, each with a trouble of their own


@dataclass(frozen=True)
class Issue:
    title: str
    name: str  # of the place or body; empty when the messages are alike and name none
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
    gathering = _Gathering(chosen)
    found = [gathering.issue(name, group, middle) for name, group in gathering.groups()]
    ranked = sorted((i for i in found if i.people >= PEOPLE), key=lambda i: (-i.people, -len(i.messages), i.messages))
    return [Issue(i.title, i.name, tuple(looked_at[at] for at in i.messages), i.people, i.lately, i.before) for i in ranked]  # fmt: skip


class _Gathering:
    def __init__(self, messages: Sequence[Message]) -> None:
        self.messages = messages
        self.titles = [bare(plain(m.title or m.text[:40])) for m in messages]
        self.index = index = Index(messages)
        self.names = Names(self.titles, [bare(plain(m.text)) for m in messages], index)
        self.near: dict[int, dict[int, float]] = defaultdict(dict)
        for a, b, score in joined(index, LIKE):
            self.near[a][b] = self.near[b][a] = score

    def groups(self) -> Iterable[tuple[str, Sequence[int]]]:
        """Each message in one group at most; what most people name comes first."""
        held = {name: of for name, of in self.names.all() if self._begins(of)}
        for name in sorted(held, key=len, reverse=True):
            if name in held:
                self._drop_shorter(name, held)
        named = [(name, of, self._about(name, of)) for name, of in held.items()]
        free = set(range(len(self.messages)))
        named.sort(key=lambda one: (-self.people(one[2]), -len(one[2]), -len(one[1]), -len(one[0]), one[0]))
        for name, _held, group in named:
            left = group & free
            if len(left) > HALF * len(group):
                free -= left
                yield name, sorted(left)
        yield from (("", group) for group in self._duplicates(free))

    def _drop_shorter(self, name: str, held: dict[str, list[int]]) -> None:
        """Most who say 金域 say 金域蓝湾, so that is the place; the others speak of another."""
        for length in range(SHORTEST, len(name)):
            for begin in range(len(name) - length + 1):
                part = name[begin : begin + length]
                if part in held and self._is_another(held[name], held[part]):
                    del held[part]

    def _is_another(self, longer: Sequence[int], shorter: Sequence[int]) -> bool:
        others = sorted(set(shorter) - set(longer))
        most = self.people(longer) >= MOST * self.people(shorter)
        return most and (not others or self.index.likeness(longer, others) < ALIKE)

    def people(self, group: Iterable[int]) -> int:
        return len({self.messages[at].author or self.messages[at].id for at in group})

    def _begins(self, held: Sequence[int]) -> bool:
        """Several people name it, or two tell nearly the same."""
        return self.people(held) >= MANY or any(self.near[a].get(b, 0) >= JOINED for a in held for b in held)

    def _about(self, name: str, held: Sequence[int]) -> set[int]:
        found, waiting = set(held), list(held)
        for at in waiting:
            said = self.names.says(at, name)
            for other, score in self.near[at].items():
                if other not in found and (self.names.says(other, name) or (said and score >= SURE)):
                    found.add(other)
                    waiting.append(other)
        return found

    def _duplicates(self, free: set[int]) -> Iterable[list[int]]:
        left = set(free)
        for first in sorted(free):
            if first not in left:
                continue
            left.discard(first)
            group = [first]
            for at in group:
                more = [o for o, score in self.near[at].items() if score >= SURE and o in left]
                left.difference_update(more)
                group += more
            if len(group) > 1:
                yield group

    def issue(self, name: str, group: Sequence[int], middle: float) -> Issue:
        in_order = tuple(sorted(group, key=lambda at: (self.messages[at].day, at)))
        central = self._central([at for at in in_order if name in self.titles[at]])
        return Issue(
            title=self.messages[central].title or self.messages[central].text[:40],
            name=name,
            messages=in_order,
            people=self.people(group),
            lately=self.people(at for at in group if self.messages[at].day > middle),
            before=self.people(at for at in group if self.messages[at].day <= middle),
        )

    def _central(self, group: Sequence[int]) -> int:
        """Whose heading has most of what the others' have."""
        phrases = {at: _phrases(self.titles[at]) for at in group}
        common = Counter(phrase for of in phrases.values() for phrase in of)
        return max(group, key=lambda at: sum(common[p] for p in phrases[at]) / (5 + len(self.titles[at])))


def _phrases(title: str) -> set[str]:
    return {p for p in (title[at : at + SHORTEST] for at in range(len(title) - SHORTEST + 1)) if p.isalnum()}
