"""The desk: a table of what is in hand, one matter beside it, the same acts for several, and the list as a sheet."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.core.cache import cache
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST, require_safe

from linli.kernel import masks
from linli.kernel.refusal import Refused
from linli.people.models import Person
from linli.people.rules import Act as Right
from linli.places.models import Building
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import label, said
from linli.plumbing.moments import lasting, moment

from .. import services
from ..access import matter_for
from ..forms import desk as forms
from ..models import Matter
from ..queries import desk as reads
from ..queries.desk import Filters
from ..queries.register import workbook
from ..rules import categories, times, turns
from ..rules.states import Act, State, Who, allowed
from ..services import together
from ..words import CLOCKS, MARKS, PARTIES, PAUSE_REASONS, SOURCES, URGENCIES, category_name, state
from . import kept
from .acts import table
from .doing import Doing
from .saved import lists

VIEW_WORDS = {
    "open": gettext_noop("没办完"), "untriaged": gettext_noop("待分类"), "overdue": gettext_noop("超时"),
    "today": gettext_noop("今天到期"), "ended": gettext_noop("办完的"),
}  # fmt: skip
SORTABLE = frozenset({State.SUBMITTED, State.ACCEPTED, State.TRIAGED, State.REOPENED, State.RETURNED})
# After these the clerk goes on to the next line; after others the same matter stays in the panel.
GO_ON = frozenset({"sort", Act.DECLINE, Act.MERGE, Act.ACCEPT, Act.TRIAGE, Act.DISPATCH, Act.CLOSE})
KEYS = {Act.MERGE: "M", Act.DECLINE: "N", Act.TRIAGE: "C", Act.DISPATCH: "D"}
BULK = {
    "triage": (gettext_noop("分类"), "C"), "dispatch": (gettext_noop("派单"), "D"), "merge": (gettext_noop("合并"), "M"),
    "decline": (gettext_noop("不受理"), "N"),
}  # fmt: skip
BULK_MOST = 100
# A worker's own small wishes have their place on the matter's page.
NOT_HERE = frozenset({Act.FOLLOW, Act.UNFOLLOW, Act.URGE, Act.RATE, Act.CONFIRM, Act.WITHDRAW, Act.CORRECT_CATEGORY})


@allow(Right.SEE_MATTERS)
@require_safe
def desk(request: HttpRequest, slug: str) -> HttpResponse:
    f = Filters.read(request.GET)
    page = reads.page(request.compound, request.actor, f, timezone.now())
    query = f.address()
    context = {
        "page": page,
        "f": f,
        "query": query,
        "panel_base": address("matters:desk", slug) + "panel/",
        "views": _views(request, f, page.counts),
        "today": _today(page.counts),
        "has_lists": bool(lists(request)),
        "headline": _headline(page.counts),
        "menus": _menus(request, f),
        "bulk": [(act, _(words), key) for act, (words, key) in BULK.items()],
        "can_bulk": request.may(Right.EXPORT_LIST),
        "opened": request.GET.get("open", ""),
    }
    return render(request, "matters/desk.html", context)


def _views(request: HttpRequest, f: Filters, counts: dict[str, int]) -> list[dict[str, Any]]:
    own = [
        {"label": name, "href": one.address(), "chosen": replace(f, after="") == one} for name, one in lists(request)
    ]
    return [
        {
            "label": _(words),
            "count": counts.get(view),
            "href": f.address(view=view),
            "chosen": f.view == view and not f.q and not any(row["chosen"] for row in own),
        }
        for view, words in VIEW_WORDS.items()
    ] + own


def _today(counts: dict[str, int]) -> str:
    return _("今天已分类 %(n)s 件") % {"n": max(0, counts.get("sorted", 0))}


def _headline(counts: dict[str, int]) -> str:
    return _("%(open)s 件没办完，%(untriaged)s 件待分类，%(overdue)s 件超时") % counts


def _menus(request: HttpRequest, f: Filters) -> list[tuple[str, list[dict[str, Any]]]]:
    own = categories.of(request.compound.settings)
    tops = [("--", _("还没分类")), *((code, label(zh)) for code, (zh, _subs) in own.offered().items())]
    if f.category not in {"", *(code for code, _words in tops)}:
        tops = [(f.category, category_name(f.category, own)), *tops]
    return [
        (_("类别"), _menu(f, "category", tops)),
        (_("轮到谁"), _menu(f, "turn", [(k, str(v)) for k, v in PARTIES.items()])),
        (_("楼栋"), _menu(f, "building", _buildings(request))),
        (_("来源"), _menu(f, "source", [(k, str(v)) for k, v in SOURCES.items()])),
    ]


def _menu(f: Filters, name: str, rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    now = getattr(f, name)
    every = [{"label": _("全部"), "href": f.address(**{name: ""}), "chosen": False}]
    return every + [{"label": label, "href": f.address(**{name: v}), "chosen": v == now} for v, label in rows]


def _buildings(request: HttpRequest) -> list[tuple[str, str]]:
    """Buildings hardly ever change: kept a few minutes, so that the list costs no query for its menu."""
    key = f"matters:buildings:{request.compound.pk}"
    found = cache.get(key)
    if found is None:
        found = reads.buildings(request.compound)
        cache.set(key, found, 300)
    return found


# ── one matter in the panel ─────────────────────────────────────────────────────────────────────────────────────────


def _matter(request: HttpRequest, number: int) -> tuple[Matter, frozenset[Who]]:
    found = matter_for(compound=request.compound, number=number, by=request.actor)
    if found is None:
        raise Http404
    return found


@allow(Right.SEE_MATTERS)
def panel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """GET shows the matter; POST accepts, sorts and gives it out in one submit."""
    matter, parts = _matter(request, number)
    now = timezone.now()
    if request.method != "POST":
        return _panel(request, matter, parts, now)
    form = _sort_form(request, matter, now, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            done = together.sort_out(
                by=request.actor, matter=matter, category=data["category"], level=data["level"], urgency=data["urgency"],
                privacy=data["privacy"], hazard=data["hazard"], body=data["body"], post=data["post"], due_at=data["due_at"], at=now,
                once=data["once"],
            )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        else:
            said = _("派给了%(body)s") % {"body": done.handler_body.name} if done.handler_body else _("交给社区了")
            return _done(request, done, "sort", _("%(label)s %(said)s") % {"label": done.label, "said": said})
    return _panel(request, matter, parts, now, form=form, status=422)


def _sort_form(request: HttpRequest, matter: Matter, at: datetime, data: Any = None) -> forms.Sort:
    return forms.Sort(data, matter=matter, by=request.actor, at=at, prefix_id="sort", compound=request.compound)


def _panel(
    request: HttpRequest, matter: Matter, parts: frozenset[Who], at: datetime, *, form: forms.Sort | None = None, said: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    may_do = allowed(State(matter.state), parts)
    sortable = Who.DESK in parts and State(matter.state) in SORTABLE
    form = form or (_sort_form(request, matter, at) if sortable else None)
    slug = request.compound.slug
    context = {
        **_head(request, matter, at),
        "matter": matter,
        "query": Filters.read(request.GET).address(),
        "form": form if sortable else None,
        "reporter": _reporter(matter),
        "contact_url": address("matters:contact", slug, matter.number) if request.may(Right.SEE_PHONE) else "",
        "photos": [p for p in (_photo(slug, a) for a in reads.photos(matter)) if p],
        "alike": reads.alike(matter, request.compound, request.actor) if Act.MERGE in may_do else [],
        "joined": reads.joined_from(matter),
        "main": _main_act(may_do, slug, matter, sortable),
        "acts": _others(may_do, slug, matter, sortable),
        "limit": _limit(matter, form, request, at) if sortable else "",
        "panel_said": said,
    }
    return _in_panel(request, "matters/_desk_panel.html", context, status)


def _in_panel(request: HttpRequest, part: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """The part alone for htmx, a page of its own for anyone else."""
    whole = not getattr(request, "htmx", False)
    template = "matters/desk_one.html" if whole else part
    response = render(request, template, {**context, "part": part}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _head(request: HttpRequest, matter: Matter, at: datetime) -> dict[str, Any]:
    mark = "done" if matter.state == State.CLOSED else MARKS.get(matter.turn, "nobody")
    party = str(PARTIES.get(matter.turn, ""))
    if matter.turn == "agency" and matter.handler_body:
        party = matter.handler_body.name
    title = _("轮到%(party)s") % {"party": party} if matter.open else state(matter.state)
    note, late = _clock_words(matter, at)
    return {
        "when": moment(matter.reported_at, at),
        "source": SOURCES.get(matter.source, matter.source),
        "turn_mark": mark,
        "turn_title": title,
        "turn_note": note,
        "turn_late": late,
        "state_words": state(matter.state, matter.pause_reason),
        "category": category_name(matter.category, categories.of(request.compound.settings)),
    }


def _clock_words(matter: Matter, at: datetime) -> tuple[str, bool]:
    """What the running clock says, and whether it is red."""
    if matter.paused_at:
        why = PAUSE_REASONS.get(matter.pause_reason, "")
        return _("%(why)s，停了 %(span)s") % {"why": why, "span": lasting(at - matter.paused_at)}, False
    if matter.merged_into_id and matter.merged_into:
        return _("并到第 %(label)s 号一起办") % {"label": matter.merged_into.label}, False
    if matter.next_due_at is None or not matter.open:
        return state(matter.state, matter.pause_reason), False
    what = CLOCKS.get(matter.next_clock, "")
    values = {"span": lasting(abs(matter.next_due_at - at)), "what": what}
    if matter.next_due_at <= at:
        return _("%(what)s超 %(span)s") % values, True
    return _("还有 %(span)s 要%(what)s") % values, matter.next_due_at - at <= reads.NEAR


def _reporter(matter: Matter) -> str:
    """王* · 7-2-301 · 138****2046: enough to know whom, not enough to call."""
    who = together.contact_of(matter)
    home = matter.home.label if matter.home else ""
    parts = [masks.name(who.name) if who.name else "", home, masks.phone(who.phone) if who.phone else ""]
    return " · ".join(p for p in parts if p)


def _photo(slug: str, row: Any) -> dict[str, str] | None:
    if row.kind != "photo":
        return None
    try:
        src = address("matters:file", slug, row.pk, "thumb")
        href = address("matters:file", slug, row.pk, "small")
    except NoReverseMatch:
        return None
    return {"src": src, "href": href, "alt": _("办好后的照片") if row.phase == "after" else _("照片")}


def _main(may_do: list[Act], matter: Matter, sortable: bool) -> Act | None:
    if sortable:
        return None
    order = (Act.ACCEPT, Act.TAKE, Act.RESOLVE, Act.RESUME, Act.VISIT, Act.CLOSE, Act.UNMERGE)
    if matter.arrived_at is None and Act.ARRIVE in may_do and matter.urgency in {"emergency", "urgent"}:
        return Act.ARRIVE
    return next((act for act in order if act in may_do), None)


def _main_act(may_do: list[Act], slug: str, matter: Matter, sortable: bool) -> dict[str, Any] | None:
    act = _main(may_do, matter, sortable)
    if act is None:
        return None
    doing = table()[act]
    return {"label": doing.label, "url": act_url(slug, matter.number, act), "judges": doing.judges}


def _others(may_do: list[Act], slug: str, matter: Matter, sortable: bool) -> list[dict[str, Any]]:
    hidden = {Act.ACCEPT, Act.TRIAGE, Act.DISPATCH, Act.MERGE, Act.DECLINE} if sortable else set()
    main = _main(may_do, matter, sortable)
    acts = table()
    return [
        {"act": act, "label": acts[act].label, "url": act_url(slug, matter.number, act), "key": KEYS.get(act, "")}
        for act in may_do
        if act in acts and act not in hidden and act not in NOT_HERE and act != main
    ]


def act_url(slug: str, number: int, act: str) -> str:
    return address("matters:panel-act", slug, number, act)


def _limit(matter: Matter, form: forms.Sort | None, request: HttpRequest, at: datetime) -> str:
    """Until when it must be done if it is sorted as the form now says."""
    from linli.places.queries import calendar

    chosen = str((form["urgency"].value() if form else "") or times.UNTRIAGED)
    if chosen not in times.URGENCIES:
        return ""
    start = matter.reported_at if matter.leg == 1 and not matter.reopens else at
    plan = times.plan(times.ClockKind.FINISH, chosen, start, calendar(request.compound))
    values = {"urgency": URGENCIES[chosen], "due": moment(plan.due_at, at) if plan else ""}
    return _("%(urgency)s：%(due)s 前办完") % values if plan else _("%(urgency)s：派单时另定期限") % values


@allow(Right.SEE_MATTERS)
def panel_act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    """One act's form beside the list; done, the list moves on."""
    matter, parts = _matter(request, number)
    doing = table().get(act)
    if doing is None or act in NOT_HERE:
        raise Http404
    now = timezone.now()
    if act not in allowed(State(matter.state), parts):
        if request.method != "POST":
            raise Http404
        messages.error(request, _("%(label)s 已经变了，请看现在到哪一步") % {"label": matter.label})
        return _panel(request, matter, parts, now, said=_("这件事已经变了，请看现在到哪一步"), status=422)
    given: dict[str, Any] = {"matter": matter, "by": request.actor, "at": now, "prefix_id": "act"}
    if request.method == "POST":
        form = doing.form(request.POST, request.FILES, **given)
        if form.is_valid():
            try:
                done = doing.run(
                    by=request.actor, matter=matter, at=now, once=form.cleaned_data["once"], data=form.cleaned_data
                )
            except Refused as no:
                form.refuse(no)
            else:
                return _done(request, done, act, doing.words(matter)["said"])
        return _act_form(request, matter, doing, form, act, 422)
    form = doing.form(initial={"target": request.GET.get("target", "")}, **given)
    return _act_form(request, matter, doing, form, act)


