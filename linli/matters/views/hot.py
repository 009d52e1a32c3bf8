"""What many people raise, for the desk."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import moment

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


@allow(Right.SEE_MATTERS)
@require_safe
def hot(request: HttpRequest, slug: str) -> HttpResponse:
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(n) for n in reads.WINDOWS} else reads.WINDOWS[1]
    worked_at, rows = reads.issues(request.compound, request.actor, days)
    windows = [{"label": _("%(n)s 天") % {"n": n}, "href": f"?days={n}", "chosen": n == days} for n in reads.WINDOWS]
    context = {
        "rows": [(row, _(TRENDS[row.trend]), _gather(request, row)) for row in rows],
        "windows": windows,
        "worked_at": moment(worked_at, timezone.now()) if worked_at else "",
    }
    return render(request, "matters/hot.html", context)
