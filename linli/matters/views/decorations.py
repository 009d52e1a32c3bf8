"""The decoration register: the property company's desk keeps it; who handles an alert finds whom to ring."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.kernel import masks
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_beside

from ..access.homes import decoration_for
from ..forms.alerts import NumberForm
from ..forms.decorations import DecorationForm
from ..models import Decoration
from ..queries import decorations as read
from ..queries.homes import homes_at
from ..services import decorations as services


@allow(Right.KEEP_DECORATIONS)
def decorations(request: HttpRequest, slug: str) -> HttpResponse:
    """Find the home by its room, write down who works there; newest first below."""
    now, room = timezone.now(), str(request.GET.get("room", ""))[:40]
    homes = homes_at(request.compound, room)
    form = DecorationForm(request.POST or None, homes=homes)
    if form.is_valid():
        data = {n: form.cleaned_data[n] for n in ("home", "from_on", "to_on", "firm", "contact", "phone", "once")}
        with refusals_beside(form):
            services.register_decoration(by=request.actor, compound=request.compound, at=now, **data)
            messages.success(request, _("登记好了"))
            return redirect("matters:decorations", slug)
    rows = read.decorations(request.compound, after=uuid_in(request.GET.get("after")))
    context = {
        "form": form,
        "room": room,
        "found": bool(homes),
        "rows": [_row(slug, row) for row in rows[: read.PAGE]],
        "more": rows[read.PAGE - 1].pk if len(rows) > read.PAGE else "",
    }
    answer = render(request, "matters/decorations.html", context, status=422 if form.is_bound else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def _row(slug: str, row: Decoration) -> dict[str, Any]:
    return {
        "home": row.home.label,
        "when": said_days(row),
        "firm": row.firm,
        "who": f"{masks.name(row.contact)} {masks.phone(row.phone)}",
        "href": address("matters:decorator", slug, row.pk),
        "end": "" if row.ended_at else address("matters:decoration-end", slug, row.pk),
    }


def said_days(row: Decoration) -> str:
    return _("%(from)s 到 %(to)s") % {"from": f"{row.from_on:%Y-%m-%d}", "to": f"{row.to_on:%Y-%m-%d}"}


@allow(Right.KEEP_DECORATIONS)
@require_POST
def end(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    found = or_404(decoration_for(compound=request.compound, pk=pk))
    services.end_decoration(by=request.actor, row=found, at=timezone.now())
    messages.success(request, _("装完了，记下了"))
    return redirect("matters:decorations", slug)


@allow(Right.KEEP_DECORATIONS, Right.SEE_PHONE)
def number(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """The whole number of who does it, to who says why."""
    found = or_404(decoration_for(compound=request.compound, pk=pk))
    form, shown = NumberForm(request.POST or None), ""
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            shown = services.see_decorator(
                by=request.actor, row=found, reason=data["reason"], at=timezone.now(), once=data["once"]
            )
    context = {
        "form": form,
        "back": address("matters:decorations", slug) if request.may(Right.KEEP_DECORATIONS) else "",
        "who": found.firm,
        "name": found.contact if shown else masks.name(found.contact),
        "shown": shown,
    }
    answer = render(request, "matters/reach_number.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer
