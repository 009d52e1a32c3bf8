"""A table of acts: in which states each may be done, by whom, and which state it leads to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from .refusal import Refusal

State = TypeVar("State", bound=StrEnum)
Who = TypeVar("Who", bound=StrEnum)
Act = TypeVar("Act", bound=StrEnum)


@dataclass(frozen=True)
class Rule(Generic[State, Who]):
    """`to` None: the state stays."""

    states: frozenset[State]
    who: frozenset[Who]
    to: State | None = None


def allowed(table: Mapping[Act, Rule[State, Who]], state: State, parts: Collection[Who]) -> frozenset[Act]:
    """`parts`: everything the one who asks is in the matter."""
    return frozenset(act for act, rule in table.items() if state in rule.states and not rule.who.isdisjoint(parts))


def refuse(rule: Rule[State, Who] | None, state: State, parts: Collection[Who], *, changed: Refusal) -> Refusal | None:
    """Whose it is not hears that first; `changed`: what to say where the state is another by now. No rule: nobody's."""
    if rule is None or rule.who.isdisjoint(parts):
        return Refusal("not_yours", "这一步不归您办")
    return None if state in rule.states else changed
