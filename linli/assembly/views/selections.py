"""A property company being chosen: the list, its one page, and each step by its own address."""

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

from linli.people.rules import Act as Right
from linli.plumbing.addresses import address, numbered
from linli.plumbing.forms import Form, OnceForm
from linli.plumbing.guards import allow, or_404
from linli.plumbing.numbers import number_in
from linli.plumbing.refusals import refusals_beside

from ..access.selections import (
    bid_for,
    bid_paper_for,
    objection_for,
    parts_in,
    reads,
    running,
    scorer_for,
    scorer_of,
    selection_for,
    starts,
)
from ..forms import selections as forms
from ..models import Bid, Selection
from ..queries import selection_pages as pages
from ..queries import selections as queries
from ..rules.selections import HANDED, Act, State, Who, allowed, refuse
from ..services import selections as verbs
from .base import asked, frame, run, sent
from .papers import shown_paper


def found(request: HttpRequest, number: int) -> Selection:
    return or_404(selection_for(compound=request.compound, number=number, by=request.actor))


@allow()
@require_safe
def selections(request: HttpRequest, slug: str) -> HttpResponse:
    rows = queries.selections(request.compound.pk, before=number_in(request.GET.get("before", "")))
    shown = rows[: queries.PAGE]
    context = {
        "rows": [pages.cell(row, slug) for row in shown if reads(row, request.actor)],
        "more": shown[-1].number if len(rows) > queries.PAGE else None,
        "starts": starts(request.actor) and not running(request.compound.pk),
        "contracts": [pages.contract_cell(row, slug) for row in queries.contracts(request.compound.pk)],
        "records": starts(request.actor),
    }  # fmt: skip
    return render(request, "assembly/selections/selections.html", {**frame(request), **context})


@allow(Right.CREATE_ASSEMBLY_SESSION)
def start(request: HttpRequest, slug: str) -> HttpResponse:
    if not starts(request.actor):
        raise Http404
    form = forms.StartForm(sent(request))
    back, context = address("assembly:selections", slug), {"title": _("选聘物业公司"), "label": _("开始")}
    if request.method == "POST" and form.is_valid():
        with refusals_beside(form):
            made = verbs.start(by=request.actor, compound=request.compound, at=timezone.now(), **form.cleaned_data)
            messages.success(request, _("开始了，先做方案；公示以前只有办的人看得到"))
            return redirect(numbered("assembly:selection", slug, made.number))
    note = _("选哪一家由业主大会表决决定。")
    return asked(request, form, back=back, note=note, **context)


