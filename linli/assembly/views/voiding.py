"""At a recount: an online ballot that an upheld objection found to be no vote."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from linli.plumbing.addresses import address
from linli.plumbing.guards import allow

from ..access import counted_for, parts_in
from ..forms.voiding import VoidForm
from ..queries import voiding as queries
from ..rules.sessions import TABLE, Act, State
from ..services import voiding as services
from .base import run, sent


@allow()
@never_cache
def void(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    session = counted_for(compound=request.compound, number=number, by=request.actor)
    if session is None or not TABLE[Act.VOID].who & parts_in(session, request.actor):
        raise Http404
    back, objections = address("assembly:count", slug, number), queries.upheld(session)
    if session.state != State.COUNTING and request.method != "POST":
        messages.error(request, _("现在不能办这一步"))
        return redirect(back)
    if not objections:
        raise Http404
    form = VoidForm(sent(request), objections=objections)

    def do() -> None:
        given = {**form.cleaned_data, "objection": UUID(form.cleaned_data["objection"])}
        services.void(session=session, by=request.actor, at=timezone.now(), **given)

    return run(
        request, form, do, said=_("记下了；两位写得一样，这张票就不计"), back=back, title=_("一张网上投的票无效"), label=_("认定无效"),
        note=_("要主持人和监票人两位各自查实，编号、原因和异议写得一样才算。原来的记录不删，另记一条，原因和依据写进核验包。"),
    )  # fmt: skip
