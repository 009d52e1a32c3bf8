"""Scans of returned papers: how many, which batch, what became of each sheet; never what is on one."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count

from linli.kernel.receipts import Leaf as Kind
from linli.plumbing.labels import label
from linli.plumbing.moments import moment

from ..models import Leaf, Paper, Scan, ScanBatch, ScanName, ScanSheet, Session
from ..rules.returning import BECAME, REASONS, UNREAD

BATCHES, UNNAMED = 10, 50


def batch_of(session: Session, pk: UUID, account: UUID | None) -> ScanBatch | None:
    """One's own alone: nobody else carries its key."""
    rows = ScanBatch.objects.filter(compound_id=session.compound_id, session=session, pk=pk, account_id=account)
    return rows.select_related("session").first()


def done(batch: ScanBatch) -> int:
    return ScanSheet.objects.filter(compound_id=batch.compound_id, batch=batch).count()


def has_scan(paper: Paper) -> bool:
    named = ScanName.objects.filter(compound_id=paper.compound_id, paper=paper)
    return Scan.objects.filter(compound_id=paper.compound_id, paper=paper).exists() or named.exists()


@dataclass(frozen=True)
class Line:
    """A sheet of a batch on the page; `scan`: to be named by hand."""

    place: int
    name: str
    said: str
    number: str
    received: bool
    bad: bool
    scan: UUID | None


def lines(batch: ScanBatch) -> list[Line]:
    rows = list(ScanSheet.objects.filter(compound_id=batch.compound_id, batch=batch).order_by("place"))
    named = _named(batch.compound_id, [row.scan_id for row in rows if row.became == UNREAD])
    return [
        Line(
            row.place + 1, row.name, label(REASONS.get(row.reason, BECAME[row.became])), row.number or named.get(row.scan_id, ""),
            row.received, bool(row.reason), row.scan_id if row.became == UNREAD and row.scan_id not in named else None,
        )
        for row in rows
    ]  # fmt: skip


def _named(compound_id: UUID, scans: list[Any]) -> dict[Any, str]:
    rows = ScanName.objects.filter(compound_id=compound_id, scan_id__in=scans)
    return dict(rows.values_list("scan_id", "paper__number"))


@dataclass(frozen=True)
class Stand:
    """`back`: papers that came back; of them so many are `scanned`."""

    back: int
    scanned: int


def stand(session: Session) -> Stand:
    scope = {"compound_id": session.compound_id, "session": session}
    rows = Scan.objects.filter(**scope)
    papers = set(rows.filter(paper__isnull=False).values_list("paper_id", flat=True))
    papers |= set(ScanName.objects.filter(compound_id=session.compound_id, scan__session=session).values_list("paper_id", flat=True))  # fmt: skip
    back = Leaf.objects.filter(**scope, kind=Kind.RETURNED).count()
    return Stand(back, len(papers))


def unnamed(session: Session) -> list[ScanSheet]:
    """Sheets whose code could not be read and that nobody has named, the oldest first."""
    named = ScanName.objects.filter(compound_id=session.compound_id, scan__session=session).values("scan_id")
    rows = ScanSheet.objects.filter(
        compound_id=session.compound_id, batch__session=session, became=UNREAD, scan__isnull=False
    )
    return list(rows.exclude(scan_id__in=named).order_by("id")[:UNNAMED])


def batches(session: Session, account: UUID | None, now: datetime) -> list[dict[str, Any]]:
    rows = list(ScanBatch.objects.filter(compound_id=session.compound_id, session=session, account_id=account).order_by("-at")[:BATCHES])  # fmt: skip
    counts = ScanSheet.objects.filter(compound_id=session.compound_id, batch__in=rows).values_list("batch_id")
    read = Counter(dict(counts.annotate(n=Count("id")).order_by()))
    return [{"pk": row.pk, "at": moment(row.at, now), "sheets": row.sheets, "read": read[row.pk]} for row in rows]


def to_name(session: Session, pk: UUID) -> ScanSheet | None:
    rows = ScanSheet.objects.filter(compound_id=session.compound_id, batch__session=session, became=UNREAD, scan_id=pk)
    return rows.select_related("scan").first()
