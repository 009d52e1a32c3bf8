"""Acting for somebody without a phone."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from linli.kernel import masks
from linli.people import queries, services
from linli.people.access import door, home_for, paper_for, person_for
from linli.people.forms import AssistForm, PaperForm
from linli.people.rules import Act
from linli.people.words import CHANNELS
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_beside

from .bindings import picker
from .doors import frame
from .looking import look


@allow(Act.RAISE_FOR_SOMEONE)
@never_cache
def assist(request: HttpRequest, slug: str) -> HttpResponse:
    """Choose somebody of the register, or a home and a name; then what for and by which way."""
    compound = request.compound
    given = request.POST or request.GET
    sees = request.may(Act.SEE_REGISTER)
    person = person_for(compound, pk) if sees and (pk := uuid_in(given.get("person"))) else None
    home = home_for(compound, pk) if (pk := uuid_in(given.get("home"))) else None
    form = AssistForm(
        request.POST or None, request.FILES or None,
        initial={"person": person.pk if person else None, "home": home.pk if home else None},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        clean, paper = form.cleaned_data, form.cleaned_data["paper"]
        with refusals_beside(form):
            started = services.start_assistance(
                by=request.standing.actor, person=person, home=home, name=clean["name"], purpose=clean["purpose"],
                channel=clean["channel"], paper=paper.read() if paper else None, once=clean["once"], at=timezone.now(),
            )  # fmt: skip
            request.session["assist"] = {**request.session.get("assist", {}), slug: str(started.pk)}
            return redirect(_onwards(slug))
    words = request.GET.get("q", "").strip()[:40] if sees else ""
    context = {
        "base": frame(request), "form": form, "sees": sees, "q": words, "home": home, "chosen": masks.name(person.name) if person else "",
        "ready": person or home, "found": queries.find_in_register(compound.pk, words) if words else [],
    }  # fmt: skip
    if not context["ready"]:
        context |= picker(compound, request.GET)
        context["mine"] = queries.assistances(compound.pk, timezone.now(), account_id=request.user.pk)
    return render(request, "people/assist.html", context, status=422 if form.is_bound else 200)


def _onwards(slug: str) -> str:
    try:
        return address("matters:record", slug)
    except NoReverseMatch:
        return address("people:me", slug)


@allow(Act.RAISE_FOR_SOMEONE, Act.BIND_PERSON)
@never_cache
def paper(request: HttpRequest, slug: str, assistance: UUID) -> HttpResponse:
    found, form = (
        or_404(paper_for(request.compound, assistance, request.standing.actor)),
        PaperForm(request.POST or None),
    )
    shown = look(request, request.standing.actor, form, found)
    seen = found.home_id and request.may(Act.SEE_REGISTER)
    context = {
        **shown, "base": frame(request), "found": found, "who": masks.name(found.person.name),
        "when": moment(found.started_at, timezone.now()), "channel": CHANNELS.get(found.channel, found.channel),
        "back": address("people:home", slug, found.home_id) if seen else address("people:assist", slug),
    }  # fmt: skip
    return render(request, "people/paper.html", context, status=422 if form.errors else 200)


@allow(Act.RAISE_FOR_SOMEONE)
@require_POST
def end_assist(request: HttpRequest, slug: str) -> HttpResponse:
    running = request.session.get("assist", {})
    if slug in running:
        services.end_assistance(by=request.standing.actor, pk=running[slug], at=timezone.now())
        request.session["assist"] = {s: k for s, k in running.items() if s != slug}
        messages.success(request, _("代办结束了"))
    return redirect(door(request.standing.actor.role), slug)
