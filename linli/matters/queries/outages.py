"""Planned outages that are not over yet."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.places.models import Building, Compound, Home
from linli.plumbing.labels import Labels
from linli.plumbing.moments import moment

from ..models import Outage
from ..rules import outages as rules

KINDS = Labels(rules.KINDS)
SOON = timedelta(days=2)
MOST = 20


@dataclass(frozen=True, slots=True)
class Row:
    pk: UUID
    kind: str
    title: str
    note: str
    who: str


def coming(compound: Compound, at: datetime) -> list[Row]:
    """For the desk: everything that is not over."""
    rows = Outage.objects.filter(compound_id=compound.pk, to_at__gt=at).select_related("building")
    return [_row(o, at) for o in rows.order_by("to_at", "id")[:MOST]]


def near(
    compound: Compound, home_id: UUID | None, at: datetime, words: str | None = None, building: Building | None = None
) -> list[Row]:
    """Where somebody says it is, or else for their home: under way or soon; with `words` only what they may be about. One query."""
    rows = Outage.objects.filter(compound_id=compound.pk, to_at__gt=at, from_at__lte=at + SOON)
    mine = Home.objects.filter(compound_id=compound.pk, pk=home_id).values("building_id")
    here = Q(building=building) if building else Q(building_id__in=mine)
    rows = rows.filter(Q(building=None) | here).select_related("building")
    found = rows.order_by("to_at", "id")[:MOST]
    return [_row(o, at) for o in found if words is None or rules.about(o.kind, words)]


def _row(o: Outage, at: datetime) -> Row:
    where = o.building.label if o.building else _("全小区")
    title = _("%(where)s%(what)s") % {"where": where, "what": KINDS[o.kind]}
    until = _("%(from)s 到 %(to)s") % {"from": moment(o.from_at, at), "to": moment(o.to_at, at)}
    return Row(o.pk, o.kind, title, " · ".join(filter(None, [until, o.words])), o.entered_label)


def buildings(compound: Compound) -> list[Building]:
    return list(Building.objects.filter(compound_id=compound.pk).order_by("position", "id"))
