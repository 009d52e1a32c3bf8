"""What the pages of a session share: the frame, the session asked for, a form for one step."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from linli.people import access
from linli.plumbing.addresses import numbered
from linli.plumbing.forms import Form
from linli.plumbing.guards import or_404
from linli.plumbing.refusals import refusals_beside

from ..access import session_for
from ..models import Session


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame that this reader's other pages have."""
    return access.frame(request.actor, request.compound)


def found_session(request: HttpRequest, number: int) -> Session:
    return or_404(session_for(compound=request.compound, number=number, by=request.actor))


def sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def page_of(session: Session, slug: str) -> str:
    return numbered("assembly:session", slug, session.number)


def asked(request: HttpRequest, form: Form, *, template: str = "assembly/act.html", **context: Any) -> HttpResponse:
    """A form on its own page; 422 where something was wrong, with all that was typed."""
    return render(request, template, {**frame(request), "form": form, **context}, status=422 if form.errors else 200)


def run(
    request: HttpRequest, form: Form, do: Callable[[], Any], *, said: Any, back: str, **context: Any
) -> HttpResponse:
    """A form for one step: shown, sent once, or shown again with what was wrong."""
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            do()
            messages.success(request, said)
            return redirect(back)
    return asked(request, form, back=back, **context)
