"""The numbers counted anew from the entries, beside what is kept. Reads a whole compound; nothing here writes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from linli.plumbing.counters import apart, kept
from linli.plumbing.models import AuditEntry

from ..models import Clock, LifeFigure, Matter, MonthCount
from ..rules import figures, prompts
from ..rules.figures import Key, Life, Now, Told
from ..rules.times import ClockKind
from .counting import counts_of

AT_ONCE = 500
# Kept counts of matters, by the beginnings of their names; what is kept for a day alone is nobody's number.
KEPT = ("state:", "month:", "open", "outcome:", "closed:category:", "fixed", "took:", "category:", prompts.PREFIX)


@dataclass
class Found:
    """`lives`: what the entries say of (matter, life) where the row says something else; None where one of both has none.
    `months`, `counts`: what to add to the kept number to make it right, and what it is."""

    matters: int = 0
    lives: dict[tuple[UUID, int], tuple[Life | None, LifeFigure | None, list[str]]] = field(default_factory=dict)
    months: dict[Key, tuple[int, int]] = field(default_factory=dict)
    counts: dict[str, tuple[int, int]] = field(default_factory=dict)
    numbers: dict[UUID, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lives) + len(self.months) + len(self.counts)


def differences(compound_id: UUID) -> Found:
    """Everything kept that is not what the entries, the clocks and the matters say. In batches; memory for the counts alone."""
    found, months, counts = Found(), Counter[Key](), Counter[str]()
    for matters in _by_batches(compound_id):
        found.matters += len(matters)
        entries = _entries(compound_id, matters)
        told, there = lives_of(compound_id, matters, entries), _kept_lives(compound_id, matters)
        for m in matters:
            counts.update({name: n for name, n in counts_of(m).items() if name.startswith(KEPT)})
            counts.update(prompts.told(entries[m.pk]))
            for life in told[m.pk]:
                months.update(figures.counted(life))
            _compare(found, m, told[m.pk], there.get(m.pk, {}))
    found.months = apart(months, _kept_months(compound_id))
    found.counts = apart(counts, {name: n for name, n in kept(compound_id).items() if name.startswith(KEPT)})
    return found


def _by_batches(compound_id: UUID) -> Iterator[list[Matter]]:
    rows, last = Matter.objects.filter(compound_id=compound_id).order_by("id"), None
    while batch := list((rows.filter(id__gt=last) if last else rows)[:AT_ONCE]):
        yield batch
        last = batch[-1].pk


def _entries(compound_id: UUID, matters: Iterable[Matter]) -> dict[UUID, list[Told]]:
    entries: dict[UUID, list[Told]] = {m.pk: [] for m in matters}
    rows = AuditEntry.objects.filter(compound_id=compound_id, subject_id__in=list(entries)).order_by("id")
    for pk, *told in rows.values_list("subject_id", "act", "at", "body_id", "data"):
        entries[pk].append(Told(*told))
    return entries


def lives_of(
    compound_id: UUID, matters: Iterable[Matter], entries: Mapping[UUID, Sequence[Told]]
) -> dict[UUID, list[Life]]:
    """By the entries and the stopped clocks alone."""
    by_id = {m.pk: m for m in matters}
    stopped: dict[UUID, dict] = {pk: {} for pk in by_id}
    kinds = (ClockKind.ACKNOWLEDGE, ClockKind.FINISH)
    clocks = Clock.objects.filter(compound_id=compound_id, matter_id__in=list(by_id), kind__in=kinds)
    for pk, kind, done, due in (
        clocks.filter(done_at__isnull=False).order_by("round").values_list("matter_id", "kind", "done_at", "due_at")
    ):
        stopped[pk][kind, done] = due
    return {
        pk: figures.replay(Now(m.category, m.level_settled, m.reported_at, stopped[pk]), entries[pk])
        for pk, m in by_id.items()
    }


def _kept_lives(compound_id: UUID, matters: Iterable[Matter]) -> dict[UUID, dict[int, LifeFigure]]:
    found: dict[UUID, dict[int, LifeFigure]] = {}
    for row in LifeFigure.objects.filter(compound_id=compound_id, matter_id__in=[m.pk for m in matters]):
        found.setdefault(row.matter_id, {})[row.life] = row
    return found


def _compare(found: Found, m: Matter, told: list[Life], there: dict[int, LifeFigure]) -> None:
    by_life = dict(enumerate(told, 1))
    for life in sorted({*by_life, *there}):
        says, row = by_life.get(life), there.get(life)
        wrong = figures.same(says, row) if says and row else ["missing" if says else "too many"]
        if wrong:
            found.lives[m.pk, life] = says, row, wrong
            found.numbers[m.pk] = m.number


def _kept_months(compound_id: UUID) -> dict[Key, int]:
    rows = MonthCount.objects.filter(compound_id=compound_id).values_list("month", "dim", "measure", "value")
    return {(month, dim, measure): value for month, dim, measure, value in rows}


def lines(found: Found) -> Iterator[str]:
    """Each difference in words that need no code: which number, what is kept, what it should be."""
    for (pk, life), (says, row, wrong) in sorted(
        found.lives.items(), key=lambda one: (found.numbers[one[0][0]], one[0][1])
    ):
        for name in wrong:
            there = f"{getattr(row, name)} should be {getattr(says, name)}" if says and row else ""
            yield f"matter {found.numbers[pk]:04d} life {life}: {name} {there}".rstrip()
    for key, (delta, count) in sorted(found.months.items()):
        yield f"{' '.join(key)}: {count} should be {count + delta}"
    for name, (delta, count) in sorted(found.counts.items()):
        yield f"{name}: {count} should be {count + delta}"
