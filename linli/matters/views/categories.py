"""The compound's own names for what people raise: renamed, hidden, added to by the community's secretary."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.labels import label
from linli.plumbing.refusals import refusals_beside

from .. import services
from ..forms.categories import CategoriesForm
from ..rules import categories


@allow(Right.CREATE_COMPOUND)
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    own = categories.of(request.compound.settings)
    rows = [
        {
            "name": label(name),
            "note": _names(own, top),
            "href": address("matters:category", slug, top),
            "pill": _("不用") if top in own.hidden else "",
        }
        for top, name in own.tops.items()
    ]
    return render(request, "matters/categories.html", {"rows": rows})


def _names(own: categories.Catalogue, top: str) -> str:
    used: list[str] = []
    left_out: list[str] = []
    for one in own.under(top):
        (left_out if one.code in own.hidden else used).append(label(one.zh))
    given = {"names": _("、").join(used), "left_out": _("、").join(left_out)}
    return _("%(names)s（不用的：%(left_out)s）") % given if left_out else given["names"]


@allow(Right.CREATE_COMPOUND)
def one(request: HttpRequest, slug: str, top: str) -> HttpResponse:
    own = categories.of(request.compound.settings)
    if top not in own.tops:
        raise Http404
    form = CategoriesForm(request.POST or None, own=own, top=top)
    if form.is_valid():
        with refusals_beside(form):
            services.change_categories(by=request.actor, compound=request.compound, at=timezone.now(), **form.wishes())
            messages.success(request, _("存好了"))
            return redirect("matters:categories", slug)
    context = {"form": form, "heading": label(own.tops[top])}
    return render(request, "matters/category.html", context, status=422 if form.is_bound else 200)
