"""The compound's public page: numbers and what was fixed, for anybody, while the compound allows it. Nobody is named."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from linli.places.models import Compound
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import public
from linli.plumbing.numbers import page_in

from ..queries import public as read
from ..queries.batches import open_batches
from ..rules.publicity import public_words

SHOWN = 6


def _address(slug: str):
    return lambda pk, size: address("matters:public-file", slug, pk, size)


@public
@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.compound.public_page:
        raise Http404
    now = timezone.now()
    recent = read.solved(compound=request.compound, now=now, address=_address(slug), limit=SHOWN, with_photos=True)[
        :SHOWN
    ]
    if not recent:
        recent = read.solved(compound=request.compound, now=now, address=_address(slug), limit=SHOWN)[:SHOWN]
    return render(
        request,
        "matters/public.html",
        {"numbers": read.numbers(request.compound, now), "recent": recent, "batches": _batches(request.compound)},
    )


def _batches(compound: Compound) -> list[dict[str, str]]:
    """The running cases that the compound shows to everybody."""
    return [
        {"title": public_words(b.title), "href": numbered("matters:batch", compound.slug, b.number)}
        for b in open_batches(compound.pk)
        if b.public
    ]


@public
@require_safe
def solved(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.compound.public_page:
        raise Http404
    after = page_in(request.GET.get("after", ""))
    rows = read.solved(compound=request.compound, now=timezone.now(), address=_address(slug), after=after)
    more = rows[read.PAGE - 1].key if len(rows) > read.PAGE else ""
    return render(request, "matters/solved.html", {"rows": rows[: read.PAGE], "more": more, "first": after is None})
