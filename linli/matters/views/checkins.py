"""Check-ins by stewards: who was not seen for how long, the visit, the plans and what the manager reads."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.refusal import Refused
from linli.people.rules import Act as Right
from linli.places.models import Building
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.moments import lasting, moment
from linli.plumbing.numbers import page_in
from linli.plumbing.offline import CHANNEL, answer, done_at, from_phone, once_of, settled, wrong
from linli.plumbing.refusals import refusals_above, refusals_beside

from ..access.homes import check_in_for, seen_for
from ..forms.checkins import CheckInForm, PlanForm, ReviewForm
from ..models import CheckIn, HomeSeen
from ..queries import checkins as read
from ..queries.homes import people_in
from ..services import checkins as services
from ..words import CHECK_TOPICS, CHECK_WAYS, RATINGS


@allow(Right.CHECK_IN, Right.PLAN_CHECK_INS)
@require_safe
def checkins(request: HttpRequest, slug: str) -> HttpResponse:
    """Longest unseen first: the steward's own homes, for the manager everybody's."""
    now, manages = timezone.now(), request.may(Right.PLAN_CHECK_INS)
    mine = read.plans(request.compound, post_id=None if manages else request.actor.role_id)
    rows = read.unseen(request.compound, now, mine=mine, after=page_in(request.GET.get("after", "")))
    cells = [
        {
            "title": row.home,
            "note": " · ".join(filter(None, [_unseen(row, now), row.steward if manages else ""])),
            "href": "" if manages else address("matters:check-in", slug, row.seen_id),
            "pill": _("该去了") if row.late else "",
            "pill_kind": "near",
            "field": "" if manages else f"check-ins/{row.seen_id}",
        }
        for row in rows[: read.PAGE]
    ]
    context = {
        "rows": cells,
        "more": rows[read.PAGE - 1].key if len(rows) > read.PAGE else "",
        "manages": manages,
        "whole": not request.GET.get("after"),
        "month": read.month(request.compound, now),
    }
    return render(request, "matters/checkins.html", context)


def _unseen(row: read.Unseen | HomeSeen, now: datetime) -> str:
    if not row.ever:
        return _("还没见过")
    return _("%(span)s没见了") % {"span": lasting(now - row.since)}


@allow(Right.CHECK_IN)
def check_in(request: HttpRequest, slug: str, seen: UUID) -> HttpResponse:
    now = timezone.now()
    if from_phone(request):
        return _sent(request, seen, now)
    found = or_404(seen_for(compound=request.compound, seen_id=seen, by=request.actor))
    form = CheckInForm(request.POST or None, people=people_in([found.home]))
    if form.is_valid():
        with refusals_beside(form):
            made = services.check_in(by=request.actor, compound=request.compound, seen=found, at=now, **form.wishes())
            messages.success(
                request, _("记好了，开了 %(n)s 件事") % {"n": len(made.needs)} if made.needs else _("记好了")
            )
            return redirect("matters:checkins", slug)
    context = {
        "form": form,
        "home": found.home.label,
        "last": _unseen(found, now),
        "subject": f"check-ins/{found.pk}",
        "piece": _piece(found),
        "action": address("matters:check-in", slug, found.pk),
    }
    return render(request, "matters/check_in.html", context, status=422 if form.is_bound else 200)


@allow(Right.CHECK_IN)
@require_POST
def check_in_late(request: HttpRequest, slug: str, seen: UUID) -> HttpResponse:
    """What came too late and is kept all the same."""
    if not from_phone(request):
        raise Http404
    return _sent(request, seen, timezone.now(), late=True)


def _sent(request: HttpRequest, seen: UUID, now: datetime, *, late: bool = False) -> JsonResponse:
    """Made without a signal: taken in once, or answered with why not. A plan may have ended since; it was the steward's then."""
    if known := settled(request, request.actor):
        return known
    found = seen_for(compound=request.compound, seen_id=seen, by=request.actor, ended=True)
    if found is None:
        return answer("conflict", says=_("这一户您现在看不到了"), note=False)
    at = done_at(request.POST, now, since=found.plan.from_at)
    if not late and (no := _overtaken(request, found, at)):
        meanwhile = [_line(row, now) for row in reversed(read.last_of(found))]
        return answer(
            "conflict", says=no, note=True, now=_unseen(read.seen_now(found) or found, now), meanwhile=meanwhile
        )
    form = CheckInForm(request.POST, people=people_in([found.home]))
    if not form.is_valid():
        return answer("refused", says=wrong(form))
    by = replace(request.actor, channel=CHANNEL, received_at=now)
    try:
        services.check_in(
            by=by, compound=request.compound, seen=found, at=at, **form.wishes() | {"once": once_of(request)}
        )
    except Refused as refused:
        return answer("refused", says=said(refused.refusal))
    return answer("done")


