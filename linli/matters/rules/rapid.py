"""Rapid repairs (M6): the community takes a repair in and gives it out at once; somebody is there within the promised minutes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from linli.kernel.refusal import Refusal
from linli.people.rules import Body
from linli.places.rules import number

from .states import State, Who
from .times import Urgency

KIND = "rapid"
SEND, PARTS = "send_rapid", "rapid_parts"
LEVEL, URGENCY = "compound", Urgency.URGENT
DOERS = frozenset({Body.PROPERTY, Body.VOLUNTEERS})
LEAST, MOST = 5, 240
# The kept figures: for always and for a month.
EVER = "ever"
BEFORE_WORK = frozenset({State.SUBMITTED, State.ACCEPTED, State.TRIAGED})
UNDER_WORK = frozenset({State.IN_PROGRESS, State.RESOLVED})


def minutes(settings: Mapping[str, Any]) -> int:
    """What the compound promises."""
    return number(settings, "rapid_minutes")


def refuse(state: State, parts: frozenset[Who], body_kind: str = Body.PROPERTY, urgency: str = "") -> Refusal | None:
    if Who.COMMUNITY not in parts:
        return Refusal("not_yours", "这一步不归您办")
    if state not in BEFORE_WORK:
        return Refusal("wrong_state", "已经派出去了，不能再按快修派")
    if urgency == Urgency.EMERGENCY:  # its own promise is nearer than a repair's
        return Refusal("emergency", "这是特急的事，不按快修；分类后马上派")
    if body_kind not in DOERS:
        return Refusal("not_rapid", "快修只派给物业或者志愿者")
    return None


def refuse_parts(state: State, parts: frozenset[Who]) -> Refusal | None:
    if Who.HANDLER not in parts:
        return Refusal("not_yours", "这一步不归您办")
    return None if state in UNDER_WORK else Refusal("wrong_state", "这件事已经变了，请看现在到哪一步")


@dataclass(frozen=True)
class Figures:
    sent: int
    there: int
    in_time: int
    median: int | None

    @property
    def share(self) -> int:
        """Of those where somebody came, in percent; never rounded up to a whole hundred."""
        return self.in_time * 100 // self.there if self.there else 0


def prefix(span: str) -> str:
    return f"rapid:{span}:"


def counted_sent(month: str) -> dict[str, int]:
    return {f"{prefix(span)}sent": 1 for span in (EVER, month)}


def counted_there(month: str, took: int, promised: int) -> dict[str, int]:
    """`month` in which it was sent; `took` in whole minutes, kept up to a day."""
    names = [f"took:{min(took, 1440):04d}"] + (["in_time"] if took <= promised else [])
    return {f"{prefix(span)}{name}": 1 for span in (EVER, month) for name in names}


def figures(kept: Mapping[str, int], span: str) -> Figures:
    own = {name.removeprefix(prefix(span)): n for name, n in kept.items() if name.startswith(prefix(span))}
    took = sorted((int(name[5:]), n) for name, n in own.items() if name.startswith("took:"))
    there, so_far, median = sum(n for _minutes, n in took), 0, None
    for each, n in took:
        so_far += n
        if 2 * so_far >= there:
            median = each
            break
    return Figures(own.get("sent", 0), there, own.get("in_time", 0), median)
