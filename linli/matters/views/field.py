"""A matter as it goes into a basement, what this phone could not send yet, and who is signed in here."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from linli.people.rules import Act as Right
from linli.plumbing.guards import allow, or_404
from linli.plumbing.offline import holder

from ..access import matter_for
from ..forms.base import MatterForm
from ..models import Matter
from ..rules.states import Act, State, Who, refuse
from ..rules.times import Urgency
from .acts import act_address, table
from .doing import Doing
from .matter import shown

STEPS = (Act.TAKE, Act.RESUME, Act.ARRIVE, Act.MAKE_SAFE, Act.RESOLVE)
# What must be done first where a step is not allowed yet: both can be done on the way, and are sent in order.
FIRST = {State.DISPATCHED: Act.TAKE, State.SUSPENDED: Act.RESUME}
HAZARDOUS = {Urgency.EMERGENCY, Urgency.URGENT}


@dataclass(frozen=True)
class Step:
    act: str
    after: str
    doing: Doing
    words: dict[str, str]
    url: str
    form: MatterForm


@allow(Right.WORK_ON_MATTERS)
@require_safe
def field(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    matter, parts = or_404(matter_for(compound=request.compound, number=number, by=request.actor))
    # What else may be done stands on the matter's own page, which no phone keeps.
    less = {"rest": [], "count": None, "print_url": "", "steps": _steps(request, matter, parts)}
    return render(request, "matters/field.html", {**shown(request, matter, parts), **less})


def _steps(request: HttpRequest, matter: Matter, parts: frozenset[Who]) -> list[Step]:
    """Allowed now, or as soon as the one before it is done (`after`), which may both happen without a signal."""
    state, acts, now = State(matter.state), table(), timezone.now()
    rows: list[tuple[Act, str]] = []
    for act in STEPS:
        if act == Act.MAKE_SAFE and matter.urgency not in HAZARDOUS:
            continue
        if refuse(act, state, parts) is None:
            rows.append((act, ""))
        elif Who.HANDLER in parts and state in FIRST and refuse(act, State.IN_PROGRESS, parts) is None:
            rows.append((act, FIRST[state].value))
    if refuse(Act.NOTE, state, parts) is None:
        rows.append((Act.NOTE, ""))
    return [_step(request, matter, act, after, acts[act], now) for act, after in rows]


def _step(request: HttpRequest, matter: Matter, act: Act, after: str, doing: Doing, now: Any) -> Step:
    form = doing.form(matter=matter, by=request.actor, at=now, prefix_id=act.value)
    return Step(act.value, after, doing, doing.words(matter), act_address(request.compound.slug, matter, act), form)


@allow()
@never_cache
@require_safe
def who(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked by a phone before it sends: whose acts it may send now, and the token for that."""
    return JsonResponse({"holder": holder(request.actor), "token": get_token(request)})


@allow()
@require_safe
def outbox(request: HttpRequest, slug: str) -> HttpResponse:
    """A frame: what stands in it is on the phone alone."""
    return render(request, "matters/outbox.html")
