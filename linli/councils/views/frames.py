"""The frame that a reader's other pages have, and the one form of an act."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.plumbing.forms import Form


def frame(request: HttpRequest) -> dict[str, Any]:
    resident = request.actor.role in RESIDENTS
    desk = request.may(Right.EXPORT_LIST) or request.may(Right.PLACE_ORDER)
    return {
        "resident": resident,
        "shell": "base_resident.html" if resident else "base_desk.html" if desk else "base_work.html",
    }


def sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def asked(request: HttpRequest, context: dict[str, Any], form: Form) -> HttpResponse:
    return render(request, "councils/act.html", {**frame(request), **context}, status=422 if form.errors else 200)
