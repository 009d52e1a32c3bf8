"""Photos and voice notes, each behind the guard of its matter. Names never repeat, so a browser may keep them for good."""

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.kernel.refusal import Refused
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404, public
from linli.plumbing.refusals import refusals_beside

from ..access import attachment_for, open_attachment, sealed_for
from ..forms.photos import Unseal
from ..models import Attachment, PartPhoto
from ..rules.states import Act
from ..services import photos

SIZES = ("small", "thumb")
KINDS = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png"}


@allow()
@require_safe
def file(request: HttpRequest, slug: str, pk: UUID, size: str) -> HttpResponse:
    return give(request, attachment_for(compound=request.compound, attachment_id=pk, by=request.actor), size)


@public
@require_safe
def public_file(request: HttpRequest, slug: str, pk: UUID, size: str) -> HttpResponse:
    return give(request, open_attachment(compound=request.compound, attachment_id=pk), size)


@allow()
@never_cache
def original(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """What was sent, for the desk alone: asks why, writes it down, gives it to keep nowhere."""
    row = or_404(sealed_for(compound=request.compound, number=number, attachment_id=pk, by=request.actor))
    form = Unseal(request.POST or None)
    if form.is_valid():
        with refusals_beside(form):
            data = photos.unseal_original(
                by=request.actor, attachment=row, reason=form.cleaned_data["reason"], at=timezone.now()
            )
            kind = KINDS.get(data[:2], "application/octet-stream")
            return HttpResponse(data, content_type=kind, headers={"Content-Disposition": "inline"})
    context = {"form": form, "matter": row.matter, "back": address("matters:act", slug, number, Act.HIDE_PHOTO.value)}
    return render(request, "matters/photo_original.html", context, status=422 if form.is_bound else 200)


def give(request: HttpRequest, row: Attachment | PartPhoto | None, size: str) -> HttpResponse:
    if row is None or size not in SIZES:
        raise Http404
    try:
        path, kind = photos.read(row, size)
        body = path.read_bytes()
    except (Refused, FileNotFoundError) as why:
        raise Http404 from why
    answer = _part(body, kind, request.headers.get("Range", ""))
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["Content-Disposition"] = "inline"
    answer["Accept-Ranges"] = "bytes"
    return answer


def _part(body: bytes, kind: str, wanted: str) -> HttpResponse:
    """Phones play a voice note only from a server that gives parts of it."""
    found = re.fullmatch(r"bytes=(\d+)-(\d*)", wanted)
    if not found or int(found[1]) >= len(body):
        return HttpResponse(body, content_type=kind)
    first, last = int(found[1]), min(int(found[2] or len(body) - 1), len(body) - 1)
    answer = HttpResponse(body[first : last + 1], status=206, content_type=kind)
    answer["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return answer
