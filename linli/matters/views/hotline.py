"""The hotline at the desk: orders by its own limit, an export looked at and taken in, one order, the answers."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.kernel.refusal import Refused
from linli.kernel.rosters.reading import read_sheets
from linli.people.rules import Act as Right
from linli.plumbing import vault
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.moments import moment
from linli.plumbing.numbers import uuid_in
from linli.plumbing.offline import once_of
from linli.plumbing.refusals import refusals_above, refusals_beside
from linli.plumbing.sheets import XLSX

from ..access.hotline import hotline_import_for, hotline_order_for, topic_for
from ..forms import hotline as forms
from ..models import HotlineImport, HotlineOrder
from ..queries import hotline as reads
from ..rules.publicity import is_public
from ..services import hotline

SHOWN = 200
minding = allow(Right.MIND_HOTLINE)


@minding
@require_safe
def orders(request: HttpRequest, slug: str) -> HttpResponse:
    now, waits = timezone.now(), "answered" not in request.GET
    page = reads.lines(request.compound, now, waits=waits, after=request.GET.get("after", ""))
    here = address("matters:hotline", slug)
    tabs = [
        {"label": _("等答复"), "href": here, "chosen": waits, "count": None},
        {"label": _("答复过的"), "href": f"{here}?answered=1", "chosen": not waits, "count": None},
    ]
    topics = (
        [(t, moment(t.first_at, now), is_public(t.matter)) for t in reads.topics(request.compound)] if waits else []
    )
    context = {
        "page": page,
        "waits": waits,
        "tabs": tabs,
        "topics": topics,
        "once": uuid4(),
        "can_export": any(not r.why_not for r in page.rows),
    }
    return render(request, "matters/hotline.html", context)


# ── an export ───────────────────────────────────────────────────────────────────────────────────────────────────────


@minding
@never_cache
def bring(request: HttpRequest, slug: str) -> HttpResponse:
    error, file = "", request.FILES.get("file")
    if request.method == "POST":
        try:
            if file is None:
                error = _("还没有选文件")
            else:
                batch = hotline.upload(
                    by=request.actor, compound=request.compound, filename=file.name or "", data=file.read(), once=once_of(request),
                    at=timezone.now(),
                )  # fmt: skip
                return redirect("matters:hotline-import", slug, batch.pk)
        except Refused as no:
            error = said(no.refusal)
    return render(
        request, "matters/hotline_bring.html", {"error": error, "once": uuid4()}, status=422 if error else 200
    )


def _batch(request: HttpRequest, pk: UUID) -> HotlineImport:
    return or_404(hotline_import_for(compound=request.compound, pk=pk))


@minding
@never_cache
def one_import(request: HttpRequest, slug: str, batch: UUID) -> HttpResponse:
    """What would come in, and what would not and why; taken in or dropped by one press."""
    found, now = _batch(request, batch), timezone.now()
    if request.method == "POST":
        with refusals_above(request):
            if "drop" in request.POST:
                done = hotline.drop(by=request.actor, batch=found, at=now)
            else:
                done = hotline.take_in(by=request.actor, batch=found, apart=request.POST.getlist("apart"), at=now)
            messages.success(request, _taken_words(done))
            return redirect("matters:hotline", slug)
        return redirect("matters:hotline-import", slug, batch)
    seen = _look(request, found, now)
    if seen is None:
        return redirect("matters:hotline", slug)
    rows = sorted(seen.rows, key=lambda r: (r.result != "refused", not r.joins))[:SHOWN]
    words = {"new": _("新的"), "same": _("已经有了"), "refused": _("不收")}
    context = {
        "batch": found, "columns": seen.columns, "counts": seen.counts, "more": max(0, len(seen.rows) - SHOWN),
        "rows": [
            (r, words[r.result], {"new": "done", "refused": "late"}.get(r.result, ""), moment(r.when, now) if r.when else "", moment(r.due, now) if r.due else "")
            for r in rows
        ],
    }  # fmt: skip
    return render(request, "matters/hotline_import.html", context)


def _look(request: HttpRequest, batch: HotlineImport, now: datetime) -> reads.Look | None:
    if batch.state != reads.CHECKED:
        return None
    return reads.look(request.compound, read_sheets(vault.open_sealed(batch.stored), batch.filename), now)


def _taken_words(batch: HotlineImport) -> str:
    if batch.state == reads.DROPPED:
        return _("不要了，什么都没有动")
    given = {name: batch.counts.get(name, 0) for name in ("new", "same", "refused")}
    return _("收进 %(new)s 件，已经有的 %(same)s 件，不收的 %(refused)s 件") % given


@minding
@require_safe
@never_cache
def refused(request: HttpRequest, slug: str, batch: UUID) -> HttpResponse:
    """The rows not taken with their reasons, to be put right and sent again."""
    found = _batch(request, batch)
    seen = or_404(_look(request, found, timezone.now()))
    data = hotline.refused_rows(by=request.actor, batch=found, seen=seen, at=timezone.now())
    return _file(data, f"refused-{found.pk.hex[-6:]}.xlsx")


def _file(data: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


# ── one order ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _order(request: HttpRequest, pk: UUID) -> HotlineOrder:
    return or_404(hotline_order_for(compound=request.compound, pk=pk))


@minding
@require_safe
def order(request: HttpRequest, slug: str, order: UUID) -> HttpResponse:
    return _page(request, _order(request, order))


def _page(
    request: HttpRequest, found: HotlineOrder, caller: hotline.Caller | None = None, status: int = 200, **bound: Any
) -> HttpResponse:
    now = timezone.now()
    given = {
        "reason": forms.Reason(auto_id="reason_%s"), "explain": forms.Explain(auto_id="explain_%s"),
        "back": forms.SentBack(auto_id="back_%s"), **bound,
    }  # fmt: skip
    matter, reply = found.matter, reads.answer_of(found)
    if reply:
        given.setdefault("correct", forms.Correct(auto_id="correct_%s", initial={"words": reply.handling}))
    context = {
        "order": found, "matter": matter, "caller": caller, "received": moment(found.received_at, now), "due": moment(found.due_at, now),
        "first_due": moment(found.first_due_at, now) if found.first_due_at != found.due_at else "",
        "ours": moment(matter.next_due_at, now) if matter.next_due_at else "", "contacted": moment(found.contacted_at, now) if found.contacted_at else "",
        "exported": moment(found.exported_at, now) if found.exported_at else "", "late": found.waits and found.due_at <= now,
        "may_return": matter.state in {"resolved", "visited", "closed", "declined"}, "once": uuid4(),
        "reply": reply, "why_not": reads.why_not(matter.state, matter.pause_reason),
        "sent": [(moment(row.at, now), row.words) for row in reads.exported(found)], **given,
    }  # fmt: skip
    answer = render(request, "matters/hotline_order.html", context, status=status)
    answer["Cache-Control"] = "no-store"
    return answer


@minding
@require_POST
def order_act(request: HttpRequest, slug: str, order: UUID, act: str) -> HttpResponse:
    found, now, by = _order(request, order), timezone.now(), request.actor
    if act == "caller":
        return _see(request, found, now)
    if act in {"join", "apart"}:
        return _proposed(request, found, act, now)
    made: dict[str, tuple[Any, Callable[..., HotlineOrder], str, str]] = {
        "correct": (forms.Correct, hotline.correct_answer, "correct", _("改好了，导出的就是这段话")),
        "explain": (forms.Explain, hotline.explain, "explain", _("记下了")),
        "back": (forms.SentBack, hotline.sent_back, "back", _("记下了，重新办")),
    }
    if act not in made:
        raise Http404
    kind, verb, name, words = made[act]
    form = kind(request.POST, auto_id=f"{name}_%s")
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            verb(by=by, order=found, at=now, **data)
            messages.success(request, words)
            return redirect("matters:hotline-order", slug, found.pk)
    return _page(request, found, status=422, **{name: form})


def _see(request: HttpRequest, found: HotlineOrder, now: datetime) -> HttpResponse:
    form = forms.Reason(request.POST, auto_id="reason_%s")
    if form.is_valid():
        with refusals_beside(form):
            why = str(forms.CONTACT_REASONS[form.cleaned_data["reason"]])
            return _page(request, found, hotline.caller_of(by=request.actor, order=found, reason=why, at=now))
    return _page(request, found, status=422, reason=form)


def _proposed(request: HttpRequest, found: HotlineOrder, act: str, now: datetime) -> HttpResponse:
    with refusals_above(request):
        if act == "join":
            hotline.join(by=request.actor, order=found, once=once_of(request), at=now)
            messages.success(request, _("并到一起了"))
        else:
            hotline.not_the_same(by=request.actor, order=found, at=now)
            messages.success(request, _("单独办"))
    return redirect("matters:hotline", request.compound.slug)


# ── answers and topics ──────────────────────────────────────────────────────────────────────────────────────────────


@minding
@require_POST
def export(request: HttpRequest, slug: str) -> HttpResponse:
    chosen = [pk for text in request.POST.getlist("order") if (pk := uuid_in(text))]
    now = timezone.now()
    with refusals_above(request):
        file = hotline.export_answers(by=request.actor, compound=request.compound, orders=chosen, at=now)
        return _file(file, f"12345-{timezone.localdate(now):%Y%m%d}.xlsx")
    return redirect("matters:hotline", slug)


@minding
@require_POST
def drop_topic(request: HttpRequest, slug: str, topic: UUID) -> HttpResponse:
    found = or_404(topic_for(compound=request.compound, pk=topic))
    with refusals_above(request):
        hotline.drop_topic(by=request.actor, topic=found, reason=request.POST.get("reason", ""), at=timezone.now())
        messages.success(request, _("记下了"))
    return redirect("matters:hotline", slug)
