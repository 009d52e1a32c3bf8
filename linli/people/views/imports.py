"""Spreadsheets into the registers: upload, what each column is, what will happen, yes, and back again."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.refusal import Refused
from linli.people.models import RosterImport
from linli.people.queries import imports as pages
from linli.people.rules import Act
from linli.people.rules.imports import Stage
from linli.people.services import imports
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.offline import once_of
from linli.plumbing.sheets import XLSX

ACCEPT = ".xlsx,.xls,.et,.csv,.txt"
_FIELD = re.compile(r"([fks])-(\d{1,3})(?:-(\d{1,5}))?$")
importing = allow(Act.IMPORT_HOMES, Act.IMPORT_OWNERS)


def _kinds(request: HttpRequest) -> list[str]:
    return [kind for kind, act in imports.ACTS.items() if request.may(act)]


def _roster(request: HttpRequest, pk: UUID) -> RosterImport:
    return or_404(pages.find(request.compound.pk, pk, _kinds(request)))


def _to(request: HttpRequest, roster: RosterImport, now: datetime) -> HttpResponse:
    """Small files are done before the page comes back; others show how far they are."""
    if roster.state in imports.WORKING and imports.is_small(roster):
        imports.work(roster_id=roster.pk, compound_id=roster.compound_id, at=now)
    return redirect("people:import", request.compound.slug, roster.pk)


# ── the list and the upload ─────────────────────────────────────────────────────────────────────────────────────────


@importing
@never_cache
def all_imports(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        return _upload(request)
    return _list(request)


def _list(request: HttpRequest, error: Refused | None = None, status: int = 200) -> HttpResponse:
    kinds = _kinds(request)
    chosen = request.POST.get("kind") or (kinds[0] if len(kinds) == 1 else request.GET.get("kind", ""))
    context = {
        "rows": pages.recent(request.compound.pk, kinds, timezone.now()),
        "kinds": [(k, pages.KINDS[k], k == chosen) for k in kinds], "accept": ACCEPT, "once": uuid4(),
        "error": str(error) if error else "", "error_field": error.field if error else "",
    }  # fmt: skip
    return render(request, "people/imports.html", context, status=status)


def _upload(request: HttpRequest) -> HttpResponse:
    now, file = timezone.now(), request.FILES.get("file")
    try:
        if request.POST.get("kind") not in _kinds(request):
            raise _missing(_("选一下这是哪种台账"), "kind")
        if file is None:
            raise _missing(_("还没有选文件"), "file")
        roster = imports.upload(
            by=request.actor, compound=request.compound, kind=request.POST["kind"], filename=file.name or "",
            data=file.read(), once=once_of(request), at=now,
        )  # fmt: skip
    except Refused as no:
        return _list(request, no, 422)
    return _to(request, roster, now)


def _missing(sentence: str, field: str) -> Refused:
    from linli.kernel.refusal import Refusal

    return Refused(Refusal("missing", sentence), field)


# ── one import ──────────────────────────────────────────────────────────────────────────────────────────────────────


@importing
@require_safe
@never_cache
def one_import(request: HttpRequest, slug: str, roster: UUID) -> HttpResponse:
    found = _roster(request, roster)
    if found.state in imports.WORKING or request.headers.get("HX-Request"):
        return _working(request, found)
    if found.state == Stage.UPLOADED or (found.state == Stage.CHECKED and "columns" in request.GET):
        return _columns_page(request, found)
    return _preview_page(request, found)


def _working(request: HttpRequest, roster: RosterImport) -> HttpResponse:
    """Asks again by itself; when the step is done the whole page comes."""
    part = bool(request.headers.get("HX-Request"))
    context = _base(request, roster)
    if part and roster.state not in imports.WORKING:
        answer = HttpResponse(status=204, headers={"HX-Redirect": context["here"]})
    else:
        context["progress"] = pages.working(roster)
        answer = render(request, "people/_import_progress.html" if part else "people/import_working.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _base(request: HttpRequest, roster: RosterImport) -> dict[str, Any]:
    now = timezone.now()
    return {
        "roster": roster, "failure": pages.failure(roster), "kind": pages.KINDS[roster.kind], "stage": pages.STAGES[Stage(roster.state)], "once": uuid4(),
        "state": roster.state, "two": roster.kind in imports.TWO_PEOPLE, "when": pages.moment(roster.uploaded_at, now),
        "filename": pages.masks.scrub(roster.filename), "here": address("people:import", request.compound.slug, roster.pk),
        "original": pages.original(roster),
    }  # fmt: skip


def _columns_page(request: HttpRequest, roster: RosterImport, error: Refused | None = None) -> HttpResponse:
    typed = request.POST if error else None
    sheets = pages.sheets(roster, imports.fields_for(roster.kind), typed)
    context = _base(request, roster) | {
        "sheets": [s for s in sheets if s["columns"]], "unread": [s for s in sheets if not s["columns"]],
        "several": sum(1 for s in sheets if s["columns"]) > 1,
        "looks_like": next((s["looks_like"] for s in sheets if s["looks_like"] and s["read"]), ""),
        "sensitive": any(c["state"] == "sensitive" for s in sheets for c in s["columns"]),
        "reason": typed.get("reason", "") if typed else roster.reason, "sure": bool(typed and typed.get("sure")),
        "before": pages.before(roster, timezone.now()), "error": str(error) if error else "",
        "error_field": error.field if error else "",
    }  # fmt: skip
    return render(request, "people/import_columns.html", context, status=422 if error else 200)


def _preview_page(request: HttpRequest, roster: RosterImport, error: Refused | None = None) -> HttpResponse:
    show = request.GET.get("show", "")
    counts = roster.summary.get("counts", {})
    if show not in pages.FILTERS:
        show = next((n for n in ("refused", "changed") if sum(counts.get(b, 0) for b in pages.FILTERS[n][1])), "all")
    page = _page(request)
    context = _base(request, roster)
    rows, more = pages.preview(roster, show, page, request.actor.role) if "counts" in roster.summary else ([], False)
    mine = request.actor.account_id == roster.confirmed_by
    context |= {
        "rows": rows, "kept": pages.kept_back(roster), "show": show, "tabs": pages.tabs(roster, show, context["here"]), "about": pages.about(roster),
        "before_page": f"?show={show}&page={page - 1}" if page else "", "next_page": f"?show={show}&page={page + 1}" if more else "",
        "takes": sum(counts.get(b, 0) for b in imports.TAKEN), "refused": sum(counts.get(b, 0) for b in imports.NOT_TAKEN),
        "words": pages.result_words(roster.summary, roster.state) or pages.counts_words(counts), "counts": counts,
        "mine": mine, "undo_mine": str(request.actor.account_id) == roster.summary.get("undo_by"),
        "before": pages.before(roster, timezone.now()) if roster.state == Stage.CHECKED else "",
        "error": str(error) if error else "", "reason": request.POST.get("reason", ""),
        "many_kept": roster.summary.get("kept_count", 0) > len(roster.summary.get("kept", [])),
    }  # fmt: skip
    return render(request, "people/import.html", context, status=422 if error else 200)


def _page(request: HttpRequest) -> int:
    said = request.GET.get("page", "0")
    return min(int(said), 10_000) if said.isdecimal() and len(said) < 6 else 0


# ── acts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@importing
@never_cache
def header(request: HttpRequest, slug: str, roster: UUID, sheet: int) -> HttpResponse:
    """Which row is the header, where it was not recognised or not well."""
    found, now = _roster(request, roster), timezone.now()
    if found.state not in (Stage.UPLOADED, Stage.CHECKED) or (page := pages.header_page(found, sheet)) is None:
        return redirect("people:import", slug, found.pk)
    error = ""
    if request.method == "POST":
        row = request.POST.get("row", "")
        try:
            found = imports.choose_header(
                by=request.actor, roster=found, sheet=sheet, row=int(row) if row.isdecimal() and len(row) < 4 else -1,
                span=2 if request.POST.get("two") else 1, at=now,
            )  # fmt: skip
            return _to(request, found, now)
        except Refused as no:
            error = str(no)
    context = _base(request, found) | page | {"sheet": sheet, "error": error}
    return render(request, "people/import_header.html", context, status=422 if error else 200)


@importing
@require_POST
def columns(request: HttpRequest, slug: str, roster: UUID) -> HttpResponse:
    found, now = _roster(request, roster), timezone.now()
    said = _said(request.POST)
    try:
        found = imports.choose_columns(
            by=request.actor, roster=found, fields=said["f"], sheets=[s for s, _c in said["s"]],
            keep=list(said["k"]), reason=request.POST.get("reason", ""), sure=bool(request.POST.get("sure")), at=now,
        )  # fmt: skip
    except Refused as no:
        return _columns_page(request, found, no)
    return _to(request, found, now)


def _said(post: Mapping[str, str]) -> dict[str, dict[tuple[int, int], str]]:
    """The boxes of the columns form: f fields, k sensitive columns to keep, s sheets to read."""
    said: dict[str, dict[tuple[int, int], str]] = {"f": {}, "k": {}, "s": {}}
    for name in post:
        if match := _FIELD.fullmatch(name):
            said[match[1]][int(match[2]), int(match[3] or 0)] = post[name]
    return said


def _act(service: Callable[..., RosterImport], said: Callable[[RosterImport], str] | None = None, **taken: str) -> Any:
    """A view of one button: does it, or shows the page again with the reason why not."""

    def view(request: HttpRequest, slug: str, roster: UUID) -> HttpResponse:
        found, now = _roster(request, roster), timezone.now()
        given = {name: request.POST.get(field, "") for name, field in taken.items()}
        try:
            found = service(by=request.actor, roster=found, at=now, **given)
        except Refused as no:
            return _preview_page(request, found, no)
        if said:
            messages.success(request, said(found))
        return _to(request, found, now)

    return importing(require_POST(view))


def _confirmed(roster: RosterImport) -> str:
    if roster.state == Stage.PROPOSED:
        return _("已提出。另一个有这个权限的人确认以后才收进名册")
    return _("已确认收进")


def _undone(roster: RosterImport) -> str:
    if roster.state == Stage.UNDO_ASKED:
        return _("已提出撤回。另一个有这个权限的人确认以后才撤")
    return _("已确认撤回")


apply = _act(imports.confirm, _confirmed)
undo = _act(imports.undo, _undone, reason="reason")
keep = _act(imports.keep_applied, lambda roster: _("不撤回，名册不动"))
drop = _act(imports.drop, lambda roster: _("不要了，名册没有动"))


@importing
@require_safe
@never_cache
def refused(request: HttpRequest, slug: str, roster: UUID, form: str) -> HttpResponse:
    """The rows not taken, as a file. Its name says nothing of anybody."""
    found = _roster(request, roster)
    if "plans" not in found.summary or form not in ("xlsx", "csv"):
        raise Http404
    data = imports.download_refused(by=request.actor, roster=found, form=form, at=timezone.now())
    answer = HttpResponse(data, content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="refused-{found.pk.hex[-6:]}.{form}"'
    return answer
