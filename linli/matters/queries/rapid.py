"""Rapid repairs: the one of a matter, the list newest first, and the kept figures."""

from datetime import datetime
from uuid import UUID

from linli.kernel.clock import month_of
from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept

from ..models import Matter, RapidRepair
from ..rules import rapid
from ..rules.beside import has
from .desk import visible
from .visits import visits_since

PAGE = 30


def repair_of(matter: Matter) -> RapidRepair | None:
    """Asks the database only where the matter says that there is one."""
    if not has(matter, rapid.KIND):
        return None
    return RapidRepair.objects.filter(compound_id=matter.compound_id, matter=matter).first()


def visited_at(matter: Matter) -> datetime | None:
    """When somebody was asked about it since it was last said to be done; what the reporter says unasked is no visit."""
    return next((v.at for v in reversed(visits_since(matter)) if v.contacted), None)


def repairs(compound: Compound, by: Actor, after: UUID | None = None) -> list[RapidRepair]:
    """One more than a page; two queries however many there are."""
    seen = visible(Matter.objects.filter(compound_id=compound.pk), by)
    rows = RapidRepair.objects.filter(compound_id=compound.pk, matter__compound_id=compound.pk, matter__in=seen)
    if after:
        rows = rows.filter(id__lt=after)
    return list(rows.select_related("matter", "matter__handler_body").order_by("-id")[: PAGE + 1])


def figures(compound: Compound, at: datetime) -> tuple[rapid.Figures, rapid.Figures]:
    """This month's, and those of always."""
    spans = (month_of(at), rapid.EVER)
    this, ever = (rapid.figures(kept(compound.pk, rapid.prefix(span)), span) for span in spans)
    return this, ever