def _act_form(
    request: HttpRequest, matter: Matter, doing: Doing, form: Any, act: str, status: int = 200
) -> HttpResponse:
    context = {
        "matter": matter,
        "form": form,
        "doing": doing.words(matter),
        "judges": doing.judges,
        "query": Filters.read(request.GET).address(),
        "action": act_url(request.compound.slug, matter.number, act),
        "files": any(field.widget.needs_multipart_form for field in form.fields.values()),
    }
    return _in_panel(request, "matters/_desk_act.html", context, status)


def _done(request: HttpRequest, matter: Matter, act: str, said: str) -> HttpResponse:
    """htmx: the line as it is now, or gone, and what was done; the script opens the next. Otherwise back to the list."""
    slug, f = request.compound.slug, Filters.read(request.GET)
    request.session["desk_last"] = [slug, matter.number, str(act)]
    if not getattr(request, "htmx", False):
        messages.success(request, said)
        return redirect(address("matters:desk", slug) + f.address())
    now = timezone.now()
    counts = reads.counts(request.compound, now)
    context = {
        "row": reads.row(request.compound, matter.number, now),
        "gone": not f.q and not reads.fits(request.compound, request.actor, f, matter.number, now),
        "said": said,
        "headline": _headline(counts),
        "views": _views(request, f, counts),
        "today": _today(counts),
        "panel_base": address("matters:desk", slug) + "panel/",
        "query": f.address(),
    }
    if act in GO_ON:
        response = render(request, "matters/_desk_done.html", context)
        response["HX-Trigger"] = json.dumps({"desk-done": {"number": matter.number}})
        return response
    fresh, parts = _matter(request, matter.number)
    response = _panel(request, fresh, parts, now, said=said)
    response.content += render(request, "matters/_desk_done.html", {**context, "said": ""}).content
    return response


