"""The three sheets of a box's key: on one page, once."""

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from linli.kernel.refusal import Refused
from linli.plumbing.forms import OnceForm

from ...models import Session
from ...queries import sessions as queries
from ...rules.sessions import Act
from ...services import convening
from ..base import asked, page_of
from .steps import Doing


def make_keys(request: HttpRequest, one: Session, act: Act, doing: Doing, form: OnceForm) -> HttpResponse:
    """The answer to the second press holds the three sheets. It is the only page that ever does, and nobody keeps it."""
    back = page_of(one, request.compound.slug)
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = {"by": request.actor, "session": one, "at": timezone.now(), **form.cleaned_data}
        try:
            if act == Act.FREEZE:
                one, sheets = convening.freeze(**given)
            else:
                one, sheets = convening.new_keys(turn=queries.new_key_turn(one) + 1, **given)
        except Refused as no:
            form.refuse(no)
        else:
            if sheets:
                return _sheets(request, one, sheets, back)
            messages.success(request, doing.said)
            return redirect(back)
    return asked(request, form, title=doing.label, label=doing.label, note=doing.note, back=back)


KEEPERS = (gettext_lazy("会议主持人"), gettext_lazy("计票人"), gettext_lazy("监票人"))


def _sheets(request: HttpRequest, one: Session, sheets: tuple[str, ...], back: str) -> HttpResponse:
    rows = [
        {"place": n, "text": text, "keeper": keeper, "qr": segno.make(text, error="m").svg_data_uri(scale=4)}
        for n, (text, keeper) in enumerate(zip(sheets, KEEPERS, strict=True), 1)
    ]
    answer = render(request, "assembly/sheets.html", {"session": one, "sheets": rows, "back": back})
    answer["Cache-Control"] = "no-store"
    return answer
