"""The numbers of a month, and the records behind each of them."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.matters.queries import figures
from linli.matters.rules.figures import ALL
from linli.matters.words import RATINGS, SOLVED
from linli.people.access import frame
from linli.people.rules import COMMUNITY
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow
from linli.plumbing.moments import MONTHS, short

from . import queries
from .words import MEASURES, measure

MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])")
BY_DAYS = "days"
DIM = re.compile(r"all|b:(--|[0-9a-f]{32})|c:(--|\d\d)")


def _month(request: HttpRequest, now: datetime) -> str:
    """What is not a month, or has not come, is this month."""
    given, this = request.GET.get("month", ""), f"{timezone.localtime(now):%Y-%m}"
    return given if MONTH.fullmatch(given) and given <= this else this


def named(month: str) -> str:
    year, number = month.split("-")
    return _("%(year)s年%(month)s") % {"year": year, "month": _(MONTHS[int(number) - 1])}


@allow(Right.SEE_MATTERS)
@require_safe
def numbers(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    today, month = timezone.localdate(now), _month(request, now)
    before, after = queries.months_back(month, today)
    here = address("insight:records", slug)
    context = {
        **frame(request.actor, request.compound),
        "sheet": queries.sheet(request.compound, month=month, today=today),
        "named": named(month),
        "before": before,
        "before_named": named(before),
        "after": after,
        "after_named": named(after) if after else "",
        "months": [
            {"label": named(m), "href": f"?month={m}", "chosen": m == month}
            for m in dict.fromkeys([*queries.picked(today), month])
        ],
        "records": f"{here}?month={month}&what=",
        "records_before": f"{here}?month={before}&what=",
        "by_days": f"&sort={BY_DAYS}",
    }
    return render(request, "insight/numbers.html", context)


def _after(request: HttpRequest, by_days: bool) -> figures.After | None:
    at, _space, key = request.GET.get("after", "").partition("~")
    try:
        if by_days:
            return (int(at), UUID(key)) if re.fullmatch(r"[0-9]{1,5}", at) else None
        moment = parse_datetime(at)
        return (moment, UUID(key)) if moment and timezone.is_aware(moment) else None
    except ValueError:
        return None


@allow(Right.SEE_MATTERS)
@require_safe
def records(request: HttpRequest, slug: str) -> HttpResponse:
    """The matters that one number counts, by number and masked title."""
    month, what, dim = _month(request, timezone.now()), request.GET.get("what", ""), request.GET.get("dim", ALL)
    by_days = request.GET.get("sort") == BY_DAYS
    if what not in MEASURES or not DIM.fullmatch(dim) or (by_days and what != "out:fixed"):
        raise Http404
    found = figures.records(
        request.compound, by=request.actor, month=month, measure=what, dim=dim, by_days=by_days,
        after=_after(request, by_days),
    )  # fmt: skip
    shown = found[: figures.PAGE]
    more = ""
    if len(found) > figures.PAGE:
        last = shown[-1]
        given = {"month": month, "what": what, "dim": dim, **({"sort": BY_DAYS} if by_days else {})}
        given["after"] = f"{last.took_days if by_days else last.at.isoformat()}~{last.key}"
        more = f"?{urlencode(given)}"
    context = {
        **frame(request.actor, request.compound),
        "title": measure(what, request.compound.settings.get("levels", {})),
        "named": named(month),
        "of": queries.dim_name(dim, request.compound),
        "by_days": by_days,
        "rows": [_cell(row, what, slug) for row in shown],
        "more": more,
        "back": f"{address('insight:numbers', slug)}?month={month}",
        "some_hidden": request.actor.role not in COMMUNITY,
        "first": not request.GET.get("after"),
    }
    return render(request, "insight/records.html", context)


def _cell(row: figures.Record, what: str, slug: str) -> dict[str, Any]:
    label = f"{row.number:04d}" + (f"-{row.leg}" if row.leg > 1 else "")
    said = [label, short(row.at), row.body, *_said(row, what)]
    return {
        "title": row.title,
        "note": " · ".join(filter(None, said)),
        "href": numbered("matters:matter", slug, row.number),
    }  # fmt: skip


def _said(row: figures.Record, what: str) -> list[str]:
    """What made it count, or not, for the share beside it."""
    if what in {"promised", "acknowledged"}:
        late = _("受理晚了") if row.accepted_at else _("过了时间没有受理")
        return [_("按时受理") if row.ack_in_time else late]
    if what in {"due", "on_time"}:
        return [_("按时办完") if row.on_time else _("办完晚了")]
    if what in {"visited", "solved", "content"}:
        return [str(SOLVED.get(row.solved, "")), str(RATINGS.get(row.satisfied, ""))]
    if what in {"resolved", "reopened"} and row.reopened_at:
        return [_("%(day)s又重新办") % {"day": short(row.reopened_at)}]
    if row.took_days and (what == "out:fixed" or what.startswith("level:")):
        return [_("用了 %(n)s 天") % {"n": row.took_days}]
    return []
