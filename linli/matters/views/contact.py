"""The reporter's name and number: asked for with a reason, written down, then shown."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.refusals import refusals_beside

from ..access import matter_for
from ..forms.desk import Contact
from ..queries.desk import Filters
from ..queries.voices import Voice
from ..services import hotline, together
from ..words import CONTACT_REASONS


@allow(Right.SEE_PHONE)
def contact(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    matter, _parts = or_404(matter_for(compound=request.compound, number=number, by=request.actor))
    now = timezone.now()
    given = {"matter": matter, "by": request.actor, "at": now, "prefix_id": "contact"}
    form = Contact(request.POST or None, **given)
    shown: Voice | hotline.Caller | None = None
    if form.is_valid():
        with refusals_beside(form):
            reason = str(CONTACT_REASONS[form.cleaned_data["reason"]])
            order = form.cleaned_data["order"]
            if order:
                shown = hotline.caller_of(by=request.actor, order=order, reason=reason, at=now)
            else:
                shown = together.see_contact(by=request.actor, matter=matter, reason=reason, at=now)
    status = 422 if request.method == "POST" and shown is None else 200
    context = {
        "matter": matter,
        "form": form,
        "shown": shown,
        "action": address("matters:contact", slug, number),
        "back": address("matters:panel", slug, number) if request.may(Right.EXPORT_LIST) else address("matters:work", slug),
        "query": Filters.read(request.GET).address(),
        "by_desk": request.may(Right.EXPORT_LIST),
    }  # fmt: skip
    template = "matters/_desk_contact.html" if getattr(request, "htmx", False) else "matters/desk_contact.html"
    response = render(request, template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return response
