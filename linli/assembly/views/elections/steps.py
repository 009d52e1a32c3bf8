"""What the steps of a body being formed share: who may take one, its form, and where it leads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.plumbing.addresses import numbered
from linli.plumbing.forms import Form
from linli.plumbing.guards import or_404

from ...access.elections import formation_for, home_named, parts_in
from ...models import Formation, Nominee
from ...queries import elections as queries
from ...rules.elections.states import Act, State, allowed, refuse
from .. import base

TEMPLATE = "assembly/elections/act.html"


def found(request: HttpRequest, number: int) -> Formation:
    return or_404(formation_for(compound=request.compound, number=number, by=request.actor))


def asked(request: HttpRequest, context: dict[str, Any], form: Form) -> HttpResponse:
    return base.asked(request, form, template=TEMPLATE, **context)


@dataclass(frozen=True)
class Doing:
    form: type[Form]
    verb: Callable[..., Any]
    label: Any
    done: Any
    note: Any = ""


def run(
    request: HttpRequest, one: Formation, doing: Doing, form: Form, what: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    back = context.pop("back", "") or numbered("assembly:election", request.compound.slug, one.number)
    return base.run(
        request, form, lambda: doing.verb(by=request.actor, formation=one, at=timezone.now(), **what, **_given(request, form)),
        said=doing.done, back=back, template=TEMPLATE, **{"title": doing.label, "label": doing.label, "note": doing.note, **context},
    )  # fmt: skip


def _given(request: HttpRequest, form: Form) -> dict[str, Any]:
    """A home is written as people write it; what it means is looked up here, and an unknown one is the service's to refuse."""
    values = dict(form.cleaned_data)
    if "home" in values:
        values["home"] = home_named(request.compound.pk, values["home"])
    return values


def ready(request: HttpRequest, one: Formation, act: Act, nominee: Nominee | None = None) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor, nominee)
    if not any(refuse(one.kind, act, state, parts) is None for state in State):
        raise Http404
    if (
        act not in allowed(one.kind, State(one.state), parts, late=queries.late(one, timezone.now()))
        and request.method != "POST"
    ):
        messages.error(request, _("这一步已经过了，请看现在到哪一步"))
        return redirect(numbered("assembly:election", request.compound.slug, one.number))
    return None
