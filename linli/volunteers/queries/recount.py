"""What neighbours and representatives did, counted anew from what was written then."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from linli.kernel.clock import month_of
from linli.plumbing.counters import apart, kept
from linli.plumbing.models import AuditEntry

from ..models import Call, HouseAct
from ..rules import Act
from ..rules.counts import CALLS, ENDS, of_month, waited
from ..rules.representatives import COUNTS, counted

SUBJECT = "call"


def wrong_counts(compound_id: UUID) -> dict[str, tuple[int, int]]:
    """What to add to a kept count to make it right, and what it is."""
    right: Counter[str] = Counter()
    for one in (*_representatives(compound_id), *_calls(compound_id)):
        right.update(one)
    return apart(right, kept(compound_id, COUNTS) | kept(compound_id, CALLS))


def _representatives(compound_id: UUID) -> Iterator[dict[str, int]]:
    rows = HouseAct.objects.filter(compound_id=compound_id)
    fields = ("representative_id", "kind", "force", "done_at")
    for representative, kind, force, done_at in rows.values_list(*fields).iterator():
        yield counted(month_of(done_at), representative.hex, kind, force)


def _calls(compound_id: UUID) -> Iterator[dict[str, int]]:
    rows = Call.objects.filter(compound_id=compound_id)
    for state, called_at, claimed_at in rows.values_list("state", "called_at", "first_claimed_at").iterator():
        yield {f"{CALLS}{state}": 1} | of_month(called_at, raised=1)
        if claimed_at:
            yield of_month(claimed_at, claimed=1, wait_minutes=waited(called_at, claimed_at))
    ends = AuditEntry.objects.filter(compound_id=compound_id, subject_kind=SUBJECT, act__in=ENDS)
    for act, at in ends.values_list("act", "at").iterator():
        yield of_month(at, **{ENDS[Act(act)]: 1})
