"""Resident representatives: the office's list, naming, one's own page on a phone, recording, and what a household sees."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.refusal import Refused
from linli.matters.access import matter_for
from linli.people.access import frame
from linli.people.rules import Act as Right
from linli.places.models import Entrance
from linli.places.queries import buildings
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.moments import moment, whole
from linli.plumbing.moments import month as month_label
from linli.plumbing.numbers import number_in, uuid_in
from linli.plumbing.offline import CHANNEL, answer, done_at, from_phone, once_of, settled, wrong
from linli.plumbing.refusals import refusals_beside

from .. import services
from ..access import cover_for, home_of, house_act_for, own_representative, representative_for
from ..forms.representatives import AskForm, FollowForm, NameForm, PraiseForm, RecordForm
from ..models import Cover, HouseAct, Representative
from ..queries import representatives as read
from ..rules.representatives import BACK, Force
from ..words import ACT_KINDS, FORCES, MOTTO


def _office(request: HttpRequest, back: str) -> dict[str, Any]:
    return {**frame(request.actor, request.compound), "back": back}


def _month(request: HttpRequest, now: datetime) -> dict[str, str]:
    """The month asked for, else this one, with those beside it."""
    asked = request.GET.get("month", "")
    this = timezone.localtime(now).replace(day=1, hour=12)
    first = this
    if re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", asked):
        first = this.replace(year=int(asked[:4]), month=int(asked[5:]))
    later = first + timedelta(days=32)
    return {
        "key": f"{first:%Y-%m}",
        "label": month_label(first),
        "before": f"{first - timedelta(days=2):%Y-%m}",
        "after": f"{later:%Y-%m}" if first < this else "",
    }


def _counts(counted: dict[str, int]) -> list[tuple[str, int]]:
    return [(ACT_KINDS[kind], counted.get(kind, 0)) for kind in ACT_KINDS]


def _homes(cover: Cover) -> str:
    where = cover.building.label + (str(cover.entrance) if cover.entrance else "")
    if cover.first or cover.last:
        return _("%(where)s %(first)s 到 %(last)s 号") % {
            "where": where, "first": cover.first or "…", "last": cover.last or "…"
        }  # fmt: skip
    return where


def _act_cell(row: HouseAct, slug: str, now: datetime, *, name: bool) -> dict[str, Any]:
    parts = [
        moment(row.done_at, now), row.home.label if row.home else row.place, row.representative.name if name else "",
        _("开了一件事") if row.matter_id else "", _("夸“%(word)s”") % {"word": MOTTO[row.praise]} if row.praise else "",
    ]  # fmt: skip
    return {
        "title": f"{ACT_KINDS[row.kind]}：{row.result}",
        "note": " · ".join(filter(None, parts)),
        "href": numbered("volunteers:house-act", slug, row.number),
    }


def _acts(rows: list[HouseAct], slug: str, now: datetime, *, name: bool = False) -> dict[str, Any]:
    shown = rows[: read.PAGE]
    more = shown[-1].number if len(rows) > read.PAGE else None
    return {"acts": [_act_cell(row, slug, now, name=name) for row in shown], "more": more}


# ── the office ──────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.NAME_REPRESENTATIVE)
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """Who looks after which homes, with what the month's kept counts say."""
    now = timezone.now()
    month = _month(request, now)
    after = uuid_in(request.GET.get("after"))
    found = read.representatives(request.compound.pk, month["key"], timezone.localdate(now), after)
    shown = found[: read.PAGE]
    totals = read.month_counts(request.compound.pk, month["key"]) if not after else {}
    rows = [
        {
            "title": row.representative.name,
            "note": " · ".join(
                ["、".join(_homes(c) for c in row.covers) or _("现在没有要看的人家")]
                + [f"{words} {n}" for words, n in _counts(row.counts) if n]
            ),
            "href": address("volunteers:representative", slug, row.representative.pk),
        }
        for row in shown
    ]
    forces = totals.get("force", {})
    context = _office(request, address("matters:work", slug)) | {
        "rows": rows,
        "month": month,
        "totals": _counts(totals.get("all", {})),
        "forces": [(FORCES[force], forces[force]) for force in Force if forces.get(force)],
        "next": shown[-1].representative.pk if len(found) > read.PAGE else None,
        "whole": after is None,
    }
    return render(request, "volunteers/representatives.html", context)


