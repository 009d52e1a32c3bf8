"""The building table, homes and persons masked, whole numbers for a reason, and corrections by hand."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from linli.kernel import masks
from linli.people import queries, services
from linli.people.access import change_for, change_paper_for, home_for, person_for
from linli.people.forms import (
    CaseLookForm,
    CorrectPersonForm,
    DiedForm,
    GuardianForm,
    LookForm,
    MoveOutForm,
    PersonForm,
    ProofForm,
)
from linli.people.models import Person
from linli.people.queries.guardians import guardians_of
from linli.people.queries.guardians import masked as masked_guardian
from linli.people.queries.own_data import open_requests
from linli.people.rules import Act, may_see_paper, needs_case
from linli.people.words import CHANGES
from linli.places import queries as places
from linli.places.models import Home
from linli.plumbing.addresses import address
from linli.plumbing.forms import Form
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import whole
from linli.plumbing.refusals import refusals_above, refusals_beside

from .looking import look


@allow(Act.SEE_REGISTER)
def register(request: HttpRequest, slug: str) -> HttpResponse:
    compound, words = request.compound, request.GET.get("q", "").strip()[:40]
    buildings = places.buildings(compound.pk)
    chosen = next(
        (b for b in buildings if str(b.pk) == request.GET.get("building")), buildings[0] if buildings else None
    )
    grids = queries.building_table(compound.pk, chosen.pk) if chosen and not words else []
    for grid in grids:
        for floor in grid["floors"]:
            for home in floor["homes"]:
                home["href"] = address("people:home", slug, home["pk"])
    context = {
        "buildings": buildings, "chosen": chosen, "grids": grids, "q": words,
        "legend": [{"state": state, "label": label} for state, label in queries.HOME_STATES.items()],
        "found": [{**row, "href": address("people:home", slug, row["home"])} for row in queries.find_in_register(compound.pk, words)] if words else [],
        "changes": len(queries.proposed_changes(compound.pk, timezone.now())) if request.may(Act.IMPORT_OWNERS) else 0,
        "data_requests": len(open_requests(compound.pk, timezone.now())) if request.may(Act.BIND_PERSON) else 0,
        "may_import": request.may(Act.IMPORT_HOMES) or request.may(Act.IMPORT_OWNERS),
    }  # fmt: skip
    return render(request, "people/register.html", context)


def _home(request: HttpRequest, pk: UUID) -> Home:
    return or_404(home_for(request.compound, pk))


def _person(request: HttpRequest, pk: UUID) -> Person:
    return or_404(person_for(request.compound, pk))


def _home_page(
    request: HttpRequest, home: Home, shown: dict[UUID, services.Shown] | None = None, **more: Any
) -> HttpResponse:
    compound = request.compound
    here = queries.masked(queries.tenures(compound.pk, home.pk))
    acting = guardians_of(compound.pk, [row["person"] for row in here], timezone.localdate())
    for row in here:
        row["guardians"] = [masked_guardian(one) for one in acting.get(row["person"], [])]
        row["shown"] = (shown or {}).get(row["person"])
    context = {
        "home": home, "persons": here, "past": queries.masked(queries.tenures(compound.pk, home.pk, past=True)),
        "bound": queries.bound_accounts(compound.pk, home.pk), "area": f"{home.building_area / 100:.2f}" if home.building_area else "",
        "may_see_phone": request.may(Act.SEE_PHONE), "may_bind": request.may(Act.BIND_PERSON), "may_change": request.may(Act.IMPORT_OWNERS),
        "may_assist": request.may(Act.RAISE_FOR_SOMEONE),
        "helped": _helped(request, home),
        "back": f"{address('people:register', compound.slug)}?building={home.building_id}", **more,
    }  # fmt: skip
    return render(request, "people/home.html", context)


def _helped(request: HttpRequest, home: Home) -> list[queries.Row]:
    rows = queries.assistances(request.compound.pk, timezone.now(), home_id=home.pk)
    by = request.actor
    for row in rows:
        row["paper"] = row["paper"] and may_see_paper(by_role=by.role, own=row["account"] == by.account_id)
    return rows


@allow(Act.SEE_REGISTER)
@never_cache
def home(request: HttpRequest, slug: str, home: UUID) -> HttpResponse:
    return _home_page(request, _home(request, home))


@allow(Act.SEE_REGISTER)
@never_cache
def show_phone(request: HttpRequest, slug: str, home: UUID, person: UUID) -> HttpResponse:
    """Asks why, writes it down, shows it on this one answer; reloading asks again."""
    if not request.may(Act.SEE_PHONE):
        raise Http404
    place, who = _home(request, home), _person(request, person)
    form = (CaseLookForm if needs_case(request.actor.role) else LookForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            shown = services.show_phone(
                by=request.actor,
                person=who,
                reason=form.why,
                case=given.get("case"),
                once=given["once"],
                at=timezone.now(),
            )
            return _home_page(request, place, {who.pk: shown})
    context = {
        "form": form,
        "home": place,
        "name": masks.name(who.name),
        "back": address("people:home", slug, place.pk),
    }
    return render(request, "people/show_phone.html", context, status=422 if form.is_bound else 200)


@allow(Act.IMPORT_OWNERS)
def add_person(request: HttpRequest, slug: str, home: UUID) -> HttpResponse:
    place = _home(request, home)
    form = PersonForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            given = {**form.cleaned_data, "paper": _bytes(form)}
            services.add_person(by=request.actor, home=place, at=timezone.now(), **given)
            owner = form.cleaned_data["relation"] == "owner"
            messages.success(request, _("记下了，等第二个人确认才算业主") if owner else _("记下了"))
            return redirect("people:home", slug, place.pk)
    context = {"form": form, "home": place, "back": address("people:home", slug, place.pk)}
    return render(request, "people/add_person.html", context, status=422 if form.is_bound else 200)


@allow(Act.IMPORT_OWNERS)
@never_cache
def correct_person(request: HttpRequest, slug: str, home: UUID, person: UUID) -> HttpResponse:
    """Shows what is there, which is a look at it: the reason is asked with the new words, and both are written down."""
    place, who = _home(request, home), _person(request, person)
    form = CorrectPersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        if not given.pop("drop"):
            given["phone"], given["phone2"] = given["phone"] or who.phone, given["phone2"] or who.phone2
        with refusals_beside(form):
            services.correct_person(by=request.actor, person=who, at=timezone.now(), **given)
            messages.success(request, _("改好了，原来的也留着"))
            return redirect("people:home", slug, place.pk)
    context = {
        "form": form, "home": place, "name": masks.name(who.name), "phone": masks.phone(who.phone),
        "back": address("people:home", slug, place.pk),
    }  # fmt: skip
    return render(request, "people/correct_person.html", context, status=422 if form.is_bound else 200)


@allow(Act.IMPORT_OWNERS)
def end_tenure(request: HttpRequest, slug: str, home: UUID, person: UUID) -> HttpResponse:
    place, who = _home(request, home), _person(request, person)
    form = MoveOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.end_tenure(
                by=request.actor, home=place, person=who, reason=form.cleaned_data["reason"], at=timezone.now()
            )
            messages.success(request, _("记下了。业主的变动要等第二个人确认"))
            return redirect("people:home", slug, place.pk)
    context = {
        "form": form,
        "home": place,
        "name": masks.name(who.name),
        "back": address("people:home", slug, place.pk),
    }
    return render(request, "people/end_tenure.html", context, status=422 if form.is_bound else 200)


@allow(Act.IMPORT_OWNERS)
@never_cache
def died(request: HttpRequest, slug: str, home: UUID, person: UUID) -> HttpResponse:
    place, who = _home(request, home), _person(request, person)
    form = DiedForm(request.POST or None, request.FILES or None, recorded=who.deceased_on is not None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            services.propose_death(
                by=request.actor, home=place, person=who, day=given["day"], reason=given["reason"], alive=given["alive"],
                paper=given["paper"].read(), once=given["once"], at=timezone.now(),
            )  # fmt: skip
            messages.success(request, _("记下了，等第二个人确认才算数"))
            return redirect("people:home", slug, place.pk)
    context = {
        "form": form, "home": place, "name": masks.name(who.name), "recorded": whole(who.deceased_on) if who.deceased_on else "",
        "back": address("people:home", slug, place.pk),
    }  # fmt: skip
    return render(request, "people/died.html", context, status=422 if form.is_bound else 200)


def _bytes(form: Form) -> bytes:
    paper = form.cleaned_data["paper"]
    return paper.read() if paper else b""


@allow(Act.IMPORT_OWNERS)
@never_cache
def guardian(request: HttpRequest, slug: str, home: UUID, person: UUID) -> HttpResponse:
    place, who, now = _home(request, home), _person(request, person), timezone.now()
    held = guardians_of(place.compound_id, [who.pk], timezone.localdate(now)).get(who.pk, [])
    ends = [(str(row.pk), _("%(who)s不再代") % {"who": masked_guardian(row)}) for row in held]
    form = GuardianForm(request.POST or None, request.FILES or None, company=who.is_organisation, ends=ends)
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "paper": _bytes(form)}
        what = given.pop("what", "")
        with refusals_beside(form):
            services.propose_guardian(
                by=request.actor, home=place, person=who, ends=next((row for row in held if str(row.pk) == what), None), at=now, **given
            )  # fmt: skip
            messages.success(request, _("记下了，等第二个人确认才算数"))
            return redirect("people:home", slug, place.pk)
    context = {
        "form": form, "home": place, "name": masks.name(who.name), "held": [masked_guardian(row) for row in held],
        "back": address("people:home", slug, place.pk),
    }  # fmt: skip
    return render(request, "people/guardian.html", context, status=422 if form.is_bound else 200)


@allow(Act.IMPORT_OWNERS)
@never_cache
def change_paper(request: HttpRequest, slug: str, change: UUID) -> HttpResponse:
    found, form = or_404(change_paper_for(request.compound, change)), ProofForm(request.POST or None)
    context = {
        **look(request, request.actor, form, found), "found": found, "who": masks.name(found.person.name),
        "what": CHANGES[found.kind], "given": queries.about_change(found.given), "back": address("people:changes", slug),
    }  # fmt: skip
    return render(request, "people/change_paper.html", context, status=422 if form.errors else 200)


@allow(Act.IMPORT_OWNERS)
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    rows = queries.proposed_changes(request.compound.pk, timezone.now())
    for row in rows:
        row["mine"] = row["by"] == request.user.pk
    context = {"rows": rows, "back": address("people:register", slug)}
    return render(request, "people/changes.html", context)


@allow(Act.IMPORT_OWNERS)
@require_POST
def decide_change(request: HttpRequest, slug: str, change: UUID) -> HttpResponse:
    found = or_404(change_for(request.compound, change))
    with refusals_above(request):
        services.decide_change(
            by=request.actor, change=found, confirmed=request.POST.get("answer") == "yes", at=timezone.now()
        )
        messages.success(request, _("办好了"))
    return redirect("people:changes", slug)
