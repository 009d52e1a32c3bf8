"""What the property company promised under its contract, and what the checks say: for every owner to read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.refusals import refusals_beside

from ..access import standards as access
from ..forms import standards as forms
from ..models import Standard
from ..queries import standards as queries
from ..rules.standards import Stage
from ..services import standards as services
from ..words import STAGES
from .frames import asked, frame, sent


def _contract(request: HttpRequest) -> tuple[Any, UUID | None]:
    found = queries.current_contract(request.compound.pk)
    return found, queries.company_of(found) if found else None


@allow()
@require_safe
def standards(request: HttpRequest, slug: str) -> HttpResponse:
    contract, company = _contract(request)
    rows = queries.standards(request.compound.pk, contract.pk) if contract else []
    writes, today = access.writes(request.actor, company), timezone.localdate()
    held = queries.checks(request.compound.pk, rows) if rows else {}
    stages = {queries.stage_of(row) for row in rows}
    shown = [row for row in rows if row.published_at or writes]
    kept, made = queries.month_share(held, today)
    context = {
        "contract": contract,
        "contract_href": numbered("assembly:contract", slug, contract.number) if contract else "",
        "rows": [queries.cell(row, held[row.pk], slug, today) for row in shown],
        "kept": kept,
        "made": made,
        "late": sum(1 for row in shown if (due := queries.due_of(row, held[row.pk])) and today > due),
        "adds": writes and contract is not None,
        "pledges": access.pledges(request.actor, company) and Stage.PROPOSED in stages,
        "publishes": access.publishes(request.actor) and Stage.PLEDGED in stages,
        "waits": access.publishes(request.actor) and Stage.PROPOSED in stages and Stage.PLEDGED not in stages,
        "numbers": not frame(request)["resident"],
        "raises": request.may(Right.RAISE_MATTER),
    }
    return render(request, "councils/standards.html", {**frame(request), **context})


def _do(
    request: HttpRequest, form: Form, do: Callable[[], Any], *, said: str, back: str, **context: Any
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            do()
            messages.success(request, said)
            return redirect(back)
    return asked(request, {"form": form, "back": back, **context}, form)


@allow()
def add(request: HttpRequest, slug: str) -> HttpResponse:
    contract, company = _contract(request)
    if contract is None or not access.writes(request.actor, company):
        raise Http404
    form = forms.AddForm(sent(request))
    given: dict[str, Any] = {"by": request.actor, "compound": request.compound, "at": timezone.now()}
    return _do(
        request, form, lambda: services.add(**given, **form.cleaned_data), said=_("写上了，等物业公司承诺"), back=address("councils:standards", slug),
        title=_("写一条服务标准"), label=_("写上"),
    )  # fmt: skip


@allow()
def settle(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    """The company pledges, the committee publishes: all that waits for it."""
    contract, company = _contract(request)
    mine = {"pledge": access.pledges(request.actor, company), "publish": access.publishes(request.actor)}
    if contract is None or not mine.get(act):
        raise Http404
    form = OnceForm(sent(request))
    given: dict[str, Any] = {"by": request.actor, "compound": request.compound, "at": timezone.now()}
    verb = services.pledge if act == "pledge" else services.publish
    label = _("承诺做到") if act == "pledge" else _("公布服务标准")
    stage = Stage.PROPOSED if act == "pledge" else Stage.PLEDGED
    waiting = [row for row in queries.standards(request.compound.pk, contract.pk) if queries.stage_of(row) == stage]
    note = _("公开作出的有利于业主的承诺，是物业服务合同的一部分（民法典第九百三十八条）。")
    return _do(
        request, form, lambda: verb(**given, **form.cleaned_data), said=_("记下了"), back=address("councils:standards", slug), title=label,
        label=label, note=note, lines=[(row.title, queries.line(row)) for row in waiting],
    )  # fmt: skip


def _found(request: HttpRequest, pk: UUID) -> tuple[Standard, UUID | None]:
    _current, company = _contract(request)
    row = or_404(access.standard_for(compound=request.compound, pk=pk, by=request.actor, company_id=company))
    return row, queries.company_of(row.contract)


@allow()
@require_safe
def standard(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    row, company = _found(request, pk)
    held = queries.checks(request.compound.pk, [row])[row.pk]
    runs = queries.stage_of(row) == Stage.PUBLISHED
    works = not frame(request)["resident"]
    context = {
        "standard": row,
        "stage": "" if runs else STAGES[queries.stage_of(row)],
        "raises": runs and request.may(Right.RAISE_MATTER),
        "facts": queries.facts(row, held),
        "lines": queries.lines(held, timezone.now(), works=works, slug=slug),
        "mine": request.actor.account_id,
        "checks": runs and access.checks(request.actor, company),
        "ends": runs and access.publishes(request.actor),
    }
    return render(request, "councils/standard.html", {**frame(request), **context})


@allow()
def act(request: HttpRequest, slug: str, pk: UUID, act: str) -> HttpResponse:
    row, company = _found(request, pk)
    may = {"check": access.checks(request.actor, company), "end": access.publishes(request.actor)}
    if not may.get(act):
        raise Http404
    back = address("councils:standard", slug, row.pk)
    given: dict[str, Any] = {"by": request.actor, "standard": row, "at": timezone.now()}
    if act == "end":
        form: Form = forms.EndForm(sent(request))
        return _do(
            request, form, lambda: services.end(**given, **form.cleaned_data), said=_("记下了"), back=back, title=_("不再执行"), label=_("不再执行"),
        )  # fmt: skip
    form = forms.CheckForm(sent(request), initial={"on": timezone.localdate()})
    return _do(
        request, form, lambda: services.check(compound=request.compound, **given, **form.cleaned_data), said=_("记下了"), back=back,
        title=_("检查：%(title)s") % {"title": row.title}, label=_("记下"), note=row.measure,
    )  # fmt: skip


@allow()
def correct(request: HttpRequest, slug: str, pk: UUID, check: UUID) -> HttpResponse:
    row, company = _found(request, pk)
    first = access.check_for(standard=row, pk=check, by=request.actor)
    if first is None or not access.checks(request.actor, company):
        raise Http404
    form = forms.CorrectForm(
        sent(request), initial={"on": first.on, "holds": "yes" if first.holds else "no", "words": first.words}
    )
    given: dict[str, Any] = {
        "by": request.actor,
        "compound": request.compound,
        "standard": row,
        "first": first,
        "at": timezone.now(),
    }
    return _do(
        request, form, lambda: services.correct(**given, **form.cleaned_data), said=_("更正了，原来的留着"),
        back=address("councils:standard", slug, row.pk), title=_("更正这次检查"), label=_("更正"),
    )  # fmt: skip
