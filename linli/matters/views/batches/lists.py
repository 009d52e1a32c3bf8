"""The office's list coming in, and lists going out."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.masks import scrub
from linli.people.rules import Act as Right
from linli.people.rules.imports import Became
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import label
from linli.plumbing.moments import moment
from linli.plumbing.refusals import refusals_above, refusals_beside
from linli.plumbing.sheets import XLSX

from ...access.batches import batch_import_for
from ...forms.batches import FileForm, TellForm, UndoForm
from ...models import Batch, BatchImport
from ...queries import batches as reads
from ...queries.batches.homes import Filters
from ...services import batches
from .shared import found, frame

SHOWN, STAY_SHOWN = 60, 200
RESULTS = {
    Became.NEW: (gettext_noop("加进来"), "done"), Became.CHANGED: (gettext_noop("有变化"), "ink"), Became.SAME: (gettext_noop("没有变"), ""),
    Became.REFUSED: (gettext_noop("没收进"), "late"), Became.CONFLICT: (gettext_noop("对不上"), "late"), Became.SKIPPED: (gettext_noop("跳过"), ""),
    Became.REPEAT: (gettext_noop("重复"), ""),
}  # fmt: skip
STAGES = {
    "checked": gettext_noop("等您确认"),
    "applied": gettext_noop("已收进"),
    "dropped": gettext_noop("不要了"),
    "undone": gettext_noop("整份撤回了"),
}


def words_of(counts: dict[str, int]) -> str:
    return _("，").join(
        f"{label(words)} {counts[became]}" for became, (words, _kind) in RESULTS.items() if counts.get(became)
    )


@allow(Right.KEEP_BATCH)
@never_cache
def imports(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    batch, now = found(request, number), timezone.now()
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        with refusals_beside(form):
            made = batches.check_import(
                by=request.actor, batch=batch, filename=file.name or "", data=file.read(), at=now, once=form.cleaned_data["once"]
            )  # fmt: skip
            return redirect("matters:batch-import", slug, number, made.pk)
    rows = [
        {
            "href": address("matters:batch-import", slug, number, r.pk), "title": scrub(r.filename), "value": label(STAGES[r.state]),
            "note": f"{words_of(r.counts)} · {moment(r.uploaded_at, now)}",
        }
        for r in reads.imports(batch)
    ]  # fmt: skip
    context = frame(request, batch, "batch-imports") | {"form": form, "rows": rows}
    return render(request, "matters/batch_imports.html", context, status=422 if request.method == "POST" else 200)


def _import(batch: Batch, pk: UUID) -> BatchImport:
    return or_404(batch_import_for(batch=batch, import_id=pk))


@allow(Right.KEEP_BATCH)
@require_safe
@never_cache
def one_import(request: HttpRequest, slug: str, number: int, roster: UUID) -> HttpResponse:
    batch = found(request, number)
    made = _import(batch, roster)
    show = request.GET.get("show", "")
    default = next(
        (b for b in (Became.REFUSED, Became.CONFLICT, Became.CHANGED, Became.NEW) if made.counts.get(b)), Became.SAME
    )
    show = show if made.counts.get(show) else default
    rows = [
        {**rec, "label": label(RESULTS[Became(rec["st"])][0]), "kind": RESULTS[Became(rec["st"])][1]}
        for rec in (batches.shown(made, lambda st: st == show, SHOWN) if made.rows else [])
    ]
    takes, refused = (
        sum(made.counts.get(b, 0) for b in (Became.NEW, Became.CHANGED)),
        sum(made.counts.get(b, 0) for b in (Became.REFUSED, Became.CONFLICT)),
    )
    stay = (
        [rec["p"] for rec in batches.shown(made, lambda st: st == "stay", STAY_SHOWN)]
        if made.counts.get("stay")
        else []
    )
    context = frame(request, batch, "batch-imports") | {
        "sheets": [_sheet(s) for s in made.sheets], "may_undo": made.state == "applied" and made.entry_id and batch.closed_at is None,
        "undone": made.counts.get("undone", 0), "stay": stay, "undo": UndoForm(),
        "roster": made, "rows": rows, "words": words_of(made.counts), "takes": takes, "refused": refused, "filename": scrub(made.filename), "stage": label(STAGES[made.state]),
        "views": [{"label": label(words), "count": made.counts[b], "href": f"?show={b}", "chosen": b == show} for b, (words, _k) in RESULTS.items() if made.counts.get(b)],
    }  # fmt: skip
    return render(request, "matters/batch_import.html", context)


def _sheet(sheet: dict[str, Any]) -> dict[str, Any]:
    """What of a sheet was not taken, or not understood; a file of before this was kept says only why it was not read."""
    return {"name": sheet["name"], "why_not": label(sheet["why_not"]) if sheet["why_not"] else "", **{
        name: _("、").join(sheet.get(name, ())) for name in ("kept", "left", "sensitive")
    }}  # fmt: skip


@allow(Right.KEEP_BATCH)
@require_POST
def import_act(request: HttpRequest, slug: str, number: int, roster: UUID) -> HttpResponse:
    batch = found(request, number)
    made = _import(batch, roster)
    given: dict[str, Any] = {"by": request.actor, "batch": batch, "roster": made, "at": timezone.now()}
    with refusals_above(request):
        if "undo" in request.POST:
            form = UndoForm(request.POST)
            form.full_clean()
            done = batches.undo_import(
                **given, reason=form.cleaned_data.get("words", ""), once=form.cleaned_data["once"]
            )
        else:
            done = (batches.apply_import if "apply" in request.POST else batches.drop_import)(**given)
        messages.success(request, _done(done))
        if done.state == "dropped":
            return redirect("matters:batch-imports", slug, number)
        if done.state != "undone" and not done.counts.get(Became.CONFLICT):
            return redirect("matters:batch-desk", slug, number)
    return redirect("matters:batch-import", slug, number, roster)


def _done(roster: BatchImport) -> str:
    if roster.state == "undone":
        return _("整份撤回了")
    if roster.state == "dropped":
        return _("不要了，名单没有动")
    return _("收进了：%(words)s。绑定的住户会收到消息") % {"words": words_of(roster.counts)}


@allow(Right.KEEP_BATCH)
@require_safe
@never_cache
def refused(request: HttpRequest, slug: str, number: int, roster: UUID, form: str) -> HttpResponse:
    made = _import(found(request, number), roster)
    if form not in ("xlsx", "csv") or not made.rows:
        raise Http404
    answer = HttpResponse(
        batches.refused_file(made, form), content_type=XLSX if form == "xlsx" else "text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="refused-{made.pk.hex[-6:]}.{form}"'
    return answer


# ── telling all that miss a paper ───────────────────────────────────────────────────────────────────────────────────


@allow(Right.KEEP_BATCH)
@never_cache
def tell(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Choose, see how many it reaches, send."""
    batch = found(request, number)
    context = frame(request, batch, "batch-tell")
    papers = [
        (p.key, f"{label(p.label)} {n}") for p in reads.papers_of(batch) if (n := context["counts"].lacks.get(p.key, 0))
    ]
    form = TellForm(request.POST or None, papers=papers)
    reach = None
    if form.is_valid():
        chosen, words = form.cleaned_data["papers"], form.cleaned_data["words"]
        if "send" in request.POST:
            with refusals_beside(form):
                sent = batches.tell_missing(
                    by=request.actor,
                    batch=batch,
                    papers=chosen,
                    words=words,
                    at=timezone.now(),
                    once=form.cleaned_data["once"],
                )
                messages.success(
                    request,
                    _("告诉了 %(n)s 户，%(nobody)s 户联系不上，名单可以打印")
                    % {"n": sent.reached, "nobody": sent.nobody},
                )
                return redirect("matters:batch-tell", slug, number)
        else:
            reach = batches.reach(batch, chosen)
    context |= {"form": form, "reach": reach, "papers": papers, "unreached": [(k, w) for k, w in papers]}
    return render(request, "matters/batch_tell.html", context, status=422 if form.is_bound and not reach else 200)


@allow(Right.KEEP_BATCH)
@require_safe
@never_cache
def unreached(request: HttpRequest, slug: str, number: int, paper: str) -> HttpResponse:
    """The paper list of those whom no message reaches: homes, masked names, what is missing, room for a tick."""
    batch = found(request, number)
    if paper not in {p.key for p in reads.papers_of(batch)}:
        raise Http404
    answer = HttpResponse(
        batches.unreached_file(by=request.actor, batch=batch, paper=paper, at=timezone.now()), content_type=XLSX
    )
    answer["Content-Disposition"] = (
        f'attachment; filename="batch-{number}-unreached-{timezone.localdate():%Y%m%d}.xlsx"'
    )
    return answer


@allow(Right.EXPORT_LIST)
@require_safe
@never_cache
def export(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The list as it is filtered, names masked."""
    batch, f = found(request, number), Filters.read(request.GET)
    data = batches.export_file(by=request.actor, batch=batch, filters=f, at=timezone.now())
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="batch-{number}-{timezone.localdate():%Y%m%d}.xlsx"'
    return answer
