"""The three sheets of a box's key: on one page, once."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from linli.plumbing import papers as press
from linli.plumbing.addresses import address
from linli.plumbing.forms import OnceForm
from linli.plumbing.refusals import refusals_beside

from ... import papers
from ...models import Session
from ...queries.prints import key_sheets
from ...rules.sessions import Act
from ...services import convening
from ..base import asked, page_of
from .steps import Doing


def make_keys(request: HttpRequest, one: Session, act: Act, doing: Doing, form: OnceForm) -> HttpResponse:
    """The answer to the second press holds the three sheets. It is the only page that ever does, and nobody keeps it."""
    back = page_of(one, request.compound.slug)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"by": request.actor, "session": one, "at": timezone.now(), **form.cleaned_data}
        with refusals_beside(form):
            if act == Act.FREEZE:
                one, sheets = convening.freeze(**given)
            else:
                one, sheets = convening.new_keys(**given)
            if sheets:
                return _sheets(request, one, sheets)
            messages.success(request, doing.said)
            return redirect(back)
    return asked(request, form, title=doing.label, label=doing.label, note=doing.note, back=back)


def _sheets(request: HttpRequest, one: Session, sheets: tuple[str, ...]) -> HttpResponse:
    drawn = [
        press.html(papers.share_sheet(of), further=at > 0)
        for at, of in enumerate(key_sheets(one, request.compound.name, sheets, timezone.now()))
    ]
    context = {
        "first": drawn[0],
        "others": drawn[1:],
        "back": address("assembly:keys", request.compound.slug, one.number),
    }
    answer = render(request, "assembly/sheets.html", context)
    answer["Cache-Control"] = "no-store"
    return answer
