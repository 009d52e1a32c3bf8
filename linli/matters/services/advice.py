"""Learning from what the desk decided."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from linli.plumbing.acts import CLOCK, record
from linli.plumbing.counters import kept, shift
from linli.plumbing.whole import one_act

from ..models import Learned
from ..queries.advice import decided, enough
from ..rules.advice import NEW

# The newest say how the desk sorts now; as many are learned in seconds.
LEARNED_FROM = 2000


def learn(*, compound_id: UUID, at: datetime) -> bool:
    """Both models anew, outside the transaction that keeps them; who was quicker wins, the other's work is dropped."""
    new = kept(compound_id, NEW).get(NEW, 0)
    before = Learned.objects.filter(compound_id=compound_id).values_list("version", flat=True).first()
    rows = decided(compound_id, LEARNED_FROM)
    texts = [row[0] for row in rows]
    category, urgency = (_model(texts, [row[at] for row in rows]) for at in (1, 3))
    with one_act():
        row, made = Learned.objects.get_or_create(compound_id=compound_id, defaults={"learned_at": at})
        row = Learned.objects.select_for_update().get(compound_id=compound_id, pk=row.pk)
        if row.version != (before or 0):
            return False
        row.version, row.learned_at, row.decisions = row.version + 1, at, len(rows)
        row.category, row.urgency, row.levels = category, urgency, _levels(rows)
        row.save()
        shift(compound_id, {NEW: -new})
        record(
            by=CLOCK, act="learn", subject_kind="compound", subject_id=compound_id, compound_id=compound_id, at=at,
            data={"decisions": len(rows), "version": row.version},
        )  # fmt: skip
    return True


def _model(texts: Sequence[str], labels: Sequence[str]) -> bytes:
    """Packed; empty where there is too little, or nothing to tell apart."""
    if not enough(len(texts)) or len(set(labels)) < 2:
        return b""
    from linli.kernel.texts.model import train

    return train(texts, labels).packed()


def _levels(rows: Sequence[tuple[str, str, str, str]]) -> dict[str, str]:
    """Where this compound's desk most often puts each category."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for _text, category, level, _urgency in rows:
        seen[category][level] += 1
    return {category: levels.most_common(1)[0][0] for category, levels in seen.items()}
