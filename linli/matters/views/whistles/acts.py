"""An act with a whistle, or with one ask of it."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.plumbing import qr
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.refusals import refusals_beside

from ...access.whistles import whistle_for, whistle_parts
from ...models import Ask, Whistle
from ...queries import whistles as reads
from ...rules import whistles as rules
from ...rules.whistles import Do, State, Step
from .. import kept
from .deeds import PART, WHOLE, form_for
from .drafting import edit
from .filed import keep, with_kept
from .shared import WATCH, base_of


def site_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


@allow(*WATCH)
def act(request: HttpRequest, slug: str, number: int, act: str, place: int = 0) -> HttpResponse:
    """GET shows the form as a page; POST does it and goes back to the whistle."""
    found = whistle_for(compound=request.compound, number=number, by=request.actor)
    deed = (PART if place else WHOLE).get(act)
    if found is None or deed is None:
        raise Http404
    one, asks = found
    ask = next((a for a in asks if a.place == place), None) if place else None
    if place and ask is None:
        raise Http404
    no = rules.refuse(
        Do(act), State(one.state), Step(ask.step) if ask else None, whistle_parts(one, request.actor, ask)
    )
    if no and request.method != "POST":
        raise Http404
    if act == Do.EDIT:
        return edit(request, one, asks)
    now = timezone.now()
    given: dict[str, Any] = {
        "request": request,
        "one": one,
        "ask": ask,
        "now": now,
        "named": request.actor.account_id is None,
    }
    form = form_for(deed, Do(act), *([request.POST, request.FILES] if request.method == "POST" else []), **given)
    if request.method == "POST" and form.is_valid():
        with_kept(request, form)
        who: dict[str, Any] = {"by": request.actor, "whistle": one, "at": now, "once": form.cleaned_data["once"]}
        if ask:
            who["ask"] = ask
        with refusals_beside(form):
            done = deed.run(form=form, site=site_of(request), **who)
            kept.forget(request)
            return _after(request, act, one, done)
    context = {
        "base": base_of(request), "deed": deed, "form": form, "whistle": one, "ask": ask, "back": address("matters:whistle", slug, number),
        "kept": keep(request, form), "silent": _silent(one, asks, now) if act in {Do.APPROVE, Do.BLOW} else "",
    }  # fmt: skip
    return render(request, "matters/whistle_act.html", context, status=422 if request.method == "POST" else 200)


def _silent(one: Whistle, asks: list[Ask], now: datetime) -> str:
    names = _("、").join(a.body.name for a in reads.unreached(one, asks, timezone.localdate(now)))
    said = _(
        "%(names)s没有账号，也没有联络员手机号，消息到不了：先补进部门名册，或者吹了以后当面送去，它的时限从告诉它那时算"
    ) % {"names": names}
    return said if names else ""


def _after(request: HttpRequest, act: str, one: Whistle, done: Any) -> HttpResponse:
    slug = request.compound.slug
    if act in {Do.SEND_LINK, Do.SEE_LINK}:
        ask, link = done
        context = {
            "base": base_of(request),
            "link": link,
            "qr": qr.svg(link) if link else "",
            "sent": act == Do.SEND_LINK,
            "ask": ask,
            "back": address("matters:whistle", slug, one.number),
        }
        return render(request, "matters/whistle_link.html", context)
    messages.success(request, _("记下了"))
    number = done.number if isinstance(done, Whistle) else one.number
    return redirect("matters:whistle", slug, number)
