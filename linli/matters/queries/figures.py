"""The kept numbers of months, and the records behind each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q

from linli.kernel.clock import SHANGHAI
from linli.places.models import Compound
from linli.plumbing.acts import Actor

from ..models import LifeFigure, Matter, MonthCount
from ..rules.figures import ALL, NOT_CLOSED, REOPENED
from ..rules.states import OUTCOMES
from ..rules.turns import LEVEL_ORDER
from .desk import visible

PAGE = 40
_closed = Q(closed_at__isnull=False) & ~Q(outcome__in=NOT_CLOSED)
_stands = Q(reopened_at=None)
# measure → what says its moment, and which lives count; `rules.figures.counted` says the same of one life.
MEASURES: dict[str, tuple[str, Q]] = {
    "accepted": ("accepted_at", Q()),
    "promised": ("promised_at", Q()),
    "acknowledged": ("promised_at", Q(ack_in_time__in=(True,))),
    "resolved": ("resolved_at", Q()),
    "due": ("resolved_at", Q(on_time__isnull=False)),
    "on_time": ("resolved_at", Q(on_time__in=(True,))),
    "reopened": ("resolved_at", Q(reopened_at__isnull=False)),
    "visited": ("visited_at", Q()),
    "solved": ("visited_at", Q(solved="solved")),
    "content": ("visited_at", Q(satisfied__in=("satisfied", "basically"))),
    "closed": ("closed_at", _closed),
    "no_answer": ("closed_at", _stands & Q(outcome="not_confirmed", no_answer__gt=0, visited_at=None)),
    f"out:{REOPENED}": ("closed_at", _closed & ~_stands),
    **{f"out:{outcome}": ("closed_at", _closed & _stands & Q(outcome=outcome)) for outcome in OUTCOMES},
    **{f"level:{level}": ("closed_at", _stands & Q(outcome="fixed", level=level)) for level in LEVEL_ORDER},
}
# Of the body that accepts, not of the one that does the work.
RECEIVING = ("accepted_at", "promised_at")
Counts = Mapping[str, Mapping[str, int]]
# Where the last page ended: its moment, or its days where they are sorted by days.
After = tuple[datetime | int, UUID]


def counts(compound: Compound, months: Iterable[str]) -> dict[str, dict[str, dict[str, int]]]:
    """month → dimension → measure → how many; one query."""
    found: dict[str, dict[str, dict[str, int]]] = {month: {ALL: {}} for month in months}
    rows = MonthCount.objects.filter(compound_id=compound.pk, month__in=list(found), value__gt=0)
    for month, dim, measure, value in rows.values_list("month", "dim", "measure", "value"):
        found[month].setdefault(dim, {})[measure] = value
    return found


def span(month: str) -> tuple[datetime, datetime]:
    """From its first moment to the first of the next, as the compound counts days."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=SHANGHAI)
    return first, (first + timedelta(days=32)).replace(day=1)


@dataclass(frozen=True, slots=True)
class Record:
    key: UUID
    at: datetime
    number: int
    leg: int
    title: str
    body: str
    category: str
    accepted_at: datetime | None
    ack_in_time: bool | None
    on_time: bool | None
    took_days: int | None
    solved: str
    satisfied: str
    outcome: str
    reopened_at: datetime | None


def records(
    compound: Compound, *, by: Actor, month: str, measure: str, dim: str = ALL, by_days: bool = False, after: After | None = None
) -> list[Record]:  # fmt: skip
    """Newest first, or the quickest where they are sorted by days; one more than a page, only what this reader may open.
    Titles as everybody may read them."""
    when, counts_for = MEASURES[measure]
    first, end = span(month)
    rows = LifeFigure.objects.filter(
        counts_for, _of(dim, when), compound_id=compound.pk, **{f"{when}__gte": first, f"{when}__lt": end}
    )
    rows = rows.filter(matter__in=visible(Matter.objects.filter(compound_id=compound.pk), by))
    order, past = (("took_days", "id"), "gt") if by_days else ((f"-{when}", "-id"), "lt")
    if by_days:
        rows = rows.filter(took_days__isnull=False)
    if after:
        sorted_by = order[0].removeprefix("-")
        beyond = Q(**{sorted_by: after[0], f"id__{past}": after[1]})
        rows = rows.filter(Q(**{f"{sorted_by}__{past}": after[0]}) | beyond)
    body = "received_by__name" if when in RECEIVING else "body__name"
    return [
        Record(*row)
        for row in rows.order_by(*order).values_list(
            "id", when, "number", "matter__leg", "matter__public_title", body, "category", "accepted_at", "ack_in_time", "on_time", "took_days",
            "solved", "satisfied", "outcome", "reopened_at",
        )[: PAGE + 1]
    ]  # fmt: skip


def _of(dim: str, when: str) -> Q:
    if dim == ALL:
        return Q()
    kind, _colon, value = dim.partition(":")
    if kind == "c":
        return Q(category="") if value == "--" else Q(category__startswith=value)
    name = "received_by" if when in RECEIVING else "body"
    return Q(**{f"{name}__isnull": True}) if value == "--" else Q(**{name: UUID(value)})
