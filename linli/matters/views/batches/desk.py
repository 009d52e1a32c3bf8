"""The list of batch cases, opening one, the table of its homes, one home, and steps with many."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import label, said
from linli.plumbing.moments import day, whole
from linli.plumbing.numbers import uuid_in
from linli.plumbing.refusals import refusals_beside

from ...access import matter_for
from ...access.batches import batch_home_for
from ...forms.batches import BuildingsForm, OpenForm, StepForm
from ...models import Matter
from ...queries import batches as reads
from ...queries import tenure
from ...queries.batches import counting, homes
from ...queries.batches.homes import Filters
from ...rules import batches as rules
from ...rules.batches import HomeState, Step
from ...services import batches
from ...words import BATCH_MOVES, BATCH_PARTIES, BATCH_STATES, BATCH_STEPS, MARKS
from .shared import found, frame, leads, sentence

TITLE_SHOWN = 4
BULK = (Step.CHECK, Step.SUBMIT, Step.PAY_TAX, Step.REGISTER, Step.CERTIFY, Step.BLOCK, Step.UNBLOCK)


@allow(Right.KEEP_BATCH)
@require_safe
def all_batches(request: HttpRequest, slug: str) -> HttpResponse:
    counts = counting.counts_of_all(request.compound.pk)
    none = counting.Counts(0, {}, {}, {}, {})
    rows = [
        {
            "title": batch.title, "note": sentence(counts.get(batch.number, none)), "href": numbered("matters:batch-desk", slug, batch.number),
            "pill": _("办结") if batch.closed_at else "",
        }
        for batch in reads.all_batches(request.compound)
    ]  # fmt: skip
    return render(request, "matters/batches.html", {"rows": rows, "may_open": request.may(Right.OPEN_BATCH)})


@allow(Right.OPEN_BATCH)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Afresh, or from a matter: `?matter=319`."""
    matter = _matter(request)
    form = OpenForm(request.POST or None, initial={"title": matter.title[:40], "words": ""} if matter else None)
    if form.is_valid():
        with refusals_beside(form):
            made = batches.open_batch(
                by=request.actor, compound=request.compound, matter=matter, at=timezone.now(), **form.wishes()
            )
            messages.success(request, _("立好了。下一步把房屋加进来"))
            return redirect("matters:batch-imports", slug, made.number)
    return render(
        request, "matters/batch_new.html", {"form": form, "matter": matter}, status=422 if form.is_bound else 200
    )


