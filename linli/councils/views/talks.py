"""Night talks as people meet them: what is to come, what was said, and what became of each point."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.matters.rules.publicity import public_words
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form
from linli.plumbing.guards import allow, or_404
from linli.plumbing.moments import moment
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from .. import services
from ..access.talks import parts_in, point_for, talk_for, topic_for
from ..forms import talks as forms
from ..models import Point, Talk
from ..queries import talks as queries
from ..rules.talks import PUBLIC, Act, State, Who, allowed
from ..words import STATES
from .frames import Doing, asked, frame, sent


@allow()
@require_safe
def talks(request: HttpRequest, slug: str) -> HttpResponse:
    before = number_in(request.GET.get("before", ""))
    found, now = queries.talks(request.compound.pk, before=before), timezone.now()
    shown = found[: queries.PAGE]
    context = {
        "rows": [queries.cell(t, slug, now) for t in shown],
        "more": shown[-1].number if len(found) > queries.PAGE else None,
        "announces": request.may(Right.CALL_MEETING),
    }
    return render(request, "councils/talks.html", {**frame(request), **context})


@allow(Right.CALL_MEETING)
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    form = forms.AnnounceForm(sent(request))
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = services.announce(
                by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data
            )
            messages.success(request, _("定下了，小区里的人在“议事”里看得到"))
            return redirect(numbered("councils:talk", slug, made.number))
    context = {
        "form": form, "title": _("开一次夜话"), "label": _("定下来"), "note": _("时间、地点大家看得到。"), "back": address("councils:talks", slug),
    }  # fmt: skip
    return asked(request, context, form)


def _found(request: HttpRequest, number: int) -> Talk:
    return or_404(talk_for(compound=request.compound, number=number, by=request.actor))


@allow()
@require_safe
def talk(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = _found(request, number), timezone.now()
    parts = parts_in(one, request.actor)
    can = allowed(State(one.state), parts)
    records = Who.RECORDER in parts
    shown = records or one.state in PUBLIC
    begun = now >= one.starts_at
    points = queries.points_of(one) if shown else []
    context = {
        "talk": one,
        "when": moment(one.starts_at, now),
        "state": str(STATES[one.state]),
        "public": one.state in PUBLIC,
        "shown": shown,
        "points": _points(request, one, points, can, records, now),
        "earlier": _earlier(request, one, can, now) if shown else [],
        "say": forms.SayForm() if Act.ADD in can else None,
        "holds": Act.HOLD in can and begun,
        "cancels": Act.CANCEL in can and not begun,
        "publishes": Act.PUBLISH in can,
        "topics": queries.topics(request.compound) if Act.TAKE_UP in can else [],
        "posting": address("notices:posting", slug, one.posting_id) if one.posting_id and _may_read(request, one) else "",
    }  # fmt: skip
    return render(request, "councils/talk.html", {**frame(request), **context})


def _may_read(request: HttpRequest, one: Talk) -> bool:
    """A draft is its own body's; what was issued is everybody's."""
    if one.posting is None or one.posting.state != "draft":
        return one.posting is not None
    makes = request.may(Right.DRAFT_NOTICE) or request.may(Right.ISSUE_NOTICE)
    return makes and one.posting.by_body_id == request.actor.body_id


@dataclass(frozen=True)
class Line:
    """A point on the page; `acts`: (label, address) of what this reader may do with it."""

    place: str
    words: str
    speaker: str
    fate: queries.Fate
    corrections: list[dict[str, str]]
    later: list[dict[str, Any]]
    acts: list[tuple[str, str]]


def _points(
    request: HttpRequest, one: Talk, points: list[Point], can: frozenset[Act], records: bool, now: datetime
) -> list[Line]:
    if not points:
        return []
    corrected, later = queries.corrections(one), queries.later_words(one)
    slug, opens = request.compound.slug, request.may(Right.SEE_MATTERS)
    return [
        Line(
            place=str(p.place),
            words=public_words(p.words),
            speaker=p.speaker if records else "",
            fate=queries.fate(p, now, slug, opens=opens),
            corrections=[
                {"words": public_words(c.words), "reason": public_words(c.reason), "when": moment(c.at, now)}
                for c in corrected.get(p.pk, [])
            ],
            later=[
                {"words": public_words(f.words), "when": moment(f.talk.starts_at, now), "done": f.done}
                for f in later.get(p.pk, [])
            ],
            acts=_acts(slug, one, p, [a for a in _of_point(p) if a in can]),
        )
        for p in points
    ]


def _of_point(point: Point) -> list[Act]:
    if point.matter_id:
        return [Act.REWORD, Act.CORRECT]
    if point.answer:
        return [Act.ANSWER, Act.REWORD, Act.CORRECT]
    return [Act.ANSWER, Act.HAND_ON, Act.REWORD, Act.CORRECT]


def _acts(slug: str, one: Talk, point: Point, acts: list[Act]) -> list[tuple[str, str]]:
    return [
        (str(POINT_ACTS[a].label), address("councils:point-act", slug, one.number, point.pk, a.value)) for a in acts
    ]


def _earlier(request: HttpRequest, one: Talk, can: frozenset[Act], now: datetime) -> list[dict[str, Any]]:
    """The open points of earlier talks, with what this one said of them."""
    rows, said = queries.carried(one), queries.spoken(one)
    slug, opens = request.compound.slug, request.may(Right.SEE_MATTERS)
    return [
        {
            "words": public_words(p.words),
            "when": moment(p.talk.starts_at, now),
            "fate": queries.fate(p, now, slug, opens=opens),
            "said": public_words(said[p.pk].words) if p.pk in said else "",
            "done": p.pk in said and said[p.pk].done,
            "acts": _acts(slug, one, p, [Act.FOLLOW_UP] if Act.FOLLOW_UP in can and p.pk not in said else []),
        }
        for p in rows
    ]


# ── each further step ───────────────────────────────────────────────────────────────────────────────────────────────


ACTS: dict[Act, Doing] = {
    Act.HOLD: Doing(forms.HoldForm, services.hold, gettext_lazy("开过了，开始记"), gettext_lazy("记下了，大家说的一条一条记")),
    Act.CANCEL: Doing(forms.CancelForm, services.cancel, gettext_lazy("不开了"), gettext_lazy("不开了，原因大家看得到")),
    Act.ADD: Doing(forms.SayForm, services.add, gettext_lazy("记一条"), gettext_lazy("记下了")),
    Act.PUBLISH: Doing(forms.OnceForm, services.publish, gettext_lazy("公布"), gettext_lazy("公布了，公告的草稿也拟好了"), gettext_lazy("公布以后不能再改，写错了只能在旁边更正。说话人的名字不公布。")),
}  # fmt: skip
POINT_ACTS: dict[Act, Doing] = {
    Act.ANSWER: Doing(forms.AnswerForm, services.answer, gettext_lazy("当场回答"), gettext_lazy("回答记下了")),
    Act.HAND_ON: Doing(forms.OnceForm, services.hand_on, gettext_lazy("转成事项"), gettext_lazy("转成事项了，轮到谁在这里看得到"), gettext_lazy("交给值班台去办，谁说的不会告诉别人。")),
    Act.REWORD: Doing(forms.SayForm, services.reword, gettext_lazy("改一改"), gettext_lazy("改好了")),
    Act.FOLLOW_UP: Doing(forms.FollowForm, services.follow_up, gettext_lazy("说到哪一步了"), gettext_lazy("记下了")),
    Act.CORRECT: Doing(forms.CorrectForm, services.correct, gettext_lazy("更正"), gettext_lazy("更正写在旁边了")),
}  # fmt: skip


def _run(
    request: HttpRequest, one: Talk, doing: Doing, form: Form, what: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    """A form for one step: shown, sent once, or shown again with what was wrong."""
    back = numbered("councils:talk", request.compound.slug, one.number)
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            doing.verb(by=request.actor, talk=one, at=timezone.now(), **what, **form.cleaned_data)
            messages.success(request, doing.said)
            return redirect(back)
    offered = {"form": form, "title": doing.label, "label": doing.label, "note": doing.note, "back": back}
    return asked(request, {**offered, **context}, form)


def _ready(request: HttpRequest, one: Talk, act: Act) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor)
    if not any(act in allowed(state, parts) for state in State):
        raise Http404
    if act not in allowed(State(one.state), parts) and request.method != "POST":
        messages.error(request, _("这次夜话已经变了，请看现在到哪一步"))
        return redirect(numbered("councils:talk", request.compound.slug, one.number))
    return None


@allow(Right.CALL_MEETING, Right.RECORD_TALK)
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    if doing is None:
        raise Http404
    one = _found(request, number)
    if led := _ready(request, one, Act(act)):
        return led
    return _run(request, one, doing, doing.form(sent(request)), {}, {})


@allow(Right.RECORD_TALK)
def point_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = POINT_ACTS.get(Act(act)) if act in set(Act) else None
    one = _found(request, number)
    point = point_for(talk=one, pk=pk)
    if doing is None or point is None or (point.talk_id == one.pk) == (act == Act.FOLLOW_UP):
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    kind = forms.PromiseForm if act == Act.FOLLOW_UP and point.matter_id is None else doing.form
    form = kind(sent(request), initial=_initial(Act(act), point))
    what: dict[str, Any] = {"point": point}
    if act == Act.HAND_ON:
        what["compound"] = request.compound
    return _run(request, one, doing, form, what, {"about": public_words(point.words)})


def _initial(act: Act, point: Point) -> dict[str, Any]:
    if act == Act.ANSWER:
        return {"words": point.answer, "answered_by": point.answered_by, "due_on": point.due_on}
    if act in {Act.REWORD, Act.CORRECT}:
        return {"words": point.words, "speaker": point.speaker}
    return {}


@allow(Right.RECORD_TALK)
def topic(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one, found = _found(request, number), topic_for(compound=request.compound, pk=pk, taken=request.method == "POST")
    if found is None:
        raise Http404
    if led := _ready(request, one, Act.TAKE_UP):
        return led
    doing = Doing(forms.TopicForm, services.take_up, _("放进这次夜话"), _("放进来了"))
    form = forms.TopicForm(sent(request), initial={"words": public_words(found.title)})
    return _run(request, one, doing, form, {"topic": found}, {})
