"""Bodies being formed: the list, how one begins, and the page of one."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.profiles import Profile, profile
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from ...access.elections import parts_in
from ...forms import elections as forms
from ...models import Formation
from ...queries import election_pages as pages
from ...queries import elections as queries
from ...queries import offices
from ...queries.renewals import pmc_renewing
from ...rules.elections.states import Kind
from ...services import elections as verbs
from ..base import frame, sent
from .steps import asked, found

SPARE_DAYS = 7


@allow()
@require_safe
def elections(request: HttpRequest, slug: str) -> HttpResponse:
    rows = queries.formations(request.compound.pk, before=number_in(request.GET.get("before", "")))
    shown = rows[: queries.PAGE]
    leads = request.may(Right.ORGANISE_PMC) and request.may(Right.ISSUE_NOTICE)
    begins = leads and not queries.running(request.compound.pk, Kind.PMC)
    context = {
        "rows": [pages.cell(row, slug) for row in shown],
        "more": shown[-1].number if len(rows) > queries.PAGE else None,
        "begins": begins,
        "items": [
            {
                "title": _("征集候选人"),
                "note": f"{item.session.title}：{item.title}",
                "main": True,
                "href": address("assembly:election-recruit", slug, item.pk),
            }
            for item in (queries.electable(request.compound.pk) if request.may(Right.CREATE_ASSEMBLY_SESSION) else [])
            if item.session.body_id == request.actor.body_id
        ],
    }
    return render(request, "assembly/elections/elections.html", {**frame(request), **context})


@allow(Right.ORGANISE_PMC)
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.may(Right.ISSUE_NOTICE):
        raise Http404
    rules, before = profile(request.compound.profile), pmc_renewing(request.compound.pk)
    form = forms.AnnounceForm(sent(request), rules=rules, initial=_as_before(before, rules) if before else {})
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = verbs.announce_pmc(
                by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("公告发出了，业主现在可以自荐、可以推荐"))
            return redirect(numbered("assembly:election", slug, made.number))
    context = {
        "title": _("物管会换届") if before else _("组建物管会"), "label": _("公告"), "back": address("assembly:elections", slug), "about": "",
        "note": _("公告马上发出。人数、业主占比按当地规定核对。"),
    }  # fmt: skip
    return asked(request, context, form)


def _as_before(made: Formation, rules: Profile) -> dict[str, Any]:
    """The announcement of the next one, written as that of this one was."""
    kept = ("seats", "owner_seats", "households", "contact")
    until = timezone.localdate() + timedelta(days=rules.values["pmc_recommend_days"] + SPARE_DAYS)
    return {key: getattr(made, key) for key in kept} | {"until": until}


@allow()
@require_safe
def election(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = found(request, number), timezone.now()
    parts = parts_in(one, request.actor)
    return render(
        request, "assembly/elections/election.html", {**frame(request), **pages.page(one, request.actor, parts, now)}
    )


@allow(Right.CREATE_ASSEMBLY_SESSION)
def recruit(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Candidates are asked for, for an election item of a session that is being prepared."""
    item = next((row for row in queries.electable(request.compound.pk) if row.pk == pk), None)
    if item is None or item.session.body_id != request.actor.body_id:
        raise Http404
    rules = profile(item.session.profile)
    households = rules.values["joint_recommendation_households"]
    fills = "rest" if offices.unfilled(request.compound.pk) else "term"
    if fills == "term" and item.seats == offices.empty_seats(request.compound.pk):
        fills = "vacancy"
    form = forms.RecruitForm(sent(request), initial={"households": households, "fills": fills})
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = verbs.announce_candidates(by=request.actor, item=item, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("公告发出了，业主现在可以自荐、可以推荐"))
            return redirect(numbered("assembly:election", slug, made.number))
    context = {
        "title": _("征集候选人"), "label": _("公告"), "back": address("assembly:elections", slug), "about": item.title,
        "note": _("公告马上发出。"),
    }  # fmt: skip
    return asked(request, context, form)
