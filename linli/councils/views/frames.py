"""The frame that a reader's other pages have, and the one form of an act."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from linli.people import access
from linli.plumbing.forms import Form


def frame(request: HttpRequest) -> dict[str, Any]:
    """The one that this reader's other pages have."""
    return access.frame(request.actor, request.compound)


def sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def asked(request: HttpRequest, context: dict[str, Any], form: Form) -> HttpResponse:
    return render(request, "councils/act.html", {**frame(request), **context}, status=422 if form.errors else 200)


@dataclass(frozen=True)
class Doing:
    """A step with its form; `compound`: its verb is told which compound."""

    form: Callable[..., Form]
    verb: Callable[..., Any]
    label: Any
    said: Any
    note: Any = ""
    compound: bool = False