@allow(Right.WORK_ON_MATTERS)
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the last act where the law of states lets it: a merge comes apart; what is only sorted is sorted again."""
    last = request.session.get("desk_last")
    now = timezone.now()
    back = address("matters:desk", slug) + Filters.read(request.GET).address()
    if not last or last[0] != slug:
        return _cannot_undo(request, back, _("没有可以撤回的"))
    matter, parts = _matter(request, int(last[1]))
    if last[2] == Act.MERGE and matter.state == State.MERGED:
        try:
            done = together.undo_merge(by=request.actor, matter=matter, at=now)
        except Refused as no:
            return _cannot_undo(request, back, said(no.refusal))
        del request.session["desk_last"]
        messages.success(request, _("%(label)s 分开了，单独办") % {"label": done.label})
        return _after_undo(request, back, done)
    if Act.TRIAGE in allowed(State(matter.state), parts):
        return _after_undo(request, back, matter)
    why = {
        State.DISPATCHED: _("%(label)s 已经派出，对方收到了；由承办的退回再改派"),
        State.DECLINED: _("%(label)s 不受理已经告诉报告人；有新情况请重新记一件"),
    }.get(State(matter.state), _("%(label)s 这一步不能撤回"))
    return _cannot_undo(request, back, why % {"label": matter.label})


def _cannot_undo(request: HttpRequest, back: str, why: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return render(request, "matters/_desk_said.html", {"said": why, "wrong": True})
    messages.error(request, why)
    return redirect(back)


def _after_undo(request: HttpRequest, back: str, matter: Matter) -> HttpResponse:
    panel_url = address("matters:panel", request.compound.slug, matter.number)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=200)
        response["HX-Redirect"] = (
            f"{back}&open={matter.number}"
            if "?" in back and back[-1] != "?"
            else f"{back.rstrip('?')}?open={matter.number}"
        )
        return response
    return redirect(panel_url)


# ── the reporter's number ───────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.SEE_PHONE)
def contact(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Asks what for, writes it down, then shows the name and the number."""
    matter, _parts = _matter(request, number)
    now = timezone.now()
    given = {"matter": matter, "by": request.actor, "at": now, "prefix_id": "contact"}
    form = forms.Contact(request.POST or None, **given) if request.method == "POST" else forms.Contact(**given)
    shown = None
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                shown = together.see_contact(
                    by=request.actor,
                    matter=matter,
                    reason=str(forms.CONTACT_REASONS[form.cleaned_data["reason"]]),
                    at=now,
                )
                status = 200
            except Refused as no:
                form.refuse(no)
    context = {
        "matter": matter,
        "form": form,
        "shown": shown,
        "action": address("matters:contact", slug, number),
        "back": address("matters:panel", slug, number) if request.may(Right.EXPORT_LIST) else address("matters:work", slug),
        "query": Filters.read(request.GET).address(),
        "by_desk": request.may(Right.EXPORT_LIST),
    }  # fmt: skip
    if getattr(request, "htmx", False):
        response = render(request, "matters/_desk_contact.html", context, status=status)
    else:
        response = render(request, "matters/desk_contact.html", context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    response["Cache-Control"] = "no-store"
    return response


# ── several at once ─────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.EXPORT_LIST)
@require_POST
def bulk(request: HttpRequest, slug: str) -> HttpResponse:
    """First asks once for all the chosen lines, then does each on its own: a refused one stops no other."""
    act = request.POST.get("act", "")
    if act not in BULK:
        raise Http404
    now = timezone.now()
    numbers = [int(n) for n in request.POST.getlist("pick") if n.isdigit()][:BULK_MOST]
    found = [
        m for n in dict.fromkeys(numbers) if (m := matter_for(compound=request.compound, number=n, by=request.actor))
    ]
    rows = [
        m
        for m, parts in found
        if act in allowed(State(m.state), parts) or (act == "triage" and m.state == State.SUBMITTED)
    ]
    left_out = [m.label for m, _p in found if m not in rows]
    back = address("matters:desk", slug) + Filters.read(request.GET).address()
    if not rows or (act == "merge" and len(rows) < 2 and len(found) < 2):
        return _cannot_undo(
            request, back, _("先选中要%(act)s的") % {"act": _(BULK[act][0])} if not found else _("选中的都不能这样办")
        )
    given: dict[str, Any] = {
        "act": act,
        "compound": request.compound,
        "rows": [m for m, _p in found] if act == "merge" else rows,
        "at": now,
    }
    if "apply" not in request.POST:
        return _bulk_form(request, forms.Bulk(auto_id="bulk_%s", **given), act, rows, left_out)
    form = forms.Bulk(request.POST, auto_id="bulk_%s", **given)
    if not form.is_valid():
        return _bulk_form(request, form, act, rows, left_out, 422)
    done, refused = _each(request, act, form.cleaned_data, given["rows"], now)
    words = _("%(n)s 件%(act)s好了") % {"n": len(done), "act": _(BULK[act][0])}
    if refused:
        messages.error(
            request,
            _("%(done)s；%(n)s 件没办：%(why)s") % {"done": words, "n": len(refused), "why": _("；").join(refused[:5])},
        )
    else:
        messages.success(request, words)
    if getattr(request, "htmx", False):
        response = HttpResponse(status=200)
        response["HX-Redirect"] = back
        return response
    return redirect(back)


def _bulk_form(
    request: HttpRequest, form: forms.Bulk, act: str, rows: list[Matter], left_out: list[str], status: int = 200
) -> HttpResponse:
    words, _key = BULK[act]
    context = {
        "form": form, "act": act, "rows": rows, "left_out": left_out, "act_words": _(words),
        "heading": _("%(act)s %(n)s 件") % {"act": _(words), "n": len(rows)},
        "query": Filters.read(request.GET).address(), "judges": act == "decline",
        "action": address("matters:bulk", request.compound.slug),
    }  # fmt: skip
    return _in_panel(request, "matters/_desk_bulk.html", context, status)


def _each(
    request: HttpRequest, act: str, data: dict[str, Any], rows: list[Matter], at: datetime
) -> tuple[list[Matter], list[str]]:
    done, refused = [], []
    into = next((m for m in rows if act == "merge" and str(m.number) == data["target"]), None)
    for matter in rows:
        if matter is into:
            continue
        try:
            done.append(_one(request, act, data, matter, into, at))
        except Refused as no:
            refused.append(f"{matter.label} {said(no.refusal)}")
    return done, refused


def _one(
    request: HttpRequest, act: str, data: dict[str, Any], matter: Matter, into: Matter | None, at: datetime
) -> Matter:
    by = request.actor
    if act == "decline":
        return services.decline(by=by, matter=matter, reason=data["reason"], at=at)
    if act == "triage":
        return services.triage(
            by=by, matter=matter, category=data["category"], level=data["level"], urgency=data["urgency"], at=at
        )
    if act == "dispatch":
        return services.dispatch(by=by, matter=matter, body=data["body"], post=data["post"], at=at)
    assert into is not None
    return services.merge(by=by, matter=matter, target=into, at=at)


# ── the list as a sheet ─────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.EXPORT_LIST)
@require_GET
def export(request: HttpRequest, slug: str) -> HttpResponse:
    f = Filters.read(request.GET)
    now = timezone.now()
    together.record_export(by=request.actor, compound=request.compound, filters=f.chosen, at=now)
    return cast(HttpResponse, workbook_response(request, f, now))


def workbook_response(request: HttpRequest, f: Filters, at: datetime) -> FileResponse:
    file = workbook(request.compound, request.actor, f, at)
    name = _("诉求登记表 %(compound)s %(day)s.xlsx") % {
        "compound": request.compound.name,
        "day": f"{timezone.localdate(at):%Y-%m-%d}",
    }
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    response = FileResponse(file, as_attachment=True, filename=name, content_type=kind)
    response["Cache-Control"] = "no-store"
    return response


# ── raising for somebody ────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.RAISE_FOR_SOMEONE)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    """From the front desk, the telephone, a chat, a patrol, a visit; first find the person, then say it for them."""
    now = timezone.now()
    helped = _helped(request)
    given = {"compound": request.compound, "at": now}
    if request.method != "POST":
        asked = {
            "room": request.GET.get("room", ""),
            "words": request.GET.get("words", ""),
            "source": request.GET.get("source", "front_desk"),
        }
        return _record_page(request, forms.Record(initial=asked, **given), helped)
    form = forms.Record(request.POST, request.FILES, **given)
    if "find" in request.POST:
        # Looking somebody up keeps all that was typed and judges none of it yet.
        again = forms.Record(
            initial={name: request.POST.get(name, "") for name in form.fields if name != "photos"}, **given
        )
        return _record_page(request, again, helped, keep=True)
    if not form.is_valid():
        return _record_page(request, form, helped, keep="photos" not in form.errors, status=422)
    data = form.cleaned_data
    if data["source"] == "chat_group" and "seen" not in request.POST:
        return _record_page(request, form, helped, preview=masks.scrub(data["words"]), keep=True)
    try:
        made = _raise(request, data, helped, now)
    except Refused as no:
        form.refuse(no)
        return _record_page(request, form, helped, keep=no.field != "photos", status=422)
    kept.forget(request)
    messages.success(request, _("记好了，第 %(label)s 号") % {"label": made.label})
    if request.may(Right.EXPORT_LIST):
        return redirect("matters:panel", slug, made.number)
    return redirect("matters:work", slug)


def _helped(request: HttpRequest) -> Person | None:
    """In a session of help the person is already known."""
    if not request.actor.assistance_id or not request.actor.person_id:
        return None
    return Person.objects.filter(compound_id=request.compound.pk, pk=request.actor.person_id).first()


def _raise(request: HttpRequest, data: dict[str, Any], helped: Person | None, at: datetime) -> Matter:
    lives = data["lives"]
    person = helped
    if person is None and lives:
        person = Person.objects.filter(compound_id=request.compound.pk, pk=lives.person_id).first()
    building = (
        Building.objects.filter(compound_id=request.compound.pk, pk=UUID(data["building"])).first()
        if data["building"]
        else None
    )
    if building or data["place"] or not lives:
        spot = services.Spot(building=building, words=data["place"])
    else:
        spot = services.Spot(home=lives.home)
    heard = together.Heard(data["group"], data["said_at"], data["words"]) if data["source"] == "chat_group" else None
    return together.record_for(
        by=request.actor, compound=request.compound, words=data["words"], source=data["source"], spot=spot, person=person,
        reporter_name="" if person else data["name"], reporter_phone="" if person else data["phone"], hazard=data["hazard"],
        heard=heard, files=[*kept.files(request), *data["photos"]], at=at, once=data["once"],
    )  # fmt: skip


def _record_page(
    request: HttpRequest,
    form: forms.Record,
    helped: Person | None,
    *,
    preview: str = "",
    keep: bool = False,
    status: int = 200,
) -> HttpResponse:
    people = [
        (
            one.person_id,
            " · ".join(
                filter(None, [masks.name(one.name), one.home.label, masks.phone(one.phone) if one.phone else ""])
            ),
        )
        for one in form.found
    ]
    context = {
        "form": form,
        "people": people,
        "person_chosen": str(form["person"].value() or (people[0][0] if len(people) == 1 else "")),
        "helped": masks.name(helped.name) if helped else "",
        "preview": preview,
        "changed": preview != "" and preview != form.cleaned_data.get("words", ""),
        "kept": kept.keep(request, "photos") if keep else [],
        "desk_shell": request.may(Right.EXPORT_LIST),
        "shell": "base_desk.html" if request.may(Right.EXPORT_LIST) else "base_work.html",
        "looked_up": bool(str(form["room"].value() or "").strip()),
    }
    return render(request, "matters/record.html", context, status=status)


__all__ = ["bulk", "contact", "desk", "export", "panel", "panel_act", "record", "turns", "undo"]
