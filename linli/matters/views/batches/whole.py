"""The case as a whole: the ways to the agencies, milestones and settings, and what everybody and each home sees."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.refusal import Refused
from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.plumbing.addresses import numbered
from linli.plumbing.guards import allow, or_404, public
from linli.plumbing.labels import label, said
from linli.plumbing.moments import day, whole
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_above, refusals_beside

from ...access.batches import batch_homes_for, batch_progress_for, batch_visit_for
from ...forms.batches import CloseForm, MilestoneForm, VisitForm
from ...queries import batches as reads
from ...queries.batches import counting
from ...rules import batches as rules
from ...rules.batches import HomeState
from ...rules.publicity import public_words
from ...services import batches
from ...words import BATCH_PARTIES, BATCH_STATES, MARKS
from .shared import found, frame

SHOWN = 10


@allow(Right.KEEP_BATCH)
@never_cache
def visits(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    batch, now = found(request, number), timezone.now()
    form = VisitForm(request.POST or None, request.FILES or None, initial={"day": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            batches.log_visit(by=request.actor, batch=batch, at=now, files=given.pop("photos"), **given)
            messages.success(request, _("记下了"))
            return redirect("matters:batch-visits", slug, number)
    rows, more = reads.visits(batch, request.GET.get("after", ""))
    context = frame(request, batch, "batch-visits") | {
        "form": form, "more": more, "rows": [{"visit": v, "day": whole(v.day), "papers": range(len(v.papers))} for v in rows],
    }  # fmt: skip
    return render(request, "matters/batch_visits.html", context, status=422 if form.is_bound else 200)


@allow(Right.KEEP_BATCH)
@require_POST
def paper(request: HttpRequest, slug: str, number: int, visit: UUID, place: int) -> HttpResponse:
    batch = found(request, number)
    row = or_404(batch_visit_for(batch=batch, visit_id=visit))
    with refusals_above(request):
        data = batches.show_visit_paper(by=request.actor, batch=batch, visit=row, place=place, at=timezone.now())
        return HttpResponse(data, content_type="image/jpeg", headers={"Cache-Control": "no-store"})
    return redirect("matters:batch-visits", slug, number)


@allow(Right.KEEP_BATCH)
@never_cache
def settings(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    batch, now = found(request, number), timezone.now()
    act = request.POST.get("act", "")
    milestone = MilestoneForm(request.POST if act == "milestone" else None)
    close = CloseForm(request.POST if act == "close" else None)
    try:
        if act == "milestone" and milestone.is_valid():
            batches.add_milestone(by=request.actor, batch=batch, at=now, **milestone.cleaned_data)
            return redirect("matters:batch-settings", slug, number)
        if act == "reached" and (pk := uuid_in(request.POST.get("milestone", ""))):
            batches.reach_milestone(by=request.actor, batch=batch, milestone_id=pk, day=timezone.localdate(now), at=now)
            return redirect("matters:batch-settings", slug, number)
        if act in ("show", "hide"):
            batches.set_public(by=request.actor, batch=batch, public=act == "show", at=now)
            return redirect("matters:batch-settings", slug, number)
        if act == "close" and close.is_valid():
            batches.close_batch(by=request.actor, batch=batch, words=close.cleaned_data["words"], at=now)
            return redirect("matters:batch", slug, number)
    except Refused as no:
        form = close if act == "close" else milestone
        if form.is_bound:
            form.refuse(no)
        else:
            messages.error(request, said(no.refusal))
    context = frame(request, batch, "batch-settings") | {
        "milestone": milestone, "close": close, "milestones": reads.milestones(batch), "steps": reads.milestone_steps(batch), "path": reads.path_steps(batch),
        "papers": [{"label": label(p.label), "note": label(p.where) if p.where else "", "giver": label(rules.GIVERS[p.giver])} for p in reads.papers_of(batch)],
    }  # fmt: skip
    return render(request, "matters/batch_settings.html", context, status=422 if request.method == "POST" else 200)


# ── what everybody sees, and each home its own ──────────────────────────────────────────────────────────────────────


@public
@require_safe
def progress(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """No names, no rooms; small buildings together."""
    batch, now = batch_progress_for(compound=request.compound, number=number, by=request.actor), timezone.now()
    if batch is None:
        raise Http404
    counts = counting.counts(batch)
    cells = [
        {"label": _("、").join(names), "done": done, "all": total, "spoken": _("%(building)s %(done)s 户，共 %(all)s 户") % {"building": _("、").join(names), "done": done, "all": total}}
        for names, done, total in rules.merged_cells(counting.shares(batch, counts))
    ]  # fmt: skip
    told, _more = reads.visits(batch)
    context = {
        "title": public_words(batch.title), "words": public_words(batch.words), "closed_words": public_words(batch.closed_words), "closed": batch.closed_at,
        "counts": counts, "cells": cells, "steps": [_seen(s) for s in reads.milestone_steps(batch)], "path": [_seen(s) for s in reads.path_steps(batch)],
        "stages": [(BATCH_STATES[s], counts.states[s]) for s in HomeState if counts.states.get(s)],
        "visits": [_seen({"text": v.said, "when": day_of(v.day, now), "who": v.agency}) for v in told if v.said][:SHOWN],
        "papers": [_seen({"label": label(p.label), "note": label(p.where) if p.where else ""}) for p in reads.papers_of(batch)],
        "mine": numbered("matters:batch-mine", slug, number) if request.actor and request.actor.role in RESIDENTS and batch_homes_for(batch=batch, by=request.actor) else "",
        "desk": numbered("matters:batch-desk", slug, number) if request.actor and request.may(Right.KEEP_BATCH) else "",
    }  # fmt: skip
    return render(request, "matters/batch.html", context)


def _seen(row: dict[str, str]) -> dict[str, str]:
    """As everybody may read it, whatever was written before that was looked at."""
    return row | {name: public_words(row[name]) for name in ("title", "note", "text", "who", "label") if name in row}


def day_of(when, now) -> str:
    from datetime import datetime, time

    return day(timezone.make_aware(datetime.combine(when, time(12))), now)


@allow(Right.RAISE_MATTER)
@require_safe
@never_cache
def mine(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One's own homes: how far, what is missing, whose turn, what to bring."""
    batch, now = batch_progress_for(compound=request.compound, number=number, by=request.actor), timezone.now()
    homes = batch_homes_for(batch=batch, by=request.actor) if batch else []
    if batch is None or not homes:
        raise Http404
    papers = reads.papers_of(batch)
    rows = []
    for row in homes:
        state, lacking = HomeState(row.state), reads.lacks_keys(row.lacks)
        party = rules.turn(state, papers, lacking, row.reason, batch.lead)
        done = state == HomeState.CERTIFIED
        rows.append({
            "label": row.home.label, "mark": "done" if done else "you" if party == "owner" else MARKS.get(party, "nobody"),
            "turn": _("证办好了") if done else _("轮到您") if party == "owner" else _("轮到%(party)s") % {"party": BATCH_PARTIES[party]},
            "since": _("%(state)s，%(day)s 起") % {"state": BATCH_STATES[state], "day": day(row.since, now)}, "state": state,
            "why": label(rules.REASON_LABELS.get(row.reason, "")) if row.reason else "", "why_words": row.reason_words,
            "lacks": [{"label": label(p.label), "note": label(p.where) if p.where else "", "giver": label(rules.GIVERS[p.giver]), "own": p.giver == "owner"} for p in papers if p.key in lacking and not done],
            "have": [label(p.label) for p in papers if p.key not in lacking], "certified_on": whole(row.certified_on) if row.certified_on else "", "title_no": row.title_no,
        })  # fmt: skip
    return render(
        request,
        "matters/batch_mine.html",
        {"batch": batch, "rows": rows, "whole": numbered("matters:batch", slug, number)},
    )