@allow(Right.NAME_REPRESENTATIVE)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    now, compound = timezone.now(), request.compound
    today = timezone.localdate(now)
    form = NameForm(
        request.POST or None,
        posts=read.posts(compound, today),
        places=_places(compound.pk),
        initial={"from_day": today},
    )
    if form.is_valid():
        data = form.cleaned_data
        building, entrance = form.places[data["where"]]
        with refusals_beside(form):
            made = services.name_representative(
                by=request.actor, compound=compound, post=form.posts[data["post"]], building=building, entrance=entrance, first=data["first"],
                last=data["last"], from_day=data["from_day"], to_day=data["to_day"], at=now, once=data["once"],
            )  # fmt: skip
            messages.success(request, _("定好了"))
            return redirect("volunteers:representative", slug, made.representative_id)
    context = _office(request, address("volunteers:representatives", slug)) | {"form": form}
    return render(request, "volunteers/representative_new.html", context, status=422 if form.is_bound else 200)


def _places(compound_id: UUID) -> list[tuple[Any, Entrance | None]]:
    entrances: dict[UUID, list[Entrance]] = {}
    for entrance in Entrance.objects.filter(compound_id=compound_id).order_by("position", "id"):
        entrances.setdefault(entrance.building_id, []).append(entrance)
    return [
        (building, entrance) for building in buildings(compound_id) for entrance in (None, *entrances.get(building.pk, []))
    ]  # fmt: skip


