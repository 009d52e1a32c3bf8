"""The body that must decide is told when it becomes its turn, and reminded while nothing happens (domain §4.8)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from linli.kernel.clock import Span, deadline
from linli.notices.services import To, queue
from linli.people.rules import Body
from linli.places.models import Compound
from linli.places.queries import calendar
from linli.plumbing.acts import CLOCK, Actor, record
from linli.plumbing.whole import one_act

from ..models import Gate, Matter
from ..queries.gates import KIND, papers_of
from ..rules import gates
from ..rules.beside import has
from .bodies import holders, office
from .intake import responsible
from .steps import SUBJECT
from .superiors import HEADS, community_heads

# Beside what the followers are told of the same, this is an errand.
ERRAND = 2


def your_turn(m: Matter, *, by: Actor, at: datetime) -> None:
    """To be called when what `m` waits for may have changed; of the matter's gates the shown one is in turn, and no other."""
    rows = Gate.objects.filter(compound_id=m.compound_id, matter=m)
    planned = gates.held_by(m.gate)
    held_up = rows.filter(planned__in=gates.HOLDING, next_at__isnull=False)
    held_up.exclude(planned=planned).update(next_at=None)
    gate = rows.filter(planned=planned, lifted_at=None, next_at=None).first()
    if gate is None:
        return
    compound = Compound.objects.get(pk=m.compound_id)
    gate.next_at = _next(gate, compound, at)
    gate.save(update_fields=["next_at"])
    decider = gates.GATES[gates.Planned(gate.planned)].decider
    title = f"第 {m.label} 号{_waits(gate)}：{gates.PLANNED[gates.Planned(gate.planned)]}"
    to = [t for t in _deciders(decider, compound, at) if t.account_id != by.account_id]
    _tell(m, to, gates.TURN, title, key=f"turn:{gate.pk}:{gate.result}:{gate.set_at:%Y%m%d%H%M%S}", at=at)


def to_confirm(m: Matter, gate: Gate, *, by: Actor, at: datetime) -> None:
    """The emergency route holds nobody up; its plan is confirmed by the community, or where there is none the subdistrict."""
    compound = Compound.objects.get(pk=m.compound_id)
    above = office(compound, Body.SUBDISTRICT)
    today = timezone.localdate(at)
    found = community_heads(compound, today) or (holders(above, today) if above else [])
    title = f"第 {m.label} 号应急用维修资金，请确认方案、记下文书"
    to = [t for t in found if t.account_id != by.account_id]
    _tell(m, to, gates.TURN, title, key=f"confirm:{gate.pk}", at=at)


def prove_after(matters: Sequence[Matter], *, paid_by: str, cost_fen: int | None, at: datetime) -> None:
    """The fund pays for an emergency repair: of acceptance, audit and posting the committee is reminded until they are there (§5.8)."""
    gated = [m for m in matters if has(m, KIND)]
    if paid_by != gates.FUND or not cost_fen or not gated:
        return
    compound = Compound.objects.get(pk=gated[0].compound_id)
    rows = Gate.objects.filter(compound_id=compound.pk, matter__in=gated, planned=gates.Planned.FUND_EMERGENCY)
    rows.filter(lifted_at=None, next_at=None).update(next_at=_soon(compound, at))


def _waits(gate: Gate) -> str:
    """For the decision, or after it for papers."""
    if not gate.result and gate.planned in gates.HOLDING:
        return f"等{gates.BODIES[gates.GATES[gates.Planned(gate.planned)].decider]}决定"
    return "还缺" + "、".join(gates.PAPER_NAMES[kind] for kind in gates.lacking(gate.planned, _said(gate)))


def _said(gate: Gate) -> dict[str, str]:
    return {kind: row.result for kind, row in papers_of([gate]).get(gate.pk, {}).items()}


def _still(m: Matter, gate: Gate) -> bool:
    """Whether anybody waits for it: the work, or when that is done its papers."""
    if gate.lifted_at:
        return False
    if gate.planned in gates.HOLDING:
        return m.open and gates.held_by(m.gate) == gate.planned
    return gates.late_papers(gate.planned, gate.result, _said(gate))


@one_act()
def remind(*, gate_id: UUID, compound_id: UUID, at: datetime) -> bool:
    """Say once more that nothing was decided; False if another worker did, or it is nobody's turn any more."""
    seen = Gate.objects.filter(compound_id=compound_id, pk=gate_id).values_list("matter_id", flat=True).first()
    if seen is None:
        return False
    # The matter first, as every act does.
    m = Matter.objects.select_for_update().get(compound_id=compound_id, pk=seen)
    gate = Gate.objects.get(compound_id=compound_id, pk=gate_id)
    if gate.next_at is None or gate.next_at > at:
        return False
    waits = _still(m, gate)
    compound = Compound.objects.get(pk=compound_id)
    gate.next_at = _next(gate, compound, at) if waits else None
    gate.save(update_fields=["next_at"])
    if not waits:
        return False
    decider = gates.GATES[gates.Planned(gate.planned)].decider
    since = gate.set_at if gate.planned in gates.HOLDING else m.resolved_at or gate.set_at
    days = (timezone.localdate(at) - timezone.localdate(since)).days
    entry = record(
        by=CLOCK, act=gates.REMIND, subject_kind=SUBJECT, subject_id=m.pk, at=at, compound_id=compound_id, internal=True,
        data={"planned": gate.planned, "days": days},
    )  # fmt: skip
    title = f"第 {m.label} 号{_waits(gate)}，已经 {days} 天：{gates.PLANNED[gates.Planned(gate.planned)]}"
    _tell(m, _deciders(decider, compound, at), gates.REMIND, title, key=str(entry.pk), at=at)
    return True


def _next(gate: Gate, compound: Compound, at: datetime) -> datetime | None:
    """Every so many working days, of what holds the work up for the last time on the day on which it is looked at again."""
    due = _soon(compound, at)
    if gate.planned not in gates.HOLDING:
        return due
    return min(due, gate.review_at) if at < gate.review_at else None


def _soon(compound: Compound, at: datetime) -> datetime:
    return deadline(at, Span.working_days(gates.reminder_days(compound.settings)), calendar(compound))


def _deciders(decider: gates.Decider, compound: Compound, at: datetime) -> list[To]:
    """The heads of the body that decides or calls together who does; where there is none, the subdistrict's officers."""
    parties = (
        ("property", "committee") if decider == gates.Decider.PAYER else (gates.PARTY_OF.get(decider, "committee"),)
    )
    today, roles = timezone.localdate(at), gates.RECORDERS[decider]
    bodies = [body for party in parties if (body := responsible(compound, party))]
    found = [to for body in bodies for to in holders(body, today, roles & set(HEADS)) or holders(body, today, roles)]
    above = None if found else office(compound, Body.SUBDISTRICT)
    return found or (holders(above, today) if above else [])


def _tell(m: Matter, to: list[To], kind: str, title: str, *, key: str, at: datetime) -> None:
    queue(
        compound_id=m.compound_id, to=to, kind=kind, title=title, subject_kind=SUBJECT, subject_id=m.pk, number=m.number, key=key, at=at,
        rank=ERRAND,
    )  # fmt: skip
