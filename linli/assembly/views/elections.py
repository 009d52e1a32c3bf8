"""A body being formed: the list, its page, and each step by its own address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from linli.kernel.profiles import profile
from linli.kernel.refusal import Refused
from linli.people.rules import RESIDENTS
from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow
from linli.plumbing.numbers import number_in

from ..access.elections import (
    formation_for,
    home_named,
    nominee_for,
    objection_for,
    parts_in,
)
from ..forms import elections as forms
from ..models import Formation, Nominee
from ..queries import election_pages as pages
from ..queries import elections as queries
from ..rules.elections import Act, Kind, State, Who, allowed, refuse
from ..services import elections as verbs
from ..words.elections import CAPACITIES, CHECKS, HANDED, WAYS


def frame(request: HttpRequest) -> dict[str, Any]:
    resident = request.actor.role in RESIDENTS
    desk = request.may(Right.EXPORT_LIST) or request.may(Right.PLACE_ORDER)
    return {
        "resident": resident,
        "shell": "base_resident.html" if resident else "base_desk.html" if desk else "base_work.html",
    }


def sent(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def found(request: HttpRequest, number: int) -> Formation:
    one = formation_for(compound=request.compound, number=number, by=request.actor)
    if one is None:
        raise Http404
    return one


@allow()
@require_safe
def elections(request: HttpRequest, slug: str) -> HttpResponse:
    rows = queries.formations(request.compound.pk, before=number_in(request.GET.get("before", "")))
    shown = rows[: queries.PAGE]
    leads = request.may(Right.ORGANISE_PMC) and request.may(Right.ISSUE_NOTICE)
    begins = leads and not queries.running(request.compound.pk, Kind.PMC)
    context = {
        "rows": [pages.cell(row, slug) for row in shown],
        "more": shown[-1].number if len(rows) > queries.PAGE else None,
        "begins": begins,
        "items": [
            {
                "title": _("征集候选人"),
                "note": f"{item.session.title}：{item.title}",
                "main": True,
                "href": address("assembly:election-recruit", slug, item.pk),
            }
            for item in (queries.electable(request.compound.pk) if request.may(Right.CREATE_ASSEMBLY_SESSION) else [])
            if item.session.body_id == request.actor.body_id
        ],
    }
    return render(request, "assembly/elections/elections.html", {**frame(request), **context})


@allow(Right.ORGANISE_PMC)
def announce(request: HttpRequest, slug: str) -> HttpResponse:
    if not request.may(Right.ISSUE_NOTICE):
        raise Http404
    form = forms.AnnounceForm(sent(request), rules=profile(request.compound.profile))
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.announce_pmc(
                by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data
            )
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("公告发出了，业主现在可以自荐、可以推荐"))
            return redirect(numbered("assembly:election", slug, made.number))
    context = {
        "title": _("组建物管会"), "label": _("公告"), "back": address("assembly:elections", slug), "about": "",
        "note": _("公告马上发出。人数、业主占比按当地规定核对。"),
    }  # fmt: skip
    return asked(request, context, form)


def asked(request: HttpRequest, context: dict[str, Any], form: Form) -> HttpResponse:
    return render(
        request,
        "assembly/elections/act.html",
        {**frame(request), "form": form, **context},
        status=422 if form.errors else 200,
    )


@allow()
@require_safe
def election(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = found(request, number), timezone.now()
    parts = parts_in(one, request.actor)
    return render(
        request, "assembly/elections/election.html", {**frame(request), **pages.page(one, request.actor, parts, now)}
    )


# ── each further step ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Doing:
    form: type[Form]
    verb: Callable[..., Any]
    label: Any
    done: Any
    note: Any = ""


ACTS: dict[Act, Doing] = {
    Act.NOMINATE: Doing(forms.NominateForm, verbs.nominate, gettext_lazy("推荐一位邻居"), gettext_lazy("推荐了，等他本人同意"), gettext_lazy("您家算第一户联名。他本人同意以后，名字大家才看得到。")),
    Act.STAND: Doing(forms.StandForm, verbs.stand, gettext_lazy("我自荐"), gettext_lazy("您报名了，社区会核对条件")),
    Act.LIST: Doing(OnceForm, verbs.post_list, gettext_lazy("公布候选人名单"), gettext_lazy("名单公布了"), gettext_lazy("没有本人同意、联名不够、不符合条件的不在名单上。先后由名单自己抽签排出，谁也改不了。")),
    Act.OBJECT: Doing(forms.ObjectForm, verbs.object_to, gettext_lazy("提异议"), gettext_lazy("收到了，会核实并答复")),
    Act.START: Doing(OnceForm, verbs.start_ticks, gettext_lazy("开始上门划票"), gettext_lazy("每户一张划票表，编好号了"), gettext_lazy("每户一张，编号。两个人一起上门，候选人不能送票。")),
    Act.CLOSE: Doing(OnceForm, verbs.close_ticks, gettext_lazy("划票截止"), gettext_lazy("截止了，由两个人各录一遍"), gettext_lazy("截止以后再收回的不算。")),
    Act.COUNT: Doing(OnceForm, verbs.count, gettext_lazy("当众计票"), gettext_lazy("计出来了")),
    Act.DRAW: Doing(forms.DrawForm, verbs.draw, gettext_lazy("记抽签"), gettext_lazy("记下了"), gettext_lazy("户数、面积都一样，最后的名额当众抽签。")),
    Act.SEAT: Doing(forms.SeatForm, verbs.add_seat, gettext_lazy("加一位委员"), gettext_lazy("加上了"), gettext_lazy("业主以外的委员由街道定。")),
    Act.CONFIRM: Doing(forms.ConfirmForm, verbs.confirm, gettext_lazy("确认委员"), gettext_lazy("确认了，社区去公示"), gettext_lazy("业主委员按得票户数从高到低。")),
    Act.NOTICE: Doing(OnceForm, verbs.post_notice, gettext_lazy("公示委员名单"), gettext_lazy("公示了")),
    Act.TAKE_BACK: Doing(forms.ReasonForm, verbs.take_back, gettext_lazy("重新确认"), gettext_lazy("退回了，重新确认")),
    Act.ESTABLISH: Doing(OnceForm, verbs.establish, gettext_lazy("成立"), gettext_lazy("成立了，委员的岗位有了")),
    Act.FILE: Doing(forms.FileForm, verbs.file, gettext_lazy("备案和刻章"), gettext_lazy("记下了，开始工作")),
    Act.TAKE_OFFICE: Doing(OnceForm, verbs.take_office, gettext_lazy("选举结果生效"), gettext_lazy("生效了，委员的岗位有了"), gettext_lazy("公布结果、异议期过了才生效。")),
    Act.MEET: Doing(forms.MeetForm, verbs.meet, gettext_lazy("第一次会开过了"), gettext_lazy("记下了，接着去备案")),
    Act.CANCEL: Doing(forms.ReasonForm, verbs.cancel, gettext_lazy("不办了"), gettext_lazy("停下了，原因大家看得到")),
}  # fmt: skip
NOMINEE_ACTS: dict[Act, Doing] = {
    Act.BACK: Doing(OnceForm, verbs.back, gettext_lazy("我家联名推荐"), gettext_lazy("签上了"), gettext_lazy("一户签一次。签了不能撤，公布名单时只写户数，不写是谁。")),
    Act.CONSENT: Doing(forms.ConsentForm, verbs.consent, gettext_lazy("同意参选"), gettext_lazy("同意了，社区会核对条件")),
    Act.CHECK: Doing(forms.CheckForm, verbs.check, gettext_lazy("核对条件"), gettext_lazy("记下了")),
    Act.DROP: Doing(forms.ReasonForm, verbs.drop, gettext_lazy("退出"), gettext_lazy("不在候选人里了")),
    Act.PASS_OVER: Doing(forms.ReasonForm, verbs.pass_over, gettext_lazy("不确认他"), gettext_lazy("记下了，由下一名替上")),
}  # fmt: skip


def _run(
    request: HttpRequest, one: Formation, doing: Doing, form: Form, what: dict[str, Any], context: dict[str, Any]
) -> HttpResponse:
    """A form for one step: shown, sent once, or shown again with what was wrong."""
    back = context.pop("back", "") or numbered("assembly:election", request.compound.slug, one.number)
    if request.method == "POST" and form.is_valid():
        try:
            doing.verb(by=request.actor, formation=one, at=timezone.now(), **what, **_given(request, form))
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, doing.done)
            return redirect(back)
    return asked(
        request, {"title": doing.label, "label": doing.label, "note": doing.note, "back": back, **context}, form
    )


def _given(request: HttpRequest, form: Form) -> dict[str, Any]:
    """A home is written as people write it; what it means is looked up here, and an unknown one is the service's to refuse."""
    values = dict(form.cleaned_data)
    if "home" in values:
        values["home"] = home_named(request.compound.pk, values["home"])
    return values


