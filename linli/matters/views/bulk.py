"""The same act for several lines at once."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import uuid5

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.kernel.refusal import Refused
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import said
from linli.plumbing.numbers import number_in

from .. import services
from ..access import matter_for
from ..forms import triage as forms
from ..models import Matter
from ..queries.desk import Filters
from ..rules.states import State, allowed
from .desk import BULK, ORDER, WHISTLE
from .panel import cannot, did
from .panel_page import in_panel

BULK_MOST = 100
WHISTLE_MOST = 20


@allow(Right.EXPORT_LIST, Right.PLACE_ORDER, Right.BLOW_WHISTLE_DRAFT)
@require_POST
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """First asks once for all the chosen lines, then does each on its own: a refused one stops no other."""
    act = request.POST.get("act", "")
    numbers = [n for text in request.POST.getlist("pick") if (n := number_in(text)) is not None][:BULK_MOST]
    if act in ORDER and request.may(Right.PLACE_ORDER):
        return _elsewhere(request, "matters:order-add", "pick", numbers)
    if act in WHISTLE and request.may(Right.BLOW_WHISTLE_DRAFT):
        return _to_whistle(request, numbers)
    if act not in BULK or not request.may(Right.EXPORT_LIST):
        raise Http404
    now = timezone.now()
    found = [
        m for n in dict.fromkeys(numbers) if (m := matter_for(compound=request.compound, number=n, by=request.actor))
    ]
    rows = [
        m
        for m, parts in found
        if act in allowed(State(m.state), parts) or (act == "triage" and m.state == State.SUBMITTED)
    ]
    left_out = [m.label for m, _p in found if m not in rows]
    back = address("matters:desk", slug) + Filters.read(request.GET).address()
    if not rows or (act == "merge" and len(rows) < 2 and len(found) < 2):
        return cannot(request, back, _why_none(act, [m for m, _p in found]))
    given: dict[str, Any] = {
        "act": act,
        "compound": request.compound,
        "rows": [m for m, _p in found] if act == "merge" else rows,
        "at": now,
    }
    if "apply" not in request.POST:
        return _bulk_form(request, forms.Bulk(auto_id="bulk_%s", **given), act, rows, left_out)
    form = forms.Bulk(request.POST, auto_id="bulk_%s", **given)
    if not form.is_valid():
        return _bulk_form(request, form, act, rows, left_out, 422)
    done, refused = _each(request, act, form.cleaned_data, given["rows"], now)
    if done:
        did(request, act, done)
    words = _("%(n)s 件%(act)s好了") % {"n": len(done), "act": _(BULK[act][0])}
    if refused:
        messages.error(
            request,
            _("%(done)s；%(n)s 件没办：%(why)s") % {"done": words, "n": len(refused), "why": _("；").join(refused[:5])},
        )
    else:
        messages.success(request, words)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=200)
        response["HX-Redirect"] = back
        return response
    return redirect(back)


def _why_none(act: str, found: list[Matter]) -> str:
    if not found:
        return _("先选中要%(act)s的") % {"act": _(BULK[act][0])}
    if act == "merge":
        return _("合并要选两件以上")
    if act == "dispatch" and any(m.state in {State.SUBMITTED, State.ACCEPTED} for m in found):
        return _("选中的还没分类：先按 C 一起分类，再派单")
    return _("选中的都不能%(act)s：已经派出或者办完了") % {"act": _(BULK[act][0])}


def _to_whistle(request: HttpRequest, numbers: list[int]) -> HttpResponse:
    """One whistle on all of them that are still open."""
    back = address("matters:desk", request.compound.slug) + Filters.read(request.GET).address()
    found = [matter_for(compound=request.compound, number=n, by=request.actor) for n in dict.fromkeys(numbers)]
    wanted = [one[0].number for one in found if one and one[0].open]
    if not wanted or len(wanted) > WHISTLE_MOST:
        few = _("先选中还没办完的") if not wanted else _("一张哨单最多 %(most)s 件") % {"most": WHISTLE_MOST}
        return cannot(request, back, few)
    return _elsewhere(request, "matters:whistle-new", "matter", wanted)


def _elsewhere(request: HttpRequest, name: str, key: str, numbers: list[int]) -> HttpResponse:
    """What is asked on a page of its own, for all of them at once."""
    where = address(name, request.compound.slug) + "?" + urlencode([(key, n) for n in numbers])
    if getattr(request, "htmx", False):
        return HttpResponse(status=200, headers={"HX-Redirect": where})
    return redirect(where)


def _bulk_form(
    request: HttpRequest, form: forms.Bulk, act: str, rows: list[Matter], left_out: list[str], status: int = 200
) -> HttpResponse:
    words, _key = BULK[act]
    context = {
        "form": form, "act": act, "rows": rows, "left_out": left_out, "act_words": _(words),
        "heading": _("%(act)s %(n)s 件") % {"act": _(words), "n": len(rows)},
        "query": Filters.read(request.GET).address(), "judges": act == "decline",
        "action": address("matters:bulk", request.compound.slug),
    }  # fmt: skip
    return in_panel(request, "matters/_desk_bulk.html", context, status)


def _each(
    request: HttpRequest, act: str, data: dict[str, Any], rows: list[Matter], at: datetime
) -> tuple[list[Matter], list[str]]:
    done, refused = [], []
    into = next((m for m in rows if act == "merge" and str(m.number) == data["target"]), None)
    for matter in rows:
        if matter is into:
            continue
        try:
            done.append(_one(request, act, data, matter, into, at))
        except Refused as no:
            refused.append(f"{matter.label} {said(no.refusal)}")
    return done, refused


def _one(
    request: HttpRequest, act: str, data: dict[str, Any], matter: Matter, into: Matter | None, at: datetime
) -> Matter:
    by, once = request.actor, uuid5(data["once"], str(matter.number))
    if act == "decline":
        return services.decline(by=by, matter=matter, reason=data["reason"], at=at, once=once)
    if act == "triage":
        return services.triage(
            by=by,
            matter=matter,
            category=data["category"],
            level=data["level"],
            urgency=data["urgency"],
            at=at,
            once=once,
        )
    if act == "dispatch":
        return services.dispatch(by=by, matter=matter, body=data["body"], post=data["post"], at=at, once=once)
    assert into is not None
    return services.merge(by=by, matter=matter, target=into, at=at, once=once)
