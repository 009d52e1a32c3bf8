"""Whistles: the board by whose turn it is, drafting, one whistle with all its acts."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.kernel import masks
from linli.kernel.refusal import Refused
from linli.people.rules import DESK, Act, Role, may_keep_agencies
from linli.plumbing.acts import Actor
from linli.plumbing.addresses import address
from linli.plumbing.guards import allow
from linli.plumbing.moments import lasting, moment, short

from ..access import matter_for, whistle_for, whistle_parts
from ..forms import whistles as forms
from ..models import Ask, Matter, Whistle, WhistleFile
from ..queries import whistles as reads
from ..queries.whistle_story import lines
from ..rules import whistles as rules
from ..rules.help import yuan
from ..rules.publicity import public_words
from ..rules.whistles import Do, Level, State, Step
from ..services import whistles as verbs
from ..services.whistles import files
from ..words import (
    MARKS,
    WHISTLE_CAUSES,
    WHISTLE_CLOCKS,
    WHISTLE_DECISIONS,
    WHISTLE_LEVELS,
    WHISTLE_MONEY,
    WHISTLE_SCORES,
    WHISTLE_STATES,
    WHISTLE_STEPS,
    WHISTLE_URGENCIES,
    WHISTLE_WAYS,
)  # fmt: skip

WATCH = (Act.BLOW_WHISTLE_DRAFT, Act.BLOW_WHISTLE_APPROVE, Act.ANSWER_WHISTLE)
VIEW_WORDS = {
    "open": gettext_lazy("全部在办"),
    "approver": gettext_lazy("等批准"),
    "receiver": gettext_lazy("等对方"),
    "blower": gettext_lazy("等发哨的"),
    "late": gettext_lazy("超时"),
    "ended": gettext_lazy("办结的"),
}
APPROVED_BY = {
    Level.COMMUNITY: gettext_lazy("业委会主任"),
    Level.SUBDISTRICT: gettext_lazy("社区书记"),
    Level.AGENCIES: gettext_lazy("街道"),
}


def base_of(request: HttpRequest) -> str:
    at_desk = request.actor.role in DESK or request.actor.role == Role.SUBDISTRICT_OFFICER
    return "base_desk.html" if at_desk else "base_resident.html"


def turn_words(*, turn: str, level: str, drafted_by: str, asks: list[tuple[str, str]]) -> str:
    if turn == "approver":
        return _("等%(who)s批准") % {"who": APPROVED_BY[Level(level)]}
    if turn == "blower":
        return _("轮到%(who)s") % {"who": drafted_by}
    if turn == "receiver":
        waiting = [name for name, step in asks if step not in rules.SETTLED | rules.BLOWERS_TURN]
        return _("等%(who)s") % {"who": _("、").join(waiting)}
    return ""


@allow(*WATCH)
@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    view = request.GET.get("view", "open")
    view = view if view in reads.VIEWS else "open"
    try:
        after = UUID(request.GET.get("after", ""))
    except ValueError:
        after = None
    compounds = reads.below(request.actor, request.compound)
    counts = reads.counts(compounds)
    found = reads.board(by=request.actor, compounds=compounds, view=view, after=after)
    places = {c.pk: c for c in compounds}
    now, here = timezone.now(), address("matters:whistles", slug)
    rows = [_row(row, places[row.compound_id], now, len(compounds) > 1) for row in found[: reads.PAGE]]
    liaison = request.actor.role == Role.AGENCY_LIAISON
    context = {
        "base": base_of(request), "rows": rows, "view": view, "may_draft": bool(rules.draftable(request.actor.role)), "here": here,
        "views": [
            {"label": str(VIEW_WORDS[v]), "count": "" if liaison or v == "ended" else counts.get(v, 0), "href": f"{here}?view={v}", "chosen": v == view}
            for v in reads.VIEWS
        ],
        "more": f"{here}?view={view}&after={found[reads.PAGE - 1].pk}" if len(found) > reads.PAGE else "", "first": after is None,
        "waiting": counts.get("open", 0), "late": counts.get("late", 0), "may_keep": may_keep_agencies(request.actor.role),
    }  # fmt: skip
    return render(request, "matters/whistles.html", context)


def _row(row: reads.Row, place, now: datetime, many: bool) -> dict[str, Any]:
    party = reads.party(turn=row.turn, level=row.level, drafted_kind=row.drafted_kind)
    turn = turn_words(turn=row.turn, level=row.level, drafted_by=row.drafted_by, asks=row.asks)
    since = lasting(now - row.since)
    parts = [
        place.name if many else "",
        turn or WHISTLE_STATES[row.state],
        _("已经 %(span)s") % {"span": since} if turn else "",
    ]
    pill, kind = (_("超时"), "late") if row.late else (_("急"), "ink") if row.urgency == "urgent" else ("", "")
    return {
        "title": row.title, "note": " · ".join([_("第 %(n)s 号") % {"n": row.number}, *filter(None, parts)]),
        "href": address("matters:whistle", place.slug, row.number), "turn": MARKS.get(party, "nobody"), "pill": pill, "pill_kind": kind,
    }  # fmt: skip


# ── drafting ────────────────────────────────────────────────────────────────────────────────────────────────────────


@allow(Act.BLOW_WHISTLE_DRAFT)
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """From one or several matters (?matter=12&matter=13), or from a whistle that is taken further up (?parent=3)."""
    levels = rules.draftable(request.actor.role)
    parent = _parent(request)
    if parent is not None:
        levels = [level for level in levels if rules.UPWARDS.index(level) > rules.UPWARDS.index(Level(parent.level))]
    if not levels:
        raise Http404
    level = next((one for one in levels if one == request.GET.get("level")), levels[0])
    matters = _matters(request, parent)
    photos = reads.photos_of(matters, request.compound)
    kept: dict[str, Any] = {"level": level, "agencies": reads.agencies_for(request.compound), "photos": photos}
    form = forms.DraftForm(request.POST or None, initial=_first_words(request, matters, parent), **kept)
    if form.is_bound and form.is_valid():
        try:
            made = verbs.draft(
                by=request.actor, compound=request.compound, level=level, told=form.told(), matters=matters, parent=parent,
                at=timezone.now(), once=form.cleaned_data["once"],
            )  # fmt: skip
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("拟好了，等批准"))
            return redirect("matters:whistle", slug, made.number)
    query = request.GET.copy()
    query.pop("level", None)
    offered = [
        {"label": WHISTLE_LEVELS[one], "href": f"?{query.urlencode()}&level={one}", "chosen": one == level}
        for one in levels
    ]
    return _draft_page(request, form, matters, photos, offered, level, back=address("matters:whistles", slug))


def _parent(request: HttpRequest) -> Whistle | None:
    number = request.GET.get("parent", "")
    if not number.isdigit():
        return None
    found = whistle_for(compound=request.compound, number=int(number), by=request.actor)
    if found is None:
        raise Http404
    return found[0]


def _matters(request: HttpRequest, parent: Whistle | None) -> list[Matter]:
    if parent is not None:
        return reads.matters_for(parent, request.actor)
    numbers = list(dict.fromkeys(int(n) for n in request.GET.getlist("matter") if n.isdigit()))[:20]
    found = [matter_for(compound=request.compound, number=n, by=request.actor) for n in numbers]
    if not found or None in found:
        raise Http404
    return [one[0] for one in found if one]


def _first_words(request: HttpRequest, matters: list[Matter], parent: Whistle | None) -> dict[str, Any]:
    """What is known already, without what names anybody; the drafter goes over it."""
    if parent is not None:
        told = verbs.same_again(parent)
        return {
            name: getattr(told, name)
            for name in ("title", "facts", "figures", "affected", "basis", "done_below", "cause", "urgency")
        }
    first = matters[0]
    urgent = any(m.hazard or m.urgency in {"emergency", "urgent"} for m in matters)
    return {
        "title": public_words(first.title)[:80], "facts": "\n".join(masks.scrub(public_words(m.words)) for m in matters)[:2000],
        "urgency": "urgent" if urgent else "normal", "affected": sum(m.voices for m in matters) if len(matters) > 1 else None,
    }  # fmt: skip


def _draft_page(request, form, matters, photos, levels, level, *, back: str) -> HttpResponse:
    slug = request.compound.slug
    context = {
        "base": base_of(request), "form": form, "matters": matters, "levels": levels if len(levels) > 1 else [],
        "level": WHISTLE_LEVELS[level], "back": back, "to_agencies": level == Level.AGENCIES, "no_agencies": level == Level.AGENCIES and not form.agencies,
        "pictures": [
            {"pk": str(p.pk), "src": address("matters:file", slug, p.pk, "thumb"), "n": n, "chosen": str(p.pk) in (form["photos"].value() or [])}
            for n, p in enumerate(photos, 1)
        ],
    }  # fmt: skip
    return render(request, "matters/whistle_draft.html", context, status=422 if form.is_bound else 200)


def _edit(request: HttpRequest, whistle: Whistle, asks: list[Ask]) -> HttpResponse:
    initial = {
        name: getattr(whistle, name)
        for name in ("title", "facts", "figures", "affected", "basis", "done_below", "cause", "urgency")
    }
    for ask in asks:
        initial |= {f"body{ask.place}": str(ask.body_id), f"ask{ask.place}": ask.words}
    matters = reads.matters_for(whistle, request.actor)
    form = forms.DraftForm(
        request.POST or None,
        initial=initial,
        level=whistle.level,
        agencies=reads.agencies_for(request.compound),
        photos=[],
    )
    slug = request.compound.slug
    if form.is_bound and form.is_valid():
        try:
            verbs.edit(
                by=request.actor, whistle=whistle, told=form.told(), at=timezone.now(), once=form.cleaned_data["once"]
            )
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("改好了，等批准"))
            return redirect("matters:whistle", slug, whistle.number)
    back = address("matters:whistle", slug, whistle.number)
    return _draft_page(request, form, matters, [], [], Level(whistle.level), back=back)


# ── one whistle ─────────────────────────────────────────────────────────────────────────────────────────────────────


def clock_words(ask: Ask, now: datetime) -> tuple[str, bool]:
    """要在 今天 16:00 前接收; and whether that has passed."""
    if not ask.clock or ask.due_at is None:
        return "", False
    given = {"when": moment(ask.due_at, now), "what": WHISTLE_CLOCKS[ask.clock]}
    if now > ask.due_at:
        return _("该在 %(when)s 前%(what)s，超了 %(span)s") % {**given, "span": lasting(now - ask.due_at)}, True
    return _("要在 %(when)s 前%(what)s") % given, False


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


def facts_of(one: Whistle, *, own: bool) -> list[tuple[str, str]]:
    rows = [
        (_("事实"), one.facts),
        (_("数字"), one.figures),
        (_("影响的人"), _("%(n)s 人") % {"n": f"{one.affected:,}"} if one.affected else ""),
        (_("急不急"), WHISTLE_URGENCIES[one.urgency]),
        (_("为什么吹"), WHISTLE_CAUSES[one.cause]),
        (_("依据"), one.basis),
        (_("已经做了"), one.done_below),
        (_("谁吹的"), one.drafted_body.name),
        (_("退回修改"), one.sent_back if own else ""),
        (_("怎么收的尾"), one.closing_words if own else ""),
    ]
    return [(label, value) for label, value in rows if value]


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


def task_words(task) -> str:
    if task is None:
        return ""
    given = {"words": task.words, "month": task.due_on.month, "day": task.due_on.day}
    return (
        _("牵头：%(words)s（%(month)s月%(day)s日前）") if task.lead else _("配合：%(words)s（%(month)s月%(day)s日前）")
    ) % given


def meeting_words(meeting, now: datetime) -> dict[str, Any]:
    held = meeting.held_at
    return {
        "title": _("会商过了，%(when)s") % {"when": moment(held, now)} if held else _("会商：%(when)s，%(place)s") % {"when": moment(meeting.planned_at, now), "place": meeting.place},
        "minutes": meeting.minutes, "people": [" ".join(filter(None, [a["body"], a["name"]])) for a in meeting.attendance],
    }  # fmt: skip


def pictures(rows: list[WhistleFile], where: Callable[[WhistleFile, str], str]) -> dict[str, list]:
    return {
        "photos": [
            {"src": where(f, "thumb"), "href": where(f, "small"), "alt": _("照片")} for f in rows if f.kind == "photo"
        ],
        "papers": [{"name": f.name or "PDF", "href": where(f, "small")} for f in rows if f.kind == "paper"],
    }


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
        "lines": [_money(e, e.pk in corrected) for e in reversed(whole.money)],
    }  # fmt: skip


def _money(e, corrected: bool) -> dict[str, str]:
    parts = [
        WHISTLE_MONEY[e.kind], WHISTLE_DECISIONS.get(e.decision, ""), _("%(yuan)s 元") % {"yuan": yuan(e.fen)} if e.fen else "",
        _("付给%(payee)s") % {"payee": e.payee} if e.payee else "", e.paper, e.words,
    ]  # fmt: skip
    mark = _("（已更正）") if corrected else _("（更正）") if e.corrects_id else ""
    return {"text": " · ".join(filter(None, parts)) + mark, "when": f"{e.day.month}月{e.day.day}日", "who": ""}


@allow(*WATCH)
@require_safe
def file(request: HttpRequest, slug: str, number: int, pk: UUID, size: str) -> HttpResponse:
    found = whistle_for(compound=request.compound, number=number, by=request.actor)
    if found is None:
        raise Http404
    one, asks = found
    return give(reads.files_for(one, request.actor, found_parts(one, asks, request.actor)), pk, size)


def give(shown: list[WhistleFile], pk: UUID, size: str) -> HttpResponse:
    row = next((f for f in shown if f.pk == pk), None)
    try:
        data = files.read(row, size) if row and size in {"small", "thumb"} else None
    except FileNotFoundError:
        data = None
    if data is None or row is None:
        raise Http404
    answer = HttpResponse(data[0], content_type=data[1])
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    if row.kind == "paper":
        answer["Content-Disposition"] = 'attachment; filename="paper.pdf"'
    return answer


# ── acts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Deed:
    """An act as people meet it. `run(verb's own keywords, form=…)`; `main`: the red button when it is offered."""

    form: type
    run: Callable[..., Any]
    label: Any
    note: Any = ""
    main: bool = False
    judges: bool = False


def _plain(verb: Callable[..., Any], *names: str) -> Callable[..., Any]:
    def run(*, form, site, **who):
        return verb(**who, **{name: form.cleaned_data[name] for name in names})

    return run


def _until(day) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time(17, 30))) if day else None


def _approve(*, form, site, **who):
    return verbs.approve_and_blow(site=site, **who)


def _blow(*, form, site, **who):
    return verbs.blow(site=site, **who)


def _elsewhere(**_given):
    raise AssertionError("a draft is edited on its own page")


def _minutes(*, form, site, **who):
    d = form.cleaned_data
    return verbs.minutes(words=d["words"], attendance=form.people(), held_at=d["held_at"], **who)


def _blow_again(*, form, site, by, whistle, at, once):
    d = form.cleaned_data
    told = replace(verbs.same_again(whistle), asks=[(form.agencies.get(d["body"]), d["ask"])])
    return verbs.blow_again(by=by, whistle=whistle, words=d["words"], told=told, at=at, once=once)


def _fund(*, form, site, **who):
    d = form.cleaned_data
    names = ("liable", "why", "court", "case_no", "frozen_fen", "asked_fen", "basis")
    return verbs.request_funding(**who, **{n: d[n] for n in names})


def _fund_step(*, form, site, by, whistle, at, once):
    d, whole = form.cleaned_data, reads.whole(whistle)
    corrects = next((e for e in whole.money if str(e.pk) == d["corrects"]), None)
    assert whole.funding
    return verbs.enter(
        by=by, funding=whole.funding, kind=d["kind"], day=d["day"], fen=d["fen"], decision=d["decision"], payee=d["payee"], paper=d["paper"],
        words=d["words"], corrects=corrects, at=at, once=once,
    )  # fmt: skip


def _pass_on(*, form, site, **who):
    d = form.cleaned_data
    return verbs.pass_on(body=form.agencies.get(d["body"]), words=d["words"], site=site, **who)


def _assign(*, form, site, **who):
    d = form.cleaned_data
    return verbs.assign(lead=d["lead"] == "lead", words=d["words"], due_on=d["due_on"], **who)


def _start(*, form, site, **who):
    d = form.cleaned_data
    return verbs.start(words=d["words"], officer=d["officer"], finish_on=_until(d["finish_on"]), **who)


def _answer(*, form, site, **who):
    d = form.cleaned_data
    return verbs.answer(words=d["words"], officer=d["officer"], files=files.ready(d["papers"]), **who)


def _send_link(*, form, site, **who):
    return verbs.send_link(phone=form.cleaned_data["phone"], site=site, **who)


WHOLE: dict[str, Deed] = {
    Do.EDIT: Deed(forms.Bare, _elsewhere, gettext_lazy("改一改")),
    Do.SEND_BACK: Deed(
        forms.Words,
        _plain(verbs.send_back, "words"),
        gettext_lazy("请改一改"),
        gettext_lazy("写清楚改什么。"),
        judges=True,
    ),
    Do.DROP: Deed(
        forms.Words, _plain(verbs.drop, "words"), gettext_lazy("不吹了"), gettext_lazy("写一句为什么。"), judges=True
    ),
    Do.APPROVE: Deed(
        forms.Bare,
        _approve,
        gettext_lazy("批准并吹哨"),
        gettext_lazy("马上发给每个单位，各自的时限从现在算。"),
        main=True,
    ),
    Do.BLOW: Deed(
        forms.Bare, _blow, gettext_lazy("吹哨"), gettext_lazy("马上发给每个单位，各自的时限从现在算。"), main=True
    ),
    Do.CALL: Deed(
        forms.Call,
        _plain(verbs.call, "planned_at", "place"),
        gettext_lazy("约会商"),
        gettext_lazy("每个单位都会收到时间和地点。"),
    ),
    Do.MINUTES: Deed(forms.Minutes, _minutes, gettext_lazy("记会商纪要")),
    Do.FUND: Deed(forms.Fund, _fund, gettext_lazy("要钱"), gettext_lazy("钱在别人手里，或者被冻结的时候用。")),
    Do.FUND_STEP: Deed(forms.FundStep, _fund_step, gettext_lazy("记一笔资金")),
    Do.CLOSE: Deed(
        forms.Words,
        _plain(verbs.close, "words"),
        gettext_lazy("哨单办结"),
        gettext_lazy("每个单位都打了分，或者不再等它了，才能办结。"),
    ),
    Do.BLOW_AGAIN: Deed(
        forms.BlowAgain,
        _blow_again,
        gettext_lazy("没办好，往上吹"),
        gettext_lazy("这张哨单到此为止，另拟一张给上一层。"),
        judges=True,
    ),
}
PART: dict[str, Deed] = {
    Do.RECEIVE: Deed(forms.Receive, _plain(verbs.receive, "officer"), gettext_lazy("收到了"), main=True),
    Do.REPORT_IN: Deed(forms.ReportIn, _plain(verbs.report_in, "officer", "phone", "way", "arrives_at"), gettext_lazy("报到"), gettext_lazy("写谁来办，什么时候到。"), main=True),
    Do.DECLINE: Deed(forms.Decline, _plain(verbs.decline, "reason", "proper", "officer"), gettext_lazy("不归我们办"), judges=True),
    Do.PASS_ON: Deed(forms.PassOn, _pass_on, gettext_lazy("转给别的部门"), main=True),
    Do.ASSIGN: Deed(forms.Assign, _assign, gettext_lazy("定任务")),
    Do.START: Deed(forms.Start, _start, gettext_lazy("开始办")),
    Do.ANSWER: Deed(forms.Answer, _answer, gettext_lazy("答复"), main=True),
    Do.CHECK: Deed(forms.MayWords, _plain(verbs.check, "words"), gettext_lazy("验收通过"), judges=True),
    Do.REDO: Deed(forms.Words, _plain(verbs.redo, "words"), gettext_lazy("没办好，接着办"), judges=True),
    Do.SCORE: Deed(forms.Score, _plain(verbs.score, "response", "quality", "words"), gettext_lazy("打分"), judges=True),
    Do.SCORE_BACK: Deed(forms.ScoreBack, _plain(verbs.score_back, "response", "quality", "words", "officer"), gettext_lazy("给发哨的打分"), judges=True),
    Do.END_ASK: Deed(forms.Words, _plain(verbs.end_ask, "words"), gettext_lazy("不再等它办"), gettext_lazy("不打分，写一句为什么。"), judges=True),
    Do.SEND_LINK: Deed(forms.SendLink, _send_link, gettext_lazy("重发链接"), gettext_lazy("以前发的马上作废。")),
    Do.STOP_LINK: Deed(forms.Bare, _plain(verbs.stop_link), gettext_lazy("收回链接"), judges=True),
}  # fmt: skip


def site_of(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")


def form_for(
    deed: Deed, act: Do, *args, request: HttpRequest, one: Whistle, ask: Ask | None, now: datetime, named: bool = True
):
    more: dict[str, Any] = {}
    if issubclass(deed.form, forms.Asked):
        more = {"officer": ask.officer if ask else "", "named": named}
    if act == Do.PASS_ON and ask:
        agencies = reads.agencies_for(request.compound)
        more = {"agencies": agencies, "initial": {"body": reads.meant_by(ask, agencies)}}
    if act == Do.BLOW_AGAIN:
        first = Ask.objects.filter(compound_id=one.compound_id, whistle=one).order_by("place").first()
        up = rules.higher(Level(one.level))
        agencies = reads.agencies_for(request.compound) if up == Level.AGENCIES else []
        more = {"agencies": agencies, "initial": {"ask": first.words if first else ""}}
    if act == Do.FUND_STEP:
        rows = reads.whole(one).money
        gone = {e.corrects_id for e in rows}
        more = {"entries": [(str(e.pk), _money(e, False)["text"]) for e in rows if e.pk not in gone]}
    return deed.form(*args, **more)


@allow(*WATCH)
def act(request: HttpRequest, slug: str, number: int, act: str, place: int = 0) -> HttpResponse:
    """GET shows the form as a page; POST does it and goes back to the whistle."""
    found = whistle_for(compound=request.compound, number=number, by=request.actor)
    deed = (PART if place else WHOLE).get(act)
    if found is None or deed is None:
        raise Http404
    one, asks = found
    ask = next((a for a in asks if a.place == place), None) if place else None
    if place and ask is None:
        raise Http404
    no = rules.refuse(
        Do(act), State(one.state), Step(ask.step) if ask else None, whistle_parts(one, request.actor, ask)
    )
    if no and request.method != "POST":
        raise Http404
    if act == Do.EDIT:
        return _edit(request, one, asks)
    now = timezone.now()
    given: dict[str, Any] = {
        "request": request,
        "one": one,
        "ask": ask,
        "now": now,
        "named": request.actor.account_id is None,
    }
    form = form_for(deed, Do(act), *([request.POST, request.FILES] if request.method == "POST" else []), **given)
    if request.method == "POST" and form.is_valid():
        who: dict[str, Any] = {"by": request.actor, "whistle": one, "at": now, "once": form.cleaned_data["once"]}
        if ask:
            who["ask"] = ask
        try:
            done = deed.run(form=form, site=site_of(request), **who)
        except Refused as refused:
            form.refuse(refused)
        else:
            return _after(request, act, one, done)
    context = {
        "base": base_of(request), "deed": deed, "form": form, "whistle": one, "ask": ask, "back": address("matters:whistle", slug, number),
    }  # fmt: skip
    return render(request, "matters/whistle_act.html", context, status=422 if request.method == "POST" else 200)


def _after(request: HttpRequest, act: str, one: Whistle, done: Any) -> HttpResponse:
    slug = request.compound.slug
    if act == Do.SEND_LINK:
        ask, link = done
        context = {
            "base": base_of(request),
            "link": link,
            "ask": ask,
            "back": address("matters:whistle", slug, one.number),
        }
        return render(request, "matters/whistle_link.html", context)
    messages.success(request, _("记下了"))
    number = done.number if isinstance(done, Whistle) else one.number
    return redirect("matters:whistle", slug, number)
