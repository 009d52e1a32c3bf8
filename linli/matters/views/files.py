"""Photos and voice notes, each behind the guard of its matter. Names never repeat, so a browser may keep them for good."""

import re
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from linli.kernel.refusal import Refused
from linli.plumbing.guards import allow, public

from ..access import attachment_for, open_attachment
from ..models import Attachment, PartPhoto
from ..services import photos

SIZES = ("small", "thumb")


@allow()
@require_safe
def file(request: HttpRequest, slug: str, pk: UUID, size: str) -> HttpResponse:
    return give(request, attachment_for(compound=request.compound, attachment_id=pk, by=request.actor), size)


@public
@require_safe
def public_file(request: HttpRequest, slug: str, pk: UUID, size: str) -> HttpResponse:
    return give(request, open_attachment(compound=request.compound, attachment_id=pk), size)


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
