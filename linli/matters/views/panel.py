"""One matter beside the list: looking at it, sorting it out, doing what is next, taking it back."""

import json
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from linli.kernel.refusal import Refused
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.refusals import refusals_beside

from ..access import matter_for
from ..models import Matter
from ..queries import advice, duplicates
from ..queries import desk as reads
from ..queries.card import handed_to
from ..queries.desk import Filters
from ..rules.states import Act, State, Who, allowed
from ..services import together
from .acts import table
from .desk import headline, sorted_today, views_of
from .doing import Doing
from .panel_page import NOT_HERE, act_url, in_panel, shown, sort_form

# After these the clerk goes on to the next line; after others the same matter stays in the panel.
GO_ON = frozenset({"sort", Act.DECLINE, Act.MERGE, Act.ACCEPT, Act.TRIAGE, Act.DISPATCH, Act.CLOSE})


def _matter(request: HttpRequest, number: int) -> tuple[Matter, frozenset[Who]]:
    return or_404(matter_for(compound=request.compound, number=number, by=request.actor))


@allow(Right.SEE_MATTERS)
def panel(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """GET shows the matter; POST accepts, sorts and gives it out in one submit."""
    matter, parts = _matter(request, number)
    now = timezone.now()
    if request.method != "POST":
        return shown(request, matter, parts, now)
    form = sort_form(request, matter, now, request.POST)
    if form.is_valid():
        data = form.cleaned_data
        with refusals_beside(form):
            done = together.sort_out(
                by=request.actor, matter=matter, category=data["category"], level=data["level"], urgency=data["urgency"],
                privacy=data["privacy"], hazard=data["hazard"], body=data["body"], post=data["post"], due_at=data["due_at"], at=now,
                once=data["once"], advised=advice.signed(matter, request.POST.get("advised", "")), took="took" in request.POST,
                alike=duplicates.signed(matter.pk, request.POST.get("alike", "")), first_receiver=data["first_receiver"],
                public_title=data["public_title"],
            )  # fmt: skip
            said = _("派给了%(handler)s") % {"handler": handed_to(done)} if done.handler_body else _("交给社区了")
            return _done(request, done, "sort", _("%(label)s %(said)s") % {"label": done.label, "said": said})
    return shown(request, matter, parts, now, form=form, status=422)


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
        return shown(request, matter, parts, now, said=_("这件事已经变了，请看现在到哪一步"), status=422)
    given: dict[str, Any] = {"matter": matter, "by": request.actor, "at": now, "prefix_id": "act"}
    if request.method == "POST":
        form = doing.form(request.POST, request.FILES, **given)
        if form.is_valid():
            with refusals_beside(form):
                done = doing.run(
                    by=request.actor, matter=matter, at=now, once=form.cleaned_data["once"], data=form.cleaned_data
                )
                said = _("%(label)s %(said)s") % {"label": matter.label, "said": doing.after(done)}
                return _done(request, done, act, said)
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
    return in_panel(request, "matters/_desk_act.html", context, status)


def _done(request: HttpRequest, matter: Matter, act: str, said: str) -> HttpResponse:
    """htmx: the line as it is now, or gone, and what was done; the script opens the next. Otherwise back to the list."""
    slug, f = request.compound.slug, Filters.read(request.GET)
    did(request, act, [matter])
    if not getattr(request, "htmx", False):
        messages.success(request, said)
        return redirect(address("matters:desk", slug) + f.address())
    now = timezone.now()
    counts = reads.counts(request.compound, now)
    context = {
        "row": reads.row(request.compound, matter.number, now),
        "gone": not f.q and not reads.fits(request.compound, request.actor, f, matter.number, now),
        "said": said,
        "headline": headline(counts),
        "views": views_of(request, f, counts),
        "today": sorted_today(counts),
        "panel_base": address("matters:desk", slug) + "panel/",
        "query": f.address(),
    }
    if act in GO_ON:
        response = render(request, "matters/_desk_done.html", context)
        response["HX-Trigger"] = json.dumps({"desk-done": {"number": matter.number}})
        return response
    fresh, parts = _matter(request, matter.number)
    response = shown(request, fresh, parts, now, said=said)
    response.content += render(request, "matters/_desk_done.html", {**context, "said": ""}).content
    return response


def did(request: HttpRequest, act: str, matters: list[Matter]) -> None:
    """What Z asks to be taken back."""
    request.session["desk_last"] = [request.compound.slug, str(act), [m.number for m in matters]]


@allow(Right.WORK_ON_MATTERS)
@require_POST
def undo(request: HttpRequest, slug: str) -> HttpResponse:
    """Take back the last act where the law of states lets it: a merge comes apart; what is only sorted is sorted again."""
    of, act, numbers = request.session.get("desk_last") or ["", "", []]
    now = timezone.now()
    back = address("matters:desk", slug) + Filters.read(request.GET).address()
    if of != slug or not numbers:
        return cannot(request, back, _("没有可以撤回的"))
    found = [_matter(request, number) for number in numbers]
    if act == Act.MERGE:
        return _part(request, back, [m for m, _parts in found if m.state == State.MERGED], now)
    matter, parts = found[0]
    if len(found) > 1:
        return cannot(request, back, _("刚才一次办了 %(n)s 件，不能一起撤回；打开一件单独改") % {"n": len(found)})
    if Act.TRIAGE in allowed(State(matter.state), parts):
        return _after_undo(request, back, matter)
    why = {
        State.DISPATCHED: _("%(label)s 已经派出，对方收到了；要改就收回再派"),
        State.DECLINED: _("%(label)s 不受理已经告诉报告人；有新情况请重新记一件"),
    }.get(State(matter.state), _("%(label)s 这一步不能撤回"))
    return cannot(request, back, why % {"label": matter.label})


def _part(request: HttpRequest, back: str, merged: list[Matter], at: datetime) -> HttpResponse:
    """What was merged in one act comes apart in one."""
    if not merged:
        return cannot(request, back, _("没有可以撤回的"))
    try:
        done = [together.undo_merge(by=request.actor, matter=matter, at=at) for matter in merged]
    except Refused as no:
        return cannot(request, back, said(no.refusal))
    del request.session["desk_last"]
    messages.success(request, _("%(label)s 分开了，单独办") % {"label": _("、").join(m.label for m in done)})
    return _after_undo(request, back, done[0])


def cannot(request: HttpRequest, back: str, why: str) -> HttpResponse:
    """For htmx the sentence alone, where the desk says what was done: what stands in the panel stays."""
    if getattr(request, "htmx", False):
        response = render(request, "matters/_desk_said.html", {"said": why})
        response["HX-Reswap"] = "none"
        return response
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
