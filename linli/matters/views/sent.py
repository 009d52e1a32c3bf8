"""An act that was done without a signal and is sent later by the phone: taken in once, or answered with why not.

The phone's side is web/static/linli/sw.js; it keeps what is not answered with "done".
"""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.places.queries import calendar
from linli.plumbing.addresses import address
from linli.plumbing.labels import said
from linli.plumbing.offline import CHANNEL, answer, done_at, once_of, settled, wrong

from ..models import Matter
from ..queries.card import card
from ..queries.resident import clock_of
from ..queries.timeline import Reader, entries_of, timeline
from ..rules import categories
from ..rules.states import Act, State, Who, refuse, refuse_other_piece
from .acts_late import LATE
from .doing import Doing

# Refusals that mean: it is no longer as the phone showed it.
OVERTAKEN = frozenset({"wrong_state", "not_yours"})
ANY_TIME = frozenset({Act.NOTE.value, LATE})
SHOWN = 4
Found = tuple[Matter, frozenset[Who]]


def take_in(request: HttpRequest, doing: Doing, act: str, found: Found | None, now: datetime) -> JsonResponse:
    if known := settled(request, request.actor):
        return known
    if found is None or not doing.field:
        return answer("conflict", says=_("这件事您现在看不到了"), note=False)
    matter, parts = found
    if no := _overtaken(matter, parts, doing, act, request):
        return _conflict(request, matter, parts, no, now)
    post = request.POST
    at = done_at(post, now, since=matter.turn_since)
    by = replace(request.actor, channel=CHANNEL, received_at=now)
    form = doing.form(post, request.FILES, matter=matter, by=by, at=at)
    if not form.is_valid():
        return answer("refused", says=wrong(form))
    try:
        doing.run(by=by, matter=matter, at=at, once=once_of(request), data=form.cleaned_data)
    except Refused as no:
        if no.refusal.key in OVERTAKEN:
            return _conflict(request, matter, parts, no.refusal, now)
        return answer("refused", says=said(no.refusal))
    return answer("done")


def _overtaken(matter: Matter, parts: frozenset[Who], doing: Doing, act: str, request: HttpRequest) -> Refusal | None:
    no = doing.refuses(matter, request.actor) if doing.refuses else refuse(Act(act), State(matter.state), parts)
    return no or (None if act in ANY_TIME else refuse_other_piece(request.POST.get("seen", ""), matter.piece))


def _conflict(request: HttpRequest, matter: Matter, parts: frozenset[Who], no: Refusal, now: datetime) -> JsonResponse:
    """Why not, where the matter is now, and what was last done with it; `note`: it can still be kept beside it."""
    worker = Who.WATCHER in parts
    matter.refresh_from_db()
    entries = entries_of(matter, internal=worker)[:SHOWN]
    reader = Reader(request.actor.account_id, worker=worker, own=categories.of(request.compound.settings))
    lines = timeline(matter, entries, [], reader=reader, now=now, address=address)
    told = card(matter, clock_of(matter), calendar(request.compound), own=False, now=now)
    return answer(
        "conflict", says=said(no), note=worker, now=" · ".join(filter(None, [told.title, told.note])),
        meanwhile=[" · ".join(filter(None, [line.when, line.who, line.text])) for line in reversed(lines)],
    )  # fmt: skip
