"""Rapid repairs: the card on a matter with its countdown, and the page of the kept figures."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.access import frame
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow
from linli.plumbing.moments import lasting, moment
from linli.plumbing.numbers import uuid_in

from ..models import Matter, RapidRepair
from ..queries import rapid as read
from ..rules import rapid as rules
from ..rules.help import yuan
from ..words import RATINGS
from .acts_rapid import RAPID_ACTS, may_note, may_send

# A minute that has begun counts.
BEGUN = timedelta(seconds=59)


@allow(Right.SEE_MATTERS)
@require_safe
def rapid(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    rows = read.repairs(request.compound, request.actor, uuid_in(request.GET.get("after")))
    this, ever = read.figures(request.compound, now)
    context = {
        "rows": [_row(slug, row, now) for row in rows[: read.PAGE]],
        "more": rows[read.PAGE - 1].pk if len(rows) > read.PAGE else "",
        "this": this,
        "ever": ever,
        "promised": rules.minutes(request.compound.settings),
        **frame(request.actor, request.compound),
    }
    return render(request, "matters/rapid.html", context)


def _row(slug: str, row: RapidRepair, now: datetime) -> dict[str, Any]:
    matter, (words, late) = row.matter, countdown(row, row.matter, now)
    return {
        "title": matter.title,
        "note": " · ".join(filter(None, [matter.handler_body.name if matter.handler_body else "", moment(row.sent_at, now)])),
        "href": numbered("matters:matter", slug, matter.number),
        "pill": words,
        "pill_kind": "late" if late else "done" if row.arrived_at else "near",
    }  # fmt: skip


def countdown(row: RapidRepair, matter: Matter, now: datetime) -> tuple[str, bool]:
    """The minutes left, or how long it took; and whether the promise is broken. Said by the server's clock."""
    if row.arrived_at:
        return _("%(span)s到的") % {"span": lasting(row.arrived_at - row.sent_at + BEGUN)}, row.arrived_at > row.due_at
    if not matter.open:
        return _("没有到场"), False
    if now > row.due_at:
        return _("晚了 %(span)s") % {"span": lasting(now - row.due_at)}, True
    return _("还有 %(span)s") % {"span": lasting(row.due_at - now + BEGUN)}, False


def card(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    row = read.repair_of(matter)
    if row is None:
        return None
    now = timezone.now()
    words, late = countdown(row, matter, now)
    facts = [(_("用料"), row.parts), (_("花费"), _("%(yuan)s 元") % {"yuan": yuan(matter.cost_fen)} if matter.cost_fen else ""), (_("评价"), str(RATINGS[matter.rating]) if matter.rating else "")]  # fmt: skip
    return {
        "countdown": words,
        "late": late,
        "promised": row.promised,
        "due": moment(row.due_at, now),
        "steps": _steps(row, matter, now),
        "facts": [(label, value) for label, value in facts if value],
        "act": _link(request, matter, rules.PARTS) if may_note(matter, request.actor) is None else None,
    }


def _steps(row: RapidRepair, matter: Matter, now: datetime) -> list[dict[str, Any]]:
    visited = read.visited_at(matter)
    times = [
        (_("报修"), matter.reported_at), (_("派出"), row.sent_at), (_("到场"), row.arrived_at), (_("修好"), matter.resolved_at),
        (_("社区回访"), visited) if visited or matter.open else (_("办结"), matter.closed_at),
    ]  # fmt: skip
    last = max(i for i, (_title, at) in enumerate(times) if at)
    return [
        {"title": title, "dates": moment(at, now) if at else "", "state": "done" if at else "now" if i == last + 1 else "todo"}
        for i, (title, at) in enumerate(times)
        if at or i > last
    ]  # fmt: skip


def offer(request: HttpRequest, matter: Matter) -> dict[str, str] | None:
    """For the community, while nobody works on it."""
    return _link(request, matter, rules.SEND) if may_send(matter, request.actor) is None else None


def _link(request: HttpRequest, matter: Matter, act: str) -> dict[str, str]:
    return {
        "label": str(RAPID_ACTS[act].label),
        "url": address("matters:act", request.compound.slug, matter.number, act),
    }
