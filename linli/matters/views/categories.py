"""The compound's own names for what people raise: renamed, hidden, added to by the community's secretary."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.refusal import Refused
from linli.people.rules import Act as Right
from linli.plumbing.guards import allow
from linli.plumbing.labels import label

from .. import services
from ..forms.categories import CategoriesForm
from ..rules import categories


@allow(Right.CREATE_COMPOUND)
@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    own = categories.of(request.compound.settings)
    rows = [
        {
            "code": top,
            "name": label(name),
            "hidden": top in own.hidden,
            "subs": _("、").join(label(c.zh) for c in own.under(top) if c.code not in own.hidden),
            "left_out": _("、").join(label(c.zh) for c in own.under(top) if c.code in own.hidden),
        }
        for top, name in own.tops.items()
    ]
    return render(request, "matters/categories.html", {"rows": rows})


@allow(Right.CREATE_COMPOUND)
def one(request: HttpRequest, slug: str, top: str) -> HttpResponse:
    own = categories.of(request.compound.settings)
    if top not in own.tops:
        raise Http404
    form = CategoriesForm(request.POST or None, own=own, top=top)
    if form.is_valid():
        try:
            services.change_categories(by=request.actor, compound=request.compound, at=timezone.now(), **form.wishes())
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("存好了"))
            return redirect("matters:categories", slug)
    context = {"form": form, "heading": label(own.tops[top])}
    return render(request, "matters/category.html", context, status=422 if form.is_bound else 200)
