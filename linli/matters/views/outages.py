"""Planned outages: what is entered, and ended early."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.people.rules import Act as Right
from linli.plumbing.guards import allow, or_404
from linli.plumbing.refusals import refusals_beside

from ..access.homes import outage_for
from ..forms.hotline import OutageForm
from ..queries import outages as reads
from ..services import outages as services


@allow(Right.PLAN_OUTAGE)
def outages(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    form = OutageForm(request.POST or None, compound=request.compound)
    if request.method == "POST" and form.is_valid():
        data = {name: form.cleaned_data[name] for name in ("kind", "building", "from_at", "to_at", "words", "once")}
        with refusals_beside(form):
            services.plan_outage(by=request.actor, compound=request.compound, at=now, **data)
            messages.success(request, _("记下了，要报这件事的人会先看到"))
            return redirect("matters:outages", slug)
    context = {"form": form, "rows": reads.coming(request.compound, now)}
    return render(request, "matters/outages.html", context, status=422 if form.errors else 200)


@allow(Right.PLAN_OUTAGE)
@require_POST
def end(request: HttpRequest, slug: str, outage: UUID) -> HttpResponse:
    found = or_404(outage_for(compound=request.compound, pk=outage))
    services.end_outage(by=request.actor, outage=found, at=timezone.now())
    messages.success(request, _("结束了，不再显示"))
    return redirect("matters:outages", slug)
