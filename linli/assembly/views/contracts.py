"""Service contracts: the list beside the selections, each contract's page and document, and one that was there before."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment
from linli.plumbing.refusals import refusals_beside

from ..access.selections import contract_for, starts
from ..forms.selections import RecordForm
from ..models import ServiceContract
from ..queries import selection_pages as pages
from ..queries import selections as queries
from ..services import selections as verbs
from .base import asked, frame, sent
from .papers import shown_paper


def _found(request: HttpRequest, number: int) -> ServiceContract:
    return or_404(contract_for(compound=request.compound, number=number, by=request.actor))


@allow()
@require_safe
def contract(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = _found(request, number), timezone.now()
    context = {
        "contract": one,
        "facts": pages.contract_facts(one),
        "lacking": pages.lacking(one),
        "paper": address("assembly:contract-paper", slug, one.number),
        "corrected": queries.corrected(one),
        "before": [
            {"number": row.number, "reason": rows.reason, "when": moment(rows.at, now), "href": numbered("assembly:contract", slug, row.number)}
            for rows, row in zip(queries.corrections(one), queries.corrections(one)[1:], strict=False)
        ],
        "selection": numbered("assembly:selection", slug, one.selection.number) if one.selection else "",
    }  # fmt: skip
    return render(request, "assembly/selections/contract.html", {**frame(request), **context})


@allow()
@require_safe
def paper(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    return shown_paper(_found(request, number))


@allow(Right.CREATE_ASSEMBLY_SESSION)
def record(request: HttpRequest, slug: str) -> HttpResponse:
    if not starts(request.actor):
        raise Http404
    companies = queries.companies(request.compound.pk)
    form = RecordForm(sent(request), request.FILES or None, companies=[(body.pk, body.name) for body in companies])
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data}
        chosen = UUID(given.pop("company"))
        company = next((body for body in companies if body.pk == chosen), None)
        with refusals_beside(form):
            made = verbs.record_contract(
                by=request.actor, compound=request.compound, company=company, at=timezone.now(), **given
            )
            messages.success(request, _("合同公布了，业主都能看"))
            return redirect(numbered("assembly:contract", slug, made.number))
    return asked(
        request, form, title=_("记现在的物业服务合同"), label=_("公布"), back=address("assembly:selections", slug), multipart=True,
        note=_("业主有权查阅物业服务合同。"),
    )  # fmt: skip
