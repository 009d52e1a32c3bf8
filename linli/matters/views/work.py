"""The workbench: today's list for one thumb, finding, and the visits that somebody else's work waits for."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.access import frame
from linli.people.queries import exports
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import day
from linli.plumbing.numbers import number_in
from linli.plumbing.tenancy import uuid7

from ..queries import visits as calling
from ..queries import work as reads
from ..queries.checkins import due_today
from ..rules.parts import HEADS_OF_THREE
from .acts_desk import DESK_ACTS

# What needs no word more is done by one press; the others open their page.
ONE_PRESS = frozenset({"arrive", "make_safe", "resume"})
TODAY = frozenset({"late", "noon", "today"})


@allow(Right.WORK_ON_MATTERS)
@require_safe
def work(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    groups = reads.tasks(request.compound, request.actor, now)
    count = sum(len(g.tasks) for g in groups if g.key in TODAY)
    context = {
        "groups": [(g, [_card(slug, t) for t in g.tasks], i == 0) for i, g in enumerate(groups)],
        "heading": _("今天 %(n)s 件") % {"n": count},
        "heading_note": day(now, now),
        "has_listed": request.actor.role in HEADS_OF_THREE,
        "may_visit": request.may(Right.RETURN_VISIT),
        "may_tell": request.may(Right.TELL_IN_PERSON),
        "checkins": _checkins(request, now),
        "exports": _exports(request, now),
        "names_representatives": request.may(Right.NAME_REPRESENTATIVE),
        "represents": request.may(Right.RECORD_HOUSE_ACT),
        "here": address("matters:work", slug),
        "later_only": bool(groups) and count == 0,
    }
    return render(request, "matters/work.html", context)


def _checkins(request: HttpRequest, now: datetime) -> str:
    """For stewards how many homes are due, for their manager the way there."""
    if request.may(Right.CHECK_IN):
        n, planned = due_today(request.compound, request.actor, now)
        return _("今天该走访 %(n)s 户") % {"n": n} if planned else ""
    return _("谁多久没见了") if request.may(Right.PLAN_CHECK_INS) else ""


def _exports(request: HttpRequest, now: datetime) -> str:
    waiting = exports.waiting_for(request.compound, request.actor, now)
    return _("%(n)s 份等您批") % {"n": waiting} if waiting else ""


def _card(slug: str, task: reads.Task) -> dict[str, object]:
    return {
        "task": task,
        "label": DESK_ACTS[task.act].label,
        "url": address("matters:act", slug, task.number, task.act),
        "press": task.act in ONE_PRESS,
        "field": address("matters:field", slug, task.number),
        "once": str(uuid7()),
        "contact": address("matters:contact", slug, task.number) if task.has_phone else "",
    }


@allow(Right.SEE_MATTERS)
@require_safe
def find(request: HttpRequest, slug: str) -> HttpResponse:
    text = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    before = request.GET.get("before", "")
    rows = reads.find(request.compound, request.actor, text, number_in(before)) if text else []
    context = {"q": text, "rows": rows, "last": rows[-1].number if len(rows) == 30 else None}
    return render(request, "matters/work_find.html", context)


@allow(Right.RETURN_VISIT)
@require_safe
def visits(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom to call, by the time the call is due; with `rest` those that the draw did not pick."""
    owed, after = "rest" not in request.GET, request.GET.get("after", "")
    page = calling.calls(request.compound, request.actor, timezone.now(), owed=owed, after=after)
    here = address("matters:visits", slug)
    context = {"page": page, "owed": owed, "here": here if owed else f"{here}?rest=1", "first": not after}
    context |= frame(request.actor, request.compound)
    return render(request, "matters/visits.html", context)
