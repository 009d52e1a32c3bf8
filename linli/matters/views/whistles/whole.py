"""One whistle, whole: whose turn, what each body was asked and did, meetings, money, files, what happened."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from linli.people.rules import Role
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import lasting, moment, short

from ...access import whistle_for, whistle_parts
from ...models import Ask, Whistle
from ...queries import whistles as reads
from ...queries.whistle_story import lines
from ...rules import whistles as rules
from ...rules.help import yuan
from ...rules.whistles import Do, Level, State, Step
from ...words import MARKS, WHISTLE_SCORES, WHISTLE_STATES, WHISTLE_STEPS, WHISTLE_WAYS
from .deeds import PART, WHOLE
from .shared import (
    WATCH,
    base_of,
    clock_words,
    facts_of,
    give,
    meeting_words,
    money_words,
    pictures,
    task_words,
    turn_words,
)


@allow(*WATCH)
@require_safe
def whistle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    found = whistle_for(compound=request.compound, number=number, by=request.actor)
    if found is None:
        raise Http404
    one, asks = found
    now, by = timezone.now(), request.actor
    whole = reads.whole(one)
    acts = rules.allowed(State(one.state), whistle_parts(one, by))
    party = reads.party(turn=one.turn, level=one.level, drafted_kind=one.drafted_body.kind)
    turn = turn_words(
        turn=one.turn, level=one.level, drafted_by=one.drafted_body.name, asks=[(a.body.name, a.step) for a in asks]
    )
    liaison = by.role == Role.AGENCY_LIAISON
    context = {
        "base": base_of(request), "whistle": one, "mark": MARKS.get(party, "nobody") if one.open else "done",
        "turn": turn or WHISTLE_STATES[one.state], "late": one.late,
        "since": _("%(since)s 起 · 已经 %(span)s") % {"since": moment(one.turn_since, now), "span": lasting(now - one.turn_since)} if turn else moment(one.closed_at or one.turn_since, now),
        "facts": facts_of(one, own=True), "asks": [_ask(request, one, ask, whole, now) for ask in asks],
        "matters": [] if liaison else [{"title": m.title, "note": _("第 %(n)s 号") % {"n": m.label}, "href": address("matters:matter", slug, m.number)} for m in reads.matters_for(one, by)],
        "meetings": [meeting_words(m, now) for m in whole.meetings], "funding": funding_of(whole), "pictures": pictures(reads.files_for(one, by, found_parts(one, asks, by)), lambda f, size: address("matters:whistle-file", slug, one.number, f.pk, size)),
        "lines": lines(whole.entries, now), "parent": one.parent, "further": whole.further,
        "acts": [_act_link(slug, one, act) for act in acts if act in WHOLE and not (act == Do.FUND and whole.funding) and not (act == Do.FUND_STEP and not whole.funding)],
        "raise_higher": _may_raise(by, one), "ended": not one.open,
    }  # fmt: skip
    main = [act for act in context["acts"] if act["main"]]
    context["main"] = main[0] if main else None
    return render(request, "matters/whistle.html", context)


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
        "main": deed.main,
    }


def _ask(request: HttpRequest, one: Whistle, ask: Ask, whole: reads.Whole, now: datetime) -> dict[str, Any]:
    slug, task = request.compound.slug, whole.tasks.get(ask.pk)
    clock, late = clock_words(ask, now)
    acts = rules.allowed_of_ask(State(one.state), Step(ask.step), whistle_parts(one, request.actor, ask))
    linked = one.level == Level.AGENCIES
    return {
        "name": ask.body.name, "words": ask.words, "step": WHISTLE_STEPS[ask.step], "done": ask.step == Step.SCORED, "clock": clock, "late": late,
        "officer": ask.officer, "officer_phone": ask.officer_phone, "way": WHISTLE_WAYS.get(ask.way, ""),
        "when": moment(ask.reported_at, now) if ask.reported_at else "", "task": task_words(task), "answer": ask.answer,
        "reason": ask.reason if ask.step in {Step.DECLINED, Step.PASSED_ON, Step.ENDED} else "", "proper": ask.proper,
        "scores": [WHISTLE_SCORES[s] for s in (ask.response, ask.quality) if s], "back": [WHISTLE_SCORES[s] for s in (ask.back_response, ask.back_quality) if s],
        "breaches": len(ask.breaches), "link_until": short(ask.link_until) if linked and ask.link_until and ask.link_until > now else "",
        "acts": [
            {"label": str(PART[act].label), "url": address("matters:ask-act", slug, one.number, ask.place, act.value), "main": PART[act].main}
            for act in acts
            if act in PART and (linked or act not in {Do.SEND_LINK, Do.STOP_LINK}) and not (act == Do.SCORE_BACK and ask.back_response)
            and not (act == Do.STOP_LINK and ask.link_until is None)
        ],
    }  # fmt: skip


def funding_of(whole: reads.Whole) -> dict[str, Any] | None:
    f = whole.funding
    if f is None:
        return None
    corrected = {e.corrects_id for e in whole.money}
    facts = [
        (_("该谁出钱"), f.liable),
        (_("为什么出不了"), f.why),
        (
            _("冻结"),
            " ".join(
                filter(
                    None, [f.court, f.case_no, _("%(yuan)s 元") % {"yuan": yuan(f.frozen_fen)} if f.frozen_fen else ""]
                )
            ),
        ),
        (_("依据"), f.basis),
    ]
    steps = [
        (_("要"), f.asked_fen, True),
        (_("同意"), f.granted_fen, bool(f.decision)),
        (_("拨出"), f.released_fen, f.released_fen > 0),
        (_("花了"), f.spent_fen, f.spent_fen > 0),
    ]
    return {
        "facts": [(label, value) for label, value in facts if value],
        "steps": [
            {"title": f"{label} {yuan(fen)} 元" if known else label, "state": "done" if known else "todo"} for label, fen, known in steps
        ] + [{"title": _("验收"), "dates": f.accepted_on and f"{f.accepted_on.month}月{f.accepted_on.day}日", "state": "done" if f.accepted_on else "todo"}],
        "lines": [money_words(e, e.pk in corrected) for e in reversed(whole.money)],
    }  # fmt: skip


@allow(*WATCH)
@require_safe
def file(request: HttpRequest, slug: str, number: int, pk: UUID, size: str) -> HttpResponse:
    found = whistle_for(compound=request.compound, number=number, by=request.actor)
    if found is None:
        raise Http404
    one, asks = found
    return give(reads.files_for(one, request.actor, found_parts(one, asks, request.actor)), pk, size)
