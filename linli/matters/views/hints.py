"""What is known already while somebody's words are written down: how such things were sorted, and what may be the same."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from linli.people.rules import Act as Right
from linli.plumbing.guards import allow

from ..access import parts_by_post
from ..forms import record as forms
from ..models import Matter
from ..queries import advice, duplicates
from ..queries.outages import near
from ..rules import danger
from ..rules.states import Act, State, Who, allowed
from ..rules.times import Urgency
from .panel_page import advice_words

LEAST = 4  # letters


def hints(request: HttpRequest, form: forms.Record, at: datetime) -> dict[str, Any]:
    """Suggested only to those who will sort it, joined only by those who may join; what nobody told them stays untold."""
    words = str(form["words"].value() or "").strip()
    compound, by, where = request.compound, request.actor, form.where()
    at_once = {
        "danger": danger.told(words) == Urgency.EMERGENCY,
        "outages": near(compound, None, at, words or None, building=where.building),
    }
    if len(words) < LEAST:
        return at_once
    parts = parts_by_post(Matter(compound_id=compound.pk, state=State.SUBMITTED), by)
    advised = advice.shown_while_typing(compound, words, by, at) if Who.DESK in parts else None
    alike = duplicates.shown(compound, by, words, where)
    return at_once | {
        "advised": advised,
        "advice_words": advice_words(request, advised.advice) if advised else "",
        "alike": alike,
        "alike_token": duplicates.sign(compound.pk, alike) if alike else "",
        "alike_lately": duplicates.lately(compound.pk, at) if alike else None,
        "may_join": Act.MERGE in allowed(State.SUBMITTED, parts),
    }


@allow(Right.RAISE_FOR_SOMEONE)
@require_POST
def record_hints(request: HttpRequest, slug: str) -> HttpResponse:
    """The part of the page alone, for htmx. Posted, so that nobody's words stand in an address."""
    now = timezone.now()
    typed = {name: request.POST.get(name, "") for name in ("words", "building", "room", "person", "take")}
    form = forms.Record(initial=typed, compound=request.compound, role=request.actor.role, at=now)
    context = {
        "form": form,
        "desk_shell": request.may(Right.EXPORT_LIST),
        **hints(request, form, now),
    }
    return render(request, "matters/_record_hints.html", context)
