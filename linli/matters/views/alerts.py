"""A neighbour's alert: raised from a phone, answered from a text's link without an account, shown with the time of each step."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.access import home_for
from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.places.models import Home
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404, public
from linli.plumbing.moments import moment
from linli.plumbing.refusals import refusals_beside

from ..access import alert_parts, matter_for
from ..access.homes import OWN_LINES, call_for, contacts_part
from ..forms import alerts as forms
from ..models import Alert, AlertCall, Decoration, Matter
from ..queries import alerts as read
from ..queries.decorations import under_way
from ..queries.homes import homes_at
from ..rules import alerts as rules
from ..rules.alerts import Part, Stage
from ..services import alerts as services
from ..words import ALERT_STATES, ANSWERS, ENTERED_WITH, NOBODY_COMES, RELATIONS, SEEN, SIGNS
from .acts_alerts import ALERT_ACTS

NEAR_MOST = 400


@allow(Right.RAISE_MATTER, Right.RAISE_FOR_SOMEONE)
def raise_alert(request: HttpRequest, slug: str) -> HttpResponse:
    """Whose door, what is seen. A resident chooses among the homes of the own building, a worker finds by the room."""
    now, resident = timezone.now(), request.actor.role in RESIDENTS
    room = str(request.GET.get("room", ""))[:40]
    form = forms.AlertForm(request.POST or None, homes=_near(request) + homes_at(request.compound, room))
    if form.is_valid():
        with refusals_beside(form):
            made = services.raise_alert(
                by=request.actor, compound=request.compound, home=form.homes[form.cleaned_data["home"]], sign=form.cleaned_data["sign"],
                words=form.cleaned_data["words"], source="resident_online" if resident else "front_desk", site=request.build_absolute_uri("/"),
                at=now, once=form.cleaned_data["once"],
            )  # fmt: skip
            messages.success(request, _("报出去了，正在找这家人"))
            return redirect(numbered("matters:matter", slug, made.number))
    context = {"form": form, "room": room, "resident": resident, "own": request.actor.home_id}
    return render(request, "matters/alert.html", context, status=422 if form.is_bound else 200)


def _near(request: HttpRequest) -> list[Home]:
    own = home_for(request.compound, request.actor.home_id) if request.actor.home_id else None
    if own is None:
        return []
    rows = Home.objects.filter(compound_id=request.compound.pk, building_id=own.building_id).exclude(pk=own.pk)
    found = rows.select_related("building", "entrance").order_by("entrance__position", "floor", "room_no")[:NEAR_MOST]
    return sorted(found, key=lambda home: _distance(own, home))  # the order within is kept


def _distance(own: Home, home: Home) -> int:
    """The doors of the own landing first, then the own stairs."""
    if home.entrance_id != own.entrance_id:
        return 2
    return 0 if home.floor == own.floor else 1


@public
def reach(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """The link of the text: what was seen at one's own door, and three answers. Nobody is named."""
    now = timezone.now()
    call = or_404(call_for(compound=request.compound, token=token))
    form = forms.ReachForm(request.POST or None)
    if form.is_valid():
        with refusals_beside(form):
            services.answer_by_link(call=call, answer=form.cleaned_data["answer"], at=now)
            return redirect("matters:reach", slug, token)
    alert = call.alert
    context = {
        "form": form,
        "home": alert.home.label,
        "sign": SEEN[alert.sign],
        "when": moment(alert.raised_at, now),
        "answer": ANSWERS[call.answer] if call.answer else "",
        "state": ALERT_STATES[alert.state],
        "open": alert.state in {Stage.REACHING, Stage.CONTACTED},
    }
    return render(request, "matters/reach.html", context, status=422 if form.is_bound else 200)


