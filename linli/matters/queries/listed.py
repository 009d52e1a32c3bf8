"""The list of the tripartite meeting: what is still not done a day after its promise was broken."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from linli.places.models import Compound
from linli.plumbing.acts import Actor
from linli.plumbing.counters import kept
from linli.plumbing.models import AuditEntry
from linli.plumbing.moments import day, lasting, moment

from ..models import Matter
from ..rules.states import Act
from ..words import CLOCKS, MARKS, PARTIES
from .desk import visible
from .public import key, position

PAGE = 40
_SLOTS = (
    "id",
    "number",
    "leg",
    "title",
    "place",
    "turn",
    "next_clock",
    "next_due_at",
    "listed_at",
    "handler_body__name",
)


@dataclass(frozen=True, slots=True)
class Row:
    """`broken`: which promise, since when; `pressed`: what was said to press for it last."""

    number: int
    label: str
    title: str
    note: str
    mark: str
    broken: str
    pressed: str


@dataclass(frozen=True)
class Listed:
    """`count` is kept; `next`: where the following page begins."""

    rows: list[Row]
    count: int
    next: str


def listed(compound: Compound, by: Actor, at: datetime, *, after: str = "") -> Listed:
    """Longest on the list first; three queries however many there are."""
    rows = visible(Matter.objects.filter(compound_id=compound.pk, listed_at__isnull=False), by)
    if place := position(after):
        rows = rows.filter(Q(listed_at__gt=place[0]) | Q(listed_at=place[0], id__gt=place[1]))
    got = list(rows.order_by("listed_at", "id").values_list(*_SLOTS)[: PAGE + 1])
    page = got[:PAGE]
    pressed = _pressed(compound, [r[0] for r in page], at)
    return Listed(
        [_row(r, pressed.get(r[0], ""), at) for r in page],
        max(0, kept(compound.pk, "open:listed").get("open:listed", 0)),
        key(page[-1][8], page[-1][0]) if len(got) > PAGE else "",
    )


def _pressed(compound: Compound, ids: list[UUID], at: datetime) -> dict[UUID, str]:
    if not ids:
        return {}
    rows = AuditEntry.objects.filter(compound_id=compound.pk, subject_id__in=ids, act=Act.SUPERVISE).order_by("id")
    return {
        pk: _("%(day)s 督办：%(words)s") % {"day": day(when, at), "words": words}
        for pk, when, words in rows.values_list("subject_id", "at", "words")
    }


def _row(r: tuple, pressed: str, at: datetime) -> Row:
    _id, number, leg, title, place, turn, clock, due, _since, body = r
    said = {"when": moment(due, at), "clock": CLOCKS.get(clock, ""), "late": lasting(at - due)} if due else {}
    return Row(
        number=number, label=f"{number:04d}" + (f"-{leg}" if leg > 1 else ""), title=title,
        note=" · ".join(filter(None, [place, body or str(PARTIES.get(turn, ""))])), mark=MARKS[turn],
        broken=_("该在 %(when)s 前%(clock)s，超了 %(late)s") % said if said else "", pressed=pressed,
    )  # fmt: skip
