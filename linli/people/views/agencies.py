"""The list of agencies: who is called at which, kept by the community and the subdistrict."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.agencies import AGENCIES
from linli.people import queries
from linli.people.access import organisation_for
from linli.people.forms import AgencyForm
from linli.people.models import Organisation
from linli.people.rules import Act, Body, Role, may_keep_agencies
from linli.people.services.agencies import keep_agency
from linli.plumbing.guards import allow
from linli.plumbing.labels import label
from linli.plumbing.refusals import refusals_beside

from .doors import frame

WATCH = (Act.BLOW_WHISTLE_DRAFT, Act.BLOW_WHISTLE_APPROVE)


@allow(*WATCH)
def agencies(request: HttpRequest, slug: str) -> HttpResponse:
    rows = [
        {
            "pk": a.pk, "name": a.name, "asks": label(AGENCIES[a.catalogue].asks) if a.catalogue in AGENCIES and AGENCIES[a.catalogue].asks else "",
            "liaison": a.liaison, "phone": a.liaison_phone, "mine": _mine(request, a),
        }
        for a in queries.bodies_of(request.compound)
        if a.kind == Body.AGENCY
    ]  # fmt: skip
    context = {"base": frame(request), "rows": rows, "may_keep": may_keep_agencies(request.actor.role)}
    return render(request, "people/agencies.html", context)


def _mine(request: HttpRequest, agency: Organisation) -> bool:
    """Each keeps its own list."""
    if request.actor.role == Role.SUBDISTRICT_OFFICER:
        return agency.subdistrict_id is not None and agency.community_id is None
    return may_keep_agencies(request.actor.role) and agency.community_id is not None


@allow(*WATCH)
def agency(request: HttpRequest, slug: str, pk: UUID | None = None) -> HttpResponse:
    if not may_keep_agencies(request.actor.role):
        raise Http404
    one = organisation_for(pk, compound=request.compound) if pk else None
    if pk and (one is None or one.kind != Body.AGENCY or not _mine(request, one)):
        raise Http404
    names = ("catalogue", "name", "liaison", "liaison_phone")
    form = AgencyForm(request.POST or None, initial={n: getattr(one, n) for n in names} if one else None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            keep_agency(by=request.actor, compound=request.compound, agency=one, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("存好了"))
            return redirect("people:agencies", slug)
    context = {"base": frame(request), "form": form, "one": one}
    return render(request, "people/agency.html", context, status=422 if form.is_bound else 200)
