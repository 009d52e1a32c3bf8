"""Papers that come back, one number after another."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.plumbing import papers as press
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.refusals import refusals_beside

from .. import papers
from ..access import parts_in
from ..forms.returning import ReturnedForm
from ..models import Leaf
from ..queries.casting import came_of, lookup, voices
from ..queries.slips import latest, slip_of, taken
from ..rules.sessions import TABLE, Act, State, allowed
from ..services import returning as services
from .base import found_session, frame, page_of, sent
from .sessions.steps import ready


@allow()
@never_cache
def returned(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """By hand or by a scanner that types; what is ticked on it is not asked and not looked at."""
    session = found_session(request, number)
    if led := ready(request, session, Act.RECEIVE):
        return led
    form = ReturnedForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            leaf = services.receive(by=request.actor, session=session, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _said(leaf))
            return redirect(address("assembly:returned", slug, number))
    context = {
        "session": session, "form": form, "back": page_of(session, slug), "number": number,
        "latest": latest(session, request.actor.account_id, timezone.now()),
    }  # fmt: skip
    return render(
        request, "assembly/casting/returned.html", {**frame(request), **context}, status=422 if form.errors else 200
    )


def _said(leaf: Leaf) -> str:
    words = _("收到了：%(number)s，票箱第 %(place)s 张") % {"number": leaf.ballot, "place": leaf.index + 1}
    if leaf.party and came_of(leaf.party).times > 1:
        words += _("。这一户收到了不止一张，请业主一起签一份共同声明")
    return words


@allow()
@require_safe
@never_cache
def slip(request: HttpRequest, slug: str, number: int, index: int) -> HttpResponse:
    """For those who take in papers, and for the owners it is about. `?as=pdf` for the printer."""
    session = found_session(request, number)
    leaf = taken(session, index)
    desk = bool(parts_in(session, request.actor) & TABLE[Act.RECEIVE].who)
    if leaf is None or not (desk or leaf.party_id in {voice.party.pk for voice in voices(session, request.actor)}):
        raise Http404
    check = request.build_absolute_uri(f"{address('assembly:check-receipt')}?{lookup(session, leaf)}")
    where = request.build_absolute_uri(address("assembly:check-receipt"))
    paper = papers.slip(slip_of(session, leaf, compound=request.compound.name, link=check, where=where))
    if request.GET.get("as") == "pdf":
        answer = HttpResponse(press.pdf(paper), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="slip-{leaf.ballot}.pdf"'
        return answer
    goes_on = Act.RECEIVE in allowed(State(session.state), parts_in(session, request.actor))
    back = address("assembly:returned", slug, number) if goes_on else page_of(session, slug)
    return render(request, "assembly/print.html", {"paper": press.html(paper), "title": paper.title, "back": back})
