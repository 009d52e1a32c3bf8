"""What members paid themselves, as everybody of the compound reads it, and the form that publishes it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.matters.rules.help import yuan
from linli.people.rules import Act as Right
from linli.people.rules import Body
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import moment
from linli.plumbing.refusals import refusals_beside

from ..access.meetings import own_body
from ..forms.fees import FeesForm
from ..queries import fees as queries
from ..rules.fees import ARTICLE, Half, last_half
from ..services import fees as services
from .frames import asked, frame, sent


def named(half: Half) -> str:
    words = _("%(year)s 年上半年") if half.half == 1 else _("%(year)s 年下半年")
    return words % {"year": half.year}


@allow()
@require_safe
def fees(request: HttpRequest, slug: str) -> HttpResponse:
    now, body = timezone.now(), own_body(request.actor)
    rows = queries.statements(request.compound.pk)
    fixed = {row.corrects_id for row in rows}
    context = {
        "rows": [
            {
                "title": named(Half(row.year, row.half)), "lines": [(one["name"], _("%(yuan)s 元") % {"yuan": yuan(one["fen"])}) for one in row.lines], "source": row.source,
                "when": moment(row.at, now), "who": row.name, "corrected": row.pk in fixed,
            }
            for row in rows
        ],
        "publishes": body is not None and body.kind == Body.COMMITTEE,
    }  # fmt: skip
    return render(request, "councils/fees.html", {**frame(request), **context})


@allow(Right.SIT_IN_BODY, Right.KEEP_MINUTES)
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    body = own_body(request.actor)
    if body is None or body.kind != Body.COMMITTEE:
        raise Http404
    half = last_half(timezone.localdate())
    form = FeesForm(sent(request), members=queries.members_then(body.pk, half))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            services.publish(
                by=request.actor, compound=request.compound, paid=form.paid, source=form.cleaned_data["source"], at=timezone.now(),
                once=form.cleaned_data["once"],
            )  # fmt: skip
            messages.success(request, _("公布了"))
            return redirect(address("councils:fees", slug))
    context = {
        "form": form, "title": named(half), "label": _("公布"), "article": ARTICLE, "back": address("councils:fees", slug),
        "note": _("公布以后不能改，写错了再公布一次，两次都看得到。"),
    }  # fmt: skip
    return asked(request, context, form)
