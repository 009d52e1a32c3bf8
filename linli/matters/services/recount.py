"""Counting the numbers anew, and putting right what is kept wrong: one recorded act."""

from datetime import datetime

from linli.places.models import Compound
from linli.plumbing.acts import Actor, record
from linli.plumbing.counters import shift
from linli.plumbing.tenancy import uuid7
from linli.plumbing.whole import of_one_moment, one_act

from ..models import LifeFigure
from ..queries.recount import Found, differences
from ..rules.figures import FIELDS
from .figures import shift_months

REPAIR = "repair_numbers"
TOLD_MOST = 100


@one_act()
def look(*, compound: Compound) -> Found:
    """As everything stood at one moment: who changes a matter meanwhile makes no difference."""
    of_one_moment()
    return differences(compound.pk)


@one_act()
def repair(*, by: Actor, compound: Compound, at: datetime) -> Found:
    """What was wrong, and is right now; nothing is written where nothing was. Counts are moved by their difference, so that
    a change meanwhile stays counted."""
    of_one_moment()
    found = differences(compound.pk)
    if not found:
        return found
    rows = LifeFigure.objects.filter(compound_id=compound.pk)
    for (matter, life), (says, row, _wrong) in found.lives.items():
        if says is None:
            rows.filter(matter_id=matter, life=life).delete()
            continue
        right = row or LifeFigure(
            id=uuid7(), compound_id=compound.pk, matter_id=matter, life=life, number=found.numbers[matter]
        )
        for name in FIELDS:
            setattr(right, name, getattr(says, name))
        right.save(force_insert=row is None) if row is None else right.save()
    shift_months(compound.pk, {key: delta for key, (delta, _there) in found.months.items()})
    shift(compound.pk, {name: delta for name, (delta, _there) in found.counts.items()})
    numbers = sorted({found.numbers[pk] for pk, _life in found.lives})[:TOLD_MOST]
    record(
        by=by, act=REPAIR, subject_kind="numbers", subject_id=compound.pk, at=at, compound_id=compound.pk,
        data={"lives": len(found.lives), "months": len(found.months), "counts": len(found.counts), "numbers": numbers},
    )  # fmt: skip
    return found
