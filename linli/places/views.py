"""Places, from the subdistrict down to the compound: made by the operator and the community secretary."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.kernel.profiles import profile
from linli.plumbing.acts import Actor
from linli.plumbing.guards import allow, operator, or_404
from linli.plumbing.refusals import refusals_beside

from . import queries, services
from .access import community_by_id, subdistrict_by_id
from .forms import (
    CommunityForm,
    CompoundForm,
    CompoundSettingsForm,
    CrossPostsForm,
    GridForm,
    LevelsForm,
    SubdistrictForm,
)
from .models import Community, Subdistrict
from .rules import USUAL, number


def _operator(request: HttpRequest) -> Actor:
    return Actor(account_id=request.user.pk, role="operator")


@operator
def operator_page(request: HttpRequest) -> HttpResponse:
    missing = queries.year_missing(timezone.localdate())
    return render(request, "places/operator.html", {"subdistricts": queries.subdistricts(), "year_missing": missing})


@operator
def new_subdistrict(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("code", "")
    above = queries.divisions_above(code) if code else []
    street = above[-1] if above and above[-1].level == "street" else None
    region = "".join(d.name for d in above[:-1] if d.name != "市辖区")
    start = {"region": region, "name": street.name, "division_code": street.code} if street else None
    form = SubdistrictForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.create_subdistrict(by=_operator(request), at=timezone.now(), **form.cleaned_data)
            return redirect("places:operator")
    context = {
        "form": form, "above": above, "below": [] if street or not queries.divisions_loaded() else queries.divisions_below(code),
    }  # fmt: skip
    return render(request, "places/new_subdistrict.html", context, status=422 if form.is_bound else 200)


def _subdistrict(pk: UUID) -> Subdistrict:
    return or_404(subdistrict_by_id(pk))


@operator
def new_community(request: HttpRequest, subdistrict: UUID) -> HttpResponse:
    """Then straight on to its first post: a community without a secretary can do nothing."""
    place = _subdistrict(subdistrict)
    form = CommunityForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.create_community(
                by=_operator(request), subdistrict=place, at=timezone.now(), **form.cleaned_data
            )
            return redirect("people:first-post", made.pk)
    divisions = queries.divisions_below(place.division_code) if place.division_code else []
    context = {"form": form, "subdistrict": place, "names": [d.name for d in divisions]}
    return render(request, "places/new_community.html", context, status=422 if form.is_bound else 200)


def _community(pk: UUID) -> Community:
    return or_404(community_by_id(pk))


@allow("create_compound")
def community(request: HttpRequest, community: UUID) -> HttpResponse:
    place = _community(community)
    context = {
        "community": place, "compounds": queries.compounds_of(place), "grids": queries.grids_of(place), "form": GridForm(),
    }  # fmt: skip
    return render(request, "places/community.html", context)


@allow("create_compound")
def new_compound(request: HttpRequest, community: UUID) -> HttpResponse:
    place = _community(community)
    form = CompoundForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.create_compound(by=request.actor, community=place, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("小区建好了。接下来设组织，请负责人进来"))
            return redirect("people:bodies", made.slug)
    context = {"form": form, "community": place}
    return render(request, "places/new_compound.html", context, status=422 if form.is_bound else 200)


@allow("create_compound")
@require_POST
def new_grid(request: HttpRequest, community: UUID) -> HttpResponse:
    place = _community(community)
    form = GridForm(request.POST)
    if form.is_valid():
        with refusals_beside(form):
            services.create_grid(by=request.actor, community=place, at=timezone.now(), **form.cleaned_data)
            return redirect("places:community", place.pk)
    context = {
        "community": place,
        "compounds": queries.compounds_of(place),
        "grids": queries.grids_of(place),
        "form": form,
    }
    return render(request, "places/community.html", context, status=422)


@allow()
def settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Everybody with a post here may read them; the secretary changes them."""
    compound = request.compound
    mine = request.may("create_compound")
    if request.method == "POST" and not mine:
        raise Http404
    form = CompoundSettingsForm(request.POST or None, initial=_as_typed(compound))
    flags = CrossPostsForm(request.POST or None, initial=_flags(compound))
    levels = LevelsForm(request.POST or None, prefix="level", initial=compound.settings.get("levels", {}))
    if request.method == "POST" and form.is_valid() and flags.is_valid() and levels.is_valid():
        values = dict(form.cleaned_data)
        wanted, hours, now = values.pop("profile"), values.pop("hours"), timezone.now()
        services.change_compound(
            by=request.actor,
            compound=compound,
            at=now,
            settings={"hours": hours, **flags.cleaned_data, "levels": _named(levels)},
            **values,
        )
        if wanted != compound.profile:
            services.adopt_profile(by=request.actor, compound=compound, profile=wanted, at=now)
        messages.success(request, _("存好了"))
        return redirect("places:settings", slug)
    context = {
        "form": form,
        "flags": flags,
        "levels": levels,
        "mine": mine,
        "profile": profile(compound.profile),
        "compound": compound,
    }
    return render(request, "places/settings.html", context, status=422 if form.is_bound else 200)


def _named(levels: LevelsForm) -> dict[str, str]:
    return {level: name for level, name in levels.cleaned_data.items() if name}


def _flags(compound) -> dict:
    kept = compound.settings
    return {
        "cross_posts": kept.get("cross_posts", "show"),
        **{name: number(kept, name) for name in USUAL},
    }


def _as_typed(compound) -> dict:
    hours = "，".join(f"{a}-{b}" for a, b in compound.settings.get("hours", ()))
    return {
        "name": compound.name, "address": compound.address, "phone": compound.phone, "hours": hours,
        "is_unmanaged": "1" if compound.is_unmanaged else "0", "public_page": "1" if compound.public_page else "0",
        "profile": compound.profile,
    }  # fmt: skip
