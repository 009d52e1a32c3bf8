"""One call with whose turn it is, taking it on, and the caller's number."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.refusal import Refused
from linli.people.rules import Act as Right
from linli.plumbing import vault
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.refusals import refusals_above

from .. import queries, services
from ..access import call_for
from ..models import Call
from ..queries import story
from ..rules import LOOKED_AT, Act, State, Who, allowed, refuse
from ..words import PAYERS, RISKS
from .board import subject
from .doing import ACTS, FIELD, MAIN, REST


def found_call(request: HttpRequest, number: int) -> tuple[Call, frozenset[Who]]:
    return or_404(call_for(compound=request.compound, number=number, by=request.actor))


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
@require_safe
def call(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, parts = found_call(request, number)
    now = timezone.now()
    claims = queries.claims_of(one)
    page = story.page(one, parts, claims, now)
    can = allowed(State(one.state), parts)
    context = {
        "call": one,
        "page": page,
        "lines": story.lines(one, queries.entries_of(one), now) if page.whole else [],
        "matter": numbered("matters:matter", slug, one.matter.number) if one.matter and Who.CALLER in parts else "",
        "main": [_link(slug, one, a) for a in can if a in MAIN and not (a == Act.CONFIRM and one.state == State.CLAIMED)],
        "rest": [_link(slug, one, a) for a in can if a in REST or (a == Act.CONFIRM and one.state == State.CLAIMED)],
        "photos": _photos(slug, one) if page.whole else [],
        "spent": _spent(one) if page.whole else "",
        "subject": subject(one),
        "steps": [_step(slug, one, a) for a in FIELD if a in can],
        "contact": address("volunteers:contact", slug, number) if Act.SEE_CONTACT in can else "",
        **_box(one, parts, claims, now),
    }  # fmt: skip
    return render(request, "volunteers/call.html", context)


def _photos(slug: str, one: Call) -> list[dict[str, str]]:
    return [
        {
            "src": address("volunteers:photo", slug, one.number, pk, "thumb"),
            "href": address("volunteers:photo", slug, one.number, pk, "small"),
        }
        for pk in queries.photos_of(one)
    ]


def _spent(one: Call) -> str:
    """What it took, and who paid."""
    if one.cost_fen is None:
        return one.materials
    yuan = f"{one.cost_fen // 100:,}" + (f".{one.cost_fen % 100:02d}" if one.cost_fen % 100 else "")
    cost = _("花了 %(yuan)s 元") % {"yuan": yuan}
    return " · ".join(filter(None, [one.materials, cost, str(PAYERS.get(one.paid_by, ""))]))


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
@require_safe
def photo(request: HttpRequest, slug: str, number: int, pk: UUID, size: str) -> HttpResponse:
    """For who may read the whole of the call."""
    one, parts = found_call(request, number)
    row = queries.photo_of(one, pk) if story.page(one, parts, [], timezone.now()).whole else None
    if row is None or size not in {"small", "thumb"}:
        raise Http404
    response = HttpResponse(vault.path(getattr(row, size)).read_bytes(), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    return response


def _link(slug: str, one: Call, act: Act) -> dict[str, Any]:
    doing = ACTS[act]
    return {"label": doing.label, "url": address("volunteers:act", slug, one.number, act.value), "judges": doing.judges}


def _step(slug: str, one: Call, act: Act) -> dict[str, Any]:
    """What may be written down without a signal, on the page itself."""
    return {**_link(slug, one, act), "act": act.value, "form": ACTS[act].form(auto_id=f"{act.value}-%s")}


def _box(one: Call, parts: frozenset[Who], claims: list, now, wrong: str = "") -> dict[str, Any]:
    can = allowed(State(one.state), parts)
    return {
        "number": one.number,
        "box_act": next((a.value for a in (Act.CLAIM, Act.JOIN) if a in can), ""),
        "box_risks": RISKS.choices() if Act.CLAIM in can and one.kind in LOOKED_AT else [],
        "box_turn": story.turn(one, parts, claims, now),
        "wrong": wrong,
    }


def _take(request: HttpRequest, one: Call, act: Act) -> Call:
    at = timezone.now()
    if act == Act.JOIN:
        return services.join(by=request.actor, call=one, at=at)
    looked = "looked" in request.POST
    return services.claim(by=request.actor, call=one, risks=request.POST.getlist("risks") if looked else None, at=at)


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
def claim_box(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The part in which a neighbour takes a call on; without script its form leads back to the page."""
    one, parts = found_call(request, number)
    back = _next(request) or numbered("volunteers:call", slug, number)
    wrong = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        if act not in {Act.CLAIM, Act.JOIN}:
            raise Http404
        try:
            one = _take(request, one, Act(act))
        except Refused as no:
            wrong = said(no.refusal)
        else:
            if one.state == State.FALLEN:
                messages.success(request, _("这件事有危险，不让邻居动手，已经交上去办了"))
                return _go(request, address("volunteers:board", slug))
            messages.success(
                request, _("您接了，先打个电话再去") if act == Act.CLAIM else _("算您一个，和接的人一起去")
            )
            return _go(request, numbered("volunteers:call", slug, number))
    if not getattr(request, "htmx", False):
        if wrong:
            messages.error(request, wrong)
        return redirect(back)
    one, parts = found_call(request, number)
    context = _box(one, parts, queries.claims_of(one), timezone.now(), wrong)
    response = render(request, "volunteers/_claim_box.html", context, status=422 if wrong else 200)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _go(request: HttpRequest, target: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return redirect(target)


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else ""


@allow(Right.ANSWER_CALL)
def contact(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Says that it is written down, then shows the caller's name, home and number."""
    one, parts = found_call(request, number)
    no = refuse(Act.SEE_CONTACT, State(one.state), parts)
    if no:
        raise Http404
    shown = None
    if request.method == "POST":
        with refusals_above(request):
            shown = services.see_contact(by=request.actor, call=one, at=timezone.now())
        if shown is None:
            return redirect("volunteers:call", slug, number)
    response = render(request, "volunteers/contact.html", {"call": one, "shown": shown})
    response["Cache-Control"] = "no-store"
    return response
