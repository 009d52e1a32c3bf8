"""What of a box may be seen while it is open: how many came, building by building where nobody is read from it; and its heads."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Sum

from linli.plumbing.counters import kept
from linli.plumbing.tenancy import unscoped

from ..models import Head, Party, Session
from ..rules.dates import local
from ..rules.sessions import State
from ..rules.turnout import Cell, counter, merged, prefix


def without_head(at: datetime) -> list[tuple[UUID, UUID]]:
    """Open boxes whose head of today is not out."""
    with unscoped("open boxes whose head is due"):
        rows = Session.objects.filter(state=State.OPEN, opens_at__lte=at)
        done = Head.objects.filter(kind="daily", on=local(at)).values_list("session_id", flat=True)
        return list(rows.exclude(pk__in=list(done)).order_by("id").values_list("pk", "compound_id")[:200])


def by_building(session: Session) -> list[Cell]:
    rows = (
        Party.objects.filter(compound_id=session.compound_id, session=session)
        .values("building_id", "building__label", "building__position")
        .annotate(n=Count("id"), size=Sum("area"))
        .order_by("building__position", "building_id")
    )
    counts = kept(session.compound_id, prefix(session.pk))

    def come(building: UUID, what: str) -> int:
        return counts.get(counter(session.pk, building, what), 0)

    return merged(
        Cell(
            (row["building__label"],),
            row["n"],
            row["size"],
            come(row["building_id"], "parties"),
            come(row["building_id"], "area"),
        )
        for row in rows
    )


def heads(session: Session) -> list[Head]:
    return list(Head.objects.filter(compound_id=session.compound_id, session=session).order_by("-on", "-id")[:7])
