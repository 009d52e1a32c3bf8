"""Drafting a whistle, and putting a draft right while nobody has approved it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.kernel.refusal import Refused
from linli.people.rules import Act
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow

from ...access import matter_for, whistle_for
from ...forms import whistles as forms
from ...models import Ask, Matter, Whistle
from ...queries import whistles as reads
from ...rules import whistles as rules
from ...rules.publicity import public_words
from ...rules.whistles import Level
from ...services import whistles as verbs
from ...words import WHISTLE_LEVELS
from .shared import base_of


@allow(Act.BLOW_WHISTLE_DRAFT)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """From one or several matters (?matter=12&matter=13), or from a whistle that is taken further up (?parent=3)."""
    levels = rules.draftable(request.actor.role)
    parent = _parent(request)
    if parent is not None:
        levels = [level for level in levels if rules.UPWARDS.index(level) > rules.UPWARDS.index(Level(parent.level))]
    if not levels:
        raise Http404
    level = next((one for one in levels if one == request.GET.get("level")), levels[0])
    matters = _matters(request, parent)
    photos = reads.photos_of(matters, request.compound)
    kept: dict[str, Any] = {"level": level, "agencies": reads.agencies_for(request.compound), "photos": photos}
    form = forms.DraftForm(request.POST or None, initial=_first_words(request, matters, parent), **kept)
    if form.is_bound and form.is_valid():
        try:
            made = verbs.draft(
                by=request.actor, compound=request.compound, level=level, told=form.told(), matters=matters, parent=parent,
                at=timezone.now(), once=form.cleaned_data["once"],
            )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("拟好了，等批准"))
            return redirect("matters:whistle", slug, made.number)
    query = request.GET.copy()
    query.pop("level", None)
    offered = [
        {"label": WHISTLE_LEVELS[one], "href": f"?{query.urlencode()}&level={one}", "chosen": one == level}
        for one in levels
    ]
    return _draft_page(request, form, matters, photos, offered, level, back=address("matters:whistles", slug))


def _parent(request: HttpRequest) -> Whistle | None:
    number = request.GET.get("parent", "")
    if not number.isdigit():
        return None
    found = whistle_for(compound=request.compound, number=int(number), by=request.actor)
    if found is None:
        raise Http404
    return found[0]


def _matters(request: HttpRequest, parent: Whistle | None) -> list[Matter]:
    if parent is not None:
        return reads.matters_for(parent, request.actor)
    numbers = list(dict.fromkeys(int(n) for n in request.GET.getlist("matter") if n.isdigit()))[:20]
    found = [matter_for(compound=request.compound, number=n, by=request.actor) for n in numbers]
    if not found or None in found:
        raise Http404
    return [one[0] for one in found if one]


def _first_words(request: HttpRequest, matters: list[Matter], parent: Whistle | None) -> dict[str, Any]:
    """What is known already, without what names anybody; the drafter goes over it."""
    if parent is not None:
        told = verbs.same_again(parent)
        return {
            name: getattr(told, name)
            for name in ("title", "facts", "figures", "affected", "basis", "done_below", "cause", "urgency")
        }
    first = matters[0]
    urgent = any(m.hazard or m.urgency in {"emergency", "urgent"} for m in matters)
    return {
        "title": public_words(first.title)[:80], "facts": "\n".join(masks.scrub(public_words(m.words)) for m in matters)[:2000],
        "urgency": "urgent" if urgent else "normal", "affected": sum(m.voices for m in matters) if len(matters) > 1 else None,
    }  # fmt: skip


def _draft_page(request, form, matters, photos, levels, level, *, back: str) -> HttpResponse:
    slug = request.compound.slug
    context = {
        "base": base_of(request), "form": form, "matters": matters, "levels": levels if len(levels) > 1 else [],
        "level": WHISTLE_LEVELS[level], "back": back, "to_agencies": level == Level.AGENCIES, "no_agencies": level == Level.AGENCIES and not form.agencies,
        "pictures": [
            {"pk": str(p.pk), "src": address("matters:file", slug, p.pk, "thumb"), "n": n, "chosen": str(p.pk) in (form["photos"].value() or [])}
            for n, p in enumerate(photos, 1)
        ],
    }  # fmt: skip
    return render(request, "matters/whistle_draft.html", context, status=422 if form.is_bound else 200)


def edit(request: HttpRequest, whistle: Whistle, asks: list[Ask]) -> HttpResponse:
    initial = {
        name: getattr(whistle, name)
        for name in ("title", "facts", "figures", "affected", "basis", "done_below", "cause", "urgency")
    }
    for ask in asks:
        initial |= {f"body{ask.place}": str(ask.body_id), f"ask{ask.place}": ask.words}
    matters = reads.matters_for(whistle, request.actor)
    form = forms.DraftForm(
        request.POST or None,
        initial=initial,
        level=whistle.level,
        agencies=reads.agencies_for(request.compound),
        photos=[],
    )
    slug = request.compound.slug
    if form.is_bound and form.is_valid():
        try:
            verbs.edit(
                by=request.actor, whistle=whistle, told=form.told(), at=timezone.now(), once=form.cleaned_data["once"]
            )
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("改好了，等批准"))
            return redirect("matters:whistle", slug, whistle.number)
    back = address("matters:whistle", slug, whistle.number)
    return _draft_page(request, form, matters, [], [], Level(whistle.level), back=back)
