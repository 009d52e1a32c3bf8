"""Counting anew what neighbours and representatives did, and putting right what is kept wrong: one recorded act."""

from datetime import datetime

from linli.places.models import Compound
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import shift
from linli.plumbing.whole import of_one_moment, one_act

from ..queries.recount import wrong_counts

REPAIR = "repair_numbers"
Wrong = dict[str, tuple[int, int]]


@one_act()
def look(*, compound: Compound) -> Wrong:
    of_one_moment()
    return wrong_counts(compound.pk)


@one_act()
def repair(*, by: Actor, compound: Compound, at: datetime) -> Wrong:
    """What was wrong, and is right now; moved by the difference, so that an act meanwhile stays counted."""
    of_one_moment()
    found = wrong_counts(compound.pk)
    if found:
        shift(compound.pk, {name: delta for name, (delta, _there) in found.items()})
        record(
            by=by, act=REPAIR, subject_kind="numbers", subject_id=compound.pk, at=at, compound_id=compound.pk,
            data={"counts": len(found)},
        )  # fmt: skip
    return found
