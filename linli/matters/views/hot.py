"""What many people raise, for the desk."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import moment
from linli.plumbing.numbers import number_in

from ..queries import hot as reads

TRENDS = {
    "rising": gettext_noop("说的人在变多"),
    "falling": gettext_noop("说的人在变少"),
    "steady": gettext_noop("一直有人说"),
}


def _gather(request: HttpRequest, row: reads.Row) -> str:
    """To the page that gathers these into an order, for who may."""
    if not request.may(Right.PLACE_ORDER):
        return ""
    picked = urlencode([("pick", number) for number in row.seen])
    return f"{address('matters:order-add', request.compound.slug)}?{picked}"


def _whole(request: HttpRequest, days: int) -> HttpResponse:
    """All that one of them holds; it is found again by the number it was opened from."""
    of, after = number_in(request.GET["of"]), number_in(request.GET.get("after", ""))
    found = reads.all_of(request.compound, request.actor, days, of, after) if of is not None else None
    if found is None or not (found[1] or after):
        raise Http404
    title, rows = found
    shown = rows[: reads.PAGE]
    more = f"?days={days}&of={of}&after={shown[-1][0]}" if len(rows) > reads.PAGE else ""
    context = {"title": title, "matters": shown, "more": more, "back": f"?days={days}"}
    return render(request, "matters/hot_one.html", context)


@allow(Right.SEE_MATTERS)
@require_safe
def hot(request: HttpRequest, slug: str) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(n) for n in reads.WINDOWS} else reads.WINDOWS[1]
    if "of" in request.GET:
        return _whole(request, days)
    worked_at, rows = reads.issues(request.compound, request.actor, days)
    windows = [{"label": _("%(n)s 天") % {"n": n}, "href": f"?days={n}", "chosen": n == days} for n in reads.WINDOWS]
    context = {
        "rows": [(row, _(TRENDS[row.trend]), _gather(request, row)) for row in rows],
        "windows": windows,
        "days": days,
        "worked_at": moment(worked_at, timezone.now()) if worked_at else "",
    }
    return render(request, "matters/hot.html", context)