@allow()
@require_safe
def selection(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    one, now = found(request, number), timezone.now()
    it = pages.seen(one, request.actor, parts_in(one, request.actor), _mine(request, one), now)
    return render(request, "assembly/selections/selection.html", {**frame(request), **pages.page(it)})


def _mine(request: HttpRequest, one: Selection) -> Any:
    return scorer_of(one, request.actor) if one.state == State.SCORING else None


# ── each step ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Doing:
    form: Callable[..., Form]
    verb: Callable[..., Any]
    label: Any
    said: Any
    note: Any = ""
    multipart: bool = False


ACTS: dict[Act, Doing] = {
    Act.NOTICE: Doing(forms.NoticeForm, verbs.give_notice, gettext_lazy("记书面告知"), gettext_lazy("记下了，告知业主的公告发出了"), gettext_lazy("合同没有另外约定的，提前 60 天书面通知（民法典第九百四十六条）。")),
    Act.SET_PLAN: Doing(forms.PlanForm, verbs.set_plan, gettext_lazy("写选聘方案"), gettext_lazy("方案写好了")),
    Act.NAME_SCORER: Doing(forms.ScorerForm, verbs.name_scorer, gettext_lazy("加一位评委"), gettext_lazy("加上了"), gettext_lazy("三人以上的单数。物业公司的人不能当评委。")),
    Act.PLAN: Doing(OnceForm, verbs.put_up, gettext_lazy("公示方案"), gettext_lazy("方案公示了"), gettext_lazy("公示以后业主可以提意见，有意见要答复才能招标。")),
    Act.OBJECT: Doing(forms.ObjectForm, verbs.object_to, gettext_lazy("提意见"), gettext_lazy("收到了，会答复")),
    Act.CALL: Doing(forms.UntilForm, verbs.call, gettext_lazy("发招标公告"), gettext_lazy("公告发出了")),
    Act.EXTEND: Doing(forms.ExtendForm, verbs.extend, gettext_lazy("延长投标时间"), gettext_lazy("延长了")),
    Act.RECEIVE: Doing(forms.ReceiveForm, verbs.receive, gettext_lazy("收一份投标书"), gettext_lazy("收下了，没有拆"), gettext_lazy("只记谁交的。截止以后当众一起拆。")),
    Act.OPEN: Doing(forms.OpenForm, verbs.open_bids, gettext_lazy("当众开标"), gettext_lazy("开标了，接着录每一份")),
    Act.PUBLISH: Doing(OnceForm, verbs.publish, gettext_lazy("公布评分"), gettext_lazy("公布了"), gettext_lazy("评分供业主参考，选哪一家由业主大会表决决定。")),
    Act.PUT: Doing(forms.PutForm, verbs.put, gettext_lazy("提请业主大会表决"), gettext_lazy("连上了这次会议，出公告以前还能改日期")),
    Act.DECIDE: Doing(OnceForm, verbs.decide, gettext_lazy("按表决结果办"), gettext_lazy("记下了"), gettext_lazy("通过的，去签合同；没通过的，可以提请表决另一家。")),
    Act.SIGN: Doing(forms.SignForm, verbs.sign, gettext_lazy("记合同"), gettext_lazy("合同公布了"), gettext_lazy("价格和期限以业主表决过的为准。"), True),
    Act.CORRECT: Doing(forms.CorrectForm, verbs.correct, gettext_lazy("更正合同"), gettext_lazy("更正了，原来的留着"), "", True),
    Act.FILE: Doing(forms.FileForm, verbs.file, gettext_lazy("记备案"), gettext_lazy("记下了")),
    Act.ADMIT: Doing(forms.AdmitForm, verbs.admit, gettext_lazy("新公司进场"), gettext_lazy("进场了，从现在起的事交给新公司"), gettext_lazy("项目经理从今天起有岗位，他再任命其他人。")),
    Act.HAND_ON: Doing(OnceForm, verbs.hand_on_work, gettext_lazy("把没办完的诉求转给新公司"), gettext_lazy("转给新公司了，提的人和新公司都收到通知"), gettext_lazy("编号、进度和答应的日子都不变，由新公司接着办。")),
    Act.LEAVE: Doing(OnceForm, verbs.leave, gettext_lazy("原公司退场"), gettext_lazy("退场了，原公司的岗位都结束了"), gettext_lazy("原公司手上没办完的诉求先转给新公司。没交清的还要继续交。")),
    Act.CANCEL: Doing(forms.ReasonForm, verbs.cancel, gettext_lazy("不办了"), gettext_lazy("停下了，原因大家看得到")),
}  # fmt: skip
BID_ACTS: dict[Act, Doing] = {
    Act.ENTER: Doing(forms.EnterForm, verbs.enter, gettext_lazy("录投标书"), gettext_lazy("录好了")),
    Act.ADD_PAPER: Doing(forms.PaperForm, verbs.add_paper, gettext_lazy("放材料"), gettext_lazy("放上了"), gettext_lazy("只有办的人和评委看得到。"), True),
    Act.RULE_OUT: Doing(forms.ReasonForm, verbs.rule_out, gettext_lazy("不再考虑"), gettext_lazy("记下了，原因大家看得到")),
}  # fmt: skip


def _ready(request: HttpRequest, one: Selection, which: Act) -> HttpResponse | None:
    """Who has no part finds nothing; who comes too late is told and led back. A form sent twice goes on to the service."""
    parts = parts_in(one, request.actor)
    if not any(refuse(which, state, parts) is None for state in State):
        raise Http404
    if which not in allowed(State(one.state), parts) and request.method != "POST":
        messages.error(request, _("这一步已经过了，请看现在到哪一步"))
        return redirect(numbered("assembly:selection", request.compound.slug, one.number))
    return None


def _do(request: HttpRequest, one: Selection, doing: Doing, form: Form, about: str = "", **what: Any) -> HttpResponse:
    def do() -> Any:
        given = {key: value for key, value in form.cleaned_data.items() if not key.startswith("item_")}
        if isinstance(form, forms.OpenForm):
            given = {"once": given["once"], "witnesses": form.witnesses}
        if isinstance(form, forms.ScoreForm):
            given["points"] = form.points
        return doing.verb(by=request.actor, selection=one, at=timezone.now(), **what, **given)

    return run(
        request, form, do, said=doing.said, back=numbered("assembly:selection", request.compound.slug, one.number), title=doing.label,
        label=doing.label, note=doing.note, about=about, multipart=doing.multipart,
    )  # fmt: skip


@allow()
def act(request: HttpRequest, slug: str, number: int, act: str) -> HttpResponse:
    doing = ACTS.get(Act(act)) if act in set(Act) else None
    if doing is None:
        raise Http404
    one = found(request, number)
    if led := _ready(request, one, Act(act)):
        return led
    return _do(request, one, doing, _form(request, one, Act(act), doing))


def _form(request: HttpRequest, one: Selection, which: Act, doing: Doing) -> Form:
    data: dict[str, Any] = {"files": request.FILES or None} if doing.multipart else {}
    if which == Act.SET_PLAN and one.services:
        data["initial"] = {
            key: getattr(one, key) for key in ("services", "months", "fee_model", "least", "comments_until")
        } | {
            "criteria": "\n".join(f"{label} {points}" for label, points in one.criteria),
            "price_cap": pages.yuan(one.price_cap) if one.price_cap else "",
        }
    if which == Act.PUT:
        return forms.PutForm(sent(request), bids=queries.askable(one), items=queries.puttable(one))
    if which == Act.SIGN and one.chosen and one.chosen.price_fen:
        data["initial"] = {"price_fen": pages.yuan(one.chosen.price_fen), "months": one.months}
    if which == Act.CORRECT and (signed := queries.contract_of(one)):
        kept = (
            "months",
            "signed_on",
            "starts_on",
            "notice_days",
            "clauses",
            "signer",
            "company_signer",
            "seal_line",
            "name",
        )
        data["initial"] = {key: getattr(signed, key) for key in kept} | {
            "price_fen": pages.yuan(signed.price_fen),
            "handover_until": one.handover_until,
        }
    return doing.form(sent(request), **data)


# ── bids, scores, scorers ───────────────────────────────────────────────────────────────────────────────────────────


def _bid(one: Selection, number: int) -> Bid:
    return or_404(bid_for(selection=one, number=number))


@allow()
def bid_act(request: HttpRequest, slug: str, number: int, bid: int, act: str) -> HttpResponse:
    doing = BID_ACTS.get(Act(act)) if act in set(Act) else None
    one = found(request, number)
    if doing is None:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    row = _bid(one, bid)
    more: dict[str, Any] = {"files": request.FILES or None} if doing.multipart else {}
    if act == Act.ENTER and row.price_fen:
        more["initial"] = {"price_fen": pages.yuan(row.price_fen), "promise": row.promise}
    return _do(request, one, doing, doing.form(sent(request), **more), row.company, bid=row)


@allow()
def score(request: HttpRequest, slug: str, number: int, bid: int) -> HttpResponse:
    """A scorer's own sheet."""
    one = found(request, number)
    if led := _ready(request, one, Act.SCORE):
        return led
    row = _bid(one, bid)
    mine = scorer_of(one, request.actor)
    doing = Doing(forms.ScoreForm, verbs.score, _("打分"), _("打好了"), _about_bid(row))
    return _do(request, one, doing, _score_form(request, one, row, mine), row.company, bid=row)


@allow()
def sheet(request: HttpRequest, slug: str, number: int, bid: int, place: int) -> HttpResponse:
    """The signed sheet of a scorer who has no account here."""
    one = found(request, number)
    if led := _ready(request, one, Act.ENTER_SCORE):
        return led
    row, judge = _bid(one, bid), scorer_for(selection=one, place=place)
    if judge is None or judge.account_id or judge.left_at:
        raise Http404
    doing = Doing(forms.ScoreForm, verbs.enter_score, _("录评分表"), _("录好了"), _("照签了名的评分表录。"))
    about = f"{judge.name}：{row.company}"
    return _do(request, one, doing, _score_form(request, one, row, judge), about, bid=row, scorer=judge)


def _about_bid(row: Bid) -> str:
    return f"{pages.price(row.price_fen)}{_('。')}{row.promise}" if row.price_fen else ""


def _score_form(request: HttpRequest, one: Selection, row: Bid, judge: Any) -> forms.ScoreForm:
    before = queries.last_scores(one).get((row.pk, judge.pk)) if judge else None
    initial = {f"item_{n}": points for n, points in enumerate(before.points)} if before else {}
    return forms.ScoreForm(sent(request), criteria=queries.criteria_of(one), initial=initial)


@allow(Right.CREATE_ASSEMBLY_SESSION)
def release(request: HttpRequest, slug: str, number: int, place: int) -> HttpResponse:
    one = found(request, number)
    if led := _ready(request, one, Act.RELEASE_SCORER):
        return led
    judge = or_404(scorer_for(selection=one, place=place))
    doing = Doing(forms.ReasonForm, verbs.release_scorer, _("不再当评委"), _("记下了，他打的分不算"))
    return _do(request, one, doing, forms.ReasonForm(sent(request)), judge.name, scorer=judge)


@allow()
@require_safe
def bid_paper(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    paper = or_404(bid_paper_for(selection=found(request, number), pk=pk, by=request.actor))
    return shown_paper(paper)


# ── what residents say, and handing over ────────────────────────────────────────────────────────────────────────────


@allow(Right.CREATE_ASSEMBLY_SESSION)
def answer(request: HttpRequest, slug: str, number: int, pk: UUID) -> HttpResponse:
    one = found(request, number)
    row = or_404(objection_for(selection=one, pk=pk))
    if led := _ready(request, one, Act.ANSWER):
        return led
    doing = Doing(forms.AnswerForm, verbs.answer, _("答复意见"), _("答复了"))
    return _do(request, one, doing, forms.AnswerForm(sent(request)), row.words, objection=row)


@allow()
def hand(request: HttpRequest, slug: str, number: int, key: str, act: str) -> HttpResponse:
    one = found(request, number)
    if key not in HANDED or act not in {Act.GIVE, Act.TAKE}:
        raise Http404
    if led := _ready(request, one, Act(act)):
        return led
    if act == Act.TAKE:
        doing = Doing(forms.TakeForm, verbs.take, _("点收"), _("记下了"))
    elif Who.OLD in parts_in(one, request.actor):
        doing = Doing(forms.GiveForm, verbs.give, _("交出"), _("记下了，等对方点收"))
    else:
        doing = Doing(forms.GiveOnPaperForm, verbs.give, _("录交出的清单"), _("记下了，要另一个人点收"))
    return _do(request, one, doing, doing.form(sent(request)), pages.HANDED[key], key=key)
