"""Each further step of a call by its own address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.guards import allow, or_404
from linli.plumbing.labels import said
from linli.plumbing.offline import from_phone
from linli.plumbing.refusals import refusals_beside

from ..access import call_for
from ..rules import Act, State, refuse
from .calls import found_call
from .doing import ACTS, FIELD
from .sent import sent


@allow(Right.ANSWER_CALL, Right.CALL_NEIGHBOURS)
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    if from_phone(request):
        return sent(request, number, act)
    doing = or_404(ACTS.get(Act(act)) if act in set(Act) else None)
    one, parts = found_call(request, number)
    back = numbered("volunteers:call", slug, number)
    no = refuse(Act(act), State(one.state), parts, reason="-")
    if no and request.method != "POST":
        messages.error(request, said(no))
        return redirect(back)
    form = doing.form(request.POST, request.FILES) if request.method == "POST" else doing.form()
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            doing.verb(by=request.actor, call=one, at=timezone.now(), **form.cleaned_data)
            messages.success(request, doing.said)
            return redirect(_left(request, number) or back)
    context = {
        "form": form, "doing": doing, "call": one, "back": back, "field": act in FIELD, "action": address("volunteers:act", slug, number, act),
    }  # fmt: skip
    return render(request, "volunteers/act.html", context, status=422 if request.method == "POST" else 200)


def _left(request: HttpRequest, number: int) -> str:
    """Who has no part in the call any more goes back to the board."""
    if call_for(compound=request.compound, number=number, by=request.actor):
        return ""
    return address("volunteers:board", request.compound.slug)
