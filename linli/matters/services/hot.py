"""What many people raise, worked out and kept: nobody waits for it at a request."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from linli.plumbing.acts import CLOCK, record
from linli.plumbing.whole import one_act

from ..models import HotIssues
from ..queries.hot import WINDOWS, Told, told

KEPT = 30


def work_out(*, compound_id: UUID, at: datetime) -> bool:
    from linli.kernel.texts.hot import hot

    upto, rows = told(compound_id, at)
    today = timezone.localdate(at).toordinal()
    found = {}
    for days in WINDOWS:
        mine = [row for row in rows if row.message.day > today - days]
        found[days] = [_kept(issue, mine) for issue in hot([row.message for row in mine])[:KEPT]]
    with one_act():
        for days, issues in found.items():
            HotIssues.objects.update_or_create(
                compound_id=compound_id, days=days, defaults={"issues": issues, "worked_at": at, "upto": upto}
            )
        record(
            by=CLOCK, act="work_out_hot", subject_kind="compound", subject_id=compound_id, compound_id=compound_id, at=at,
            data={"upto": upto},
        )  # fmt: skip
    return True


def _kept(issue: Any, rows: list[Told]) -> dict[str, Any]:
    mine = [rows[at] for at in issue.messages]
    return {
        "title": issue.title,
        "people": issue.people,
        "trend": issue.trend,
        "place": _commonest([r.place for r in mine]),
        "body": _commonest([r.body for r in mine]),
        "numbers": sorted({r.number for r in mine}, reverse=True),
    }


def _commonest(names: list[str]) -> str:
    """What half of them name; else the issue is of no one place."""
    best = max(set(names), key=lambda name: (names.count(name), name))
    return best if 2 * names.count(best) >= len(names) else ""