def _ready(request: HttpRequest, one: Formation, act: Act, nominee: Nominee | None = None) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor, nominee)
    if not any(refuse(one.kind, act, state, parts) is None for state in State):
        raise Http404
    if act not in allowed(one.kind, State(one.state), parts) and request.method != "POST":
        messages.error(request, _("这一步已经过了，请看现在到哪一步"))
        return redirect(numbered("assembly:election", request.compound.slug, one.number))
    return None


@allow()
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    if doing is None:
        raise Http404
    one = found(request, number)
    if led := _ready(request, one, Act(act)):
        return led
    return _run(request, one, doing, _form(request, one, Act(act), doing), {}, {})


def _form(request: HttpRequest, one: Formation, act: Act, doing: Doing) -> Form:
    if act == Act.NOMINATE and request.actor.role not in RESIDENTS:
        return forms.EnterForm(sent(request))
    if act == Act.DRAW:
        result = queries.last_result(one)
        tied = set(queries.tied(one, result)) if result else set()
        return forms.DrawForm(sent(request), tied=[row for row in queries.listed(one) if row.place in tied])
    if act == Act.MEET:
        return forms.MeetForm(sent(request), members=_members(one))
    if act == Act.CONFIRM:
        return forms.ConfirmForm(sent(request), heads=_heads(one))
    return doing.form(sent(request))


