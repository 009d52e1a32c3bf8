"""Nobody visits in time, or files what was visited: the superior hears of it, then the three parties (domain §4.5, §4.7)."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.notices.services import queue
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import CLOCK
from linli.plumbing.moments import moment
from linli.plumbing.whole import one_act

from ..models import Matter
from ..rules import times, visits
from ..rules.states import Act, State
from .intake import responsible
from .steps import SUBJECT, counts_of, record_on, shift_counts
from .superiors import community_heads, superiors, tripartite


@one_act()
def tick(*, matter_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Say it to whom it has come to by `at`; False if another worker did, or it was done."""
    m = Matter.objects.select_for_update().get(compound_id=compound_id, pk=matter_id)
    if m.visit_due_at is None:
        return False
    compound = Compound.objects.get(pk=compound_id)
    stage = times.step_to(m.visit_stage, visits.reached(m.visit_due_at, at, calendar(compound)))
    if stage == m.visit_stage:
        return False
    before = counts_of(m)
    m.visit_stage = stage
    if stage == times.LISTED:
        m.listed_at = m.listed_at or at
    m.save(update_fields=["visit_stage", "listed_at"])
    shift_counts(m, before)
    _tell(m, compound, stage, at)
    return True


def _tell(m: Matter, compound: Compound, stage: int, at: datetime) -> None:
    assert m.visit_due_at is not None
    listed, filing, today = stage == times.LISTED, m.state == State.VISITED, timezone.localdate(at)
    entry = record_on(
        m, by=CLOCK, act=Act.LIST if listed else Act.BREACH, at=at, internal=True,
        data={"clock": "visit", "stage": stage, "due_at": m.visit_due_at.isoformat()},
    )  # fmt: skip
    if listed:
        to = tripartite(compound, today)
    else:
        to = superiors(responsible(compound, m.desk), compound, today) if filing else community_heads(compound, today)
    what = "归档" if filing else "回访"
    title = f"第 {m.label} 号该在 {moment(m.visit_due_at, at)} 前{what}，还没有"
    queue(
        compound_id=m.compound_id, to=to, kind=entry.act, title=title + "，上了三方联席会的清单" if listed else title,
        subject_kind=SUBJECT, subject_id=m.pk, number=m.number, key=str(entry.pk), at=at, rank=0,
    )  # fmt: skip
