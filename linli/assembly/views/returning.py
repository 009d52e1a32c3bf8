"""Papers that come back, one number after another."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refused
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow

from ..access import parts_in
from ..forms.returning import ReturnedForm
from ..models import Leaf
from ..queries.casting import came_of
from ..rules.sessions import TABLE, Act
from ..services import returning as services
from .base import found_session, frame, page_of, sent


@allow()
def returned(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """By hand or by a scanner that types; what is ticked on it is not asked and not looked at."""
    session = found_session(request, number)
    if not parts_in(session, request.actor) & TABLE[Act.RECEIVE].who:
        raise Http404
    form = ReturnedForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            leaf = services.receive(by=request.actor, session=session, at=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _said(leaf))
            return redirect(address("assembly:returned", slug, number))
    context = {"session": session, "form": form, "back": page_of(session, slug)}
    return render(
        request, "assembly/casting/returned.html", {**frame(request), **context}, status=422 if form.errors else 200
    )


def _said(leaf: Leaf) -> str:
    words = _("收到了：%(number)s，票箱第 %(place)s 张") % {"number": leaf.ballot, "place": leaf.index + 1}
    if leaf.party and came_of(leaf.party).twice:
        words += _("。这一户收到了不止一张，请业主一起签一份共同声明")
    return words