def _members(one: Formation) -> list[tuple[str, str]]:
    return [(str(row.pk), row.name) for row in queries.members_of(queries.holding(one))]


def _heads(one: Formation) -> list[tuple[str, str]]:
    result = queries.last_result(one)
    others = queries.sitting(queries.seats(one))
    owners = queries.in_rank(one, result)[: one.owner_seats] if result else []
    return [(str(row.pk), f"{row.name}（{CAPACITIES[row.capacity]}）") for row in others if row.nominee_id is None] + [
        (str(row.pk), f"{row.name}（{CAPACITIES['owner']}）") for row in owners
    ]


# ── one nominee ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _nominee(request: HttpRequest, one: Formation, pk: UUID) -> Nominee:
    row = nominee_for(formation=one, pk=pk, by=request.actor)
    if row is None:
        raise Http404
    return row


@allow()
@require_safe
def nominee(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one, now = found(request, number), timezone.now()
    row = _nominee(request, one, pk)
    parts = parts_in(one, request.actor, row)
    works = bool(parts & {Who.WORKER, Who.LEADER, Who.SUBDISTRICT})
    can = allowed(one.kind, State(one.state), parts) if row.dropped_at is None else frozenset[Act]()
    context = {
        "formation": one,
        "nominee": row,
        "way": WAYS[row.way],
        "facts": pages.facts(one, row, works=works),
        "conditions": pages.conditions(one, row, works=works, checks=Act.CHECK in can) if works else [],
        "signatures": pages.signatures(row, now) if works else [],
        "acts": _acts(request, one, row, can),
        "sign": forms.SignatureForm() if Act.BACK in can and works and row.way == "joint" else None,
        "back": numbered("assembly:election", slug, number),
    }
    return render(request, "assembly/elections/nominee.html", {**frame(request), **context})


def _acts(request: HttpRequest, one: Formation, row: Nominee, can: frozenset[Act]) -> list[tuple[str, str]]:
    shown = []
    resident = request.actor.role in RESIDENTS
    if Act.CONSENT in can and row.consented_at is None:
        shown.append(Act.CONSENT)
    if Act.BACK in can and resident and row.way == "joint" and pages.may_sign(one, row, request.actor):
        shown.append(Act.BACK)
    if Act.DROP in can:
        shown.append(Act.DROP)
    if Act.PASS_OVER in can and row.place:
        shown.append(Act.PASS_OVER)
    slug = request.compound.slug
    return [
        (str(NOMINEE_ACTS[a].label), address("assembly:nominee-act", slug, one.number, row.pk, a.value)) for a in shown
    ]


@allow()
def nominee_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = NOMINEE_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    row = _nominee(request, one, pk)
    if doing is None:
        raise Http404
    if led := _ready(request, one, Act(act), row):
        return led
    back = address("assembly:nominee", slug, number, row.pk)
    context: dict[str, Any] = {"back": back, "about": row.name}
    form = _nominee_form(request, Act(act), doing)
    if act == Act.CHECK:
        key = request.GET.get("key") or request.POST.get("key") or ""
        if key not in queries.checks_wanted(one):
            raise Http404
        context["about"] = f"{row.name}：{CHECKS[key]}"
        form.initial["key"] = key
    return _run(request, one, doing, form, {"nominee": row}, context)


def _nominee_form(request: HttpRequest, act: Act, doing: Doing) -> Form:
    worker = request.actor.role not in RESIDENTS
    if act == Act.BACK and worker:
        return forms.SignatureForm(sent(request))
    if act == Act.CONSENT and worker:
        return forms.ConsentOnPaperForm(sent(request))
    return doing.form(sent(request))


@allow()
def answer(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found(request, number)
    row = objection_for(formation=one, pk=pk)
    if row is None:
        raise Http404
    if led := _ready(request, one, Act.ANSWER):
        return led
    doing = Doing(forms.AnswerForm, verbs.answer, _("答复异议"), _("答复了"))
    return _run(request, one, doing, forms.AnswerForm(sent(request)), {"objection": row}, {"about": row.words})


# ── an owners' committee ────────────────────────────────────────────────────────────────────────────────────────────


@allow(Right.CREATE_ASSEMBLY_SESSION)
def recruit(request: HttpRequest, slug: str, pk: UUID) -> HttpResponse:
    """Candidates are asked for, for an election item of a session that is being prepared."""
    item = next((row for row in queries.electable(request.compound.pk) if row.pk == pk), None)
    if item is None or item.session.body_id != request.actor.body_id:
        raise Http404
    rules = profile(item.session.profile)
    households = rules.values["joint_recommendation_households"]
    form = forms.RecruitForm(sent(request), initial={"households": households, "fills": "term"})
    if request.method == "POST" and form.is_valid():
        try:
            made = verbs.announce_candidates(by=request.actor, item=item, at=timezone.now(), **form.cleaned_data)
        except Refused as no:
            form.refuse(no)
        else:
            messages.success(request, _("公告发出了，业主现在可以自荐、可以推荐"))
            return redirect(numbered("assembly:election", slug, made.number))
    context = {
        "title": _("征集候选人"), "label": _("公告"), "back": address("assembly:elections", slug), "about": item.title,
        "note": _("公告马上发出。"),
    }  # fmt: skip
    return asked(request, context, form)


SEAT_ACTS: dict[Act, Doing] = {
    Act.VACATE: Doing(forms.VacateForm, verbs.vacate, gettext_lazy("不再担任"), gettext_lazy("记下了，候补按名次递补")),
    Act.RECALL: Doing(forms.RecallForm, verbs.put_recall, gettext_lazy("提议罢免"), gettext_lazy("提上会议了，投票前要听本人申辩"), gettext_lazy("罢免由业主大会决定。本人有权在投票前申辩。")),
}  # fmt: skip
RECALL_ACTS: dict[Act, Doing] = {
    Act.HEAR: Doing(forms.HearForm, verbs.hear, gettext_lazy("记本人申辩"), gettext_lazy("记下了，投票的人看得到")),
    Act.DECIDE: Doing(OnceForm, verbs.decide_recall, gettext_lazy("按表决结果办"), gettext_lazy("办好了"), gettext_lazy("通过的，岗位结束，候补递补；没通过的，继续任职。")),
}  # fmt: skip


@allow(Right.CREATE_ASSEMBLY_SESSION)
def seat_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = SEAT_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    row = next((row for row in queries.holding(one) if row.pk == pk), None)
    if doing is None or (row is None and request.method != "POST"):
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    row = row or next((seat for seat in queries.seats(one) if seat.pk == pk), None)
    if row is None:
        raise Http404
    if act == Act.VACATE:
        return _run(request, one, doing, doing.form(sent(request)), {"seat": row}, {"about": row.name})
    items = {item.pk: item for item in queries.recall_items(one.compound_id)}
    labels = [(str(key), f"{item.session.title}：{item.title}") for key, item in items.items()]
    form = forms.RecallForm(sent(request), items=labels)
    if form.is_bound and form.is_valid():
        form.cleaned_data["item"] = items.get(form.cleaned_data["item"])
    return _run(request, one, doing, form, {"seat": row}, {"about": row.name})


@allow(Right.CREATE_ASSEMBLY_SESSION)
def recall_act(request: HttpRequest, slug: str, number: int, pk: UUID, act: str) -> HttpResponse:
    doing = RECALL_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    row = next((row for row in queries.recalls(one) if row.pk == pk), None)
    if doing is None or row is None:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    return _run(request, one, doing, doing.form(sent(request)), {"recall": row}, {"about": row.seat.name})


@allow(Right.CREATE_ASSEMBLY_SESSION, Right.ORGANISE_PMC)
def hand_over(request: HttpRequest, slug: str, number: int, key: str) -> HttpResponse:
    one = found(request, number)
    if key not in HANDED:
        raise Http404
    if led := _ready(request, one, Act.HAND_OVER):
        return led
    doing = Doing(forms.HandOverForm, verbs.hand_over, _("记交接"), _("记下了"))
    return _run(request, one, doing, forms.HandOverForm(sent(request)), {"key": key}, {"about": HANDED[key]})
