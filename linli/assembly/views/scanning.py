"""Returned papers as pictures, a batch at a time. Files are sealed while they arrive; the key lies in the sender's own cookie until the
batch is read, so that no plain picture touches a disk."""

import base64
import binascii
from time import monotonic
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from linli.kernel.refusal import Refused
from linli.plumbing import uploads
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.refusals import refusals_beside
from linli.plumbing.scans import PDF_BYTES_MOST

from ..access import parts_in
from ..forms.scanning import ScanNameForm, ScansForm
from ..models import ScanBatch, Session
from ..queries import scanning as queries
from ..queries.reading import shown_of
from ..rules.sessions import TABLE, Act, State, allowed
from ..services import scanning as services
from .base import found_session, frame, page_of, sent

KEPT = "scans"
ALL_BYTES_MOST = 4 * PDF_BYTES_MOST
A_WHILE = 2.5  # seconds a request reads on


def _session(request: HttpRequest, number: int, act: Act = Act.SCAN) -> Session:
    one = found_session(request, number)
    if not parts_in(one, request.actor) & TABLE[act].who or not one.seal_key:
        raise Http404
    return one


@csrf_exempt  # asked in `_bring`: the form must not be read before it is known where its files go
@allow()
@never_cache
def scans(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = _session(request, number)
    if request.method != "POST":
        return _desk(request, session, slug, ScansForm())
    key = uploads.fresh_key()
    request.upload_handlers = [
        uploads.SealedUploads(request, key=key, owner=request.actor.account_id, most=PDF_BYTES_MOST, in_all=ALL_BYTES_MOST)
    ]  # fmt: skip
    return _bring(request, session, slug, key)


@csrf_protect
def _bring(request: HttpRequest, session: Session, slug: str, key: bytes) -> HttpResponse:
    form = ScansForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        with refusals_beside(form):
            batch = services.start(
                by=request.actor, session=session, files=given["sheets"], key=key, at=timezone.now(), once=given["once"]
            )
            if [mark for mark, _name, _pages in batch.waiting] == [file.mark for file in given["sheets"]]:
                request.session[KEPT] = [batch.pk.hex, base64.b64encode(key).decode()]
            return redirect(address("assembly:scan-batch", slug, session.number, batch.pk))
    return _desk(request, session, slug, form)


def _desk(request: HttpRequest, session: Session, slug: str, form: ScansForm) -> HttpResponse:
    now = timezone.now()
    context = {
        "heading": _("扫描件"), "session": session, "form": form, "back": page_of(session, slug), "stand": queries.stand(session), "number": session.number,
        "scans": Act.SCAN in allowed(State(session.state), parts_in(session, request.actor)),
        "unnamed": queries.unnamed(session), "batches": queries.batches(session, request.actor.account_id, now),
    }  # fmt: skip
    return render(
        request, "assembly/scans/scans.html", {**frame(request), **context}, status=422 if form.errors else 200
    )


@allow()
@never_cache
def batch(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """What became of each sheet; a press reads on for a while, and with script the page presses by itself."""
    session = _session(request, number)
    found = or_404(queries.batch_of(session, pk, request.actor.account_id))
    key, stopped = _key(request, found), ""
    if request.method == "POST" and key:
        try:
            _read_on(request, found, key, page_of(session, slug))
        except Refused as no:
            stopped = said(no.refusal)
        if not request.htmx and not stopped:
            return redirect(address("assembly:scan-batch", slug, number, pk))
    rows = queries.lines(found)
    left = found.sheets - len(rows)
    if not left and key:
        request.session.pop(KEPT, None)
    context = {
        "heading": _("一批扫描件"), "session": session, "batch": found, "rows": rows, "left": left, "read": len(rows), "goes_on": bool(key) and left and not stopped,
        "stopped": stopped, "here": address("assembly:scan-batch", slug, number, pk), "back": address("assembly:scans", slug, number),
        "number": number, "bad": sum(row.bad for row in rows), "to_name": sum(row.scan is not None for row in rows),
    }  # fmt: skip
    template = "_batch" if request.htmx else "batch"
    return render(request, f"assembly/scans/{template}.html", {**frame(request), **context})


def _key(request: HttpRequest, found: ScanBatch) -> bytes:
    held = request.session.get(KEPT)
    if not isinstance(held, list) or held[0] != found.pk.hex:
        return b""
    try:
        return base64.b64decode(held[1])
    except (binascii.Error, ValueError):
        return b""


def _read_on(request: HttpRequest, found: ScanBatch, key: bytes, page: str) -> None:
    until, held = monotonic() + A_WHILE, services.Held()
    while services.read_next(by=request.actor, batch=found, key=key, page=page, at=timezone.now(), held=held):
        if monotonic() > until:
            return


@allow()
@never_cache
def name(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    """The paper lies on the table: before the count nobody can look at its picture, afterwards it is shown."""
    session = _session(request, number, Act.NAME_SCAN)
    sheet = queries.to_name(session, pk)
    if sheet is None or sheet.scan is None:
        raise Http404
    form = ScanNameForm(sent(request))
    back = address("assembly:scans", slug, number)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.name_scan(
                by=request.actor, session=session, scan=sheet.scan, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("写上了"))
            return redirect(back)
    context: dict[str, Any] = {
        "heading": _("写编号"),
        "session": session,
        "form": form,
        "sheet": sheet,
        "back": back,
        "number": number,
        "place": sheet.place + 1,
    }
    if session.state == State.COUNTING:
        context["shown"] = shown_of(sheet.scan)
    return render(
        request, "assembly/scans/name.html", {**frame(request), **context}, status=422 if form.errors else 200
    )
