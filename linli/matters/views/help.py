"""Household help: the price list for everybody, the order from a phone, the list's own pages, and the card on a matter."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.access import home_for
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, public
from linli.plumbing.moments import moment, whole
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_beside
from linli.plumbing.tenancy import uuid7

from .. import services
from ..access import help_parts
from ..forms.help import HelpForm, PriceForm
from ..models import Matter, Price, Quote
from ..queries import help as read
from ..rules import help
from ..rules.help import Help, HelpAct, Part, yuan
from ..services.help import ASK_HELP
from ..words import DOERS, HELP_STATES
from .acts_help import HELP_ACTS, may_count


def _row(price: Price) -> dict[str, Any]:
    return {
        "line": price.line,
        "name": price.name,
        "price": _price(price),
        "doer": DOERS[price.doer],
        "note": price.note,
        "since": whole(price.from_day),
        "paid": price.paid,
    }


def _price(price: Price) -> str:
    if not price.paid:
        return _("不收钱")
    given = {"yuan": yuan(price.price_fen), "unit": price.unit}
    return _("%(yuan)s 元/%(unit)s") % given if price.unit else _("%(yuan)s 元") % given


@public
@require_safe
def prices(request: HttpRequest, slug: str) -> HttpResponse:
    """For everybody the compound lets read its page, and for its own people always."""
    if not request.compound.public_page and request.standing is None:
        raise Http404
    rows = [_row(p) for p in read.prices(request.compound, timezone.localdate())]
    return render(request, "matters/prices.html", {"rows": rows})


@allow(Right.RAISE_MATTER, Right.RAISE_FOR_SOMEONE)
@require_safe
def offers(request: HttpRequest, slug: str) -> HttpResponse:
    """What one can ask for: a resident for the own home, a worker for whoever is on the phone."""
    resident = request.may(Right.RAISE_MATTER)
    door = address("matters:help-order" if resident else "matters:record", slug)
    query = "?line=" if resident else "?source=resident_phone&line="
    rows = [
        {"title": p.name, "note": p.note or DOERS[p.doer], "value": _price(p), "href": f"{door}{query}{p.line}"}
        for p in read.prices(request.compound, timezone.localdate())
    ]
    return render(
        request,
        "matters/help.html",
        {"rows": rows, "resident": resident, "other": door, "may_set": request.may(Right.SET_PRICES)},
    )


@allow(Right.RAISE_MATTER)
def order(request: HttpRequest, slug: str) -> HttpResponse:
    now = timezone.now()
    price = _chosen(request, str(request.GET.get("line", "")))
    home = home_for(request.compound, request.actor.home_id) if request.actor.home_id else None
    form = HelpForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        with refusals_beside(form):
            made = services.ask_help(
                by=request.actor, compound=request.compound, words=form.cleaned_data["words"], price=price, files=form.cleaned_data["photos"],
                spot=services.Spot(home=home), at=now, once=form.cleaned_data["once"],
            )  # fmt: skip
            return redirect(numbered("matters:sent", slug, made.number))
    context = {"form": form, "price": _row(price) if price else None, "home": home}
    return render(request, "matters/help_order.html", context, status=422 if form.is_bound else 200)


def _chosen(request: HttpRequest, line: str) -> Price | None:
    key = uuid_in(line)
    return read.price_of(request.compound, key, timezone.localdate()) if key else None


# ── the list's own pages ────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.SET_PRICES)
@require_safe
def price_list(request: HttpRequest, slug: str) -> HttpResponse:
    today = timezone.localdate()
    every = read.versions(request.compound.pk)
    rows = [
        {
            "title": p.name,
            "note": " · ".join(
                filter(None, [DOERS[p.doer], _("%(day)s起") % {"day": whole(p.from_day)}, _coming(every, p)])
            ),
            "value": _price(p),
            "href": address("matters:price", slug, p.line),
        }
        for p in read.in_force(every, today)
    ]
    coming = [
        {"title": p.name, "note": _("%(day)s起") % {"day": whole(p.from_day)}, "value": _price(p), "href": address("matters:price", slug, p.line)}
        for p in every if p.version == 1 and p.from_day > today
    ]  # fmt: skip
    return render(request, "matters/price_list.html", {"rows": rows, "coming": coming})


def _coming(every: list[Price], now: Price) -> str:
    later = next((p for p in every if p.line == now.line and p.version > now.version), None)
    if later is None:
        return ""
    given = {"day": whole(later.from_day), "price": _price(later)}
    return _("%(day)s起不做了") % given if later.dropped else _("%(day)s起 %(price)s") % given


@allow(Right.SET_PRICES)
def price(request: HttpRequest, slug: str, line: UUID | None = None) -> HttpResponse:
    """A new line, or the next version of one, with those before under it."""
    now = timezone.now()
    before = [p for p in read.versions(request.compound.pk) if p.line == line] if line else []
    if line and not before:
        raise Http404
    last = before[-1] if before else None
    form = PriceForm(request.POST or None, compound=request.compound, price=last, at=now)
    if form.is_valid():
        with refusals_beside(form):
            services.set_price(by=request.actor, compound=request.compound, line=line, at=now, **form.wishes())
            messages.success(request, _("存好了，价目表上看得到"))
            return redirect("matters:price-list", slug)
    versions = [{**_row(p), "version": p.version, "reason": p.reason, "dropped": p.dropped} for p in reversed(before)]
    context = {"form": form, "heading": last.name if last else _("新加一项"), "versions": versions}
    return render(request, "matters/price.html", context, status=422 if form.is_bound else 200)


# ── the card on a matter ────────────────────────────────────────────────────────────────────────────────────────────


def card(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """What was asked, what it costs, whose word is waited for; and for a worker the offer to count it as help."""
    order = read.order_of(matter)
    if order is None:
        return None
    now, parts = timezone.now(), help_parts(matter, request.actor)
    quotes = read.quotes_of(order)
    bound = next((q for q in quotes if q.answer == "agreed"), None)
    waiting = next((q for q in quotes if not q.answer), None)
    acts = [
        {"label": HELP_ACTS[a].label, "url": address("matters:act", request.compound.slug, matter.number, a.value), "press": _press(a, parts), "once": uuid7()}
        for a in help.allowed(Help(order.state), parts)
    ]  # fmt: skip
    return {
        "state": HELP_STATES[order.state],
        "item": _row(order.price) if order.price else None,
        "waiting": _quote(waiting, now),
        "agreed": _quote(bound, now),
        "refused": sum(q.answer == "refused" for q in quotes),
        "acts": acts,
        "judging": any(a["press"] and a["label"] == HELP_ACTS[HelpAct.AGREE].label for a in acts),
        "receipt": _receipt(matter, order, bound, now),
    }


def _press(act: HelpAct, parts: frozenset[Part]) -> bool:
    if act in {HelpAct.AGREE, HelpAct.DISAGREE}:
        return Part.HOUSEHOLD in parts
    return act == HelpAct.START


def _quote(quote: Quote | None, now) -> dict[str, Any] | None:
    if quote is None:
        return None
    return {
        **read.told(quote),
        "when": moment(quote.at, now),
        "answered": moment(quote.answered_at, now) if quote.answered_at else "",
        "heard": quote.heard,
    }


def _receipt(matter: Matter, order, bound: Quote | None, now) -> dict[str, Any] | None:
    """Once it is done: what was agreed, what was taken, by whom."""
    if order.done_at is None or matter.resolved_at is None:
        return None
    cost = matter.cost_fen or 0
    return {
        "number": matter.label,
        "when": moment(order.done_at, now),
        "body": matter.handler_body.name if matter.handler_body else "",
        "cost": _("%(yuan)s 元") % {"yuan": yuan(cost)} if cost else _("没有收钱"),
        "agreed": _("%(yuan)s 元") % {"yuan": yuan(bound.total_fen)} if bound else "",
    }


def offer_to_count(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """For the list 还可以 of somebody at work on a matter in a home."""
    if not matter.home_id or may_count(matter, request.actor):
        return None
    return {
        "label": HELP_ACTS[ASK_HELP].label,
        "url": address("matters:act", request.compound.slug, matter.number, ASK_HELP),
    }