@allow(Right.SEE_PHONE)
def number(request: HttpRequest, slug: str, number: int, call: UUID) -> HttpResponse:
    """The whole number, once, to who says why."""
    found = matter_for(compound=request.compound, number=number, by=request.actor)
    alert = read.alert_of(found[0]) if found else None
    one = next((c for c in read.calls_of(alert) if c.pk == call), None) if alert else None
    if found is None or one is None or Part.WORKER not in alert_parts(found[0], request.actor):
        raise Http404
    form, shown = forms.NumberForm(request.POST or None), ""
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            shown = services.see_number(
                by=request.actor,
                matter=found[0],
                call=one,
                reason=data["reason"],
                at=timezone.now(),
                once=data["once"],
            )
    context = {
        "form": form,
        "back": numbered("matters:matter", slug, number),
        "who": RELATIONS[one.relation],
        "name": one.name if shown else masks.name(one.name),
        "shown": shown,
    }
    answer = render(request, "matters/reach_number.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@allow(Right.RAISE_MATTER, Right.BIND_PERSON)
def contacts(request: HttpRequest, slug: str, home: UUID) -> HttpResponse:
    """Whom to reach when something is wrong in a home: the household its own, a clerk for it."""
    one = home_for(request.compound, home)
    part = contacts_part(one, request.actor) if one else None
    if one is None or part is None:
        raise Http404
    now, there = timezone.now(), read.contacts(request.compound.pk, one.pk)
    if part == OWN_LINES:
        there = [c for c in there if c.added_by == request.actor.account_id]
    form = forms.ContactsForm(request.POST or None, there=there)
    if form.is_valid():
        with refusals_beside(form):
            services.set_contacts(
                by=request.actor, home=one, contacts=form.reaches(), at=now, once=form.cleaned_data["once"]
            )
            messages.success(request, _("存好了"))
            return redirect("matters:contacts", slug, one.pk)
    resident = request.actor.role in RESIDENTS
    context = {
        "form": form,
        "home": one,
        "shell": "base_resident.html" if resident else "base_work.html",
        "own_lines": part == OWN_LINES,
    }
    context["numbers"] = [
        {"title": f"{RELATIONS[c.relation]} {masks.name(c.name)} {masks.phone(c.phone)}", "href": address("matters:contact-number", slug, one.pk, c.pk)}
        for c in there if request.may(Right.SEE_PHONE)
    ]  # fmt: skip
    answer = render(request, "matters/contacts.html", context, status=422 if form.is_bound else 200)
    answer["Cache-Control"] = "no-store"
    return answer


@allow(Right.SEE_PHONE)
def contact_number(request: HttpRequest, slug: str, home: UUID, contact: UUID) -> HttpResponse:
    """The whole number of somebody on a home's list, to who keeps it and says why."""
    one = home_for(request.compound, home)
    there = read.contacts(request.compound.pk, one.pk) if one and contacts_part(one, request.actor) else []
    found = or_404(next((c for c in there if c.pk == contact), None))
    form, shown = forms.NumberForm(request.POST or None), ""
    if form.is_valid():
        with refusals_beside(form):
            shown = services.see_contact(
                by=request.actor, contact=found, reason=form.cleaned_data["reason"], at=timezone.now(), once=form.cleaned_data["once"]
            )  # fmt: skip
    name = found.name if shown else masks.name(found.name)
    context = {
        "form": form,
        "back": address("matters:contacts", slug, home),
        "who": RELATIONS[found.relation],
        "name": name,
        "shown": shown,
    }
    answer = render(request, "matters/reach_number.html", context, status=422 if form.errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


# ── the card on a matter ────────────────────────────────────────────────────────────────────────────────────────────


def card(request: HttpRequest, matter: Matter) -> dict[str, Any] | None:
    """Each step with its time; for who works on it also whom the relay asked, and the acts."""
    alert = read.alert_of(matter)
    if alert is None:
        return None
    now, parts = timezone.now(), alert_parts(matter, request.actor)
    slug, works = request.compound.slug, Part.WORKER in parts
    calls = read.calls_of(alert) if works else []
    return {
        "state": ALERT_STATES[alert.state],
        "nobody": _nobody(alert, calls) if works else "",
        "steps": _steps(alert, now),
        "works": [_works(request, row) for row in (under_way(alert.home, timezone.localdate(now)) if works else [])],
        "calls": [_call(slug, matter, c, now) for c in calls],
        "acts": [
            {"label": ALERT_ACTS[a].label, "url": address("matters:act", slug, matter.number, a.value)}
            for a in rules.allowed(Stage(alert.state), parts)
        ],
    }


def _works(request: HttpRequest, row: Decoration) -> dict[str, Any]:
    """Who is at work in the home: perhaps theirs was the tap."""
    may_ring = request.may(Right.SEE_PHONE) or request.may(Right.KEEP_DECORATIONS)
    return {
        "title": _("在装修：%(firm)s") % {"firm": row.firm},
        "note": f"{masks.name(row.contact)} {masks.phone(row.phone)}",
        "href": address("matters:decorator", request.compound.slug, row.pk) if may_ring else "",
    }


def _nobody(alert: Alert, calls: list[AlertCall]) -> str:
    """Said to who works on it once the relay has nobody left to ask."""
    if alert.state != Stage.REACHING or alert.next_at:
        return ""
    return str(NOBODY_COMES[rules.nobody([c.answer for c in calls])])


def _steps(alert: Alert, now: datetime) -> list[dict[str, Any]]:
    with_whom = ENTERED_WITH[alert.entered_with] if alert.entered_with else ""
    rows = [
        (_("邻居报信"), alert.raised_at, SIGNS[alert.sign]), (_("找到这家人"), alert.contacted_at, ""), (_("进门"), alert.entered_at, _("和%(with)s一起") % {"with": with_whom} if with_whom else ""),
        (_("原因"), alert.cause_at, alert.cause), (_("控制住"), alert.safe_at, ""), (_("谢过邻居"), alert.thanked_at, ""),
    ]  # fmt: skip
    last = max(i for i, row in enumerate(rows) if row[1])
    return [
        {"title": title, "dates": moment(at, now) if at else "", "note": note, "state": "done" if at else "now" if i == last + 1 else "todo"}
        for i, (title, at, note) in enumerate(rows)
        if at or i > last
    ]  # fmt: skip


def _call(slug: str, matter: Matter, call, now: datetime) -> dict[str, str]:
    when = moment(call.answered_at or call.sent_at, now)
    said = _("%(when)s 回话：%(answer)s") if call.answer else _("%(when)s 发了信息，还没回")
    return {
        "title": f"{RELATIONS[call.relation]} {masks.name(call.name)} {masks.phone(call.phone)}",
        "note": said % {"when": when, "answer": ANSWERS.get(call.answer, "")},
        "href": address("matters:reach-number", slug, matter.number, call.pk),
    }
