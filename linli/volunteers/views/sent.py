"""A step done without a signal, when it comes in."""

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from linli.kernel.refusal import Refusal, Refused
from linli.plumbing.labels import said
from linli.plumbing.offline import CHANNEL, answer, done_at, once_of, settled, wrong

from .. import forms, queries, services
from ..access import call_for
from ..models import Call
from ..queries import story
from ..rules import OVERTAKEN, Act, State, Who, refuse
from .doing import ACTS, FIELD

SHOWN = 4


def sent(request: HttpRequest, number: int, act: str) -> JsonResponse:
    """A word or an end that comes in later: taken in once, or answered with why not and where the call is by now."""
    if known := settled(request, request.actor):
        return known
    found = call_for(compound=request.compound, number=number, by=request.actor)
    if found is None or act not in {*FIELD, Act.LATE}:
        return answer("conflict", says=_("这一声您现在看不到了"), note=False)
    one, parts = found
    now = timezone.now()
    by = replace(request.actor, channel=CHANNEL, received_at=now)
    no = None if act == Act.LATE else refuse(Act(act), State(one.state), parts)
    if no:
        return _overtaken(request, one, parts, no, now)
    form = (forms.LateForm if act == Act.LATE else ACTS[Act(act)].form)(request.POST, request.FILES)
    if not form.is_valid():
        return answer("refused", says=wrong(form))
    data = {**form.cleaned_data, "once": once_of(request)}
    try:
        if act == Act.LATE:
            services.keep_late(by=by, call=one, at=done_at(request.POST, now, since=one.called_at), **data)
        else:
            ACTS[Act(act)].verb(by=by, call=one, at=done_at(request.POST, now, since=one.since), **data)
    except Refused as late:
        if late.refusal.key in OVERTAKEN:
            return _overtaken(request, one, parts, late.refusal, now)
        return answer("refused", says=said(late.refusal))
    return answer("done")


def _overtaken(request: HttpRequest, one: Call, parts: frozenset[Who], no: Refusal, now: datetime) -> JsonResponse:
    """What happened meanwhile, as far as this reader may see it; who was on it may still have it kept in the story."""
    found = call_for(compound=request.compound, number=one.number, by=request.actor)
    one, parts = found or (one, parts)
    page = story.page(one, parts, queries.claims_of(one), now)
    lines = story.lines(one, queries.entries_of(one)[:SHOWN], now) if page.whole else []
    return answer(
        "conflict", says=said(no), note=queries.was_on_it(one, request.actor.account_id), now=" · ".join([page.turn.title, page.turn.note]),
        meanwhile=[" · ".join(filter(None, [line["when"], line["who"], line["text"]])) for line in reversed(lines)],
    )  # fmt: skip
