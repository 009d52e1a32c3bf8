"""Acting for somebody without a phone."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from linli.kernel import masks
from linli.kernel.refusal import Refused
from linli.people import queries, services
from linli.people.access import home_for, person_for
from linli.people.forms import AssistForm
from linli.people.rules import Act
from linli.plumbing.guards import allow

from .bindings import as_id, picker
from .doors import door, frame


@allow(Act.RAISE_FOR_SOMEONE)
@never_cache
def assist(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose somebody of the register, or a home and a name; then what for and by which way."""
    compound = request.compound
    given = request.POST or request.GET
    sees = request.may(Act.SEE_REGISTER)
    person = person_for(compound, pk) if sees and (pk := as_id(given.get("person"))) else None
    home = home_for(compound, pk) if (pk := as_id(given.get("home"))) else None
    form = AssistForm(
        request.POST or None, request.FILES or None,
        initial={"person": person.pk if person else None, "home": home.pk if home else None},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        clean, paper = form.cleaned_data, form.cleaned_data["paper"]
        try:
            started = services.start_assistance(
                by=request.standing.actor, person=person, home=home, name=clean["name"], purpose=clean["purpose"],
                channel=clean["channel"], paper=paper.read() if paper else None, once=clean["once"], at=timezone.now(),
            )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        else:
            request.session["assist"] = {**request.session.get("assist", {}), slug: str(started.pk)}
            return redirect(_onwards(slug))
    words = request.GET.get("q", "").strip()[:40] if sees else ""
    context = {
        "base": frame(request), "form": form, "sees": sees, "q": words, "home": home, "chosen": masks.name(person.name) if person else "",
        "ready": person or home, "found": queries.find_in_register(compound.pk, words) if words else [],
    }  # fmt: skip
    if not context["ready"]:
        context |= picker(compound, request.GET)
    return render(request, "people/assist.html", context, status=422 if form.is_bound else 200)


def _onwards(slug: str) -> str:
    try:
        return reverse("matters:record", args=[slug])
    except NoReverseMatch:
        return reverse("people:me", args=[slug])


@allow(Act.RAISE_FOR_SOMEONE)
@require_POST
def end_assist(request: HttpRequest, slug: str) -> HttpResponse:
    running = request.session.get("assist", {})
    if slug in running:
        services.end_assistance(by=request.standing.actor, pk=running[slug], at=timezone.now())
        request.session["assist"] = {s: k for s, k in running.items() if s != slug}
        messages.success(request, _("代办结束了"))
    return redirect(door(request.standing.actor.role, slug))