@allow(Right.NAME_REPRESENTATIVE)
@require_safe
def one(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    who = or_404(representative_for(compound=request.compound, pk=pk, by=request.actor))
    now = timezone.now()
    month, before = _month(request, now), number_in(request.GET.get("before", ""))
    counts = read.month_counts(request.compound.pk, month["key"]).get(who.pk.hex, {})
    context = _office(request, address("volunteers:representatives", slug)) | {
        "who": who,
        "month": month,
        "counts": _counts(counts),
        "covers": [
            {
                "homes": _homes(cover),
                "days": _days(cover),
                "end": address("volunteers:cover-end", slug, cover.pk),
            }
            for cover in read.covers_of(request.compound.pk, who.pk, timezone.localdate(now))
        ],
        "whole": before is None,
        **_acts(read.acts(request.compound.pk, representative_id=who.pk, before=before), slug, now),
    }
    return render(request, "volunteers/representative.html", context)


def _days(cover: Cover) -> str:
    return _("%(day)s 起") % {"day": whole(cover.from_day)} + (
        _("，到 %(day)s") % {"day": whole(cover.to_day)} if cover.to_day else ""
    )


@allow(Right.NAME_REPRESENTATIVE)
@require_POST
def cover_end(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    cover = or_404(cover_for(compound=request.compound, pk=pk, by=request.actor))
    services.end_cover(by=request.actor, cover=cover, at=timezone.now())
    messages.success(request, _("从今天起不归他看了"))
    return redirect("volunteers:representative", slug, cover.representative_id)


@allow(Right.NAME_REPRESENTATIVE)
@require_safe
def acts(request: HttpRequest, slug: str) -> HttpResponse:
    context = _office(request, address("volunteers:representatives", slug))
    context |= _acts(
        read.acts(request.compound.pk, before=number_in(request.GET.get("before", ""))), slug, timezone.now(), name=True
    )
    return render(request, "volunteers/house_acts.html", context)


# ── the representative ──────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.RECORD_HOUSE_ACT)
@require_safe
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    now, before = timezone.now(), number_in(request.GET.get("before", ""))
    who = own_representative(request.actor)
    month = _month(request, now)
    context: dict[str, Any] = {"who": who, "month": month, "whole": before is None}
    if who:
        covers = read.covers_on(request.compound.pk, who.pk, timezone.localdate(now))
        counts = read.month_counts(request.compound.pk, month["key"]).get(who.pk.hex, {})
        found = read.acts(request.compound.pk, representative_id=who.pk, before=before)
        context |= {"covers": [_homes(c) for c in covers], "counts": _counts(counts), **_acts(found, slug, now)}
    return render(request, "volunteers/representative_mine.html", context)


@allow(Right.RECORD_HOUSE_ACT)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """One thumb: what, where, how it went; what is still to be done becomes a matter."""
    now, who = timezone.now(), own_representative(request.actor)
    if from_phone(request):
        return _sent(request, who, now)
    if who is None:
        return redirect("volunteers:representative-mine", slug)
    form = _record_form(request, who, now)
    if form.is_valid():
        with refusals_beside(form):
            row = services.record_act(by=request.actor, compound=request.compound, at=now, **form.wishes())
            label = row.matter.label if row.matter else ""
            messages.success(request, _("记好了，第 %(label)s 号") % {"label": label} if label else _("记好了"))
            return redirect("volunteers:representative-mine", slug)
    return render(request, "volunteers/house_act_new.html", {"form": form}, status=422 if form.is_bound else 200)


def _record_form(request: HttpRequest, who: Representative, now: datetime) -> RecordForm:
    first, last = timezone.localdate(now - BACK), timezone.localdate(now)
    covers = read.covers_since(request.compound.pk, who.pk, first, last)
    return RecordForm(request.POST or None, homes=read.homes(request.compound.pk, covers), at=now)


def _sent(request: HttpRequest, who: Representative | None, now: datetime) -> JsonResponse:
    """Done without a signal: taken in once, or answered with why not. The homes are those of the day on which it was done."""
    if known := settled(request, request.actor):
        return known
    if who is None:
        return answer("conflict", says=_("社区还没有给您定人家"), note=False)
    form = _record_form(request, who, now)
    if not form.is_valid():
        return answer("refused", says=wrong(form))
    by, at = replace(request.actor, channel=CHANNEL, received_at=now), done_at(request.POST, now, since=who.since)
    try:
        services.record_act(by=by, compound=request.compound, at=at, **form.wishes() | {"once": once_of(request)})
    except Refused as no:
        return answer("refused", says=said(no.refusal))
    return answer("done")


@allow(Right.RECORD_HOUSE_ACT, Right.NAME_REPRESENTATIVE)
def house_act(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One act; who did it may follow it up, the office may praise it."""
    row = or_404(house_act_for(compound=request.compound, number=number, by=request.actor))
    now, own = timezone.now(), row.representative.account_id == request.actor.account_id
    form = _step(request, row, own=own)
    if form and form.is_valid():
        with refusals_beside(form):
            _take(request, row, form, now)
            return redirect("volunteers:house-act", slug, number)
    back = "volunteers:representative-mine" if own else "volunteers:house-acts"
    context = _office(request, address(back, slug)) | {
        "row": row,
        "kind": ACT_KINDS[row.kind],
        "place": row.home.label if row.home else row.place,
        "when": moment(row.done_at, now),
        "force": FORCES[row.force] if row.force else "",
        "praise": MOTTO[row.praise] if row.praise else "",
        "matter": _matter(request, row),
        "form": form,
        "own": own,
    }
    return render(request, "volunteers/house_act.html", context, status=422 if request.method == "POST" else 200)


def _step(request: HttpRequest, row: HouseAct, *, own: bool) -> FollowForm | PraiseForm | None:
    data = request.POST if request.method == "POST" else None
    if own:
        return None if row.matter_id else FollowForm(data)
    return None if row.praise else PraiseForm(data)


def _take(request: HttpRequest, row: HouseAct, form: FollowForm | PraiseForm, now: datetime) -> None:
    data = form.cleaned_data
    if isinstance(form, PraiseForm):
        services.praise(by=request.actor, act=row, word=data["word"], at=now)
        messages.success(request, _("夸好了，本人会收到"))
        return
    made = services.follow_up(by=request.actor, compound=request.compound, act=row, words=data["words"], at=now)
    messages.success(request, _("记好了，第 %(label)s 号") % {"label": made.label})


def _matter(request: HttpRequest, row: HouseAct) -> dict[str, str]:
    """The matter that came of it, for whoever may open it; of others not even the number."""
    found = matter_for(compound=request.compound, number=row.matter.number, by=request.actor) if row.matter else None
    if found is None:
        return {}
    label = found[0].label
    return {
        "label": _("第 %(label)s 号") % {"label": label},
        "href": numbered("matters:matter", request.compound.slug, found[0].number),
    }


# ── the household ───────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.ASK_REPRESENTATIVE)
def household(request: HttpRequest, slug: str) -> HttpResponse:
    """Who looks after one's home, and a way to reach them that shows nobody's number."""
    now, home = timezone.now(), home_of(request.actor)
    if home is None:
        raise Http404
    found = read.covering(request.compound, home, timezone.localdate(now))
    form = AskForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            services.ask_representative(
                by=request.actor, compound=request.compound, words=data["words"], at=now, once=data["once"]
            )
            messages.success(request, _("告诉代表了，请等他来"))
            return redirect("volunteers:my-representative", slug)
    community = request.compound.community
    context = {
        "home": home.label,
        "names": [who.name for who in found],
        "form": form,
        "community": community.name,
        "phone": community.phone or request.compound.phone,
    }
    return render(request, "volunteers/my_representative.html", context, status=422 if form.is_bound else 200)