def _overtaken(request: HttpRequest, found: HomeSeen, at: datetime) -> str:
    running = read.seen_now(found)
    ended = found.plan.ended_at
    if ended and ended <= at and (running is None or running.plan.post_id != request.actor.role_id):
        return _("这一户已经不归您走访了")
    shown = request.POST.get("seen", "")
    if not shown or shown == _piece(running or found):
        return ""
    last = read.last_of(found)
    return "" if last and last[0].by == request.actor.account_id else _("后来有人见过这一户了")


def _piece(row: HomeSeen) -> str:
    return f"{row.since.isoformat()} {row.ever:d}"


@allow(Right.PLAN_CHECK_INS)
def plans(request: HttpRequest, slug: str) -> HttpResponse:
    """The plans, a form for the next, and what was said lately, waiting to be read."""
    now = timezone.now()
    buildings = list(Building.objects.filter(compound_id=request.compound.pk).order_by("position"))
    form = PlanForm(request.POST or None, buildings=buildings, posts=read.stewards(request.compound, now))
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            services.plan_check_ins(
                by=request.actor, compound=request.compound, post=form.posts[data["post"]], building=form.buildings[data["building"]],
                every_days=data["every_days"], at=now, once=data["once"],
            )  # fmt: skip
            messages.success(request, _("排好了"))
            return redirect("matters:check-plans", slug)
    context = {
        "form": form,
        "plans": [
            {"title": p.building.label, "note": _("%(who)s，每 %(n)s 天") % {"who": p.post.holder_name, "n": p.every_days}}
            for p in read.plans(request.compound)
        ],
        "recent": [_told(slug, row, review, now) for row, review in read.recent(request.compound)],
        "review": ReviewForm(auto_id=False),
    }  # fmt: skip
    return render(request, "matters/check_plans.html", context, status=422 if form.is_bound else 200)


def _told(slug: str, row, review, now) -> dict[str, Any]:
    return {
        "home": row.home.label,
        "note": _line(row, now),
        "words": row.words,
        "needs": [(f"{n:04d}", address("matters:matter", slug, n)) for n in row.needs],
        "read": moment(review.at, now) if review else "",
        "said": review.words if review else "",
        "url": address("matters:check-review", slug, row.pk),
    }  # fmt: skip


def _line(row: CheckIn, now: datetime) -> str:
    heard = [str(CHECK_TOPICS[t]) for t in row.topics] if row.met else [_("没人应")]
    rating = str(RATINGS[row.satisfied]) if row.satisfied else ""
    return " · ".join(filter(None, [moment(row.at, now), str(CHECK_WAYS[row.way]), *heard, rating]))


@allow(Right.PLAN_CHECK_INS)
@require_POST
def review(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    row = or_404(check_in_for(compound=request.compound, pk=pk))
    form = ReviewForm(request.POST)
    words = form.cleaned_data["words"] if form.is_valid() else ""
    with refusals_above(request):
        services.review_check_in(by=request.actor, row=row, words=words, at=timezone.now())
    return redirect("matters:check-plans", slug)