def _matter(request: HttpRequest) -> Matter | None:
    number = request.GET.get("matter", "")
    if not (number.isdecimal() and len(number) < 9):
        return None
    seen = matter_for(compound=request.compound, number=int(number), by=request.actor)
    return seen[0] if seen else None


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.KEEP_BATCH)
@require_safe
def desk(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    batch, f, now = found(request, number), Filters.read(request.GET), timezone.now()
    rows, following = homes.page(batch, f, now, BATCH_PARTIES, MARKS)
    context = frame(request, batch, "batch-desk")
    context |= {
        "rows": rows, "next": following, "f": f, "query": f.address(), "menus": _menus(batch, f, context["counts"]),
        "bulk": [(step, BATCH_STEPS[step]) for step in BULK], "may_export": request.may(Right.EXPORT_LIST),
        "whole_url": f"{address('people:new-export', slug, batches.KIND)}?{urlencode({'number': number, **f.chosen})}",
    }  # fmt: skip
    return render(request, "matters/batch_desk.html", context)


def _menus(batch: Any, f: Filters, counts: counting.Counts) -> list[tuple[str, list[dict[str, Any]]]]:
    papers = reads.papers_of(batch)
    buildings = [(str(pk), name) for pk, name in homes.buildings_of(batch) if pk.hex in counts.buildings]
    return [
        (_("到哪一步"), _menu(f, "state", [(s, f"{BATCH_STATES[s]} {counts.states.get(s, 0)}") for s in HomeState])),
        (_("楼栋"), _menu(f, "building", buildings)),
        (_("缺什么"), _menu(f, "lacks", [(p.key, f"{label(p.label)} {counts.lacks.get(p.key, 0)}") for p in papers])),
        (_("卡在哪里"), _menu(f, "reason", [(k, f"{label(rules.REASON_LABELS[k])} {n}") for k, n in sorted(counts.reasons.items(), key=lambda r: -r[1])])),
    ]  # fmt: skip


def _menu(f: Filters, name: str, rows: list[tuple[str, str]]) -> list[dict[str, Any]]:
    every = [{"label": _("全部"), "href": f.address(**{name: ""}), "chosen": False}]
    return every + [
        {"label": words, "href": f.address(**{name: v}), "chosen": v == getattr(f, name)} for v, words in rows
    ]


@allow(Right.KEEP_BATCH)
@require_safe
def table(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The building table: each home a cell, coloured and shaped by how far it is."""
    batch = found(request, number)
    context = frame(request, batch, "batch-table")
    buildings = [(str(pk), name) for pk, name in homes.buildings_of(batch) if pk.hex in context["counts"].buildings]
    chosen = request.GET.get("building", "")
    chosen = chosen if chosen in {pk for pk, _name in buildings} else (buildings[0][0] if buildings else "")
    grids = homes.building_table(batch, UUID(chosen)) if chosen else []
    for grid in grids:
        for floor in grid["floors"]:
            for home in floor["homes"]:
                if home.get("inside"):
                    home["href"] = address("matters:batch-home", slug, number, home["pk"])
    context |= {
        "buildings": [{"href": f"?building={pk}", "label": name, "chosen": pk == chosen} for pk, name in buildings], "grids": grids,
        "legend": [{"state": state, "label": label(words)} for state, words in homes.LEGEND],
    }  # fmt: skip
    return render(request, "matters/batch_table.html", context)


# ── one home ────────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.KEEP_BATCH)
@never_cache
def home(request: HttpRequest, slug: str, number: int, home: UUID) -> HttpResponse:
    batch, now = found(request, number), timezone.now()
    row = or_404(batch_home_for(batch=batch, home_id=home))
    papers = reads.papers_of(batch)
    state, lacking = HomeState(row.state), reads.lacks_keys(row.lacks)
    steps = (
        rules.steps_from(state, rules.Part.LEAD if leads(request, batch) else rules.Part.KEEPER)
        if batch.closed_at is None
        else []
    )
    party = rules.turn(state, papers, lacking, row.reason, batch.lead)
    names = {p.key: label(p.label) for p in papers}
    title_no = f"…{row.title_no[-TITLE_SHOWN:]}" if len(row.title_no) > TITLE_SHOWN * 2 else row.title_no
    context = frame(request, batch, "batch-desk") | {
        "row": row, "state": BATCH_STATES[state], "mark": "done" if state == HomeState.CERTIFIED else MARKS.get(party, "nobody"),
        "turn": _("办完了") if state == HomeState.CERTIFIED else _("轮到%(party)s") % {"party": BATCH_PARTIES[party]},
        "since": _("%(state)s，%(day)s 起") % {"state": BATCH_STATES[state], "day": day(row.since, now)}, "why": row.reason and label(rules.REASON_LABELS.get(row.reason, "")),
        "papers": [{"label": label(p.label), "have": _paper_words(row.have.get(p.key, ""))} for p in papers], "owners": reads.owners_masked(row),
        "acts": [{"label": BATCH_STEPS[s], "href": address("matters:batch-step", slug, number, home, s.value), "main": i == 0 and s != Step.CORRECT} for i, s in enumerate(steps)],
        "history": reads.moves(row, now, BATCH_MOVES, BATCH_STATES, names=names), "certified_on": whole(row.certified_on) if row.certified_on else "", "title_no": title_no,
    }  # fmt: skip
    return render(request, "matters/batch_home.html", context)


def _paper_words(value: str) -> str:
    return {"yes": _("有"), "no_need": _("不用")}.get(value, _("缺"))


@allow(Right.KEEP_BATCH)
@never_cache
def step(request: HttpRequest, slug: str, number: int, home: UUID, step: str) -> HttpResponse:
    batch = found(request, number)
    row = batch_home_for(batch=batch, home_id=home)
    if row is None or step not in set(Step):
        raise Http404
    form = StepForm(request.POST or None, step=Step(step), papers=reads.papers_of(batch), have=row.have)
    if form.is_valid():
        with refusals_beside(form):
            batches.take_step(
                by=request.actor, batch=batch, homes=[home], step=Step(step), at=timezone.now(), **form.wishes()
            )
            messages.success(request, _("记下了，绑定这一户的人会收到消息"))
            return redirect("matters:batch-home", slug, number, home)
    context = frame(request, batch, "batch-desk") | {
        "form": form, "heading": BATCH_STEPS[Step(step)], "about": row.home.label, "back": address("matters:batch-home", slug, number, home), "action": "",
    }  # fmt: skip
    return render(request, "matters/batch_step.html", context, status=422 if form.is_bound else 200)


# ── many at once ────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.KEEP_BATCH)
@require_POST
def bulk(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """First what the step asks for, then the step; those that cannot take it are named and left."""
    batch, query = found(request, number), Filters.read(request.GET).address()
    back = numbered("matters:batch-desk", slug, batch.number) + query
    act, picks = request.POST.get("act", ""), _picked(request)
    if act not in set(BULK) or not picks:
        messages.error(request, _("先选几户，再选办哪一步"))
        return redirect(back)
    apply = "apply" in request.POST
    form = StepForm(request.POST if apply else None, step=Step(act), papers=reads.papers_of(batch), many=True)
    if apply and form.is_valid():
        with refusals_beside(form):
            done = batches.take_step(
                by=request.actor, batch=batch, homes=picks, step=Step(act), at=timezone.now(), **form.wishes()
            )
            _tell(request, done)
            return redirect(back)
    names = tenure.labels_of(batch.compound_id, picks)
    context = frame(request, batch, "batch-desk") | {
        "form": form, "heading": BATCH_STEPS[Step(act)], "picks": picks, "act": act, "back": back, "action": request.get_full_path(),
        "about": ngettext("%(n)s 户：%(names)s", "%(n)s 户：%(names)s", len(picks)) % {"n": len(picks), "names": _("、").join(list(names.values())[:12])},
    }  # fmt: skip
    return render(request, "matters/batch_step.html", context, status=422 if apply else 200)


def _picked(request: HttpRequest) -> list[UUID]:
    picked = request.POST.getlist("pick")[: rules.BULK_MOST]
    return [key for text in picked if (key := uuid_in(text))]


def _tell(request: HttpRequest, done: batches.Outcome) -> None:
    if done.done:
        messages.success(request, ngettext("%(n)s 户记下了", "%(n)s 户记下了", done.done) % {"n": done.done})
    if done.left:
        names = _("、").join(home for home, _no in done.left[:8])
        messages.error(
            request,
            _("%(homes)s 等 %(n)s 户没有动：%(why)s")
            % {"homes": names, "n": len(done.left), "why": said(done.left[0][1])},
        )


@allow(Right.KEEP_BATCH)
def add(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Homes join by building."""
    batch = found(request, number)
    rows = [
        (str(pk), _("%(building)s，%(n)s 户") % {"building": name, "n": n})
        for pk, name, n in homes.buildings_to_add(batch)
    ]
    form = BuildingsForm(request.POST or None, buildings=rows)
    if form.is_valid():
        with refusals_beside(form):
            n = batches.add_buildings(
                by=request.actor, batch=batch, buildings=[UUID(b) for b in form.cleaned_data["buildings"]], at=timezone.now(), once=form.cleaned_data["once"]
            )  # fmt: skip
            messages.success(request, ngettext("加进来 %(n)s 户", "加进来 %(n)s 户", n) % {"n": n})
            return redirect("matters:batch-desk", slug, number)
    return render(
        request,
        "matters/batch_add.html",
        frame(request, batch, "batch-imports") | {"form": form, "none": not rows},
        status=422 if form.is_bound else 200,
    )
