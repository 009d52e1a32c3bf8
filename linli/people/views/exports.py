"""Lists with whole names and numbers: who asked, whose word is missing, and the file for a while."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.people import services
from linli.people.access import export_for
from linli.people.forms import AskExportForm, DecideExportForm
from linli.people.models import ExportRequest
from linli.people.queries import exports as reads
from linli.people.rules import Act
from linli.people.rules.exports import EXPORT_RUNNING
from linli.plumbing.addresses import numbered
from linli.plumbing.forms import OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment, whole
from linli.plumbing.refusals import refusals_above, refusals_beside
from linli.plumbing.sheets import XLSX


@allow(Act.EXPORT_LIST, Act.APPROVE_EXPORT)
@require_safe
@never_cache
def exports(request: HttpRequest, slug: str) -> HttpResponse:
    after = request.GET.get("after", "")
    rows, more = reads.requests(
        request.compound, request.actor, timezone.now(), int(after) if after.isdecimal() and len(after) < 9 else None
    )
    cells = [{"href": numbered("people:export", slug, row.pop("number")), **row} for row in rows]
    return render(request, "people/exports.html", {"rows": cells, "more": more})


@allow(Act.EXPORT_LIST)
@never_cache
def new_export(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Which list the address says: its kind, and which part of it."""
    wanted = reads.listing_of(request.compound, kind, request.GET)
    if wanted is None or not wanted.open_to(request.actor):
        raise Http404
    now = timezone.now()
    form = AskExportForm(request.POST or None, initial={"needed_by": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.ask_export(
                by=request.actor,
                compound=request.compound,
                kind=kind,
                params=wanted.params,
                at=now,
                **form.cleaned_data,
            )
            messages.success(request, _("交上去了，两个人同意就可以下载"))
            return redirect("people:export", slug, made.number)
    context = {"form": form, "wanted": wanted, "part": reads.part(wanted.note, wanted.size)}
    return render(request, "people/new_export.html", context, status=422 if form.is_bound else 200)


def _found(request: HttpRequest, number: int) -> ExportRequest:
    return or_404(export_for(request.compound, number, request.actor))


def _page(
    request: HttpRequest, found: ExportRequest, form: DecideExportForm | None = None, status: int = 200
) -> HttpResponse:
    now, voices = timezone.now(), reads.voices(found)
    wanted = reads.listing_of(request.compound, found.kind, found.params)
    own = found.asked_by == request.actor.account_id
    context: dict[str, Any] = {
        "export": found, "turn": reads.turn(found, voices, request.actor, now), "wanted": wanted, "form": form or DecideExportForm(),
        "own": own and reads.stands(found.state, found.ends_at, now) in EXPORT_RUNNING, "again": OnceForm(),
        "asked": moment(found.asked_at, now), "needed_by": whole(found.needed_by), "lines": reads.story(found, voices, now),
        "part": reads.part(wanted.note if wanted else "", found.size),
        "list_url": wanted.href if wanted and wanted.open_to(request.actor) else "", "settled": found.state not in EXPORT_RUNNING,
    }  # fmt: skip
    return render(request, "people/export.html", context, status=status)


@allow(Act.EXPORT_LIST, Act.APPROVE_EXPORT)
@never_cache
def export(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One request; to agree or not is posted here, and to take it back."""
    found, now = _found(request, number), timezone.now()
    if request.method != "POST":
        return _page(request, found)
    form = DecideExportForm(request.POST)
    if form.is_valid():
        given, act = form.cleaned_data, request.POST.get("act")
        with refusals_beside(form):
            if act == "withdraw":
                services.withdraw_export(by=request.actor, request=found, at=now, once=given["once"])
                messages.success(request, _("撤回了"))
            elif act in ("yes", "no"):
                services.decide_export(by=request.actor, request=found, yes=act == "yes", at=now, **given)
                messages.success(request, _("记下了，告诉了申请人"))
            return redirect("people:export", slug, number)
    return _page(request, found, form, 422)


@allow(Act.EXPORT_LIST)
@require_POST
@never_cache
def export_file(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """For who asked, while it is open; each time is an act."""
    found = _found(request, number)
    with refusals_above(request):
        data = services.download_export(by=request.actor, compound=request.compound, request=found, at=timezone.now())
        named = {"Content-Disposition": f'attachment; filename="list-{number}.xlsx"', "Cache-Control": "no-store"}
        return HttpResponse(data, content_type=XLSX, headers=named)
    return redirect("people:export", slug, number)
