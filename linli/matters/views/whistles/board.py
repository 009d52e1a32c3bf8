"""The board of whistles, by whose turn it is."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.people.rules import Role, may_keep_agencies
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import lasting
from linli.plumbing.numbers import uuid_in

from ...queries import whistles as reads
from ...rules import whistles as rules
from ...words import MARKS, WHISTLE_STATES
from .shared import WATCH, base_of, turn_words

VIEW_WORDS = {
    "open": gettext_lazy("全部在办"),
    "approver": gettext_lazy("等批准"),
    "receiver": gettext_lazy("等对方"),
    "blower": gettext_lazy("等发哨的"),
    "late": gettext_lazy("超时"),
    "ended": gettext_lazy("办结的"),
}


@allow(*WATCH)
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    view = request.GET.get("view", "open")
    view = view if view in reads.VIEWS else "open"
    after = uuid_in(request.GET.get("after"))
    compounds = reads.below(request.actor, request.compound)
    counts = reads.counts(compounds)
    found = reads.board(by=request.actor, compounds=compounds, view=view, after=after)
    places = {c.pk: c for c in compounds}
    now, here = timezone.now(), address("matters:whistles", slug)
    rows = [_row(row, places[row.compound_id], now, len(compounds) > 1) for row in found[: reads.PAGE]]
    liaison = request.actor.role == Role.AGENCY_LIAISON
    context = {
        "base": base_of(request), "rows": rows, "view": view, "may_draft": bool(rules.draftable(request.actor.role)), "here": here,
        "views": [
            {"label": str(VIEW_WORDS[v]), "count": "" if liaison or v == "ended" else counts.get(v, 0), "href": f"{here}?view={v}", "chosen": v == view}
            for v in reads.VIEWS
        ],
        "more": f"{here}?view={view}&after={found[reads.PAGE - 1].pk}" if len(found) > reads.PAGE else "", "first": after is None,
        "waiting": counts.get("open", 0), "late": counts.get("late", 0), "may_keep": may_keep_agencies(request.actor.role),
    }  # fmt: skip
    return render(request, "matters/whistles.html", context)


def _row(row: reads.Row, place, now: datetime, many: bool) -> dict[str, Any]:
    party = reads.party(turn=row.turn, level=row.level, drafted_kind=row.drafted_kind)
    turn = turn_words(
        turn=row.turn, level=row.level, drafted_kind=row.drafted_kind, drafted_by=row.drafted_by, asks=row.asks
    )
    since = lasting(now - row.since)
    parts = [
        place.name if many else "",
        turn or WHISTLE_STATES[row.state],
        _("已经 %(span)s") % {"span": since} if turn else "",
        _("%(who)s超时") % {"who": _("、").join(row.late_ones)} if row.late and row.late_ones else "",
    ]
    pill, kind = (_("超时"), "late") if row.late else (_("急"), "ink") if row.urgency == "urgent" else ("", "")
    return {
        "title": row.title, "note": " · ".join([_("第 %(n)s 号") % {"n": row.number}, *filter(None, parts)]),
        "href": address("matters:whistle", place.slug, row.number), "turn": MARKS.get(party, "nobody"), "pill": pill, "pill_kind": kind,
    }  # fmt: skip
