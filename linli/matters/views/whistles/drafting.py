"""Drafting a whistle, and putting a draft right while nobody has approved it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel import masks
from linli.people.rules import Act
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from ...access import matter_for
from ...access.whistles import whistle_for
from ...forms import whistles as forms
from ...models import Ask, Matter, Whistle
from ...queries import whistles as reads
from ...rules import whistles as rules
from ...rules.publicity import public_words
from ...rules.whistles import Level
from ...services import whistles as verbs
from ...services.whistles import files
from ...words import WHISTLE_LEVELS
from .. import kept
from .filed import keep, with_kept
from .shared import base_of

SAID = ("title", "facts", "figures", "affected", "basis", "done_below", "cause", "urgency")


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
    given: dict[str, Any] = {"level": level, "agencies": reads.agencies_for(request.compound), "photos": photos}
    form = forms.DraftForm(
        request.POST or None, request.FILES or None, initial=_first_words(request, matters, parent), **given
    )
    if form.is_bound and form.is_valid():
        with_kept(request, form)
        with refusals_beside(form):
            made = _drafted(request, form, level, matters, parent)
            kept.forget(request)
            messages.success(request, _("拟好了，等批准"))
            return redirect("matters:whistle", slug, made.number)
    query = request.GET.copy()
    query.pop("level", None)
    offered = [
        {"label": WHISTLE_LEVELS[one], "href": f"?{query.urlencode()}&level={one}", "chosen": one == level}
        for one in levels
    ]
    own = list(files.own(parent)) if parent is not None else []
    more = {"levels": offered if len(offered) > 1 else [], "level": WHISTLE_LEVELS[level], "brought": own}
    return _draft_page(request, form, matters, photos, more, back=address("matters:whistles", slug))


def _drafted(request: HttpRequest, form, level: Level, matters: list[Matter], parent: Whistle | None) -> Whistle:
    """What is taken further up takes all its matters, also those that are not shown to the drafter."""
    said: dict[str, Any] = {
        "by": request.actor, "level": level, "told": form.told(), "files": files.ready(form.cleaned_data["papers"]), "at": timezone.now(),
        "once": form.cleaned_data["once"],
    }  # fmt: skip
    if parent is not None:
        return verbs.raise_higher(whistle=parent, **said)
    return verbs.draft(compound=request.compound, matters=matters, **said)


def _parent(request: HttpRequest) -> Whistle | None:
    number = number_in(request.GET.get("parent", ""))
    if number is None:
        return None
    found = or_404(whistle_for(compound=request.compound, number=number, by=request.actor))
    return found[0]


def _matters(request: HttpRequest, parent: Whistle | None) -> list[Matter]:
    if parent is not None:
        return reads.matters_for(parent, request.actor)
    numbers = list(dict.fromkeys(n for text in request.GET.getlist("matter") if (n := number_in(text)) is not None))[
        :20
    ]
    found = [matter_for(compound=request.compound, number=n, by=request.actor) for n in numbers]
    if not found or None in found:
        raise Http404
    return [one[0] for one in found if one]


def _first_words(request: HttpRequest, matters: list[Matter], parent: Whistle | None) -> dict[str, Any]:
    """What is known already, without what names anybody; the drafter goes over it."""
    if parent is not None:
        told = verbs.same_again(parent)
        return {name: getattr(told, name) for name in SAID} | {"photos": [str(pk) for pk in told.attachments]}
    first = matters[0]
    urgent = any(m.hazard or m.urgency in {"emergency", "urgent"} for m in matters)
    return {
        "title": public_words(first.title)[:80], "facts": "\n".join(masks.scrub(public_words(m.words)) for m in matters)[:2000],
        "urgency": "urgent" if urgent else "normal", "affected": sum(m.voices for m in matters) if len(matters) > 1 else None,
    }  # fmt: skip


def _draft_page(request, form, matters, photos, more: dict[str, Any], *, back: str) -> HttpResponse:
    slug = request.compound.slug
    context = {
        "base": base_of(request), "form": form, "matters": matters, "back": back,
        "no_agencies": form.level == Level.AGENCIES and not form.agencies, "kept": keep(request, form),
        "pictures": [
            {"pk": str(p.pk), "src": address("matters:file", slug, p.pk, "thumb"), "n": n, "chosen": str(p.pk) in (form["photos"].value() or [])}
            for n, p in enumerate(photos, 1)
        ],
        **more,
    }  # fmt: skip
    return render(request, "matters/whistle_draft.html", context, status=422 if form.is_bound else 200)


def edit(request: HttpRequest, whistle: Whistle, asks: list[Ask]) -> HttpResponse:
    matters = reads.matters_for(whistle, request.actor)
    photos, own = reads.photos_of(matters, request.compound), list(files.own(whistle))
    chosen = {f.attachment_id for f in reads.files_of(whistle) if f.attachment_id}
    form = forms.DraftForm(
        request.POST or None, request.FILES or None, initial=_as_written(whistle, asks, chosen), level=whistle.level,
        agencies=reads.agencies_for(request.compound), photos=photos, own=own,
    )  # fmt: skip
    slug, back = request.compound.slug, address("matters:whistle", request.compound.slug, whistle.number)
    if form.is_bound and form.is_valid():
        with_kept(request, form)
        told = form.told()
        # What this reader is not offered stays as it is.
        told = replace(told, attachments=[*told.attachments, *chosen.difference(p.pk for p in photos)])
        data = form.cleaned_data
        with refusals_beside(form):
            verbs.edit(
                by=request.actor, whistle=whistle, told=told, files=files.ready(data["papers"]), drop=[UUID(pk) for pk in data["drop"]],
                at=timezone.now(), once=data["once"],
            )  # fmt: skip
            kept.forget(request)
            messages.success(request, _("改好了，等批准"))
            return redirect("matters:whistle", slug, whistle.number)
    gone = form["drop"].value() or []
    mine = [
        {"pk": str(f.pk), "name": f.name or "PDF", "href": address("matters:whistle-file", slug, whistle.number, f.pk, "small"), "gone": str(f.pk) in gone,
         "src": address("matters:whistle-file", slug, whistle.number, f.pk, "thumb") if f.kind == "photo" else ""}
        for f in own
    ]  # fmt: skip
    more = {"level": WHISTLE_LEVELS[Level(whistle.level)], "mine": mine, "sent_back": whistle.sent_back}
    return _draft_page(request, form, matters, photos, more, back=back)


def _as_written(whistle: Whistle, asks: list[Ask], chosen: set[UUID]) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(whistle, name) for name in SAID}
    for ask in asks:
        said |= {f"body{ask.place}": str(ask.body_id), f"ask{ask.place}": ask.words}
    return said | {"photos": [str(pk) for pk in chosen]}
