"""One whistle, whole: whose turn, what each body was asked and did, meetings, money, files, what happened."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.kernel.clock import Calendar, Span, deadline
from linli.people.rules import Role
from linli.places.queries import calendar
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import lasting, moment, short

from ...access.whistles import whistle_for, whistle_parts
from ...models import Ask, Consultation, Whistle, WhistleFile
from ...queries import whistles as reads
from ...queries.whistle_story import lines
from ...rules import whistles as rules
from ...rules.whistles import Do, Level, State, Step
from ...words import MARKS, WHISTLE_SCORES, WHISTLE_STATES, WHISTLE_STEPS, WHISTLE_WAYS
from .deeds import PART, WHOLE
from .money import funding_of
from .shared import (
    WATCH,
    base_of,
    clock_words,
    facts_of,
    give,
    late_of,
    meeting_words,
    pictures,
    task_words,
    turn_words,
)


def _where(slug: str, number: int, file: WhistleFile, size: str) -> str:
    return address("matters:whistle-file", slug, number, file.pk, size)


@allow(*WATCH)
@require_safe
def whistle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, asks = or_404(whistle_for(compound=request.compound, number=number, by=request.actor))
    now, by = timezone.now(), request.actor
    whole = reads.whole(one)
    shown, where = reads.files_for(one, by, found_parts(one, asks, by)), partial(_where, slug, one.number)
    party = reads.party(turn=one.turn, level=one.level, drafted_kind=one.drafted_body.kind)
    turn = turn_words(
        turn=one.turn,
        level=one.level,
        drafted_kind=one.drafted_body.kind,
        drafted_by=one.drafted_body.name,
        asks=[(a.body.name, a.step) for a in asks],
    )
    liaison = by.role == Role.AGENCY_LIAISON
    cal = calendar(request.compound) if whole.meetings else None
    silent = {a.pk for a in reads.unreached(one, asks, timezone.localdate(now))}
    context = {
        "base": base_of(request), "slug": slug, "whistle": one, "mark": MARKS.get(party, "nobody") if one.open else "done",
        "turn": turn or WHISTLE_STATES[one.state], "late": one.late,
        "since": _("%(since)s 起 · 已经 %(span)s") % {"since": moment(one.turn_since, now), "span": lasting(now - one.turn_since)} if turn else moment(one.closed_at or one.turn_since, now),
        "facts": facts_of(one, own=True, asks=asks), "asks": [{**_ask(request, one, ask, whole, now, shown), "silent": ask.pk in silent} for ask in asks],
        "matters": [] if liaison else [{"title": m.title, "note": _("第 %(n)s 号") % {"n": m.label}, "href": address("matters:matter", slug, m.number)} for m in reads.matters_for(one, by)],
        "meetings": [meeting_words(m, now, whole.signatures, _sign_by(m, cal)) for m in whole.meetings], "funding": funding_of(whole, shown, where),
        "pictures": pictures([f for f in shown if not f.ask_id and not f.funding_entry_id], where),
        "lines": lines(whole.entries, now), "parent": one.parent, "further": whole.further,
        "raise_higher": _may_raise(by, one), "ended": not one.open,
    }  # fmt: skip
    _offer(context, by, one, asks, whole)
    return render(request, "matters/whistle.html", context)


def _sign_by(meeting: Consultation, cal: Calendar | None) -> datetime | None:
    if cal is None or meeting.written_at is None:
        return None
    return deadline(meeting.written_at, Span.working_days(rules.SIGN_DAYS), cal)


def _offer(context: dict[str, Any], by: Actor, one: Whistle, asks: list[Ask], whole: reads.Whole) -> None:
    """One act is the page's own: what the reader has next. An agency's other acts stand at the agency, the rest below."""
    steps, own = [Step(a.step) for a in asks], reads.body_of(by, None) if whole.meetings else ""
    acts = [
        act
        for act in rules.allowed(State(one.state), whistle_parts(one, by))
        if act in WHOLE and _fits(act, one, steps, whole, own)
    ]
    ahead = rules.next_of_whole(State(one.state), steps, whistle_parts(one, by), sent_back=bool(one.sent_back))
    links = [_act_link(context["slug"], one, act) for act in acts]
    context["main"] = next((it for it in links if it["act"] == ahead), None)
    context["other"] = next((it for it in links if ahead and it["act"] == rules.OTHERWISE.get(ahead)), None)
    context["acts"] = [it for it in links if it not in (context["main"], context["other"])]
    if context["main"] is None:
        first = next((ask for ask in context["asks"] if ask["next"]), None)
        if first:
            context["main"], context["other"] = {**first["next"], "name": first["name"]}, first["other"]
            first["next"] = first["other"] = None


def _fits(act: Do, one: Whistle, steps: list[Step], whole: reads.Whole, own: str) -> bool:
    if act == Do.CLOSE:
        return all(step in rules.SETTLED for step in steps)
    if act == Do.BLOW_AGAIN:
        return rules.higher(Level(one.level)) is not None
    if act == Do.SIGN:
        return bool(reads.signable(whole.meetings, own))
    if act == Do.CALL_OFF:
        return any(not (m.held_at or m.off_at) for m in whole.meetings)
    return not (act == Do.FUND and whole.funding or act == Do.FUND_STEP and not whole.funding)


def found_parts(one: Whistle, asks: list[Ask], by: Actor) -> frozenset[rules.Who]:
    """In the whole and in any ask of it."""
    return whistle_parts(one, by).union(*(whistle_parts(one, by, ask) for ask in asks))


def _may_raise(by, one: Whistle) -> bool:
    """Those who may draft to a higher level than this one went to."""
    return one.state == State.BLOWN and any(
        rules.UPWARDS.index(level) > rules.UPWARDS.index(Level(one.level)) for level in rules.draftable(by.role)
    )


def _act_link(slug: str, one: Whistle, act: Do) -> dict[str, Any]:
    deed = WHOLE[act]
    return {
        "label": str(deed.label),
        "url": address("matters:whistle-act", slug, one.number, act.value),
        "act": act,
    }


def _ask(
    request: HttpRequest, one: Whistle, ask: Ask, whole: reads.Whole, now: datetime, shown: list[WhistleFile]
) -> dict[str, Any]:  # fmt: skip
    slug = request.compound.slug
    clock, late = clock_words(ask, now)
    linked = one.level == Level.AGENCIES
    return {
        "name": ask.body.name, "words": ask.words, "step": WHISTLE_STEPS[ask.step], "done": ask.step == Step.SCORED, "clock": clock, "late": late,
        "officer": ask.officer, "officer_phone": ask.officer_phone, "way": WHISTLE_WAYS.get(ask.way, ""),
        "when": moment(ask.reported_at, now) if ask.reported_at else "", "arrives": moment(ask.arrives_at, now) if ask.arrives_at else "", "task": task_words(whole.tasks.get(ask.pk)), "answer": ask.answer,
        "reason": ask.reason if ask.step in {Step.DECLINED, Step.PASSED_ON, Step.ENDED} else "", "proper": ask.proper,
        "scores": [WHISTLE_SCORES[s] for s in (ask.response, ask.quality) if s], "back": [WHISTLE_SCORES[s] for s in (ask.back_response, ask.back_quality) if s],
        "breaches": late_of([ask], blowers=False), "link_until": short(ask.link_until) if linked and ask.link_until and ask.link_until > now else "",
        "pictures": pictures([f for f in shown if f.ask_id == ask.pk], partial(_where, slug, one.number)),
        **_acts_of(slug, one, ask, whistle_parts(one, request.actor, ask), now, whole.meetings),
    }  # fmt: skip


def _link_holds(ask: Ask, now: datetime) -> bool:
    return ask.link_until is not None and ask.link_until > now


def _acts_of(
    slug: str, one: Whistle, ask: Ask, found: frozenset[rules.Who], now: datetime, meetings: list[Consultation]
) -> dict[str, Any]:
    """What the reader has next with it, and what else may be done."""
    hidden = {Do.SEND_LINK, Do.SEE_LINK, Do.STOP_LINK} if one.level != Level.AGENCIES else set()
    hidden |= {Do.SEE_LINK} if not _link_holds(ask, now) else set()
    hidden |= {Do.STOP_LINK} if ask.link_until is None else set()
    hidden |= {Do.SIGN_FOR} if not reads.signable(meetings, ask.body.name) else set()
    hidden |= {Do.SCORE_BACK} if ask.back_response else set()
    acts = [a for a in rules.allowed_of_ask(State(one.state), Step(ask.step), found) if a in PART and a not in hidden]
    ahead = rules.next_of_ask(State(one.state), Step(ask.step), found)
    links = {
        act: {"label": str(PART[act].label), "url": address("matters:ask-act", slug, one.number, ask.place, act.value)}
        for act in acts
    }
    otherwise = rules.OTHERWISE.get(ahead) if ahead else None
    return {
        "next": links.pop(ahead, None) if ahead else None,
        "other": links.pop(otherwise, None) if otherwise else None,
        "acts": list(links.values()),
    }


@allow(*WATCH)
@require_safe
def file(request: HttpRequest, slug: str, number: int, pk: UUID, size: str) -> HttpResponse:
    one, asks = or_404(whistle_for(compound=request.compound, number=number, by=request.actor))
    return give(reads.files_for(one, request.actor, found_parts(one, asks, request.actor)), pk, size, by=request.actor)
