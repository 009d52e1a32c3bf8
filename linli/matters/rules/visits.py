"""Who is asked again after the work, by when, and at which hours (domain §4.7)."""

from collections.abc import Iterable
from datetime import datetime

from linli.kernel.clock import SHANGHAI, Calendar, Span, deadline

from .times import BREACHED, LISTED

ATTEMPTS = 2
# One of three of the rest, so that three in ten are reached in every compound, however few matters it has.
BLOCK = 3
NOON = 12
SOON, USUAL = Span.working_days(1), Span.working_days(3)


def must_visit(*, urgency: str, source: str, category: str, level: str) -> bool:
    """All emergencies and complaints, all of the hotline and of whistles, all care."""
    return (
        urgency in {"emergency", "complaint"}
        or source in {"hotline", "agency_transfer", "care_check"}
        or level == "agency"
        or category.startswith(("11", "14"))
    )


def block_of(ticket: int) -> tuple[int, int]:
    """Tickets are drawn by threes: which three, and which place among them. The first ticket is 1."""
    return divmod(ticket - 1, BLOCK)


def drawn(keyed: str, ticket: int) -> bool:
    """Whether the ticket is the one of its three. `keyed`: the hash of its block under the installation's key.

    Nobody without the key can tell beforehand; the same ticket always gives the same answer.
    """
    return int(keyed, 16) % BLOCK == block_of(ticket)[1]


def enough(reached: list[bool]) -> bool:
    """Of one person's calls so far: was one answered, or is nobody called again?"""
    return any(reached) or len(reached) >= ATTEMPTS


def least(answers: Iterable[str], scale: Iterable[str]) -> str:
    """Of several who were asked the least content one counts; "" where nobody said anything. `scale`: from the best down."""
    return max(answers, key=["", *scale].index, default="")


def due(resolved_at: datetime, urgency: str, calendar: Calendar) -> datetime:
    return deadline(resolved_at, SOON if urgency == "emergency" else USUAL, calendar)


def filed_by(visited_at: datetime, calendar: Calendar) -> datetime:
    """After the visit the desk files it [D]."""
    return deadline(visited_at, USUAL, calendar)


def reached(due_at: datetime, at: datetime, calendar: Calendar) -> int:
    """As every broken promise: the superior hears of it, a working day later the three parties (domain §4.5)."""
    if at >= deadline(due_at, SOON, calendar):
        return LISTED
    return BREACHED if at >= due_at else 0


def same_half_day(a: datetime, b: datetime) -> bool:
    """Two attempts in one morning, or in one afternoon and evening, are one attempt."""
    x, y = a.astimezone(SHANGHAI), b.astimezone(SHANGHAI)
    return x.date() == y.date() and (x.hour < NOON) == (y.hour < NOON)
