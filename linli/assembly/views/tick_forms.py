"""From door to door: which form is where, the sheets to carry, and reading what came back, twice."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from ..access.elections import form_for, formation_for, parts_in
from ..forms import elections as forms
from ..models import Formation
from ..queries import elections as queries
from ..queries import tick_pages as pages
from ..rules.elections.prints import Print
from ..rules.elections.states import Act, State, allowed
from ..services import elections as verbs
from ..words.elections import FORMS
from .base import frame, sent
from .elections.steps import Doing, ready, run

FORM_ACTS: dict[str, Doing] = {
    Act.CORRECT: Doing(forms.CorrectForm, verbs.correct, gettext_lazy("记错了"), gettext_lazy("提出了，等另一位确认")),
    Act.AGREE: Doing(forms.AgreeForm, verbs.agree_form, gettext_lazy("确认更正"), gettext_lazy("记下了")),
}


def _working(request: HttpRequest, number: int, act: Act) -> Formation:
    """For those who work on it; the list of forms is theirs at every step after the start."""
    one = formation_for(compound=request.compound, number=number, by=request.actor)
    if one is None or not parts_in(one, request.actor) or one.ticks_at is None:
        raise Http404
    parts = parts_in(one, request.actor)
    if not any(act in allowed(one.kind, state, parts) for state in State):
        raise Http404
    return one


def _building(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


@allow(Right.ORGANISE_PMC)
def tick_forms(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One building at a time: tick those that are alike, say how it went and who was there."""
    one = _working(request, number, Act.CARRY)
    buildings = queries.buildings_of_forms(one)
    chosen = _building(request.GET.get("building", "")) or (buildings[0]["building_id"] if buildings else None)
    here = f"{numbered('assembly:election-forms', slug, number)}?building={chosen}"
    can = allowed(one.kind, State(one.state), parts_in(one, request.actor))
    carries = Act.CARRY in can
    sent = request.POST if request.method == "POST" else None
    picked = request.POST.getlist("numbers") if sent else []
    form = forms.CarryForm(sent, chosen=picked, initial=request.session.get("carriers", {})) if carries else None
    if sent is not None and form is None:
        raise Http404
    if form and sent is not None and form.is_valid():
        with refusals_beside(form):
            n = verbs.carry(by=request.actor, formation=one, at=timezone.now(), **form.cleaned_data)
            request.session["carriers"] = {name: form.cleaned_data[name] for name in ("first", "second")}
            messages.success(request, ngettext("记下了 %(n)s 户", "记下了 %(n)s 户", n) % {"n": n})
            return redirect(here)
    context = {
        "formation": one, "buildings": pages.buildings(one, buildings, chosen), "rows": pages.rows(one, chosen, {int(n) for n in picked if n.isdecimal()}, can, request.actor.account_id),
        "form": form, "back": numbered("assembly:election", slug, number), "print": f"{address('assembly:election-print', slug, number, Print.TICKS)}?building={chosen}",
    }  # fmt: skip
    status = 422 if form and form.errors else 200
    return render(request, "assembly/elections/forms.html", {**frame(request), **context}, status=status)


@allow(Right.ORGANISE_PMC)
def form_act(request: HttpRequest, slug: str, number: int, form: int, act: str) -> HttpResponse:
    """A form that was marked wrongly: put right by one, agreed by another."""
    one = _working(request, number, Act.CARRY)
    doing, row = FORM_ACTS.get(act), form_for(formation=one, number=form)
    if doing is None or row is None:
        raise Http404
    if led := ready(request, one, Act(act)):
        return led
    about = _("第 %(n)s 号，%(label)s：%(state)s") % {"n": row.number, "label": row.label, "state": FORMS[row.state]}
    if row.right_at:
        about += _(" → %(state)s。%(why)s") % {"state": FORMS[row.right_state], "why": row.right_why}
    back = f"{numbered('assembly:election-forms', slug, number)}?building={row.building_id}"
    asked = doing.form(sent(request), initial={"state": row.right_state})
    return run(request, one, doing, asked, {"form": row}, {"back": back, "about": about})


@allow(Right.ORGANISE_PMC)
def entry(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """The next form this clerk has not read, or the one whose number he types."""
    one = _working(request, number, Act.ENTER)
    if one.state != State.COUNTING:
        messages.error(request, _("这一步已经过了，请看现在到哪一步"))
        return redirect(numbered("assembly:election", slug, number))
    account_id = request.actor.account_id
    assert account_id
    wanted = number_in(request.GET.get("form", "") or request.POST.get("form", ""))
    found = form_for(formation=one, number=wanted) if wanted else queries.next_to_read(one, account_id)
    if wanted and found is None:
        raise Http404
    sent = request.POST if request.method == "POST" else None
    form = forms.TicksForm(sent, candidates=queries.listed(one))
    if found and sent is not None and form.is_valid():
        with refusals_beside(form):
            verbs.read(by=request.actor, formation=one, form=found, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("第 %(n)s 号录了") % {"n": found.number})
            return redirect(numbered("assembly:election-entry", slug, number))
    context = {
        "formation": one,
        "tick": found,
        "form": form,
        "left": queries.to_read(one)[0],
        "back": numbered("assembly:election", slug, number),
    }
    status = 422 if form.errors else 200
    return render(request, "assembly/elections/entry.html", {**frame(request), **context}, status=status)


@allow(Right.ORGANISE_PMC)
def differences(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Side by side what two read; the paper is looked at again, and what it says is written down."""
    one = _working(request, number, Act.SETTLE)
    waiting = queries.differing(one, request.actor.account_id)
    found = waiting[0] if waiting else None
    sent = request.POST if request.method == "POST" else None
    if sent is not None and (wanted := number_in(request.POST.get("form", ""))):
        found = form_for(formation=one, number=wanted)
    candidates = queries.listed(one)
    form = forms.TicksForm(sent, candidates=candidates)
    if found and sent is not None and form.is_valid():
        with refusals_beside(form):
            done = verbs.settle(by=request.actor, formation=one, form=found, at=timezone.now(), **form.cleaned_data)
            said = _("第 %(n)s 号等另一位也看一遍") if done.ticks is None else _("第 %(n)s 号定下了")
            messages.success(request, said % {"n": found.number})
            return redirect(address("assembly:election-differences", slug, number))
    context = {
        "formation": one, "tick": found, "form": form, "left": len(waiting), "rows": pages.compared(found, candidates) if found else [],
        "back": numbered("assembly:election", slug, number),
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "assembly/elections/differences.html", {**frame(request), **context}, status=status)
