"""An act that was done without a signal and is sent later by the phone: taken in once, or answered with why not.

The phone's side is web/static/linli/sw.js; it keeps what is not answered with "done".
"""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.places.queries import calendar
from linli.plumbing.addresses import address
from linli.plumbing.labels import said
from linli.plumbing.models import AuditEntry
from linli.plumbing.offline import CHANNEL, done_at, holder

from ..forms.base import MatterForm
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
STATUS = {"done": 200, "conflict": 409, "refused": 422, "other": 403}

Found = tuple[Matter, frozenset[Who]]


def from_phone(request: HttpRequest) -> bool:
    return request.method == "POST" and "sent" in request.POST


def take_in(request: HttpRequest, doing: Doing, act: str, found: Found | None, now: datetime) -> JsonResponse:
    post = request.POST
    if not post.get("holder") or post["holder"] != holder(request.actor):
        return _answer("other", says=_("这是另一个人记的，等本人登录再送"))
    if found is None or not doing.field:
        return _answer("conflict", says=_("这件事您现在看不到了"), note=False)
    matter, parts = found
    once = _once(post.get("once", ""))
    if once is None:
        return _answer("refused", says=_("这一条不完整，请改一改再送"))
    before = AuditEntry.objects.filter(compound_id=matter.compound_id, once=once).values_list("account_id", flat=True)
    if list(before) == [request.actor.account_id]:
        return _answer("done", again=True)
    if no := _overtaken(matter, parts, doing, act, request):
        return _conflict(request, matter, parts, no, now)
    at = done_at(post, now, since=matter.turn_since)
    by = replace(request.actor, channel=CHANNEL, received_at=now)
    form = doing.form(post, request.FILES, matter=matter, by=by, at=at)
    if not form.is_valid():
        return _answer("refused", says=_wrong(form))
    try:
        doing.run(by=by, matter=matter, at=at, once=once, data=form.cleaned_data)
    except Refused as no:
        if no.refusal.key in OVERTAKEN:
            return _conflict(request, matter, parts, no.refusal, now)
        return _answer("refused", says=said(no.refusal))
    return _answer("done")


def _once(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _overtaken(matter: Matter, parts: frozenset[Who], doing: Doing, act: str, request: HttpRequest) -> Refusal | None:
    no = doing.refuses(matter, request.actor) if doing.refuses else refuse(Act(act), State(matter.state), parts)
    return no or (None if act in ANY_TIME else refuse_other_piece(request.POST.get("seen", ""), matter.piece))


def _wrong(form: MatterForm) -> str:
    return "；".join(str(error) for errors in form.errors.values() for error in errors)


def _conflict(request: HttpRequest, matter: Matter, parts: frozenset[Who], no: Refusal, now: datetime) -> JsonResponse:
    """Why not, where the matter is now, and what was last done with it; `note`: it can still be kept beside it."""
    worker = Who.WATCHER in parts
    matter.refresh_from_db()
    entries = entries_of(matter, internal=worker)[:SHOWN]
    reader = Reader(request.actor.account_id, worker=worker, own=categories.of(request.compound.settings))
    lines = timeline(matter, entries, [], reader=reader, now=now, address=address)
    told = card(matter, clock_of(matter), calendar(request.compound), own=False, now=now)
    return _answer(
        "conflict", says=said(no), note=worker, now=" · ".join(filter(None, [told.title, told.note])),
        meanwhile=[" · ".join(filter(None, [line.when, line.who, line.text])) for line in reversed(lines)],
    )  # fmt: skip


def _answer(result: str, **more: Any) -> JsonResponse:
    return JsonResponse({"result": result, **more}, status=STATUS[result], headers={"Cache-Control": "no-store"})
