"""The kept counts that a matter stands in as it is."""

from django.utils import timezone

from ..models import Matter
from ..rules import turns


def counts_of(matter: Matter) -> dict[str, int]:
    return turns.buckets(
        state=matter.state, category=matter.category, turn=matter.turn, overdue=matter.overdue, listed=matter.listed_at is not None, outcome=matter.outcome,
        level_settled=matter.level_settled, reported_at=timezone.localtime(matter.reported_at),
        closed_at=timezone.localtime(matter.closed_at) if matter.closed_at else None, resolved_at=matter.resolved_at,
        triaged_at=timezone.localtime(matter.triaged_at) if matter.triaged_at else None,
    )  # fmt: skip
